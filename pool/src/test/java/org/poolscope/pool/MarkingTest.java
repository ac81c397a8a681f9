package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;

/** Blocks that point to each other in any way, against the plainest way to follow them. */
class MarkingTest {

    private static final int BLOCKS = 30_000;
    private static final int LINKS = 4;
    private static final int WAYS = 5;
    private static final int BIG_EVERY = 3_000;
    /** Blocks of more units than a word has bits. */
    private static final int LONG_EVERY = 40;
    private static final Instant STOP = Instant.parse("2007-03-01T12:00:00Z");

    @TempDir
    private Path folder;

    private final long[] address = new long[BLOCKS];
    private final int[] size = new int[BLOCKS];
    private final List<List<Integer>> targets = new ArrayList<>();
    private final List<Integer> roots = new ArrayList<>();

    /** A lists' links lead to older blocks, to newer ones, to and fro; what points to any block at all reaches some and not others. */
    private void link(Random random) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, BLOCKS).boxed().toList());
        for (int i = 0; i < BLOCKS; i++) {
            targets.add(new ArrayList<>());
        }
        for (int way = 0; way < WAYS; way++) {
            int share = way;
            List<Integer> list = new ArrayList<>(order.stream().filter(block -> block % (2 * WAYS) == share).toList());
            if (way == 0) {
                Collections.reverse(list);
            } else if (way > 1) {
                Collections.shuffle(list, random);
            }
            for (int i = 1; i < list.size(); i++) {
                targets.get(list.get(i - 1)).add(list.get(i));
            }
            // The last of the lists is a ring that nobody holds.
            if (way == WAYS - 1) {
                targets.get(list.getLast()).add(list.getFirst());
            } else {
                roots.add(list.getFirst());
            }
        }
        for (int block = 0; block < BLOCKS; block++) {
            if (block % (2 * WAYS) >= WAYS) {
                for (int i = random.nextInt(LINKS); i > 0; i--) {
                    targets.get(block).add(random.nextInt(BLOCKS / WAYS) * WAYS + random.nextInt(2));
                }
            }
        }
    }

    private Path write(WindowsVersion version, int seed) throws Exception {
        Path file = folder.resolve("MEMORY.DMP");
        Random random = new Random(seed);
        link(random);
        try (Machine machine = Machine.create(file, MachineSpec.of(version, 3_000).withMegabytes(256), new Dice(seed))) {
            KernelSpace space = machine.space();
            TagAccount tag = machine.pools().tag("Test");
            for (int block = 0; block < BLOCKS; block++) {
                size[block] = block % BIG_EVERY == 7 ? 3 * Words.PAGE : 4 * (16 + random.nextInt(block % LONG_EVERY == 3 ? 960 : 64));
                PoolKind kind = random.nextInt(3) == 0 ? PoolKind.PAGED : PoolKind.NONPAGED;
                address[block] = machine.pools().allocateZeroed(kind, tag, size[block]);
            }
            for (int block = 0; block < BLOCKS; block++) {
                long place = address[block] + (long) random.nextInt(4) * space.pointerSize();
                for (int target : targets.get(block)) {
                    space.putPointer(place, address[target] + (random.nextInt(size[target]) & -4));
                    place += space.pointerSize();
                }
            }
            for (int root : roots) {
                space.putPointer(machine.kernel().variable(space.pointerSize()), address[root]);
            }
            machine.stop(StopState.requested(STOP, 60), new MemoryFigures(1000, 1000, 100, 1000, 2000, 1000, 10, 10, 100));
        }
        return file;
    }

    private BitSet reached() {
        BitSet reached = new BitSet();
        Deque<Integer> left = new ArrayDeque<>(roots);
        while (!left.isEmpty()) {
            int block = left.pop();
            if (!reached.get(block)) {
                reached.set(block);
                left.addAll(targets.get(block));
            }
        }
        return reached;
    }

    /** With room to keep pointers, and with none, so that blocks are looked through again. */
    @ParameterizedTest
    @Timeout(120)
    @CsvSource({"WINDOWS_7_SP1, 1", "WINDOWS_7_SP1, 2", "SERVER_2003_SP1, 3"})
    void whatCanBeReachedIsWhatTheLinksSay(WindowsVersion version, int seed) throws Exception {
        Path file = write(version, seed);
        BitSet expected = reached();
        assertThat(expected.cardinality()).isBetween(BLOCKS / 3, BLOCKS * 9 / 10);
        try (KernelImage image = KernelImage.open(file)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            MappedPages kernel = MappedPages.ofKernel(blocks.memory(), blocks.sessions(image));
            long searched = 0;
            for (long room : new long[] {Long.MAX_VALUE, 0}) {
                Marking marking = new Marking(image, blocks, kernel, room);
                marking.run(image, Progress.NONE);
                BitSet found = new BitSet();
                IntStream.range(0, BLOCKS).filter(block -> marking.isReachedAt(address[block])).forEach(found::set);
                assertThat(found).isEqualTo(expected);
                assertThat(searched).isIn(0L, marking.searchedBytes());
                searched = marking.searchedBytes();
            }
        }
    }
}
