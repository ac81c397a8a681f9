package org.poolscope.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;

/** A page of which every complaint, every dialog and every request is heard. */
final class Watched implements AutoCloseable {

    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();

    Watched(Browser browser, int width, int height, ColorScheme colours) {
        context = browser.newContext(new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(colours));
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.onDialog(dialog -> {
            complaints.add("a dialog opened: " + dialog.message());
            dialog.dismiss();
        });
        page.onRequest(request -> requests.add(request.url()));
    }

    Page page() {
        return page;
    }

    /** What was asked for, the page itself included. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    void hasNoComplaint() {
        assertThat(complaints).isEmpty();
    }

    /** Nothing of hostile evidence ran, became an element or stands on the page as a character that reorders or controls text. */
    void nothingBrokeOut() {
        assertThat(page.evaluate("() => window.pwned")).isNull();
        assertThat(page.locator("main :is(script, img, iframe, object, embed, s, b[onmouseover]), "
                + "[onload], [onerror], a[href^='javascript:' i]").count()).isZero();
        assertThat(page.evaluate("() => /[\\u202a-\\u202e\\u2066-\\u2069\\u0007\\u001b]/.test(document.body.textContent)"))
                .isEqualTo(false);
        hasNoComplaint();
    }

    /** A line to the browser's own books, such as those of the processor's time. */
    CDPSession devTools() {
        return context.newCDPSession(page);
    }

    void fitsItsWidth() {
        assertThat(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")).isEqualTo(true);
    }

    /** No finding of axe-core that it calls serious or critical; every picture says in words what it shows. */
    void isAccessible() {
        assertThat(page.locator("svg:not([role=img][aria-label])").count()).isZero();
        List<Rule> serious = new AxeBuilder(page).exclude("svg").analyze().getViolations().stream()
                .filter(rule -> rule.getImpact().equals("serious") || rule.getImpact().equals("critical")).toList();
        assertThat(serious).as(() -> serious.stream().map(rule -> rule.getId() + ": " + rule.getNodes()).toList().toString()).isEmpty();
    }

    @Override
    public void close() {
        context.close();
    }
}
