package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code leaks} for some tags, or one pool. */
class LeaksFilterTest {

    @TempDir
    static Path folder;
    private static Path image;
    private static List<String> all;

    @BeforeAll
    static void make() {
        CommandRun made = CommandRun.of("lab", "lost-list", "-o", folder.resolve("case"), "--scale", "0.01");
        assertThat(made.status()).as(made.err()).isZero();
        image = folder.resolve("case/MEMORY.DMP");
        all = CommandRun.of("leaks", image, "--all", "--format", "json").out().lines().toList();
    }

    private static List<String> rows(Object... filter) {
        Object[] words = new Object[filter.length + 5];
        System.arraycopy(new Object[] {"leaks", image, "--all", "--format", "json"}, 0, words, 0, 5);
        System.arraycopy(filter, 0, words, 5, filter.length);
        return CommandRun.of(words).out().lines().toList();
    }

    @Test
    void onlyTheRowsAskedForAndTheseAsTheyAre() {
        assertThat(rows("--tag", "Fc*")).hasSize(2).isEqualTo(all.stream().filter(row -> row.contains("\"tag\":\"Fc")).toList());
        assertThat(rows("--pool", "paged")).isNotEmpty().isEqualTo(all.stream().filter(row -> row.contains("\"pool\":\"paged\"")).toList());
        assertThat(rows("--tag", "Fc*", "--pool", "nonpaged")).singleElement().asString().contains("FcEn");
    }

    @Test
    void aTagThatIsNamedIsListedOrSaidToHaveLostNothing() {
        assertThat(CommandRun.of("leaks", image, "--tag", "FcEn").out()).contains("FcEn  nonpaged")
                .doesNotContain("FcDb").doesNotContain("Not listed");
        assertThat(CommandRun.of("leaks", image, "--tag", "Thre").out()).contains("every allocated block of tag 'Thre' is reached");
        assertThat(CommandRun.of("leaks", image, "--tag", "NoNo").out()).contains("no allocated block of tag 'NoNo' in the image");
        assertThat(CommandRun.of("leaks", image, "--tag", "a*b").status()).isEqualTo(2);
    }
}
