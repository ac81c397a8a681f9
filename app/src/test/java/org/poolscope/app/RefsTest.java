package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code refs} for a tag with thousands of blocks, and {@code refs} and {@code irps} for tags nobody uses. */
class RefsTest {

    @TempDir
    static Path folder;
    private static Path image;
    private static List<String> json;

    @BeforeAll
    static void make() {
        CommandRun made = CommandRun.of("lab", "io-leak", "-o", folder.resolve("case"), "--scale", "0.01");
        assertThat(made.status()).as(made.err()).isZero();
        image = folder.resolve("case/MEMORY.DMP");
        json = CommandRun.of("refs", image, "--tag", "Io", "--format", "json").out().lines().toList();
    }

    @Test
    void whatCountsComesFirstAndTheEndSaysHowManyThereAreFromWhere() {
        long counting = json.stream().filter(row -> row.contains("\"doubt\":null")).count();
        assertThat(counting).isPositive().isLessThan(json.size() / 10);
        List<String> lines = CommandRun.of("refs", image, "--tag", "Io").out().lines().toList();

        List<String> rows = lines.stream().filter(line -> line.startsWith("0x")).toList();
        assertThat(rows).hasSize(json.size());
        assertThat(rows.subList(0, (int) counting)).allMatch(row -> row.contains("  yes  "));
        assertThat(rows.subList((int) counting, rows.size())).allMatch(row -> row.contains("  no  "));
        List<String> end = lines.subList(1 + rows.size(), lines.size());
        assertThat(end.getFirst()).isEqualTo(String.format("%,d words point to blocks of tag 'Io  '; %d count:", json.size(), counting));
        assertThat(end.get(1)).matches(" +\\d+  pool block 'Driv'");
        int others = end.indexOf(String.format("%,d do not count:", json.size() - counting));
        assertThat(others).isPositive();
        assertThat(sum(end.subList(1, others))).isEqualTo(counting);
        assertThat(end.get(others + 1)).endsWith("pool block 'Io  '; in a block that nothing leads to either");
        assertThat(end.getLast()).contains("leaks does not follow them");
    }

    private static long sum(List<String> kinds) {
        return kinds.stream().mapToLong(line -> Long.parseLong(line.strip().split("\\s")[0].replace(",", ""))).sum();
    }

    @Test
    void onlyThoseThatCountWhenAskedFor() {
        assertThat(CommandRun.of("refs", image, "--tag", "Io", "--counting", "--format", "json").out().lines().toList())
                .isEqualTo(json.stream().filter(row -> row.contains("\"doubt\":null")).toList());
        assertThat(CommandRun.of("refs", image, "--tag", "Io", "--counting").out()).contains("  yes  ").doesNotContain("  no  ").contains(" do not count:");
    }

    @Test
    void ofATagNobodyUsesThatIsSaid() {
        CommandRun refs = CommandRun.of("refs", image, "--tag", "ZZZZ");
        assertThat(refs.status()).isEqualTo(3);
        assertThat(refs.err()).contains("no allocated block of tag 'ZZZZ'");
        assertThat(CommandRun.of("irps", image, "--tag", "ZZZZ").out()).isEqualTo("There is no allocated block of tag 'ZZZZ' in the image.\n");
        assertThat(CommandRun.of("irps", image, "--tag", "Thre").out()).matches("\\d+ blocks of tag 'Thre', none of them belongs to the \\d+ outstanding "
                + "requests\\.\n");
    }

    @Test
    void whatFiguresCountIsSaidBesideThem() {
        assertThat(CommandRun.of("irps", image, "--by", "tag").out()).contains("\nBlocks and bytes are those of both pools together.");
        CommandRun made = CommandRun.of("lab", "lost-list", "-o", folder.resolve("verified"), "--scale", "0.002", "--variant", "verifier");
        assertThat(made.status()).as(made.err()).isZero();
        assertThat(CommandRun.of("verifier", folder.resolve("verified/MEMORY.DMP")).out()).contains("\nBytes are those the drivers asked for; blocks, ");
    }
}
