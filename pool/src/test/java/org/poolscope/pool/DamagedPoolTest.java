package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Progress;

/** Bits flipped in the headers of a running kernel's pool. */
class DamagedPoolTest {

    private static final int FLIPS = 1000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"nt52-after, 1", "nt52-before, 2", "nt52-x64-boot, 3"})
    void everyBlockThatIsNotDamagedIsStillReported(String name, long seed) throws Exception {
        Map<Long, PoolBlock> sound = new HashMap<>();
        List<Long> headers = new ArrayList<>();
        Map<Long, Long> places = new HashMap<>();
        Path copy = Files.copy(RunningKernel.image(name), folder.resolve("damaged.raw"));
        int headerSize;
        try (KernelImage image = KernelImage.open(RunningKernel.image(name))) {
            VirtualMemory memory = image.memory().orThrow(copy);
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            headerSize = blocks.headerSize();
            for (BlockCursor block = blocks.cursor(); block.next();) {
                if (block.kind() == BlockKind.PAGE) {
                    sound.put(block.address(), block.block());
                    headers.add(block.address());
                    places.put(block.address(), memory.locate(block.address() - headerSize));
                }
            }
        }
        Random random = new Random(seed);
        Collections.shuffle(headers, random);
        Set<Long> damaged = new HashSet<>();
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long address : headers.subList(0, FLIPS)) {
                int bit = random.nextInt(32);
                long at = places.get(address) + bit / 8;
                ByteBuffer one = ByteBuffer.allocate(1);
                file.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 1 << bit % 8)).rewind();
                file.write(one, at);
                damaged.add(address);
            }
        }
        try (KernelImage image = KernelImage.open(copy)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Map<Long, PoolBlock> found = new HashMap<>();
            for (BlockCursor block = blocks.cursor(); block.next();) {
                if (block.kind() == BlockKind.PAGE) {
                    found.put(block.address(), block.block());
                }
            }
            List<PoolBlock> lost = sound.entrySet().stream()
                    .filter(entry -> !damaged.contains(entry.getKey()) && !entry.getValue().equals(found.get(entry.getKey())))
                    .map(Map.Entry::getValue).toList();
            assertThat(lost).isEmpty();
            assertThat(found.keySet()).filteredOn(address -> !sound.containsKey(address)).isEmpty();
            assertThat(blocks.damageCount()).isBetween(FLIPS / 3L, (long) FLIPS);
            assertThat(blocks.damage()).allSatisfy(one -> assertThat(one.reason()).isNotBlank());
            assertThat(blocks.damage()).allSatisfy(one -> assertThat(damaged).contains(one.address() + headerSize));
        }
    }
}
