package org.poolscope.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.Timeout;
import org.poolscope.app.page.PageServer;

/**
 * The page of a full-size case: 5000 tags, 2.4 million blocks. What it takes is written to {@code figures.txt} beside the pictures; of
 * scrolling as time of the processor, since what the clock says depends on what else the machine does. How fast it must be is not asserted here.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LargePageTest {

    private static final int STEPS = 120;

    @TempDir
    private Path folder;
    private final StringBuilder figures = new StringBuilder();

    @Test
    void aLargeCaseIsOpenedAndScrolled() throws Exception {
        try (Chromium chromium = Chromium.start();
                PageServer server = PageServer.start(List.of(Cases.large(folder)), 0, 1 << 20, "poolscope test");
                Watched watched = new Watched(chromium.browser(), 1280, 900, ColorScheme.LIGHT)) {
            Page page = watched.page();
            page.navigate(server.address());
            assertThat(page.locator(".verdict.bad h1")).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(180_000));
            CDPSession books = watched.devTools();
            JsonObject threadTime = new JsonObject();
            threadTime.addProperty("timeDomain", "threadTicks");
            books.send("Performance.enable", threadTime);
            page.addInitScript("""
                    new MutationObserver((seen, observer) => {
                      if (document.querySelector('.verdict h1')) {
                        observer.disconnect();
                        requestAnimationFrame(() => setTimeout(() => { window.verdictSeen = performance.now(); }));
                      }
                    }).observe(document, { childList: true, subtree: true });""");
            for (int i = 1; i <= 5; i++) {
                page.reload();
                // Not by waitForFunction, which evaluates text inside the page, and the page forbids that.
                assertThat(page.evaluate("new Promise(done => { let left = 3000; const look = () => window.verdictSeen || !left-- ? done(Boolean(window.verdictSeen))"
                        + " : setTimeout(look, 10); look(); })")).isEqualTo(true);
                figure("opening, run " + i + ", by the clock: first paint after "
                        + page.evaluate("Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime)") + " ms, the verdict after "
                        + page.evaluate("Math.round(window.verdictSeen)") + " ms");
            }
            assertThat(page.locator("#tags")).isVisible();

            page.evaluate("location.hash = '#/blocks'");
            assertThat(page.locator(".list .row a").first()).isVisible();
            assertThat(page.locator("main .hint").first()).containsText(Pattern.compile("2,[34]\\d\\d,\\d\\d\\d blocks"));
            scroll(page, books, "wheel", "box.dispatchEvent(new WheelEvent('wheel', { deltaY: 100, cancelable: true, bubbles: true }))");
            scroll(page, books, "page down", "box.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }))");
            scroll(page, books, "bar dragged", "box.scrollTop = n / " + STEPS + " * (box.scrollHeight - box.clientHeight)");
            scroll(page, books, "jumps", "box.scrollTop = (n * 7919 % 1000) / 1000 * box.scrollHeight");
            page.locator(".list").focus();
            page.keyboard().press("End");
            Locator status = page.locator("main [role=status]");
            assertThat(status).hasText(Pattern.compile("to (2,[34]\\d\\d,\\d\\d\\d) of \\1$"));
            assertThat(page.locator(".list .row a").last()).isVisible();
            assertThat(page.locator(".list .row").count()).isLessThan(60);

            MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
            memory.gc();
            long idle = memory.getHeapMemoryUsage().getUsed() >> 20;
            for (String tag : List.of("Mu37", "Mu36", "Mu4b", "Mu4c", "Mu2c", "Mu39")) {
                page.evaluate("tag => { location.hash = '#/blocks?tag=' + tag; }", tag);
                assertThat(page.locator(".list .row").first()).containsText(tag);
            }
            memory.gc();
            figure("memory of the server, tests and browser driver included: %d MB of heap with the case open, %d MB after six lists of blocks"
                    .formatted(idle, memory.getHeapMemoryUsage().getUsed() >> 20));
            watched.hasNoComplaint();
        } finally {
            Files.writeString(Cases.pictures().resolve("figures.txt"), figures);
        }
    }

    /** Does one step a frame and asks the browser after each what its main thread took. */
    private void scroll(Page page, CDPSession books, String what, String step) {
        page.waitForTimeout(500);
        double[] took = new double[STEPS];
        for (int n = 0; n < STEPS; n++) {
            double before = seconds(books);
            page.evaluate("n => new Promise(done => { const box = document.querySelector('.list'); box.focus(); " + step
                    + "; requestAnimationFrame(() => requestAnimationFrame(done)); })", n);
            took[n] = 1000 * (seconds(books) - before);
        }
        double[] sorted = took.clone();
        java.util.Arrays.sort(sorted);
        figure(String.format(Locale.ROOT, "scrolling, %s: main thread busy for %.1f ms a step of two frames in the median, %.1f ms at worst", what,
                sorted[STEPS / 2], sorted[STEPS - 1]));
    }

    private static double seconds(CDPSession books) {
        for (JsonElement metric : books.send("Performance.getMetrics").getAsJsonArray("metrics")) {
            if (metric.getAsJsonObject().get("name").getAsString().equals("TaskDuration")) {
                return metric.getAsJsonObject().get("value").getAsDouble();
            }
        }
        throw new IllegalStateException("this browser keeps no book of its main thread's time");
    }

    private void figure(String text) {
        figures.append(text).append('\n');
        System.out.println("large page: " + text);
    }
}
