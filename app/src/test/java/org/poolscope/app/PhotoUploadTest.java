package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first case at full size, as the lab makes it: every command prints the published figures. */
class PhotoUploadTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static Path evidence;
    private static Path image;

    @BeforeAll
    static void make() {
        evidence = folder.resolve("photo-upload");
        CommandRun made = CommandRun.of("lab", "photo-upload", "-o", evidence);
        assertThat(made.status()).as(made.err()).isZero();
        image = evidence.resolve("MEMORY.DMP");
    }

    @Test
    void infoSaysWhatItIs() throws Exception {
        JsonNode info = document("info", image);
        assertThat(info.get("format").asText()).isEqualTo("crash-dump-32");
        assertThat(info.get("architecture").asText()).isEqualTo("x86");
        assertThat(info.get("build").asInt()).isEqualTo(3790);
        assertThat(info.get("servicePack").asInt()).isEqualTo(1);
        assertThat(info.get("physicalPages").asLong()).isEqualTo(524_014);
    }

    @Test
    void vmPrintsThePublishedTotals() throws Exception {
        JsonNode vm = document("vm", image);
        assertThat(vm.at("/nonPagedPool/usedBytes").asLong()).isEqualTo(2778 * 4096L);
        assertThat(vm.at("/nonPagedPool/maximumBytes").asLong()).isEqualTo(32328 * 4096L);
        assertThat(vm.at("/pagedPool/usedBytes").asLong()).isEqualTo(66629 * 4096L);
        assertThat(vm.at("/pagedPool/maximumBytes").asLong()).isEqualTo(67072 * 4096L);
        List<Long> pools = new ArrayList<>();
        vm.at("/pagedPool/pools").forEach(pool -> pools.add(pool.get("usedBytes").asLong() / 4096));
        assertThat(pools).containsExactly(3396L, 15774L, 15804L, 15834L, 15821L);
        assertThat(vm.get("excessive")).singleElement().extracting(JsonNode::asText).isEqualTo("paged");
    }

    @Test
    void poolUsedPrintsThePublishedTableRowForRow() throws Exception {
        List<String> rows = new ArrayList<>();
        for (JsonNode row : lines("poolused", image, "--sort", "paged").subList(0, 10)) {
            JsonNode paged = row.get("paged");
            rows.add(row.get("tag").asText() + " " + paged.get("allocs") + " " + paged.get("frees") + " " + paged.get("outstanding") + " "
                    + paged.get("bytes"));
            assertThat(row.at("/nonPaged/allocs").asLong()).isZero();
        }
        // Two tags hold the same number of bytes; the published table has the later one first.
        assertThat(rows).containsExactlyInAnyOrder("Mu37 494273 46 494227 100966192", "Mu46 123572 14 123558 25699824",
                "Mu36 494273 46 494227 21746008", "Mu2c 123558 0 123558 20757744", "IoNm 678531 554089 124442 15938640",
                "Mu39 123572 14 123558 15073184", "Mu38 123572 14 123558 15073184", "Mu4c 294942 4 294938 14157024",
                "Mu4b 294942 4 294938 11002544", "Mu04 128272 4666 123606 10877328");
        assertThat(rows).isSortedAccordingTo((left, right) -> Long.compare(bytes(right), bytes(left)));
    }

    private static long bytes(String row) {
        return Long.parseLong(row.substring(row.lastIndexOf(' ') + 1));
    }

    @Test
    void poolUsedFiltersByPattern() throws Exception {
        assertThat(lines("poolused", image, "--tag", "Mu3?")).extracting(row -> row.get("tag").asText())
                .containsExactly("Mu36", "Mu37", "Mu38", "Mu39");
    }

    @Test
    void diagnoseNamesPoolTagsDriverAndReferrals() throws Exception {
        CommandRun run = CommandRun.of("diagnose", evidence, "--format", "json");
        assertThat(run.status()).isEqualTo(1);
        JsonNode verdict = JSON.readTree(run.out());
        assertThat(verdict.get("verdict").asText()).contains("Paged pool is exhausted").contains("'Mu..' tags of mup.sys")
                .contains("DFS referrals name single files below \\FileServer\\Root\\lores");
        List<String> rules = new ArrayList<>();
        verdict.get("findings").forEach(finding -> rules.add(finding.get("rule").asText()));
        assertThat(rules).contains("pool-exhausted", "tag-holds-pool", "companion-tags", "tag-grows", "file-level-referrals",
                "referral-cache-size", "referral-ttl", "captured-referrals");
        assertThat(finding(verdict, "file-level-referrals").get("explanation").asText()).contains("; the client holds 123,558, with",
                "that is about 240 MB (251,193,414 bytes) of paged pool");
        JsonNode captured = finding(verdict, "captured-referrals");
        assertThat(captured.get("title").asText()).contains("Of 243 DFS referral exchanges in referrals.pcap", "reaches-below-link");
        assertThat(captured.at("/evidence/0/file").asText()).isEqualTo("referrals.pcap");
        verdict.get("findings").forEach(finding -> assertThat(finding.get("evidence")).as(finding.get("title").asText()).isNotEmpty());
        assertThat(verdict.get("warnings")).isEmpty();
        verdict.get("files").forEach(file -> assertThat(file.get("unreadLines").asInt()).as(file.get("file").asText()).isZero());
    }

    private static JsonNode finding(JsonNode verdict, String rule) {
        for (JsonNode one : verdict.get("findings")) {
            if (one.get("rule").asText().equals(rule)) {
                return one;
            }
        }
        throw new AssertionError("no finding of rule " + rule);
    }

    /** The audit of the capture alone says what is wrong with the one server, and nothing of the other. */
    @Test
    void auditOfTheCaptureTellsTheBadServerFromTheGoodOne() {
        CommandRun run = CommandRun.of("dfs", "audit", evidence.resolve("referrals.pcap"), "--all");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("reaches-below-link", "cache-growth", "ttl-far", "\\FileServer\\Root\\lores",
                "Looked at 243 referral exchanges (0 refused)").doesNotContain("2k3entspat");
    }

    @Test
    void modulesListsTheDriver() throws Exception {
        assertThat(lines("modules", image)).extracting(row -> row.get("name").asText()).contains("ntoskrnl.exe", "Mup.sys", "srv.sys");
    }

    private static JsonNode document(Object... arguments) throws Exception {
        return JSON.readTree(json(arguments));
    }

    private static List<JsonNode> lines(Object... arguments) throws Exception {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : json(arguments).lines().toList()) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }

    private static String json(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--format";
        all[arguments.length + 1] = "json";
        CommandRun run = CommandRun.of(all);
        assertThat(run.status()).as(run.err()).isZero();
        return run.out();
    }
}
