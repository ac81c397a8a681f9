package org.poolscope.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.app.page.PageServer;

/**
 * A dump as an attacker would send it: its tags, modules, drivers, devices, processes, the UNC paths in its pool blocks, in a listing and
 * in a capture are markup, control characters and marks that turn the direction of text. Everywhere they show as what they are.
 */
class HostileImageTest {

    /** Names of the image, and what stands in their place. */
    private static final Map<String, String> DRIVER = Map.of(
            "\\SystemRoot\\system32\\drivers\\remfs.sys", "\\x\\<img src=x onerror=\"pwned=21\">'''''",
            "\\FileSystem\\RemFs", "\\\"><s onload='1'>",
            "RemFs", "<s>\"'",
            "remfs.sys", "<s>'\".sys",
            "Beep", "\u202egpj",
            "csrss.exe", "<s>\u001b[2J\u0007x",
            "explorer.exe", "<img src=x>\"",
            "Io  ", "<s>x",
            "TCPc", "\"'<>",
            "MmCa", "\u001b[\u009b\u0007");
    private static final Map<String, String> PATHS = Map.of(
            "lores", "<s>\"'",
            "preview", "<s>\u202e'\"<",
            "FileServer", "<s x=1>'\"&");

    private static final Map<String, String> TITLES = Map.of("blocks", "Blocks", "profile", "What blocks of", "compare", "Compare", "find", "Found for",
            "drivers", "Drivers", "referrals", "Referrals");

    @TempDir
    private static Path folder;
    private static Chromium chromium;
    private static Path driver;
    private static Path paths;

    @BeforeAll
    static void make() throws Exception {
        chromium = Chromium.start();
        driver = Cases.poisoned("io-leak", folder, DRIVER);
        Files.writeString(driver.resolve("event-2019.txt"), "Event Type: Error\nEvent Source: Srv\nEvent Category: None\nEvent ID: 2019\nDate: 7/14/2004\n"
                + "Time: 6:31:55 PM\nUser: N/A\nComputer: <s>\u202eHOST\nDescription:\n</script><script>window.pwned=22</script>\u0007\n");
        paths = Cases.poisoned("photo-upload", folder, PATHS);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void reportsShowHostileNamesAsTheyAre() throws Exception {
        for (Path evidence : List.of(driver, paths)) {
            try (Watched watched = new Watched(chromium.browser(), 1280, 900, ColorScheme.LIGHT)) {
                Page page = watched.page();
                page.navigate(Cases.report(evidence).toUri().toString());
                assertThat(page.locator("#files")).isVisible();
                assertThat(page.locator(".verdict h1")).containsText("<s");
                page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })");
                assertThat(page.locator("#contents, #namespace").first()).containsText("<s");
                watched.nothingBrokeOut();
                assertThat(watched.requests()).hasSize(1);
            }
        }
    }

    @Test
    void everyViewOfThePageShowsADriversHostileNamesAsTheyAre() throws Exception {
        try (PageServer server = serve(driver); Watched watched = open(server)) {
            Page page = watched.page();
            assertThat(page.locator("#tags")).containsText("<s>x");
            watched.nothingBrokeOut();

            go(watched, server, "blocks?tag=<s>x", ".list .row a");
            assertThat(page.locator(".list .row").first()).containsText("<s>x");
            Locator lost = page.locator(".list .row", new Page.LocatorOptions().setHasText("lost"));
            page.locator(".list").focus();
            for (int i = 0; i < 60 && lost.count() == 0; i++) {
                page.keyboard().press("PageDown");
                page.waitForTimeout(60);
            }
            lost.first().locator("a").click();
            assertThat(page.locator("h1")).containsText("Block '<s>x' at 0x");
            watched.nothingBrokeOut();
            page.locator("tr", new Page.LocatorOptions().setHasText("Device \\Device\\<s>\"'")).locator("a").first().click();
            assertThat(page.locator(".hint").first()).containsText("<s>\"'");
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Who points here?")).click();
            assertThat(page.locator("main")).containsText("lead here", new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
            watched.nothingBrokeOut();

            go(watched, server, "profile?tag=<s>x", "#contents");
            assertThat(page.locator("#contents")).containsText("\\\"><s onload='1'>");
            go(watched, server, "blocks?tag=\"'<>", ".list .row a");
            go(watched, server, "blocks?tag=" + "\\x1b[\\x9b\\x07", ".list .row a");
            assertThat(page.locator(".list .row").first()).containsText("\\x1b[\\x9b\\x07");
            go(watched, server, "compare", "main table");
            assertThat(page.locator("main table")).containsText("<s>x");
            go(watched, server, "find?q=<s>", "main table");
            assertThat(page.locator("main table")).containsText("<s>'\".sys, loaded at");
            go(watched, server, "drivers", "main");
            go(watched, server, "referrals", "main");
        }
    }

    @Test
    void everyViewOfThePageShowsHostilePathsAsTheyAre() throws Exception {
        try (PageServer server = serve(paths); Watched watched = open(server)) {
            Page page = watched.page();
            assertThat(page.locator("#namespace")).containsText("<s x=1>'\"&");
            watched.nothingBrokeOut();
            go(watched, server, "referrals", "main tbody tr");
            assertThat(page.locator("main table").first()).containsText("\\<s x=1>'\"&\\Root\\<s>\"'");
            go(watched, server, "profile?tag=Mu37", "#contents");
            assertThat(page.locator("#contents")).containsText("<s>\"'");
            go(watched, server, "blocks?tag=Mu37", ".list .row a");
            page.locator(".list .row a").first().click();
            assertThat(page.locator("h1")).containsText("Block 'Mu37'");
            watched.nothingBrokeOut();
        }
    }

    private static PageServer serve(Path evidence) throws Exception {
        return PageServer.start(List.of(evidence), 0, 1 << 20, "poolscope test");
    }

    private static Watched open(PageServer server) {
        Watched watched = new Watched(chromium.browser(), 1280, 900, ColorScheme.LIGHT);
        watched.page().navigate(server.address());
        assertThat(watched.page().locator(".verdict h1")).containsText("<s", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
        return watched;
    }

    private static void go(Watched watched, PageServer server, String place, String shows) {
        watched.page().evaluate("place => { location.hash = place; }", "#/" + place.replace("%", "%25"));
        String door = place.split("\\?")[0];
        assertThat(watched.page().locator("h1.title")).containsText(TITLES.get(door));
        assertThat(watched.page().locator(shows).first()).isVisible();
        watched.nothingBrokeOut();
    }
}
