package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code poolscope trend}, from files to what is printed. */
class TrendCommandTest {

    @TempDir
    private Path folder;

    /** Snapshots of {@code poolmon -n}, one file each, with the time in the file's name. */
    private Path snapshots(int hours) throws Exception {
        Random random = new Random(1);
        for (int h = 0; h < hours; h++) {
            LocalDateTime time = LocalDateTime.of(2007, 1, 10, 8, 0).plusHours(h);
            long cache = 30_000_000 + (long) (2_000_000 * random.nextGaussian());
            long leak = 1000 + 5000L * h;
            Files.writeString(folder.resolve(String.format(Locale.ROOT, "snap-%tY%<tm%<td-%<tH%<tM.log", time)), String.format(Locale.ROOT, """
                     Memory: 2096056K Avail: 1405788K  PageFlts:  1220   InRam Krnl: 2484K P: 7988K
                     Commit:  801040K Limit: 4042484K Peak:  940280K            Pool N:  100K P:%dK

                     Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc

                     MmSt Paged  %9d %9d  %7d  %9d     900
                     Mu37 Paged  %9d %9d  %7d  %9d     204
                     Tiny Nonp           2         1        1       16      16
                    """, (cache + leak * 204) / 1024, 100_000 + 9000L * h, 100_000 + 9000L * h - cache / 900, cache / 900, cache, leak + 46, 46, leak,
                    leak * 204));
        }
        return folder;
    }

    @Test
    void namesTheLeakItsPaceAndTheEnd() throws Exception {
        CommandRun run = CommandRun.of("trend", snapshots(48), "--windows", "2003-x86");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("48 samples, looked at from 2007-01-10 08:00 to 2007-01-12 07:00")
                .containsPattern("Mu37 +paged +mup.sys +leak +48").doesNotContainPattern("MmSt +paged")
                .contains("At this pace paged pool reaches 530 MB").contains("not shown (--all shows them)");
        assertThat(CommandRun.of("trend", folder, "--all").out()).containsPattern("MmSt +paged .*steady");
    }

    @Test
    void theJsonKeepsTheContract() throws Exception {
        List<JsonNode> rows = new ArrayList<>();
        CommandRun run = CommandRun.of("trend", snapshots(48), "--limit-paged", "360MB", "--format", "json");
        for (String line : run.out().lines().toList()) {
            rows.add(new ObjectMapper().readTree(line));
        }
        assertThat(rows.getFirst().get("tag").isNull()).isTrue();
        assertThat(rows).filteredOn(row -> row.get("tag").asText().equals("Mu37")).singleElement().satisfies(row -> {
            assertThat(row.get("pool").asText()).isEqualTo("paged");
            assertThat(row.get("samples").asInt()).isEqualTo(48);
            assertThat(row.get("bytesPerHour").asLong()).isEqualTo(5000 * 204);
            assertThat(row.get("confidence").asText()).isEqualTo("high");
            assertThat(row.get("exhaustedAt").get("earliest").asText()).startsWith("2007-01-2");
            assertThat(row.get("shape").asText()).isEqualTo("leak");
        });
    }

    @Test
    void wrongUseAndNothingToLookAtAreSaid() throws Exception {
        Path snapshots = snapshots(1);
        assertThat(CommandRun.of("trend", snapshots)).satisfies(run -> {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("no samples of two moments");
        });
        assertThat(CommandRun.of("trend", snapshots, "--windows",
                "95").err()).contains("no limits are known for '95'; known are 2000-x86");
        assertThat(CommandRun.of("trend", snapshots, "--limit-paged", "much")).satisfies(run -> {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("'much' is no size");
        });
        assertThat(CommandRun.of("trend", snapshots, "--tag", "*x").status()).isEqualTo(2);
    }

    @Test
    void sizesAsPeopleTypeThem() {
        assertThat(Sizes.parse("360MB")).contains(360L << 20);
        assertThat(Sizes.parse("1.5 GB")).contains(3L << 29);
        assertThat(Sizes.parse("377487360")).contains(360L << 20);
        assertThat(Sizes.parse("-1MB")).isEmpty();
        assertThat(Sizes.parse("99999999999999TB")).isEmpty();
        assertThat(new UnitSizeConverter().convert("1.5GB")).isEqualTo(3L << 29);
        assertThatThrownBy(() -> new UnitSizeConverter().convert("much")).hasMessage("not a size such as 500M or 4G: 'much'");
    }
}
