package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;
import org.poolscope.pool.BlockCursor;
import org.poolscope.pool.BlockKind;
import org.poolscope.pool.PoolBlocks;

/** A running kernel's pool with a thousand bits flipped in its headers: every command that looks at blocks answers, and says what is wrong. */
class DamagedPoolTest {

    private static final int FLIPS = 1000;

    @TempDir
    private static Path folder;
    private static Path image;

    @BeforeAll
    static void damage() throws Exception {
        Path sound = RealEvidence.image("nt52-after.raw");
        image = Files.copy(sound, folder.resolve("damaged.raw"));
        List<Long> headers = new ArrayList<>();
        try (KernelImage kernel = KernelImage.open(sound)) {
            VirtualMemory memory = kernel.memory().orThrow(sound);
            PoolBlocks blocks = PoolBlocks.walk(kernel, Progress.NONE);
            for (BlockCursor block = blocks.cursor(); block.next();) {
                if (block.kind() == BlockKind.PAGE) {
                    headers.add(memory.locate(block.address() - blocks.headerSize()));
                }
            }
        }
        Random random = new Random(FLIPS);
        Collections.shuffle(headers, random);
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long header : headers.subList(0, FLIPS)) {
                ByteBuffer words = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                file.read(words, header);
                int bit = random.nextInt(64);
                words.putLong(0, words.getLong(0) ^ 1L << bit);
                file.write(words.rewind(), header);
            }
        }
    }

    @ParameterizedTest
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    @ValueSource(strings = {"blocks", "blocks --totals", "blocks --damage", "vm --fragmentation", "leaks --all", "profile --tag Io --size 0x40",
        "refs --tag Io", "irps --by tag", "processes", "handles", "drivers", "devices", "verifier", "diagnose"})
    void everyCommandAnswers(String command) {
        List<Object> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.add(1, image);
        CommandRun run = CommandRun.of(arguments.toArray());
        assertThat(run.status()).as(run.err()).isIn(0, 1);
        assertThat(run.err()).doesNotContain("Exception").doesNotContain("\tat ");
        if (!command.equals("verifier")) {
            assertThat(run.out()).isNotBlank();
        }
        if (command.startsWith("blocks") || command.startsWith("leaks")) {
            assertThat(run.err()).contains("pool is damaged at");
        }
        if (command.equals("diagnose")) {
            assertThat(run.out().replaceAll("\\n +", " ")).contains("blocks of tag 'Io  ' of ioleak.sys").contains("Only 36 bytes of each are data");
        }
    }
}
