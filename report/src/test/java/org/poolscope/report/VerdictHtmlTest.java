package org.poolscope.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.Exhibit;
import org.poolscope.diagnosis.Exhibits;
import org.poolscope.diagnosis.NamespaceView;
import org.poolscope.diagnosis.PoolGauges;
import org.poolscope.diagnosis.TagTables;
import org.poolscope.diagnosis.Timeline;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

class VerdictHtmlTest {

    private static final Pattern PROGRAM = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern DATA = Pattern.compile("<script type=\"application/json\" id=\"case\">(.*?)</script>", Pattern.DOTALL);

    @Test
    void thePublishedCaseShowsWhatItsTextsHoldAndNoMore() throws Exception {
        try (Case subject = CaseReader.read(List.of(RealEvidence.path("cases/photo-upload")), Progress.NONE)) {
            List<Exhibit> exhibits = Exhibits.of(Diagnosis.of(subject, Progress.NONE), Progress.NONE);
            assertThat(exhibits).hasExactlyElementsOfTypes(PoolGauges.class, TagTables.class, NamespaceView.class, Timeline.class);
            PoolGauges gauges = (PoolGauges) exhibits.getFirst();
            assertThat(gauges.gauges().getFirst()).satisfies(paged -> {
                assertThat(paged.what()).isEqualTo("paged pool");
                assertThat(paged.usedBytes()).isEqualTo(266516L << 10);
                assertThat(paged.limitBytes()).isEqualTo(268288L << 10);
                assertThat(paged.high()).isTrue();
            });
            TagTables.Row first = ((TagTables) exhibits.get(1)).tables().getFirst().rows().getFirst();
            assertThat(first.tag()).hasToString("Mu37");
            assertThat(first.driver()).isEqualTo("mup.sys");
            assertThat(first.accused()).isTrue();
            assertThat(((NamespaceView) exhibits.get(2)).asItIs()).anySatisfy(link -> {
                assertThat(link.path()).isEqualTo("\\MyFileServer\\Root\\lores");
                assertThat(link.inferred()).isTrue();
            });
        }
    }

    @Test
    void itsPolicyLetsInExactlyItsOwnProgramsAndNothingFromOutside() throws Exception {
        String html = html(RealEvidence.path("cases/photo-upload"));
        String policy = html.substring(html.indexOf("content=\"default-src"), html.indexOf("\">", html.indexOf("default-src")));
        assertThat(policy).startsWith("content=\"default-src 'none'; script-src 'sha256-").doesNotContain("unsafe").doesNotContain("http");
        Matcher program = PROGRAM.matcher(html);
        int programs = 0;
        while (program.find()) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(program.group(1).getBytes(StandardCharsets.UTF_8));
            assertThat(policy).contains(Base64.getEncoder().encodeToString(digest));
            programs++;
        }
        assertThat(programs).isEqualTo(2);
        assertThat(html).doesNotContain("src=\"").doesNotContain("@import").doesNotContain("url(").contains("Mike Bostock");
    }

    @Test
    void whatEvidenceSaysNeverBecomesMarkup(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("pkt.txt"), """
                1 entries...
                Entry: \\FileServer\\Root\\</script><script>alert(1)</script>\\a\u202egnp.jpg
                ShortEntry: \\FileServer\\Root\\x
                Expires in 300 seconds
                UseCount: 1 Type:0x1 ( DFS )
                   0:[\\FileServer\\<img src=x onerror=alert(2)>] State:0x31 ( ACTIVE )
                """);
        String html = html(folder);
        Matcher data = DATA.matcher(html);
        assertThat(data.find()).isTrue();
        assertThat(data.group(1)).contains("alert(1)").contains("\\\\u{202e}").doesNotContain("<").doesNotContain(">").doesNotContain("\u202e");
        assertThat(html.substring(data.end())).doesNotContain("alert(1)");
        assertThat(html.substring(0, data.start())).doesNotContain("alert(");
    }

    @Test
    void fiveThousandTagsStaySmall(@TempDir Path folder) throws Exception {
        StringBuilder table = new StringBuilder("""
                2004-07-12 08:00:05
                 Memory: 2095736K Avail: 1047868K  PageFlts:  1220   InRam Krnl: 2484K P:   560K
                 Commit: 698578K Limit:4191472K Peak: 838293K            Pool N: 10895K P:   623K

                 Tag  Type        Allocs            Frees            Diff    Bytes      Per Alloc

                """);
        for (int i = 0; i < 5000; i++) {
            table.append(String.format(" T%03x %s %11d (   0) %10d (   0) %8d %10d (     0) %6d%n", i & 0xfff, i < 0x1000 ? "Nonp" : "Paged",
                    20_000_000 + i * 1237, 10_000_000 + i * 1237, 10_000_000, 640_000_000 + i * 64, 64));
        }
        Files.writeString(folder.resolve("poolmon.txt"), table);
        String html = html(folder);
        assertThat(html.getBytes(StandardCharsets.UTF_8).length).isLessThan(3 << 20);
        assertThat(html).contains("[\"T0ff\"").contains("[\"Tfff\"");
    }

    private static String html(Path evidence) throws Exception {
        try (Case subject = CaseReader.read(List.of(evidence), Progress.NONE)) {
            Verdict verdict = Diagnosis.of(subject, Progress.NONE);
            StringWriter out = new StringWriter();
            VerdictHtml.print(verdict, Exhibits.of(verdict, Progress.NONE), "poolscope test", out);
            return out.toString();
        }
    }
}
