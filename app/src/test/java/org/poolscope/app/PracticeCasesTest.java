package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.lab.LabCase;
import org.poolscope.lab.LabCases;
import org.poolscope.model.RealEvidence;

/** Cases that need a look inside the blocks, from evidence to verdict, and the healthy machines on which it must stay silent. */
class PracticeCasesTest {

    @TempDir
    Path folder;

    @Test
    void aDriverThatLosesItsBlocksIsNamedByItsPointers() {
        assertThat(diagnose("io-leak", "", "0.01")).satisfies(run -> {
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.out()).containsPattern("VERDICT +Nonpaged pool is exhausted").contains("of tag 'Io  ' of remfs.sys");
            assertThat(oneLine(run.out())).contains("Only 36 bytes of each are data").contains("requests that never end are not the cause")
                    .contains("No user process seems to be behind it");
            assertThat(oneLine(run.out())).containsOnlyOnce("Why only some of otherwise equal machines leak cannot be told from one of them: "
                    + "compare them with 'fleet outliers'.");
        });
    }

    @Test
    void everyVariantOfTheLeakIsNamedAndItsControlIsNot() {
        LabCase leak = LabCases.find("io-leak").orElseThrow();
        for (String variant : leak.variants()) {
            CommandRun run = diagnose("io-leak", variant, "0.005");
            if (variant.endsWith("control")) {
                assertThat(run.status()).as("the same machine without the leak: " + run.out()).isZero();
                continue;
            }
            assertThat(run.status()).as(variant).isEqualTo(1);
            assertThat(oneLine(run.out())).as(variant).contains("remfs.sys");
            if (variant.contains("verifier")) {
                assertThat(oneLine(run.out())).as(variant).contains("Driver Verifier: remfs.sys has").doesNotContain("was not tracking pool")
                        .containsPattern("\\bub remfs\\+0x[0-9a-f]+");
            }
        }
    }

    /** What is missing may hold the pointers to the blocks, and the blocks of others: the driver is suspected, and nothing is called lost. */
    @ParameterizedTest
    @CsvSource({"0.5, low", "0.65, medium", "0.9, medium"})
    void ofADumpThatIsCutShortTheDriverIsSuspected(double share, String confidence) throws IOException {
        Path evidence = folder.resolve("cut");
        assertThat(CommandRun.of("lab", "io-leak", "-o", evidence, "--scale", "0.03").status()).isZero();
        Path dump = evidence.resolve("MEMORY.DMP");
        Files.write(dump, Arrays.copyOf(Files.readAllBytes(dump), (int) (share * Files.size(dump))));
        CommandRun run = CommandRun.of("diagnose", evidence);
        assertThat(run.status()).isEqualTo(1);
        assertThat(oneLine(run.out())).containsPattern("VERDICT +Nonpaged pool is exhausted \\([\\d.]+% of its limit\\); remfs.sys is suspected, for "
                        + "nothing in this incomplete image points to its blocks of tag 'Io  ', as far as they are in it\\.")
                .containsPattern("Confidence: " + confidence + ", the image lacks [\\d,]+ pages, which may hold what points to these blocks; ")
                .contains("a cache whose head is missing looks the same").doesNotContain("are lost: nothing").doesNotContain("poolmon -n");
    }

    /** The pages that are missing have room for the blocks that were not found: the figures of both are told, and fit. */
    @ParameterizedTest
    @CsvSource({"io-leak, 2003, nonpaged, 0.5", "io-leak, 2003, nonpaged, 0.9", "healthy-file-server, x86-trimmed, paged, 1", "healthy-file-server, 17763-trimmed, paged, 1"})
    void blocksNotFoundAreSetAgainstPagesThatAreNotInTheImage(String name, String variant, String pool, double share) throws IOException {
        Path evidence = folder.resolve("part");
        assertThat(CommandRun.of("lab", name, "-o", evidence, "--scale", "0.05", "--variant", variant).status()).isZero();
        Path dump = evidence.resolve("MEMORY.DMP");
        Files.write(dump, Arrays.copyOf(Files.readAllBytes(dump), (int) (share * Files.size(dump))));
        String out = oneLine(CommandRun.of("diagnose", evidence).out());
        Matcher told = Pattern.compile("Of the pages that " + pool + " pool holds by the memory manager's books, ([\\d.]+ [KM]B) are not in the image \\(("
                + "[^)]*)\\); the blocks not found take ([\\d.]+ [KM]B)\\. ").matcher(out);
        assertThat(told.find()).as(out).isTrue();
        assertThat(bytes(told.group(1))).isGreaterThanOrEqualTo(bytes(told.group(3)));
        assertThat(told.group(2)).contains(share < 1 ? "not in this dump" : "paged out");
        assertThat(out).doesNotContain("they cannot explain").doesNotContain("address space: not in this dump");
    }

    private static double bytes(String text) {
        return Double.parseDouble(text.substring(0, text.indexOf(' '))) * (text.endsWith("MB") ? 1024 : 1);
    }

    @Test
    void aPoolCutIntoPiecesIsNamedWithTheDriverWhoseBlocksHoldItsPages() {
        CommandRun run = diagnose("fragmented", "", "0.05");
        assertThat(run.status()).isEqualTo(1);
        assertThat(oneLine(run.out())).contains("nonpaged pool is fragmented: 8").contains("CRITICAL  Nonpaged pool fails from fragmentation")
                .contains("small blocks of tag 'NaRc' of netacc.sys stand on").doesNotContain("full rather than fragmented")
                .contains("poolscope refs ").contains("MEMORY.DMP --tag 'NaRc' --counting").doesNotContain("poolmon -n");
    }

    @Test
    void ofAPoolFullOfLostBlocksItIsSaidThatItIsNotFragmentedBehindTheLeak() {
        String out = oneLine(diagnose("io-leak", "", "0.01").out());
        assertThat(out).contains("NOTE  Nonpaged pool is full rather than fragmented").doesNotContain("fails from fragmentation")
                .containsPattern("holds [\\d.]+ MB in whole pages, which is what the memory manager counts as used \\([\\d.]+% of its limit\\); in them "
                        + "[\\d.]+ MB are blocks in use and");
        assertThat(out.indexOf("full rather than fragmented")).isGreaterThan(out.indexOf("are lost: nothing points to them"));
    }

    /** Where the objects are not in the image, nobody knows what the handles lead to: that is said, and no type made up. */
    @Test
    void handlesOfWhichTheTypeIsNotInTheImageAreOfNoType() throws IOException {
        Path evidence = folder.resolve("cut");
        assertThat(CommandRun.of("lab", "handle-leak", "-o", evidence, "--scale", "0.05").status()).isZero();
        Path dump = evidence.resolve("MEMORY.DMP");
        Files.write(dump, Arrays.copyOf(Files.readAllBytes(dump), (int) (0.6 * Files.size(dump))));
        assertThat(oneLine(CommandRun.of("diagnose", evidence).out())).contains("thumbsvc.exe leaks handles (70,000 open)")
                .contains("Confidence: medium, the process's own handle table was read; what the handles lead to is not in the image").doesNotContain("null");
    }

    /** Of blocks of many sizes those of the size that is profiled are shown. */
    @Test
    void blocksOfTheProfiledSizeAreShownByteByByte() throws IOException {
        Path evidence = folder.resolve("list");
        assertThat(CommandRun.of("lab", "lost-list", "-o", evidence, "--scale", "0.02").status()).isZero();
        Path page = folder.resolve("list.html");
        assertThat(CommandRun.of("diagnose", evidence, "--html", page).status()).isEqualTo(1);
        String html = Files.readString(page);
        String data = html.substring(html.indexOf("\"tag\":\"FcDb\"", html.indexOf("\"kind\":\"contents\"")));
        assertThat(data.substring(data.indexOf("\"samples\":"), data.indexOf("\"samples\":") + 30)).startsWith("\"samples\":[{\"address\":\"0x");
    }

    @Test
    void aProgramThatLeaksHandlesIsNamed() {
        assertThat(oneLine(diagnose("handle-leak", "", "0.02").out())).contains("thumbsvc.exe leaks Event handles")
                .doesNotContain("of tag 'Even' are lost");
    }

    @Test
    void aListWhoseHeadIsGoneIsLost() {
        assertThat(oneLine(diagnose("lost-list", "", "0.02").out())).contains("of tag 'FcEn' of fastcache.sys").contains("are lost")
                // The entries' buffers went with them: one loss, told once.
                .contains("4,800 of 5,040 blocks of tag 'FcEn' of fastcache.sys (95%), 525 KB of nonpaged pool; with them, 4,800 of 5,040 blocks of "
                        + "tag 'FcDb' (95%), 1.9 MB of paged pool: all lost").doesNotContain("2. WARNING")
                // Each in its own pool.
                .contains("What tag 'FcDb' holds of paged pool gathered within 5.0 days")
                .containsPattern("In the same time 'FcEn' gathered [\\d.]+ KB of nonpaged pool, [\\d.,]+ (KB|bytes) an hour");
    }

    @Test
    void requestsThatDoNotEndAreNamedWithTheDriverTheyWaitIn() {
        assertThat(oneLine(diagnose("slow-irps", "", "0.05").out()))
                .contains("; 2,100 I/O requests wait in \\Driver\\ScanQ (scanq.sys) and hold ")
                .contains("2. CRITICAL  2,100 I/O requests wait in \\Driver\\ScanQ (scanq.sys) and hold ").contains("mailstore.exe sent all of them")
                .contains("Confidence: medium, the requests").contains("poolscope irps ").contains("MEMORY.DMP --tag 'Io  '")
                // The table's row refers to them, instead of to whatever else the tag may be.
                .contains("What is there now belongs to I/O requests that wait: ").doesNotContain("picture of a cache").doesNotContain("findstr")
                // What a dump at hand tells needs no debugger and no snapshot an hour later.
                .contains("MEMORY.DMP --sort nonpaged").doesNotContain("!poolused").doesNotContain("poolmon -n");
    }

    @Test
    void requestsAreNamedThoughNoTagOfTheirsHoldsMuch() {
        for (String variant : new String[] {"", "19041"}) {
            assertThat(oneLine(diagnose("slow-irps", variant, "0.02").out())).contains("840 I/O requests wait in \\Driver\\ScanQ (scanq.sys) and hold ")
                    .containsPattern("hold (18|21)% of it").contains("have the tags 'Io  ', 'Irp '");
        }
    }

    @Test
    void healthyFileServersAreNotAccused() {
        for (String variant : LabCases.find("healthy-file-server").orElseThrow().variants()) {
            assertThat(diagnose("healthy-file-server", variant, "0.05")).as(variant).satisfies(run -> {
                assertThat(run.status()).isZero();
                assertThat(run.out()).startsWith("VERDICT  No leak seen");
                // Where pages are out of sight, the blocks on them are counted and not found; elsewhere the books agree.
                assertThat(oneLine(run.out()).contains("of paged pool and the kernel's tracker table differ")).isEqualTo(variant.endsWith("-trimmed"));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9600", "14393", "17763", "19041", "20348", "22000"})
    void whatIsWrongWithLaterKernelsIsNamed(String build) {
        assertThat(oneLine(diagnose("handle-leak", build, "0.02").out())).contains("Nonpaged pool is exhausted")
                .contains("thumbsvc.exe leaks Event handles").doesNotContain("of tag 'Even' are lost");
        assertThat(oneLine(diagnose("lost-list", build + "-verifier", "0.02").out())).contains("of tag 'FcEn' of fastcache.sys").contains("are lost")
                .contains("Driver Verifier: fastcache.sys has 5,040 allocations of tag 'FcEn' outstanding, made at fastcache.sys+0x")
                .containsPattern("5,040 more are of tag 'FcDb', [\\d.]+ MB, made at fastcache\\.sys\\+0x");
        assertThat(oneLine(diagnose("slow-irps", build, "0.05").out())).contains("2,100 I/O requests wait in \\Driver\\ScanQ (scanq.sys) and hold");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle.raw", "nt52-load.raw", "nt52-before.raw", "nt52-x64-boot.raw"})
    void healthyRunningKernelsAreNotAccused(String image) {
        assertThat(CommandRun.of("diagnose", RealEvidence.image(image))).satisfies(run -> {
            assertThat(run.status()).isZero();
            assertThat(run.out()).startsWith("VERDICT  No leak seen");
        });
    }

    @Test
    void theLeakInARunningKernelIsNamedByItsDriver() {
        CommandRun run = CommandRun.of("diagnose", RealEvidence.image("nt52-after.raw"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(oneLine(run.out())).contains("blocks of tag 'Io  ' of ioleak.sys").contains("Only 36 bytes of each are data")
                .contains("Of these blocks 3 belong to the 55 outstanding I/O requests");
    }

    /** Two images of one boot: what grew between them is in the second, block by block. */
    @Test
    void ofATagThatGrewBetweenTwoImagesTheLaterIsAskedFirst() {
        Path before = RealEvidence.image("nt52-before.raw");
        Path after = RealEvidence.image("nt52-after.raw");
        String out = oneLine(CommandRun.of("diagnose", before, after).out());
        // The head of the list is in mupleak.sys; the tag is mup.sys's.
        assertThat(out.substring(0, out.indexOf("1. WARNING"))).contains("'Mup ' of mupleak.sys grows by").doesNotContain("'Io  ' grows");
        String grown = out.substring(out.indexOf("Tag 'Mup ' of mupleak.sys grew by"));
        assertThat(grown).contains("blocks in the image hang on pointers in the data of mupleak.sys. The tag is listed for mup.sys");
        assertThat(grown.substring(grown.indexOf("Next:"), grown.indexOf("poolmon -n"))).containsSubsequence(
                "poolscope profile " + after + " --tag 'Mup '", "poolscope refs " + after + " --tag 'Mup ' --counting");
        // Of the blocks that are lost it was said above what to look at.
        String lost = out.substring(out.indexOf("Tag 'Io  ' of ioleak.sys grew by"), out.indexOf("Tag 'Mup ' of mupleak.sys grew by"));
        assertThat(lost).contains("poolmon -n").doesNotContain("poolscope profile");
    }

    /** What the lab writes beside its folders is found in a folder of them, and is nobody's evidence. */
    @Test
    void theTruthBesideCasesIsNoMachine() throws IOException {
        Path cases = Files.createDirectories(folder.resolve("cases"));
        for (String name : new String[] {"io-leak", "photo-upload"}) {
            assertThat(CommandRun.of("lab", name, "-o", cases.resolve("host-" + name), "--scale", "0.003").status()).isZero();
        }
        assertThat(CommandRun.of("lab", "fleet", "-o", cases.resolve("all"), "--machines", "2", "--leaking", "1", "--days", "1").status()).isZero();
        Files.writeString(cases.resolve("other.truth.json"), "{\"case\":\"printing\"}");
        CommandRun run = CommandRun.of("fleet", "diagnose", cases);
        assertThat(run.out()).contains("host-io-leak ", "host-photo-upload ", "other.truth.json: nothing here is evidence")
                .doesNotContain("host-io-leak.truth", "host-photo-upload.truth", "all.truth");
    }

    private CommandRun diagnose(String name, String variant, String scale) {
        Path evidence = folder.resolve(name + "-" + variant);
        CommandRun made = CommandRun.of("lab", name, "-o", evidence, "--scale", scale, "--variant", variant);
        assertThat(made.status()).as(made.err()).isZero();
        return CommandRun.of("diagnose", evidence);
    }

    /** The text without its line breaks, so that a sentence can be looked for. */
    private static String oneLine(String text) {
        return text.replaceAll("\\n +", " ");
    }
}
