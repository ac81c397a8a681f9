package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
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
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.kernel.KernelImage;
import org.poolscope.lab.machine.ModernKernel;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Address;
import org.poolscope.model.Progress;

/** Bits flipped in what segment heaps keep for themselves: each costs the blocks that cannot be told without it, and no others. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class DamagedHeapTest {

    private static final int ROUNDS = 10;
    private static final int FLIPS = 100;
    /** Damaged headers of chunks so close to each other may hide what is between and next to them. */
    private static final int NEAR = 4;

    @TempDir
    private static Path folder;

    private static Path file;
    private static ModernKernel.Truth truth;
    private static Map<Long, Long> places;
    private static Set<Long> mapped;
    private static Set<Long> ends;

    @BeforeAll
    static void write() throws Exception {
        file = folder.resolve("memory.raw");
        truth = SegmentHeapTest.write(file, 19041, "5278AFF86C341677D7D7835C85B7B844");
        places = new HashMap<>();
        mapped = new HashSet<>();
        ends = new HashSet<>();
        try (KernelImage image = KernelImage.open(file)) {
            VirtualMemory memory = image.memory().orThrow(file);
            for (ModernKernel.HeapPart part : truth.heapParts()) {
                places.put(part.address(), memory.locate(part.address()));
                for (long page = part.from(); page < part.to(); page += 4096) {
                    if (memory.isReadable(page, 1)) {
                        mapped.add(page >>> 12);
                    }
                }
                if (part.what().equals("flags of a range")) {
                    ends.add(part.to());
                }
            }
        }
    }

    @Test
    void aThousandBitsCostOnlyWhatTheyHide() throws Exception {
        Map<Long, String> expected = SegmentHeapTest.truth(truth);
        List<ModernKernel.HeapPart> parts = new ArrayList<>(truth.heapParts());
        Random random = new Random(7);
        for (int round = 0; round < ROUNDS; round++) {
            Collections.shuffle(parts, random);
            List<ModernKernel.HeapPart> hit = parts.subList(0, FLIPS);
            Map<Long, Byte> before = flip(hit, random);
            try (KernelImage image = KernelImage.open(file)) {
                PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
                Map<Long, String> found = SegmentHeapTest.walked(blocks);
                TreeSet<Long> hidden = hidden(hit, expected.keySet());
                for (Map.Entry<Long, String> block : expected.entrySet()) {
                    if (!hidden.contains(block.getKey())) {
                        assertThat(found.get(block.getKey())).as("round " + round + ", " + Address.text(block.getKey()) + " of " + describe(hit)
                                + blocks.damage()).isEqualTo(block.getValue());
                    }
                }
                assertThat(blocks.damageCount()).isGreaterThan(FLIPS / 10);
                assertThat(blocks.damage()).allSatisfy(one -> assertThat(one.reason()).isNotBlank());
            } finally {
                restore(before);
            }
        }
    }

    private static String describe(List<ModernKernel.HeapPart> hit) {
        StringBuilder text = new StringBuilder();
        hit.forEach(part -> text.append('\n').append(Address.text(part.address())).append(' ').append(part.what()));
        return text.append('\n').toString();
    }

    /** Blocks of which nobody can say what they are any more. */
    private static TreeSet<Long> hidden(List<ModernKernel.HeapPart> hit, Set<Long> blocks) {
        List<ModernKernel.HeapPart> chunks = truth.heapParts().stream().filter(part -> part.what().equals("header of a chunk")).toList();
        List<long[]> ranges = new ArrayList<>();
        Set<ModernKernel.HeapPart> all = new HashSet<>(hit);
        hit.forEach(part -> ranges.add(new long[] {part.from(), part.to()}));
        int last = -NEAR - 1;
        for (int i = 0; i < chunks.size(); i++) {
            if (all.contains(chunks.get(i))) {
                if (i - last <= NEAR) {
                    ranges.add(new long[] {chunks.get(Math.max(0, last - 1)).from(), chunks.get(Math.min(chunks.size() - 1, i + NEAR)).to()});
                }
                last = i;
            }
        }
        TreeSet<Long> hidden = new TreeSet<>();
        for (long block : blocks) {
            if (ranges.stream().anyMatch(range -> Long.compareUnsigned(block - 16, range[0]) >= 0 && Long.compareUnsigned(block - 16, range[1]) < 0)) {
                hidden.add(block);
            }
        }
        return hidden;
    }

    private static Map<Long, Byte> flip(List<ModernKernel.HeapPart> hit, Random random) throws Exception {
        Map<Long, Byte> before = new HashMap<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (ModernKernel.HeapPart part : hit) {
                int bit;
                do {
                    bit = random.nextInt(8 * part.bytes());
                } while (isBlameless(part, bit));
                long at = places.get(part.address()) + bit / 8;
                ByteBuffer one = ByteBuffer.allocate(1);
                channel.read(one, at);
                before.putIfAbsent(at, one.get(0));
                channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 1 << bit % 8)}), at);
            }
        }
        return before;
    }

    /**
     * Whether a chunk's size leads to the end of its subsegment, or to a page that is not there, with this bit flipped: it is then a larger
     * chunk with older ones in it, as far as anybody could see.
     */
    private static boolean isBlameless(ModernKernel.HeapPart part, int bit) {
        if (!part.what().equals("header of a chunk") || bit < 16 || bit >= 32) {
            return false;
        }
        long units = (part.to() - part.from()) / 16 ^ 1L << bit - 16;
        long next = part.from() + units * 16;
        return ends.contains(next) || !mapped.contains(next >>> 12);
    }

    private static void restore(Map<Long, Byte> before) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (Map.Entry<Long, Byte> one : before.entrySet()) {
                channel.write(ByteBuffer.wrap(new byte[] {one.getValue()}), one.getKey());
            }
        }
    }

    /** Words anywhere in what heaps keep, replaced by noise, zeros, or pointers to other such places: circles and absurd sizes. */
    @Test
    void noiseNeitherHangsNorBreaksTheWalk() throws Exception {
        List<ModernKernel.HeapPart> parts = truth.heapParts();
        Random random = new Random(11);
        for (int round = 0; round < ROUNDS; round++) {
            Map<Long, Byte> before = new HashMap<>();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                for (int i = 0; i < FLIPS; i++) {
                    ModernKernel.HeapPart part = parts.get(random.nextInt(parts.size()));
                    long at = places.get(part.address()) & -8;
                    ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                    channel.read(word, at);
                    for (int j = 0; j < 8; j++) {
                        before.putIfAbsent(at + j, word.get(j));
                    }
                    word.putLong(0, switch (random.nextInt(4)) {
                        case 0 -> random.nextLong();
                        case 1 -> 0;
                        case 2 -> part.address() & -4096;
                        default -> parts.get(random.nextInt(parts.size())).address();
                    });
                    channel.write(word.rewind(), at);
                }
            }
            try (KernelImage image = KernelImage.open(file)) {
                PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
                long count = 0;
                for (BlockCursor block = blocks.cursor(); block.next();) {
                    count += block.size() > 0 ? 1 : 0;
                }
                assertThat(count).isBetween(100L, 200_000L);
                assertThat(blocks.damageCount()).isPositive();
            } finally {
                restore(before);
            }
        }
    }
}
