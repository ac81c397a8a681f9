package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.memory.Absence;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * Which allocated blocks nothing points to any more.
 *
 * <p>Marks as the Linux kernel's kmemleak and LeakSanitizer do, but from an image at rest: every aligned word of kernel memory that is
 * not pool (module data, stacks, processor blocks, page file backed tables, whatever is mapped) is taken for a pointer if it leads into
 * an allocated block, and so is every word of each block reached that way. What is never reached is unreachable: no code can find it
 * to free it.
 *
 * <p>Conservative on purpose. A pointer counts wherever in a block it leads, its header included, so that list heads inside structures
 * and pointers to an object behind its header count. One with flags in its low bits counts if it leads to a kernel object:
 * fast references and handle table entries do. (If any odd word counted, the pixels of a bitmap would keep thousands of blocks alive.) A word that only looks like a pointer counts too: stale data can hide a leaked block, but a block reported here has no
 * pointer anywhere in what was seen. Not counted are words in blocks that are free or parked, and {@linkplain Leftovers what is left
 * over}: dead stack, free pages, the kernel's own book of big allocations.
 *
 * <p>What was not seen (paged out, not in the dump) may hold pointers: {@link #seenBytes} and {@link #unseenBytes} say how much of
 * the kernel's memory that is.
 *
 * <p>Costs one read of the kernel's memory, split over the processors; memory is a bit a block and a bounded stack a thread.
 */
public final class Reachability {

    private static final VarHandle MARKS = MethodHandles.arrayElementVarHandle(long[].class);
    /** Bytes of kernel memory a thread takes at a time. */
    private static final long CHUNK = 8L << 20;
    /** Windows 8 (build 9200) keeps object pointers in handle tables shifted and without their upper bits. */
    private static final int FIRST_BUILD_WITH_PACKED_HANDLES = 9200;
    private static final int HANDLE_TABLE = PoolTag.parse("Obtb").key();

    /**
     * A tag's blocks in one pool.
     *
     * @param tag the tag
     * @param pool the pool
     * @param blocks allocated blocks
     * @param bytes their bytes, headers included
     * @param unreferencedBlocks of these, those nothing leads to
     * @param unreferencedBytes their bytes
     */
    public record Row(PoolTag tag, PoolKind pool, long blocks, long bytes, long unreferencedBlocks, long unreferencedBytes) {

        /** The share of the blocks that nothing leads to, 0 to 1. */
        public double unreferencedShare() {
            return blocks == 0 ? 0 : (double) unreferencedBlocks / blocks;
        }
    }

    private final PoolBlocks blocks;
    private final PagedMemory memory;
    private final MemorySegment bytes;
    private final boolean wide;
    private final boolean packedHandles;
    private final long low;
    private final long high;
    private final long[][] marks;
    private final Leftovers leftovers;
    private final int lowBits;
    private final int[] objectTags;
    private final Map<Absence, Long> unseen = new EnumMap<>(Absence.class);
    private final AtomicLong seen = new AtomicLong();

    private Reachability(KernelImage image, PoolBlocks blocks) {
        this.blocks = blocks;
        this.memory = blocks.memory();
        this.bytes = memory.bytes();
        this.wide = memory.pointerSize() == Long.BYTES;
        this.packedHandles = wide && image.version().build() >= FIRST_BUILD_WITH_PACKED_HANDLES;
        this.low = blocks.low();
        this.high = blocks.high();
        PageGroup[] groups = blocks.groups();
        this.marks = new long[groups.length + 1][];
        for (int g = 0; g < groups.length; g++) {
            marks[g] = new long[(groups[g].blocks() + 63) / 64];
        }
        marks[groups.length] = new long[(blocks.big().count() + 63) / 64];
        this.leftovers = Leftovers.of(image);
        this.lowBits = memory.pointerSize() - 1;
        this.objectTags = KernelObjects.of(image).then(KernelObjects::names).value().stream().flatMap(names -> names.types().stream())
                .filter(type -> type.tag() != null).mapToInt(type -> type.tag().key()).sorted().distinct().toArray();
    }

    /**
     * Marks from the roots.
     *
     * @param image the image the blocks were walked in
     * @param blocks its blocks
     */
    public static Reachability of(KernelImage image, PoolBlocks blocks, Progress progress) {
        Reachability made = new Reachability(image, blocks);
        made.mark(progress);
        return made;
    }

    /** Whether a block was reached: its number as {@link PoolBlocks#find} gives it. */
    boolean isReached(long number) {
        int block = PoolBlocks.block(number);
        return (marks[PoolBlocks.group(number)][block >>> 6] >>> block & 1) != 0;
    }

    /** Whether the allocated block that holds an address was reached; {@code false} also when there is no such block. */
    public boolean isReached(long address, PoolBlocks of) {
        long number = of.find(memory.canonical(address));
        return number != PoolBlocks.NOWHERE && isReached(number);
    }

    /** Bytes of kernel memory that were searched for pointers: roots and blocks reached. */
    public long seenBytes() {
        return seen.get();
    }

    /** Bytes of kernel memory that could not be searched, by reason; pages never touched are not among them, they hold nothing. */
    public Map<Absence, Long> unseenBytes() {
        return Map.copyOf(unseen);
    }

    /** A row for each tag and pool that has allocated blocks, those with most unreferenced bytes first. */
    public List<Row> rows() {
        Map<Long, long[]> totals = new HashMap<>();
        PageGroup[] groups = blocks.groups();
        for (int g = 0; g < groups.length; g++) {
            PageGroup group = groups[g];
            for (int page = 0; page < group.pages(); page++) {
                int pool = PageParser.isPaged(group.flags[page]) ? 1 : 0;
                for (int block = group.first[page]; block < group.first[page + 1]; block++) {
                    if (group.state(block) == BlockState.ALLOCATED.ordinal()) {
                        long size = PageParser.isSpecial(group.flags[page]) ? blocks.special().size(group.offset[page],
                                blocks.special().header(group.offset[page]))
                                : (long) (group.end(page, block, blocks.format().pageUnits()) - group.unit(block)) << blocks.format().unitShift();
                        count(totals, group.tag[block], pool, size, isReached(PoolBlocks.number(g, block)));
                    }
                }
            }
        }
        BigBlocks big = blocks.big();
        for (int i = 0; i < big.count(); i++) {
            count(totals, big.tag(i), big.pool(i) == PoolKind.PAGED ? 1 : 0, big.size(i), isReached(PoolBlocks.number(groups.length, i)));
        }
        List<Row> rows = new ArrayList<>();
        totals.forEach((key, total) -> rows.add(new Row(new PoolTag((int) (key >>> 1)), (key & 1) == 1 ? PoolKind.PAGED : PoolKind.NONPAGED,
                total[0], total[1], total[2], total[3])));
        rows.sort(Comparator.comparingLong(Row::unreferencedBytes).reversed().thenComparing(Row::tag).thenComparing(Row::pool));
        return rows;
    }

    private static void count(Map<Long, long[]> totals, int tag, int pool, long size, boolean reached) {
        long[] total = totals.computeIfAbsent((tag & (long) Integer.MAX_VALUE) << 1 | pool, any -> new long[4]);
        total[0]++;
        total[1] += size;
        if (!reached) {
            total[2]++;
            total[3] += size;
        }
    }

    private void mark(Progress progress) {
        Roots roots = new Roots();
        memory.forEachKernelRegion(roots);
        AtomicInteger next = new AtomicInteger();
        AtomicLong done = new AtomicLong();
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), Math.max(1, roots.pieces));
        Thread[] helpers = new Thread[threads - 1];
        Runnable work = () -> new Marker().run(roots, next, done, progress);
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = Thread.ofPlatform().name("mark-" + i).start(work);
        }
        work.run();
        boolean interrupted = false;
        for (Thread helper : helpers) {
            boolean joined = false;
            while (!joined) {
                try {
                    helper.join();
                    joined = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The kernel's memory that is not pool, in pieces of at most {@link #CHUNK} bytes. */
    private final class Roots implements RegionVisitor {

            private long[] offset = new long[256];
        private long[] length = new long[256];
        private int pieces;
        private long total;

        @Override
        public void present(long va, long fileOffset, long size) {
            long from = 0;
            for (long at = 0; at < size; at += Words.PAGE) {
                if (isPool(va + at)) {
                    add(va + from, fileOffset + from, at - from);
                    from = at + Words.PAGE;
                } else if (at + Words.PAGE - from == CHUNK) {
                    add(va + from, fileOffset + from, CHUNK);
                    from = at + Words.PAGE;
                }
            }
            add(va + from, fileOffset + from, size - from);
        }

        @Override
        public void absent(long va, long size, Absence why) {
            if (why != Absence.DEMAND_ZERO) {
                unseen.merge(why, size, Long::sum);
            }
        }

        private boolean isPool(long va) {
            return Long.compareUnsigned(va, low & ~(long) Words.PAGE_MASK) >= 0 && Long.compareUnsigned(va, high) < 0
                    && (blocks.pageAt(va) != 0 || blocks.big().find(va) >= 0);
        }

        private void add(long va, long fileOffset, long size) {
            if (size > 0) {
                leftovers.liveOutside(va, va + size, (start, end) -> addLive(fileOffset + (start - va), end - start));
            }
        }

        private void addLive(long fileOffset, long size) {
            if (pieces == offset.length) {
                offset = Arrays.copyOf(offset, pieces * 2);
                length = Arrays.copyOf(length, pieces * 2);
            }
            offset[pieces] = fileOffset;
            length[pieces++] = size;
            total += size;
        }
    }

    /** One thread's part: takes pieces of root memory, and follows what it finds before it takes the next. */
    private final class Marker {

        /** Blocks found and not yet searched. Each block stands here at most once in all threads together, so this is bounded. */
        private long[] stack = new long[1 << 12];
        private int depth;
        private long searched;

        void run(Roots roots, AtomicInteger next, AtomicLong done, Progress progress) {
            for (int piece = next.getAndIncrement(); piece < roots.pieces; piece = next.getAndIncrement()) {
                search(roots.offset[piece], roots.length[piece]);
                while (depth > 0) {
                    searchBlock(stack[--depth]);
                }
                progress.at("following pointers", done.addAndGet(roots.length[piece]), roots.total);
            }
            seen.addAndGet(searched);
        }

        /** Takes every aligned word of a piece of memory for a pointer. */
        private void search(long fileOffset, long size) {
            searched += size;
            if (wide) {
                for (long at = fileOffset, end = fileOffset + (size & -Long.BYTES); at < end; at += Long.BYTES) {
                    long word = bytes.get(Words.U64, at);
                    if (word >= low && word < high) {
                        reach(word);
                    }
                }
            } else {
                for (long at = fileOffset, end = fileOffset + (size & -Integer.BYTES); at < end; at += Integer.BYTES) {
                    long word = bytes.get(Words.U32, at) & 0xffff_ffffL;
                    if (word >= low && word < high) {
                        reach(word);
                    }
                }
            }
        }

        private void reach(long word) {
            long number = blocks.find(word);
            if (number == PoolBlocks.NOWHERE || blocks.state(number) != BlockState.ALLOCATED) {
                return;
            }
            if ((word & lowBits) != 0 && Arrays.binarySearch(objectTags, blocks.tag(number) & Integer.MAX_VALUE) < 0) {
                return;
            }
            int block = PoolBlocks.block(number);
            long bit = 1L << block;
            long before = (long) MARKS.getAndBitwiseOr(marks[PoolBlocks.group(number)], block >>> 6, bit);
            if ((before & bit) == 0) {
                if (depth == stack.length) {
                    stack = Arrays.copyOf(stack, depth * 2);
                }
                stack[depth++] = number;
            }
        }

        private void searchBlock(long number) {
            int block = PoolBlocks.block(number);
            if (blocks.isBig(number)) {
                BigBlocks big = blocks.big();
                leftovers.liveInBlock(big.address(block), big.end(block), this::searchPages);
                if (packedHandles && (big.tag(block) & Integer.MAX_VALUE) == HANDLE_TABLE) {
                    searchPacked(big.address(block), big.end(block));
                }
                return;
            }
            PageGroup group = blocks.groups()[PoolBlocks.group(number)];
            int page = group.pageOf(block);
            HeaderFormat format = blocks.format();
            if (PageParser.isSpecial(group.flags[page])) {
                search(group.offset[page], Words.PAGE);
                return;
            }
            int from = (group.unit(block) << format.unitShift()) + format.headerSize();
            int to = group.end(page, block, format.pageUnits()) << format.unitShift();
            search(group.offset[page] + from, to - from);
            if (packedHandles && (group.tag[block] & Integer.MAX_VALUE) == HANDLE_TABLE) {
                searchPacked(group.address[page] + from, group.address[page] + to);
            }
        }

        private void searchPages(long from, long to) {
            for (long va = from; va != to; ) {
                long part = Math.min(Words.PAGE - (va & Words.PAGE_MASK), to - va);
                long at = memory.locate(va);
                if (at >= 0) {
                    search(at, part);
                }
                va += part;
            }
        }

        /** Handle table entries of Windows 8 and later: the object's address, shifted left by 16 and without its upper 16 bits. */
        private void searchPacked(long from, long to) {
            for (long va = from; va + Long.BYTES <= to; va += Long.BYTES) {
                long at = memory.locate(va);
                if (at >= 0) {
                    long word = bytes.get(Words.U64, at) >> 16 & ~0xfL;
                    if (word >= low && word < high) {
                        reach(word);
                    }
                }
            }
        }
    }
}
