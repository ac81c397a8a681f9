package org.poolscope.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.app.page.PageServer;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.TestDriver.Target;

/** The page of {@code poolscope ui}: from the verdict to a block, from the block to what it points to, and on. */
class LivePageTest {

    @TempDir
    private static Path folder;
    private static Chromium chromium;
    private static PageServer server;
    private static final List<PageServer> SERVERS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        chromium = Chromium.start();
        server = serve(Cases.evidence("io-leak", folder));
    }

    private static PageServer serve(Path evidence) throws Exception {
        PageServer made = PageServer.start(List.of(evidence), 0, 1 << 20, "poolscope test");
        SERVERS.add(made);
        return made;
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(PageServer::close);
        if (chromium != null) {
            chromium.close();
        }
    }

    private static Watched open(int width, ColorScheme colours) {
        return open(server, width, colours);
    }

    private static Watched open(PageServer server, int width, ColorScheme colours) {
        Watched watched = new Watched(chromium.browser(), width, 900, colours);
        watched.page().navigate(server.address());
        assertThat(watched.page().locator(".verdict h1")).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
        return watched;
    }

    /** What is asked of every page on every screen. */
    private static void look(Watched watched, String name, int width, ColorScheme colours) throws Exception {
        watched.fitsItsWidth();
        if (width == 1280) {
            watched.isAccessible();
        }
        watched.page().screenshot(new Page.ScreenshotOptions()
                .setPath(Cases.pictures().resolve("ui-" + name + "-" + width + "-" + colours.name().toLowerCase(Locale.ROOT) + ".png")));
    }

    private static void door(Page page, String name) {
        page.locator(".doors").getByText(name, new Locator.GetByTextOptions().setExact(true)).click();
    }

    @Test
    void aBlockLeadsToItsOwnerByItsPointers() {
        try (Watched watched = open(1280, ColorScheme.LIGHT)) {
            Page page = watched.page();
            assertThat(page.locator(".verdict h1")).containsText("remfs.sys are lost");
            page.locator("#tags td.tag", new Page.LocatorOptions().setHasText(Pattern.compile("^Io  $"))).click();
            Locator lost = page.locator(".list .row", new Page.LocatorOptions().setHasText("lost"));
            Locator list = page.locator(".list");
            assertThat(page.locator(".list .row").first()).isVisible();
            list.focus();
            for (int i = 0; i < 40 && lost.count() == 0; i++) {
                page.keyboard().press("PageDown");
                page.waitForTimeout(100);
            }
            lost.first().locator("a").click();
            assertThat(page.locator("h1")).containsText("Block 'Io  ' at 0x");
            assertThat(page.locator(".mark.high")).hasText("lost: nothing points to it");
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Who points here?")).click();
            assertThat(page.locator("main")).containsText("Nothing in the image points here.");
            page.locator("tr", new Page.LocatorOptions().setHasText("Device \\Device\\RemFs")).locator("a").click();
            assertThat(page.locator(".hint").first()).containsText("Device \\Device\\RemFs");
            assertThat(page.locator("h1")).containsText("at 0x");
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Who points here?")).click();
            assertThat(page.locator("main")).containsText(Pattern.compile("\\d pointers lead here"));
            page.goBack();
            assertThat(page.locator("h1")).containsText("Block 'Io  '");
            watched.hasNoComplaint();
            assertThat(watched.requests()).allMatch(url -> url.startsWith("http://127.0.0.1:"));
        }
    }

    @Test
    void theListOfBlocksHasFewRowsHoweverLongItIs() {
        try (Watched watched = open(1280, ColorScheme.LIGHT)) {
            Page page = watched.page();
            door(page, "Blocks");
            assertThat(page.locator(".list .row").first()).isVisible();
            page.locator(".list").focus();
            page.keyboard().press("End");
            Locator status = page.locator("main [role=status]");
            assertThat(status).hasText(Pattern.compile("to ([\\d,]+) of \\1$"));
            assertThat(page.locator(".list .row a").last()).isVisible();
            assertThat(page.locator(".list .row").count()).isLessThan(60);
            page.keyboard().press("Home");
            assertThat(status).hasText(Pattern.compile("^1 to "));
            watched.hasNoComplaint();
        }
    }

    @Test
    void filesAreDroppedFoundAndCompared() throws Exception {
        try (Watched watched = open(1280, ColorScheme.LIGHT)) {
            Page page = watched.page();
            page.getByLabel("Choose files of evidence").setInputFiles(folder.resolve("io-leak/poolmon-1.txt"));
            assertThat(page.locator("select[aria-label=Case]")).isVisible();
            assertThat(page.locator(".verdict")).containsText("no problem found");
            door(page, "Compare");
            // Until its tables have come, the report stands there, with tables of its own.
            assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Compare").setExact(true))).isVisible();
            assertThat(page.locator("main table")).containsText("Io");
            page.getByLabel("Search the case").fill("TCPc");
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Search")).click();
            assertThat(page.locator("main table")).containsText("tag 'TCPc'");
            door(page, "Referrals");
            assertThat(page.locator("main")).containsText("no DFS referrals");
            page.getByLabel("Choose files of evidence").setInputFiles(TestDriver.compile(Target.X86, "wrappers", "-O2"));
            assertThat(page.locator("select[aria-label=Case]")).containsText("wrappers-i686");
            door(page, "Drivers");
            page.locator("main td a").click();
            assertThat(page.locator("main tbody")).containsText("W2aa");
            watched.hasNoComplaint();

            Path archive = Files.write(folder.resolve("bomb.zip"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0});
            page.getByLabel("Choose files of evidence").setInputFiles(archive);
            assertThat(page.locator(".failure")).containsText("'bomb.zip' is an archive (ZIP), and archives are not opened here");
            Path large = Files.write(folder.resolve("large.dmp"), new byte[2 << 20]);
            page.getByLabel("Choose files of evidence").setInputFiles(large);
            assertThat(page.locator(".failure")).containsText("large.dmp has 2.0 MB; at most 1.0 MB can be dropped here");
        }
    }

    @Test
    void itFitsEveryScreenAndEveryLight() throws Exception {
        for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {390, 1280, 1920}) {
                try (Watched watched = open(width, colours)) {
                    Page page = watched.page();
                    page.navigate(server.address() + "#/blocks?tag=Io");
                    assertThat(page.locator(".list .row a").first()).isVisible();
                    look(watched, "blocks", width, colours);
                    page.locator(".list .row a").first().click();
                    assertThat(page.locator("h1")).containsText("Block 'Io");
                    look(watched, "block", width, colours);
                    watched.hasNoComplaint();
                }
            }
        }
    }

    @Test
    void thePhotoUploadWithItsReferralsAndADriver() throws Exception {
        Path evidence = Cases.evidence("photo-upload", folder);
        Files.copy(TestDriver.compile(Target.X64, "direct", "-O2"), evidence.resolve("direct.sys"));
        PageServer photos = serve(evidence);
        for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {390, 1280, 1920}) {
                try (Watched watched = open(photos, width, colours)) {
                    Page page = watched.page();
                    assertThat(page.locator(".verdict.bad h1")).containsText("mup.sys");
                    look(watched, "photo-upload", width, colours);
                    door(page, "Referrals");
                    Locator captured = page.locator("main tbody tr")
                            .filter(new Locator.FilterOptions().setHasText("referrals.pcap"))
                            .filter(new Locator.FilterOptions().setHasText("\\lores\\"));
                    assertThat(captured.first()).containsText("\\FileServer\\");
                    look(watched, "referrals", width, colours);
                    door(page, "Drivers");
                    page.locator("main").getByText("direct.sys", new Locator.GetByTextOptions().setExact(true)).first().click();
                    assertThat(page.locator("h1")).hasText("Call sites of direct.sys");
                    assertThat(page.locator("main tbody tr").filter(new Locator.FilterOptions().setHasText("PlainPaged")))
                            .containsText("Mup ");
                    look(watched, "callsites", width, colours);
                    watched.hasNoComplaint();
                }
            }
        }
    }

    @Test
    void theHealthyControlIsCalledHealthy() throws Exception {
        PageServer healthy = serve(Cases.evidence("healthy-file-server", folder));
        for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {390, 1280, 1920}) {
                try (Watched watched = open(healthy, width, colours)) {
                    Page page = watched.page();
                    assertThat(page.locator(".verdict")).containsText("no problem found");
                    assertThat(page.locator(".verdict.bad, #contents, #owners")).hasCount(0);
                    look(watched, "healthy", width, colours);
                    page.navigate(healthy.address() + "#/blocks");
                    assertThat(page.locator(".list .row a, main .empty").first()).isVisible();
                    assertThat(page.locator(".list .lost")).hasCount(0);
                    watched.hasNoComplaint();
                }
            }
        }
    }

    @Test
    void hostileTextStaysText() throws Exception {
        PageServer hostile = serve(Cases.hostile(folder));
        try (Watched watched = open(hostile, 1280, ColorScheme.LIGHT)) {
            Page page = watched.page();
            assertThat(page.locator("main")).containsText("<b>x");
            watched.nothingBrokeOut();
            door(page, "Referrals");
            assertThat(page.locator("main")).containsText("</script><script>window.pwned=1</script>");
            assertThat(page.locator("main")).containsText("<svg onload=window.pwned=4>");
            watched.nothingBrokeOut();
            door(page, "Compare");
            assertThat(page.locator("main")).containsText("Two tables are needed");
            for (String word : List.of("<b>", "<img src=x onerror=window.pwned=8>", "\u202e\u0007")) {
                page.getByLabel("Search the case").fill(word);
                page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Search")).click();
                assertThat(page.locator("h1")).containsText("Found for ");
                assertThat(page.locator("main table")).isAttached();
            }
            page.getByLabel("Search the case").fill("<b>");
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Search")).click();
            assertThat(page.locator("main td").first()).containsText("tag '<b>x'");
            watched.nothingBrokeOut();
            for (String place : List.of("constructor", "__proto__", "blocks?tag=<svg onload=window.pwned=9>")) {
                page.navigate(hostile.address() + "#/" + place);
                assertThat(page.locator("main")).not().isEmpty();
            }
            watched.nothingBrokeOut();

            page.getByLabel("Choose files of evidence").setInputFiles(new FilePayload(
                    "<img src=x onerror=window.pwned=10>\u202e.txt", "text/plain",
                    Files.readAllBytes(folder.resolve("hostile/poolused.txt"))));
            assertThat(page.locator("select[aria-label=Case]").or(page.locator(".failure")).first()).isVisible();
            watched.nothingBrokeOut();
        }
    }
}
