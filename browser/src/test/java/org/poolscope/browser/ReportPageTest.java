package org.poolscope.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The report as people meet it: from a file, in a browser, on three screens and in two lights. */
class ReportPageTest {

    private static final List<String> CASES = List.of("photo-upload", "io-leak", "healthy-file-server");

    @TempDir
    private static Path folder;
    private static Chromium chromium;
    private static final Map<String, Path> REPORTS = new HashMap<>();

    @BeforeAll
    static void makeReports() throws Exception {
        chromium = Chromium.start();
        for (String name : CASES) {
            REPORTS.put(name, Cases.report(Cases.evidence(name, folder)));
        }
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
    }

    private static Watched open(Path report, int width, ColorScheme colours) {
        Watched watched = new Watched(chromium.browser(), width, 900, colours);
        watched.page().navigate(report.toUri().toString());
        assertThat(watched.page().locator("#files")).isVisible();
        return watched;
    }

    @ParameterizedTest
    @ValueSource(strings = {"photo-upload", "io-leak", "healthy-file-server"})
    void opensFromAFileOnEveryScreenAndInEveryLight(String name) throws Exception {
        for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {390, 1280, 1920}) {
                try (Watched watched = open(REPORTS.get(name), width, colours)) {
                    assertThat(watched.page().locator("svg").first()).isVisible();
                    watched.page().screenshot(new Page.ScreenshotOptions().setFullPage(true)
                            .setPath(Cases.pictures().resolve(name + "-" + width + "-" + colours.name().toLowerCase(Locale.ROOT) + ".png")));
                    watched.fitsItsWidth();
                    if (width == 1280) {
                        watched.isAccessible();
                    }
                    watched.hasNoComplaint();
                    assertThat(watched.requests()).hasSize(1).allMatch(url -> url.startsWith("file:"));
                }
            }
        }
    }

    @Test
    void eachCaseShowsItsOwnParts() {
        Map<String, List<String>> parts = Map.of(
                "photo-upload", List.of("findings", "limits", "tags", "growth", "blocks", "contents", "owners", "namespace", "timeline", "files"),
                "io-leak", List.of("findings", "limits", "tags", "growth", "blocks", "contents", "owners", "timeline", "files"));
        parts.forEach((name, ids) -> {
            try (Watched watched = open(REPORTS.get(name), 1280, ColorScheme.LIGHT)) {
                assertThat(watched.page().locator("section.part").evaluateAll("all => all.map(one => one.id)")).isEqualTo(ids);
            }
        });
        try (Watched watched = open(REPORTS.get("healthy-file-server"), 1280, ColorScheme.LIGHT)) {
            assertThat(watched.page().locator(".verdict")).containsText("no problem found");
            assertThat(watched.page().locator("#blocks, #contents, #owners, #namespace")).hasCount(0);
        }
        try (Watched watched = open(REPORTS.get("io-leak"), 1280, ColorScheme.LIGHT)) {
            assertThat(watched.page().locator("#contents tr", new Page.LocatorOptions().setHasText("+0x04")).first())
                    .containsText("KEVENT in the device extension of \\FileSystem\\RemFs");
            // Neighbours that say the same are one row.
            assertThat(watched.page().locator("#contents tr.left")).hasCount(1);
            assertThat(watched.page().locator("#contents tr.left")).containsText("5 × 4");
            assertThat(watched.page().locator("#owners svg")).containsText("\\FileSystem\\RemFs");
            // Two tables give a pace, but no range of it.
            assertThat(watched.page().locator("#growth path.ahead")).hasCount(1);
            assertThat(watched.page().locator("#growth path.range")).hasCount(0);
            assertThat(watched.page().locator("#growth")).not().containsText("95%");
        }
    }

    @Test
    void theTableOfTagsIsSortedFilteredAndWorkedByKeys() {
        try (Watched watched = open(REPORTS.get("photo-upload"), 1280, ColorScheme.LIGHT)) {
            Page page = watched.page();
            Locator tags = page.locator("#tags tbody tr td.tag");
            assertThat(tags.first()).hasText("Mu37");
            Locator head = page.locator("#tags th").filter(new Locator.FilterOptions().setHasText("Tag")).first();
            Locator sort = head.getByRole(AriaRole.BUTTON);
            sort.focus();
            page.keyboard().press("Enter");
            assertThat(head).hasAttribute("aria-sort", "ascending");
            List<String> sorted = tags.allTextContents();
            assertThat(sorted).isSorted();
            page.keyboard().press("Enter");
            assertThat(head).hasAttribute("aria-sort", "descending");
            assertThat(tags.first()).not().hasText(sorted.getFirst());
            page.getByLabel("Filter the tag table").fill("mup.sys");
            assertThat(page.locator("#tags [role=status]")).hasText(Pattern.compile("^1?\\d tags$"));
            assertThat(tags.allTextContents()).isNotEmpty().allMatch(tag -> tag.startsWith("Mu"));
            page.getByLabel("Filter the tag table").fill("nothing is called so");
            assertThat(page.locator("#tags")).containsText("No tag matches.");
            watched.hasNoComplaint();
        }
    }

    @Test
    void evidenceIsFoldedAndCommandsAreCopied() {
        try (Watched watched = open(REPORTS.get("io-leak"), 1280, ColorScheme.LIGHT)) {
            Page page = watched.page();
            Locator finding = page.locator(".finding").first();
            assertThat(finding.locator(".places")).isHidden();
            finding.locator("summary").click();
            assertThat(finding.locator(".places")).isVisible();
            assertThat(finding.locator(".places")).containsText("event-2019.txt, line 1");
            finding.getByRole(AriaRole.BUTTON).first().click();
            assertThat(finding.getByRole(AriaRole.BUTTON).first()).hasText(Pattern.compile("Copied|Press Ctrl\\+C"));
            page.keyboard().press("Home");
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show in dark colours")).click();
            assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
            watched.hasNoComplaint();
        }
    }

    /** Those that {@code docs/guide.md} shows. */
    @ParameterizedTest
    @ValueSource(strings = {"photo-upload verdict .wrap>.verdict", "photo-upload tags #tags .drawing", "photo-upload namespace #namespace .two",
        "photo-upload contents #contents .card", "io-leak verdict .wrap>.verdict", "io-leak blocks #blocks .card", "io-leak contents #contents .card"})
    void picturesOfTheGuideAreTaken(String picture) throws Exception {
        String[] words = picture.split(" ", 3);
        try (Watched watched = open(REPORTS.get(words[0]), 1080, ColorScheme.LIGHT)) {
            Path file = Cases.pictures().resolve(words[0] + "-" + words[1] + ".png");
            Locator part = watched.page().locator(words[2]).first();
            assertThat(part).isVisible();
            watched.page().evaluate("document.querySelector('nav.parts').style.position = 'static'");
            part.screenshot(new Locator.ScreenshotOptions().setPath(file));
            assertThat(file).isNotEmptyFile();
            assertThat(Files.readString(Path.of("../docs/guide.md"))).contains("pictures/" + file.getFileName());
        }
    }

    @Test
    void growthGoesOnInADashedLineAndItsRange() throws Exception {
        try (Watched watched = open(Cases.report(Cases.growing(folder)), 1280, ColorScheme.LIGHT)) {
            Locator growth = watched.page().locator("#growth .card").first();
            growth.scrollIntoViewIfNeeded();
            assertThat(growth).containsText(Pattern.compile("Mup .*, leak, [\\d.]+ MB an hour \\([\\d.]+ MB to [\\d.]+ MB\\)"));
            assertThat(growth.locator("path.ahead")).hasCount(1);
            assertThat(growth.locator("path.ahead")).hasAttribute("stroke-dasharray", "4 4");
            assertThat(growth.locator("path.range")).hasCount(1);
            // From the last table to the right, and within its range at the end, which is wide enough to be seen.
            assertThat(growth.evaluate("""
                    card => {
                      const points = kind => card.querySelector('path.' + kind).getAttribute('d')
                        .match(/[\\d.]+,[\\d.]+/g).map(one => one.split(',').map(Number));
                      const [from, to] = points('ahead');
                      const [start, low, high] = points('range');
                      return to[0] > from[0] + 100 && to[1] < from[1] && start[0] === from[0] && low[0] === to[0] && high[0] === to[0]
                        && high[1] < to[1] && to[1] < low[1] && low[1] - high[1] > 8;
                    }""")).isEqualTo(true);
            growth.screenshot(new Locator.ScreenshotOptions().setPath(Cases.pictures().resolve("growing-growth.png")));
            watched.isAccessible();
            watched.hasNoComplaint();
        }
    }

    @Test
    void itPrintsWithItsEvidence() throws Exception {
        try (Watched watched = open(REPORTS.get("io-leak"), 1280, ColorScheme.DARK)) {
            byte[] pdf = watched.page().pdf(new Page.PdfOptions().setFormat("A4").setPath(Cases.pictures().resolve("io-leak.pdf")));
            assertThat(pdf.length).isGreaterThan(20_000);
            assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
            watched.hasNoComplaint();
        }
    }

    @Test
    void hostileTextStaysText() throws Exception {
        try (Watched watched = open(Cases.report(Cases.hostile(folder)), 1280, ColorScheme.LIGHT)) {
            Page page = watched.page();
            assertThat(page.locator("body")).containsText("window.pwned=4");
            watched.nothingBrokeOut();
            assertThat(watched.requests()).hasSize(1);
        }
    }
}
