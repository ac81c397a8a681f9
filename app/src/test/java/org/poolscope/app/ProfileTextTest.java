package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A profile to read: buffers of text and structures with much zero in them fill no pages, and what is left out is said. */
class ProfileTextTest {

    @TempDir
    static Path folder;
    private static Path image;

    @BeforeAll
    static void make() {
        CommandRun made = CommandRun.of("lab", "lost-list", "-o", folder.resolve("case"), "--scale", "0.02");
        assertThat(made.status()).as(made.err()).isZero();
        image = folder.resolve("case/MEMORY.DMP");
    }

    @Test
    void whatSaysTheSameIsToldOnce() throws Exception {
        CommandRun folded = CommandRun.of("profile", image, "--tag", "FcDb");
        CommandRun all = CommandRun.of("profile", image, "--tag", "FcDb", "--all");
        String table = folded.out().substring(0, folded.out().indexOf("Shapes:"));
        assertThat(table.lines().count()).isLessThan(10);
        assertThat(table).contains("   0x0     4  data without a pattern").contains("   0x8   408  and so on")
                .contains("51 times more, the same every 8 bytes");
        JsonNode json = new ObjectMapper().readTree(CommandRun.of("profile", image, "--tag", "FcDb", "--format", "json").out());
        assertThat(json.path("fields").size()).isEqualTo((int) all.out().substring(0, all.out().indexOf("Shapes:")).lines().count() - 3)
                .isGreaterThan(50);
    }

    @Test
    void shapesNotShownAreCounted() {
        CommandRun few = CommandRun.of("profile", image, "--tag", "FcDb");
        CommandRun all = CommandRun.of("profile", image, "--tag", "FcDb", "--all");
        assertThat(few.out()).containsPattern("and 2\\d more shapes, [\\d,]+ blocks in all \\(--all lists them");
        long shown = few.out().substring(few.out().indexOf("Shapes:")).lines().count() - 2;
        String more = few.out().replaceAll("(?s).*and (\\d+) more shapes.*", "$1");
        assertThat(all.out().substring(all.out().indexOf("Shapes:")).lines().count() - 1).isEqualTo(shown + Long.parseLong(more));
        assertThat(all.out()).doesNotContain("more shapes");
    }

    @Test
    void neighboursBecomeOneLine() {
        assertThat(CommandRun.of("profile", image, "--tag", "FcEn").out()).contains("  0x38  8 x 4  constant")
                .contains("  0x10  2 x 4  data without");
    }
}
