package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"nt52-after, 1000", "nt52-before, 1000", "nt52-x64-boot, 300"})
    void everyBlockThatIsNotDamagedIsStillReported(String name, int flips) throws Exception {
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
        Random random = new Random(flips);
        Collections.shuffle(headers, random);
        Set<Long> damaged = new HashSet<>();
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long address : headers) {
                if (damaged.size() == flips) {
                    break;
                }
                ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                file.read(word, places.get(address));
                int flipped = word.getInt(0) ^ 1 << random.nextInt(32);
                if (endsWithPage(address - headerSize, flipped, headerSize)) {
                    continue;
                }
                file.write(word.putInt(0, flipped).rewind(), places.get(address));
                damaged.add(address);
            }
        }
        assertThat(damaged).hasSize(flips);
        try (KernelImage image = KernelImage.open(copy)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Map<Long, PoolBlock> found = new HashMap<>();
            for (BlockCursor block = blocks.cursor(); block.next();) {
                if (block.kind() == BlockKind.PAGE && block.state() != BlockState.DAMAGED) {
                    found.put(block.address(), block.block());
                }
            }
            List<PoolBlock> lost = sound.entrySet().stream()
                    .filter(entry -> !damaged.contains(entry.getKey()) && !entry.getValue().equals(found.get(entry.getKey())))
                    .map(Map.Entry::getValue).toList();
            assertThat(lost).isEmpty();
            assertThat(found.keySet()).filteredOn(address -> !sound.containsKey(address)).allSatisfy(address -> assertThat(damaged)
                    .anyMatch(one -> address > one && address < one + sound.get(one).size()));
            assertThat(blocks.damageCount()).isBetween(flips / 3L, (long) flips);
            assertThat(blocks.damage()).allSatisfy(one -> assertThat(one.reason()).isNotBlank());
            assertThat(blocks.damage()).filteredOn(one -> !one.reason().startsWith("no header can be trusted"))
                    .allMatch(one -> damaged.contains(one.address() + headerSize));
        }
    }

    /** A size that leads to the end of the page is no damage anybody could see: it is a large block with the headers of older ones in it. */
    private static boolean endsWithPage(long header, int word, int headerSize) {
        int units = word >>> 16 & (headerSize == 16 ? 0xff : 0x1ff);
        return (header & 4095) + (long) units * headerSize == 4096;
    }
}
