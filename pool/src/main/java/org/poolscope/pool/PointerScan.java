package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.poolscope.memory.LittleEndian;

/**
 * Looks through memory for pointers to pool, and keeps what it found until a {@link Marker} takes it: sources, and of each the pointers
 * that stand in it. Whether a source can be reached is nothing to it, so any number of threads may scan at once, each with a scan of its own.
 *
 * <p>A source is the place of a block ({@link BlockMap}), or {@link #ROOT}. A pointer is the page and the unit a word leads to, in the same
 * form; the block it is in is for the marker to find.
 */
final class PointerScan {

    /** The source that needs nobody to reach it. */
    static final long ROOT = -1;

    /** Added to the place of a block that is to be looked through again when it is reached later. */
    static final long ANEW = 1L << 60;

    /** Added to the place of a block for a single word of it that is likely left over. These come behind the block. */
    static final long DOUBT = 1L << 61;

    private static final long FLAGS = ANEW | DOUBT;

    private static final int COMPRESSED_SHIFT = 20;
    private static final int COMPRESSED_UNIT = 4;

    /** {@code 'Obtb'}, the tag of handle tables, as a little-endian number. */
    private static final int HANDLE_TABLE = 0x6274_624f;

    private static final int SHORT_LIST_SHIFT = 25;
    private static final long SHORT_LIST_BASE = -1L << 43;

    /** Of so many words near pool, a page where more lead nowhere than somewhere holds data, not pointers. */
    private static final int NOISE = 8;

    /** Bytes of a piece of a big allocation. */
    private static final int PIECE_SHIFT = 18;
    private static final int PIECE = 1 << PIECE_SHIFT;

    private final Marking shared;
    private final PoolBlocks blocks;
    private final BlockMap map;
    private final PointerRules rules;
    private final MemorySegment bytes;
    private final int unitShift;
    private final int tagOffset;
    private final int header;
    private final int pointerSize;
    /** Whether words of blocks that are not likely left over may be gathered without a look at each. */
    private final boolean plain;
    /** The page that is looked through. */
    private final long[] page = new long[Words.PAGE / Long.BYTES];

    private long[] sources = new long[256];
    private int[] ends = new int[256];
    private int[] lengths = new int[256];
    private int sourceCount;
    private long[] pointers = new long[4 * Words.PAGE / Long.BYTES];
    private int count;
    private final Longs doubts = new Longs();

    PointerScan(Marking shared) {
        this.shared = shared;
        this.blocks = shared.blocks;
        this.map = shared.map;
        this.rules = shared.rules;
        this.bytes = blocks.memory().bytes();
        this.pointerSize = blocks.memory().pointerSize();
        this.unitShift = blocks.format().unitShift();
        this.tagOffset = blocks.format().tagOffset();
        this.header = blocks.headerSize();
        this.plain = rules.isWide() && !shared.shortLists;
    }

    // What was found.

    /** How many sources there are. */
    int sources() {
        return sourceCount;
    }

    /** A source: a place and what it is, or {@link #ROOT}. */
    long source(int number) {
        return sources[number];
    }

    /** The place of a source that is no root. */
    static long place(long source) {
        return source & ~FLAGS;
    }

    /** Behind which pointer those of a source end; they begin behind those of the source before. */
    int end(int source) {
        return ends[source];
    }

    /** How many bytes of a source were looked through. */
    int length(int source) {
        return lengths[source];
    }

    /** The page and unit a pointer leads to, or a big allocation, as places; or {@link BlockMap#NOWHERE}. */
    long[] pointers() {
        return pointers;
    }

    /** Where the words of sources that are doubts stand, in their order. */
    Longs doubts() {
        return doubts;
    }

    /** Forgets what was found. */
    void begin() {
        count = 0;
        sourceCount = 0;
        doubts.clear();
    }

    /** Turns words into where they lead. Until then, pointers are words. */
    void finish() {
        for (int i = 0; i < count; i++) {
            long word = pointers[i];
            int number = blocks.pageNumber(word);
            pointers[i] = number >= 0 && !map.isShared(number) ? BlockMap.place(number, (int) (word & Words.PAGE_MASK) >>> unitShift) : map.find(word);
        }
    }

    private void source(long source, int length) {
        if (sourceCount == sources.length) {
            sources = Arrays.copyOf(sources, 2 * sourceCount);
            ends = Arrays.copyOf(ends, 2 * sourceCount);
            lengths = Arrays.copyOf(lengths, 2 * sourceCount);
        }
        sources[sourceCount] = source;
        lengths[sourceCount] = length;
        ends[sourceCount++] = count;
    }

    private void makeRoom(int words) {
        if (pointers.length - count < words) {
            pointers = Arrays.copyOf(pointers, Math.max(2 * pointers.length, count + words));
        }
    }

    private void add(long word) {
        makeRoom(1);
        pointers[count++] = word;
    }

    // Where to look.

    /** Adds a single word, as a root. */
    void word(long word) {
        add(word);
        source(ROOT, 0);
    }

    /** Looks through the beginning of the image, as a root. */
    void head(long length) {
        words(0, length, 0, null);
        source(ROOT, (int) length);
    }

    /** Looks through pages that are no pool, as roots. */
    void roots(MappedPages.Cursor pages) {
        int length = 0;
        while (pages.next()) {
            if (blocks.pageNumber(pages.address()) < 0 && !shared.poolPages.contains(pages.offset())) {
                length += root(pages.address(), pages.offset());
            }
        }
        source(ROOT, length);
    }

    private int root(long va, long offset) {
        int[] length = new int[1];
        shared.leftovers.liveOutside(va, va + Words.PAGE, (from, to) -> {
            mixed(offset + (from - va), offset + (to - va), from);
            length[0] += (int) (to - from);
        });
        return length[0];
    }

    /** In how many pieces a big allocation is looked through. */
    int pieces(int big) {
        return (int) (blocks.big().end(big) - blocks.big().address(big) + PIECE - 1 >>> PIECE_SHIFT);
    }

    /** Looks through a piece of a big allocation that is reached. */
    void big(int number, int piece) {
        boolean table = shared.compressedHandles && isHandleTable(blocks.big().tag(number));
        long end = blocks.big().end(number);
        long start = blocks.big().address(number) + ((long) piece << PIECE_SHIFT);
        long last = end - start <= PIECE ? end : start + PIECE;
        int[] seen = new int[1];
        blocks.memory().forEachRegion(start, last - 1, (va, offset, present) -> {
            long length = Math.min(present, last - va);
            shared.leftovers.liveInBlock(va, va + length, (from, to) -> {
                for (long at = from; at != to; ) {
                    long stop = at + Math.min(to - at, Words.PAGE - (at & Words.PAGE_MASK));
                    mixed(offset + (at - va), offset + (stop - va), at);
                    at = stop;
                }
                seen[0] += (int) (to - from);
            });
            if (table) {
                handles(offset, offset + length);
            }
        });
        source(ROOT, seen[0]);
    }

    /** Looks through pages of blocks, from the last to the first, and their blocks in the same order. */
    void pages(int first, int end) {
        int group = blocks.groupOf(end - 1);
        for (int number = end - 1; number >= first; number--) {
            while (number < blocks.firstPage(group)) {
                group--;
            }
            page(blocks.groups()[group], number - blocks.firstPage(group), number);
        }
    }

    private void page(PageGroup group, int at, int number) {
        int block = group.first[at + 1] - 1;
        int first = group.first[at];
        if (block < first) {
            return;
        }
        long offset = group.offset[at];
        long va = group.address[at];
        if (PageParser.isSpecial(group.flags[at])) {
            special(group.state(block), offset, va, number);
            return;
        }
        makeRoom(page.length);
        MemorySegment.copy(bytes, LittleEndian.U64, offset, page, 0, page.length);
        int end = blocks.format().pageUnits();
        for (; block >= first; block--) {
            int unit = group.unit(block);
            if (group.state(block) == BlockState.ALLOCATED.ordinal()) {
                block(BlockMap.place(number, unit), offset, va, unit << unitShift, end << unitShift);
            }
            end = unit;
        }
    }

    private void special(int state, long offset, long va, int number) {
        if (state == BlockState.ALLOCATED.ordinal()) {
            words(offset, offset + Words.PAGE, va, null);
            source(BlockMap.place(number, 0) | ANEW, Words.PAGE);
        }
    }

    /** Looks through one block on a page. */
    void block(long place) {
        int number = BlockMap.page(place);
        int groupNumber = blocks.groupOf(number);
        PageGroup group = blocks.groups()[groupNumber];
        int at = number - blocks.firstPage(groupNumber);
        long offset = group.offset[at];
        if (PageParser.isSpecial(group.flags[at])) {
            special(BlockState.ALLOCATED.ordinal(), offset, group.address[at], number);
            return;
        }
        int unit = BlockMap.unit(place);
        int from = unit << unitShift;
        int to = map.end(number, unit) << unitShift;
        makeRoom(page.length);
        MemorySegment.copy(bytes, LittleEndian.U64, offset + from, page, from / Long.BYTES, (to - from) / Long.BYTES);
        block(place, offset, group.address[at], from, to);
    }

    /** Looks through a block of the page that was copied, from one of its bytes to another, header included. */
    private void block(long place, long offset, long va, int from, int to) {
        int tagAt = from + tagOffset;
        int tag = (int) (page[tagAt / Long.BYTES] >>> (tagAt & Integer.BYTES) * Byte.SIZE);
        long[] leftovers = shared.places.of(tag, to - from >> unitShift);
        int start = from + header;
        if (plain && leftovers == null) {
            gather(start / Long.BYTES, to / Long.BYTES);
        } else {
            words(offset + start, offset + to, va + start, leftovers);
        }
        if (shared.compressedHandles && isHandleTable(tag)) {
            handles(offset + start, offset + to);
        }
        if (leftovers == null) {
            source(place, to - start);
        } else {
            source(place | ANEW, to - start);
            doubts(place, offset + start, offset + to, va + start, leftovers);
        }
    }

    private static boolean isHandleTable(int tag) {
        return (tag & Integer.MAX_VALUE) == HANDLE_TABLE;
    }

    /**
     * Puts words near pool of the copied page aside. On 64 bits, and without a branch that depends on them: which words are pointers
     * nobody can foresee.
     */
    private void gather(int from, int to) {
        long[] words = page;
        long[] into = pointers;
        int n = count;
        for (int i = from; i < to; i++) {
            long word = words[i];
            into[n] = word;
            n += rules.nearPool(word);
        }
        count = n;
    }

    /** Looks through a stretch of at most a page that may hold data of any kind. */
    private void mixed(long from, long to, long va) {
        if (!rules.isWide()) {
            weighed(from, to);
        } else if (shared.shortLists) {
            words(from, to, va, null);
        } else {
            makeRoom(page.length);
            int length = (int) (to - from) / Long.BYTES;
            MemorySegment.copy(bytes, LittleEndian.U64, from, page, 0, length);
            gather(0, length);
        }
    }

    /**
     * Looks through a stretch of words, one after the other.
     *
     * @param from where it stands in the image
     * @param va its address
     * @param leftovers which of the words are likely left over, and are left out; {@code null} when none is known
     */
    private void words(long from, long to, long va, long[] leftovers) {
        if (rules.isWide()) {
            for (long at = from; at + Long.BYTES <= to; at += Long.BYTES) {
                long word = bytes.get(LittleEndian.U64, at);
                if (rules.isNearPool(word)) {
                    if (!isLeftover(leftovers, at - from)) {
                        add(word);
                    }
                } else if (shared.shortLists && word != 0) {
                    shortList(word, va + (at - from));
                }
            }
            return;
        }
        for (long at = from; at + Integer.BYTES <= to; at += Integer.BYTES) {
            long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at));
            if (rules.isNearPool(word) && isSound(word)) {
                if (!isLeftover(leftovers, at - from)) {
                    add(word);
                }
                if (rules.objects().isType(word)) {
                    descriptor(at + rules.objects().descriptorAfterType(), to);
                }
            }
        }
    }

    /** Adds the words of a block that are likely left over, as {@link #words} goes through them. */
    private void doubts(long place, long from, long to, long va, long[] leftovers) {
        for (long at = from; at + pointerSize <= to; at += pointerSize) {
            if (isLeftover(leftovers, at - from)) {
                long word = Words.pointer(bytes, at, pointerSize);
                if (rules.isNearPool(word) && (rules.isWide() || isSound(word))) {
                    add(word);
                    doubts.add(va + (at - from));
                    source(place | DOUBT, 0);
                }
            }
        }
    }

    private boolean isLeftover(long[] leftovers, long offset) {
        return leftovers != null && LeftoverPlaces.isLeftover(leftovers, (int) offset / pointerSize);
    }

    /** Whether a word near pool may be a pointer to a block in use. */
    private boolean isSound(long word) {
        return map.target(word, rules) != BlockMap.NOWHERE;
    }

    /** An object's header refers to its security descriptor, in the middle of a block, with a count in the low bits. */
    private void descriptor(long at, long to) {
        if (at + Integer.BYTES <= to) {
            long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at)) & ~PointerRules.TAG_BITS_32;
            if (rules.isNearPool(word) && isSound(word)) {
                add(word);
            }
        }
    }

    /**
     * Whether a stretch of at most a page holds data of any kind rather than pointers, so that of its words only those count that lead
     * to the very start of a block's data.
     */
    boolean isNoise(long from, long to) {
        begin();
        return !rules.isWide() && weigh(from, to);
    }

    /** Looks through a stretch of at most a page in 32 bits, where noise looks like pointers. */
    private void weighed(long from, long to) {
        int first = count;
        boolean noise = weigh(from, to);
        int kept = first;
        for (int i = first; i < count; i++) {
            long word = pointers[i];
            long target = map.target(word, rules);
            if (target != BlockMap.NOWHERE && (!noise || rules.isExact(word, map.number(target)))) {
                pointers[kept++] = word;
            }
        }
        count = kept;
    }

    /** Adds words that lead to blocks; whether they are noise. */
    private boolean weigh(long from, long to) {
        int found = 0;
        int sound = 0;
        for (long at = from; at + Integer.BYTES <= to; at += Integer.BYTES) {
            long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at));
            if (rules.isNearPool(word) && map.find(word) != BlockMap.NOWHERE) {
                add(word);
                found++;
                sound += isSound(word) ? 1 : 0;
            }
        }
        return found >= NOISE && 2 * sound < found;
    }

    private void shortList(long word, long va) {
        long first = word >>> SHORT_LIST_SHIFT << COMPRESSED_UNIT;
        if (first != 0) {
            long entry = first | va & SHORT_LIST_BASE;
            if (rules.isNearPool(entry)) {
                add(entry);
            }
        }
    }

    private void handles(long from, long to) {
        for (long at = from; at + Long.BYTES <= to; at += Long.BYTES) {
            long object = bytes.get(LittleEndian.U64, at) >> COMPRESSED_SHIFT << COMPRESSED_UNIT;
            if (rules.isNearPool(object)) {
                add(object);
            }
        }
    }
}
