package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.Absence;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PagingMode;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * Which blocks somebody can still reach. Everything in kernel memory that is not pool is a root: the data of modules, kernel stacks,
 * processor blocks, page frame database, views of the file cache, and the processor state a dump's header keeps. From there marks
 * spread through the blocks: what a marked block points to is marked ({@link PointerRules} says what a pointer is). A block without a
 * mark cannot be freed any more by the one who allocated it. {@linkplain Leftovers What is left over} is no root, nor are free and
 * parked blocks.
 *
 * <p>Two threads or more share the work: each has a stack of blocks it marked and has not looked through, and gives of its own when
 * another has none.
 *
 * <p>A word in a place its owner never writes ({@link LeftoverPlaces}) still counts, unless it alone keeps very many blocks: that one
 * stale word leads to the middle of a long list is likely where lists are long, and would hide that all of it was lost. Such words are
 * named by {@link #staleWords}. Pages that are in the kernel's address space but not in the image can hide pointers: {@link #unseenBytes}.
 */
public final class Reachability {

    /** Pages one piece of the search for roots has. */
    private static final int CHUNK = 1024;

    /** Handle table entries of 64-bit kernels from Windows 8 on keep 44 bits of their pointer above twenty of their own. */
    private static final int COMPRESSED_SINCE = 9200;
    private static final int COMPRESSED_SHIFT = 20;
    private static final int COMPRESSED_UNIT = 4;

    /** {@code 'Obtb'}, the tag of handle tables, as a little-endian number. */
    private static final int HANDLE_TABLE = 0x6274_624f;

    /** 64-bit kernels before Windows 7 keep 39 bits of the first entry of an interlocked list above 25 of their own. */
    private static final int SHORT_LISTS_BEFORE = 7600;
    private static final int SHORT_LIST_SHIFT = 25;
    private static final long SHORT_LIST_BASE = -1L << 43;

    /** A leftover word that alone keeps so many blocks is taken for stale. */
    private static final int KEPT_BY_STALE_WORD = 1000;

    /** Of so many words near pool, a page where more lead nowhere than somewhere holds data, not pointers. */
    private static final int NOISE = 8;

    private final PoolBlocks blocks;
    private final MemorySegment bytes;
    private final int pointerSize;
    private final BlockMarks marks;
    private final BlockMarks stale;
    private final PointerRules rules;
    private final MappedPages kernel;
    private final Leftovers leftovers;
    private final FilePages poolPages;
    private final boolean compressedHandles;
    private final boolean shortLists;
    private final ConcurrentLinkedDeque<long[]> shared = new ConcurrentLinkedDeque<>();
    private final AtomicLong seen = new AtomicLong();
    private final LeftoverPlaces places;
    private final List<StaleWord> staleWords = new ArrayList<>();
    private final AtomicInteger hungry = new AtomicInteger();

    private Reachability(PoolBlocks blocks, KernelImage image, PointerRules rules, MappedPages kernel) {
        this.blocks = blocks;
        this.bytes = blocks.memory().bytes();
        this.pointerSize = blocks.memory().pointerSize();
        this.marks = new BlockMarks(blocks);
        this.stale = new BlockMarks(blocks);
        this.rules = rules;
        this.kernel = kernel;
        this.leftovers = Leftovers.of(image);
        this.places = LeftoverPlaces.of(blocks, rules);
        this.poolPages = FilePages.of(blocks);
        this.compressedHandles = rules.isWide() && image.version().build() >= COMPRESSED_SINCE;
        this.shortLists = rules.isWide() && image.version().build() < SHORT_LISTS_BEFORE;
    }

    /**
     * What one tag has lost in one pool.
     *
     * @param blocks blocks in use
     * @param bytes their bytes
     * @param unreferencedBlocks how many of them nobody can reach
     * @param unreferencedBytes their bytes
     * @param example the data of one of them; {@code null} when there is none
     */
    public record Row(PoolTag tag, PoolKind pool, long blocks, long bytes, long unreferencedBlocks, long unreferencedBytes, Long example) {

        /** The share of the blocks that nobody can reach, 0 to 1. */
        public double unreferencedShare() {
            return blocks == 0 ? 0 : (double) unreferencedBlocks / blocks;
        }
    }

    /**
     * Marks what can be reached.
     *
     * @param image the image the blocks were walked in
     * @param blocks its blocks
     */
    public static Reachability of(KernelImage image, PoolBlocks blocks, Progress progress) {
        PagedMemory memory = blocks.memory();
        PagingMode mode = memory.directory().mode();
        MappedPages kernel = new MappedPages(memory).add(memory, mode.kernelStart(), mode.lastAddress());
        Reachability reachability = new Reachability(blocks, image, new PointerRules(blocks, ObjectTest.of(image, blocks)), kernel);
        reachability.markRegisters(image);
        reachability.mark(progress);
        return reachability;
    }

    /**
     * A word in a place of leftovers that was not believed.
     *
     * @param address where it stands
     * @param blocks how many blocks it alone would have kept
     */
    public record StaleWord(long address, long blocks) {
    }

    /** Words that were not believed, by address: each stands where blocks of its kind hold leftovers, and alone would have kept very many. */
    public List<StaleWord> staleWords() {
        return List.copyOf(staleWords);
    }

    /** Whether the block in use that holds an address can be reached; {@code false} also when there is no such block. */
    public boolean isReached(long address) {
        long block = blocks.find(blocks.memory().canonical(address));
        return block != PoolBlocks.NOWHERE && isMarked(block);
    }

    boolean isMarked(long number) {
        return marks.isSet(number) && !stale.isSet(number);
    }

    /** Bytes of kernel memory that were searched for pointers: roots and blocks reached. */
    public long seenBytes() {
        return seen.get();
    }

    /** Bytes of kernel memory that could not be searched, by reason; pages never touched are not among them, they hold nothing. */
    public Map<Absence, Long> unseenBytes() {
        Map<Absence, Long> unseen = new EnumMap<>(Absence.class);
        for (Absence why : Absence.values()) {
            if (why != Absence.DEMAND_ZERO && kernel.absent(why) > 0) {
                unseen.put(why, kernel.absent(why) << Words.PAGE_SHIFT);
            }
        }
        return unseen;
    }

    /** What each tag has lost, the most blocks first; tags that lost nothing are among the rows. */
    public List<Row> rows() {
        TagCounts[] counts = {new TagCounts(5), new TagCounts(5)};
        int header = blocks.headerSize();
        int unitShift = blocks.format().unitShift();
        PageGroup[] groups = blocks.groups();
        for (int g = 0; g < groups.length; g++) {
            PageGroup group = groups[g];
            for (int page = 0; page < group.pages(); page++) {
                TagCounts pool = counts[PageParser.isPaged(group.flags[page]) ? PoolKind.PAGED.ordinal() : PoolKind.NONPAGED.ordinal()];
                for (int block = group.first[page]; block < group.first[page + 1]; block++) {
                    if (group.state(block) == BlockState.ALLOCATED.ordinal()) {
                        long size = (long) (group.end(page, block, blocks.format().pageUnits()) - group.unit(block)) << unitShift;
                        count(pool, group.tag[block], size, isMarked(PoolBlocks.number(g, block)),
                                group.address[page] + ((long) group.unit(block) << unitShift) + header);
                    }
                }
            }
        }
        for (int i = 0; i < blocks.big().count(); i++) {
            count(counts[blocks.big().pool(i).ordinal()], blocks.big().tag(i), blocks.big().size(i), isMarked(PoolBlocks.number(groups.length, i)),
                    blocks.big().address(i));
        }
        List<Row> rows = new ArrayList<>();
        for (PoolKind kind : PoolKind.values()) {
            counts[kind.ordinal()].forEach((key, of) -> rows.add(new Row(new PoolTag(key), kind, of[0], of[1], of[2], of[3],
                    of[2] == 0 ? null : Long.valueOf(of[4]))));
        }
        rows.sort(Comparator.comparingLong(Row::unreferencedBlocks).reversed().thenComparing(Row::tag).thenComparing(Row::pool));
        return rows;
    }

    private static void count(TagCounts pool, int tag, long size, boolean reachable, long address) {
        int slot = pool.slot(tag & Integer.MAX_VALUE);
        pool.addAt(slot, 0, 1);
        pool.addAt(slot, 1, size);
        if (!reachable) {
            pool.addAt(slot, 2, 1);
            pool.addAt(slot, 3, size);
            pool.setAt(slot, 4, address);
        }
    }

    /** The header of a crash dump keeps the registers of the processor that stopped. */
    private void markRegisters(KernelImage image) {
        image.image().header().ifPresent(header -> {
            Marker marker = new Marker();
            marker.words(0, Math.min(header.size(), bytes.byteSize()), 0, null);
            if (marker.stack.count() > 0) {
                shared.add(marker.stack.pop(marker.stack.count()));
            }
        });
    }

    private void mark(Progress progress) {
        long chunks = (kernel.count() + CHUNK - 1) / CHUNK;
        AtomicLong next = new AtomicLong();
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        AtomicInteger working = new AtomicInteger(threads);
        Marker[] markers = new Marker[threads];
        Arrays.setAll(markers, i -> new Marker());
        IntStream.range(0, threads).parallel().forEach(thread -> {
            Marker marker = markers[thread];
            for (long chunk = next.getAndIncrement(); chunk < chunks; chunk = next.getAndIncrement()) {
                roots(marker, chunk);
                marker.drain();
                progress.at("following pointers", chunk, chunks);
            }
            marker.help(working);
            seen.addAndGet(marker.searched);
        });
        followDoubtful(markers);
    }

    /** Follows the words that stand among leftovers, in the order of their addresses, so that the answer is the same each time. */
    private void followDoubtful(Marker[] markers) {
        Longs doubtful = new Longs();
        for (Marker marker : markers) {
            doubtful.addAll(marker.doubtful);
        }
        doubtful.sort();
        Marker marker = new Marker();
        marker.shares = false;
        for (int i = 0; i < doubtful.count(); i++) {
            marker.follow(doubtful.get(i));
            if (marker.reached.count() >= KEPT_BY_STALE_WORD) {
                staleWords.add(new StaleWord(doubtful.get(i), marker.reached.count()));
                for (int k = 0; k < marker.reached.count(); k++) {
                    stale.set(marker.reached.get(k));
                }
            } else {
                doubtful.addAll(marker.doubtful);
            }
        }
        seen.addAndGet(marker.searched);
    }

    private void roots(Marker marker, long chunk) {
        for (MappedPages.Cursor page = kernel.cursor(chunk * CHUNK, (chunk + 1) * CHUNK); page.next();) {
            long va = page.address();
            long offset = page.offset();
            if (blocks.pageAt(va) == 0 && !poolPages.contains(offset)) {
                leftovers.liveOutside(va, va + Words.PAGE,
                        (from, to) -> marker.mixed(offset + (from - va), offset + (to - va), from));
            }
        }
    }

    /** One thread's work. */
    private final class Marker {

        private static final int GIVE_AWAY = 4096;

        /** Blocks that are marked and were not looked through. */
        private final Longs stack = new Longs();
        /** Where words stand that lead to blocks and are likely left over. */
        private final Longs doubtful = new Longs();
        /** Blocks marked since {@link #follow} began. */
        private final Longs reached = new Longs();
        private final long[] near = new long[Words.PAGE / Integer.BYTES];
        private boolean shares = true;
        private boolean records;
        private long searched;

        /**
         * Looks through a stretch of words.
         *
         * @param from where it stands in the image
         * @param va its address
         * @param leftovers which of the words are likely left over; {@code null} when none is known
         */
        private void words(long from, long to, long va, long[] leftovers) {
            searched += to - from;
            if (rules.isWide()) {
                for (long at = from; at + Long.BYTES <= to; at += Long.BYTES) {
                    long word = bytes.get(LittleEndian.U64, at);
                    if (rules.isNearPool(word)) {
                        take(rules.target(word), va, at - from, leftovers);
                    } else if (shortLists && word != 0) {
                        shortList(word, va + (at - from));
                    }
                }
                return;
            }
            for (long at = from; at + Integer.BYTES <= to; at += Integer.BYTES) {
                long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at));
                if (rules.isNearPool(word)) {
                    long target = rules.target(word);
                    take(target, va, at - from, leftovers);
                    if (target != PoolBlocks.NOWHERE && rules.objects().isType(word)) {
                        descriptor(at + rules.objects().descriptorAfterType(), to);
                    }
                }
            }
        }

        private void take(long target, long va, long offset, long[] leftovers) {
            if (leftovers == null || target == PoolBlocks.NOWHERE || !LeftoverPlaces.isLeftover(leftovers, (int) offset / pointerSize)) {
                take(target);
            } else if (!marks.isSet(target)) {
                doubtful.add(va + offset);
            }
        }

        /** Looks through a stretch of at most a page that may hold data of any kind. */
        private void mixed(long from, long to, long va) {
            if (rules.isWide()) {
                words(from, to, va, null);
            } else {
                searched += to - from;
                weighed(from, to);
            }
        }

        /** An object's header refers to its security descriptor, in the middle of a block, with a count in the low bits. */
        private void descriptor(long at, long to) {
            if (at + Integer.BYTES <= to) {
                long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at)) & ~PointerRules.TAG_BITS_32;
                if (rules.isNearPool(word)) {
                    take(rules.target(word));
                }
            }
        }

        private void weighed(long from, long to) {
            int count = 0;
            int sound = 0;
            for (long at = from; at + Integer.BYTES <= to; at += Integer.BYTES) {
                long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at));
                if (rules.isNearPool(word) && blocks.find(word) != PoolBlocks.NOWHERE) {
                    near[count++] = word;
                    sound += rules.target(word) != PoolBlocks.NOWHERE ? 1 : 0;
                }
            }
            boolean noise = count >= NOISE && 2 * sound < count;
            for (int i = 0; i < count; i++) {
                long target = rules.target(near[i]);
                if (!noise || target != PoolBlocks.NOWHERE && rules.isExact(near[i], target)) {
                    take(target);
                }
            }
        }

        private void shortList(long word, long va) {
            long first = word >>> SHORT_LIST_SHIFT << COMPRESSED_UNIT;
            if (first != 0) {
                long entry = first | va & SHORT_LIST_BASE;
                if (rules.isNearPool(entry)) {
                    take(rules.target(entry));
                }
            }
        }

        private void take(long target) {
            if (target != PoolBlocks.NOWHERE && marks.set(target)) {
                stack.add(target);
                if (records) {
                    reached.add(target);
                }
            }
        }

        /** Marks what a doubtful word leads to, and all that follows from it, in {@link #reached}. */
        void follow(long va) {
            reached.clear();
            doubtful.clear();
            records = true;
            take(rules.target(blocks.memory().canonical(blocks.memory().pointer(va))));
            drain();
        }

        /** Looks through all blocks on the stack, and those they lead to. */
        void drain() {
            while (stack.count() > 0) {
                if (shares && stack.count() > 2 * GIVE_AWAY && hungry.get() > shared.size()) {
                    shared.add(stack.pop(GIVE_AWAY));
                }
                content(stack.pop());
            }
        }

        /** Takes what others give, until none has any left. */
        void help(AtomicInteger working) {
            hungry.incrementAndGet();
            working.decrementAndGet();
            while (true) {
                long[] given = shared.poll();
                if (given != null) {
                    working.incrementAndGet();
                    hungry.decrementAndGet();
                    for (long block : given) {
                        content(block);
                        drain();
                    }
                    hungry.incrementAndGet();
                    working.decrementAndGet();
                } else if (working.get() == 0) {
                    return;
                } else {
                    Thread.onSpinWait();
                }
            }
        }

        private void content(long number) {
            if (blocks.isBig(number)) {
                big(PoolBlocks.block(number));
                return;
            }
            PageGroup group = blocks.groups()[PoolBlocks.group(number)];
            int block = PoolBlocks.block(number);
            int page = group.pageOf(block);
            long offset = group.offset[page];
            long va = group.address[page];
            int unitShift = blocks.format().unitShift();
            if (PageParser.isSpecial(group.flags[page])) {
                words(offset, offset + Words.PAGE, va, null);
                return;
            }
            int units = group.end(page, block, blocks.format().pageUnits()) - group.unit(block);
            int from = (group.unit(block) << unitShift) + blocks.headerSize();
            int to = group.unit(block) + units << unitShift;
            words(offset + from, offset + to, va + from, places.of(group.tag[block], units));
            if (compressedHandles && (group.tag[block] & Integer.MAX_VALUE) == HANDLE_TABLE) {
                handles(offset + from, offset + to);
            }
        }

        private void big(int i) {
            boolean table = compressedHandles && (blocks.big().tag(i) & Integer.MAX_VALUE) == HANDLE_TABLE;
            blocks.memory().forEachRegion(blocks.big().address(i), blocks.big().end(i) - 1, (va, offset, length) -> {
                leftovers.liveInBlock(va, va + length, (from, to) -> {
                    for (long at = from; at != to; ) {
                        long end = at + Math.min(to - at, Words.PAGE - (at & Words.PAGE_MASK));
                        mixed(offset + (at - va), offset + (end - va), at);
                        at = end;
                    }
                });
                if (table) {
                    handles(offset, offset + length);
                }
            });
        }

        private void handles(long from, long to) {
            for (long at = from; at + Long.BYTES <= to; at += Long.BYTES) {
                long object = bytes.get(LittleEndian.U64, at) >> COMPRESSED_SHIFT << COMPRESSED_UNIT;
                if (rules.isNearPool(object)) {
                    take(rules.target(object));
                }
            }
        }
    }
}
