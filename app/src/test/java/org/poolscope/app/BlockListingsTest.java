package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.RealEvidence;

/** What is asked of blocks is answered, or refused: no option is passed over. */
class BlockListingsTest {

    private static final Path IMAGE = RealEvidence.image("nt52-after.raw");

    @ParameterizedTest
    @ValueSource(strings = {"blocks --totals --size 64", "blocks --damage --tag Io", "blocks --damage --pool paged", "blocks --damage --size 0x40",
        "profile --tag Io --sample 0", "profile --tag Io --sample -5"})
    void optionsThatDoNotGoTogetherAreRefused(String words) {
        List<Object> arguments = new ArrayList<>(Arrays.asList(words.split(" ")));
        arguments.add(1, IMAGE);
        CommandRun run = CommandRun.of(arguments.toArray());
        assertThat(run.status()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void poolWithoutDamageIsSaidToBeSound() {
        assertThat(CommandRun.of("blocks", IMAGE, "--damage").out()).isEqualToIgnoringNewLines("No damage was found in the pool that is in the image.");
        assertThat(CommandRun.of("blocks", IMAGE, "--damage", "--format", "json").out()).isEmpty();
    }

    /** The second word of these leads to page tables' blocks in 60% of them, and in 68% of those with the first 512 values. */
    @Test
    void sharesOfWhatWasNotCountedAsAWholeAreAbout() throws Exception {
        assertThat(CommandRun.of("profile", IMAGE, "--tag", "RMAP").out()).contains("pool block 'MmPt' (about 68%)");
        JsonNode fields = new ObjectMapper().readTree(CommandRun.of("profile", IMAGE, "--tag", "RMAP", "--format", "json").out()).path("fields");
        assertThat(fields.path(1).path("values")).isNotEmpty().allSatisfy(value -> assertThat(value.path("count").isNull()).isTrue());
        assertThat(fields.path(3).path("values")).isNotEmpty().allSatisfy(value -> assertThat(value.path("count").asInt()).isPositive());
    }

    /** The tag has 20,144 blocks; the 20,000 of 64 bytes are those with an event of the driver and its device. */
    @Test
    void onlyBlocksOfTheSizeThatWasLookedAtPointWhereTheseDo(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("case.html");
        assertThat(CommandRun.of("diagnose", IMAGE, "--html", page).status()).isEqualTo(1);
        assertThat(Files.readString(page)).containsPattern("\"to\":\\[\\{\"what\":\"KEVENT in the device extension of [^\"]*ioleak\"[^}]*\"count\":20000,\"offset\":4}");
        assertThat(CommandRun.of("profile", IMAGE, "--tag", "Io", "--sample", "100").out()).contains("100 blocks looked at, of 0x40, pointers at 0x4")
                .contains("  52 blocks of 0x30");
    }

    @Test
    void anAddressOutsideOfPoolIsToldByWhatItIsIn() {
        assertThat(CommandRun.of("pool", IMAGE, "0x80401000").out()).contains("in no block of pool").contains("It is in: ntoskrnl.exe+0x1000 (.text)");
        assertThat(CommandRun.of("pool", IMAGE, "0x1000").out()).contains("in no block of pool").contains("nothing at this address");
        assertThat(CommandRun.of("pool", IMAGE, "0x80401000", "--format", "json").out()).contains("ntoskrnl.exe+0x1000");
    }

    @Test
    void shapesAreToldByOffsetsAsTheFieldsAre() {
        String out = CommandRun.of("profile", IMAGE, "--tag", "Thre").out();
        assertThat(out).contains("Shapes: (by the pointers in their first 256 bytes)")
                .containsPattern("82 blocks of 0x270, pointers at 0x8, 0x10, 0x14, .* and 27 more");
        assertThat(out.substring(out.indexOf("Shapes")).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(CommandRun.of("profile", IMAGE, "--tag", "Thre", "--all").out()).doesNotContainPattern("0x[0-9a-f]+ and \\d+ more");
        assertThat(CommandRun.of("profile", IMAGE, "--tag", "Io").out()).contains("20,000 blocks of 0x40, pointers at 0x4, 0x10\n");
    }
}
