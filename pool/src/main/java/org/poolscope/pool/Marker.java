package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import org.poolscope.memory.LittleEndian;

/** One thread's part in following pointers. */
final class Marker {

    private static final int COMPRESSED_SHIFT = 20;
    private static final int COMPRESSED_UNIT = 4;

    /** {@code 'Obtb'}, the tag of handle tables, as a little-endian number. */
    private static final int HANDLE_TABLE = 0x6274_624f;

    private static final int SHORT_LIST_SHIFT = 25;
    private static final long SHORT_LIST_BASE = -1L << 43;

    /** Of so many words near pool, a page where more lead nowhere than somewhere holds data, not pointers. */
    private static final int NOISE = 8;

    /** Neighbours looked through together, in units of 64 pages: as much as fits into a processor's own cache, and blocks of them. */
    private static final int WINDOW = 4;
    private static final int CLAIMS = 512;
    private static final int CACHE_LINE = 64;

    /** How often 64 pages are looked at between two reports. */
    private static final int REPORT = 1 << 8;

    private final Marking shared;
    private final PoolBlocks blocks;
    private final BlockMap map;
    private final PageQueue queue;
    private final PageQueue.Lane lane;
    private final PointerRules rules;
    private final MemorySegment bytes;
    private final int unitShift;
    private final int header;
    private final int pointerSize;
    /** Words near pool that were found and not yet followed, and the pages they lead to. */
    private final long[] near = new long[4 * Words.PAGE / Integer.BYTES];
    private final int[] pages = new int[near.length];
    private int count;
    /** Blocks to look through: where each stands in the image, its address and its length, all with the header. */
    private final long[] offsets = new long[CLAIMS];
    private final long[] addresses = new long[CLAIMS];
    private final int[] lengths = new int[CLAIMS];
    private int claimed;
    /** What {@link BlockMap#fetch} answered; kept so that the compiler does not leave the fetching out. */
    private long fetched;
    /** Big allocations that were reached and not yet looked through. */
    private final Longs bigs = new Longs();
    /** Where words stand that lead to blocks and are likely left over. */
    private final Longs doubtful = new Longs();
    /** Blocks reached since {@link #follow} began. */
    private final Longs reached = new Longs();
    private boolean records;
    private long searched;

    Marker(Marking shared, int thread) {
        this.shared = shared;
        this.blocks = shared.blocks;
        this.map = shared.map;
        this.queue = shared.queue;
        this.lane = queue.lane(thread);
        this.rules = shared.rules;
        this.bytes = blocks.memory().bytes();
        this.pointerSize = blocks.memory().pointerSize();
        this.unitShift = blocks.format().unitShift();
        this.header = blocks.headerSize();
    }

    /** Where words stand that lead to blocks, and were not followed because they are likely left over. */
    Longs doubtful() {
        return doubtful;
    }

    /** Bytes looked through that were not reported yet. */
    long searched() {
        return searched;
    }

    /** Follows a doubtful word; the places of all blocks that this reaches. */
    Longs follow(long va) {
        reached.clear();
        doubtful.clear();
        records = true;
        take(target(blocks.memory().canonical(blocks.memory().pointer(va))));
        drain(seen -> searched += seen);
        return reached;
    }

    /**
     * Looks through all blocks that are reached, and those they lead to, until the queue is empty. What leads to neighbours is followed
     * at once, while they are in the processor's cache.
     *
     * @param report takes how many bytes were looked through, now and then and at the end
     */
    void drain(LongConsumer report) {
        for (int rounds = 1;; rounds++) {
            while (bigs.count() > 0) {
                big((int) bigs.pop());
            }
            int next = queue.next();
            if (next < 0 || rounds % REPORT == 0) {
                long seen = searched;
                searched = 0;
                report.accept(seen);
            }
            if (next < 0) {
                return;
            }
            window(next, Math.min(next + WINDOW, queue.words()));
        }
    }

    /** Looks through neighbouring pages until they lead nowhere among themselves. */
    private void window(int first, int end) {
        do {
            lookThrough();
            for (int word = first; word < end; word++) {
                for (long left = queue.take(word); left != 0; left &= left - 1) {
                    claim((word << 6) + Long.numberOfTrailingZeros(left));
                }
            }
        } while (claimed > 0);
    }

    /** Claims the blocks of a page that were reached since it was looked at last, and asks for their content. */
    private void claim(int number) {
        int groupNumber = blocks.groupOf(number);
        PageGroup group = blocks.groups()[groupNumber];
        int page = number - blocks.firstPage(groupNumber);
        long offset = group.offset[page];
        long va = group.address[page];
        boolean special = PageParser.isSpecial(group.flags[page]);
        for (int word = 0; word < map.words(); word++) {
            for (long left = map.take(number, word); left != 0; left &= left - 1) {
                int unit = (word << 6) + Long.numberOfTrailingZeros(left);
                int from = unit << unitShift;
                if (special) {
                    words(offset, offset + Words.PAGE, va, null);
                } else {
                    claim(offset + from, va + from, (map.end(number, unit) << unitShift) - from);
                }
            }
        }
    }

    private void claim(long offset, long va, int length) {
        if (claimed == CLAIMS) {
            lookThrough();
        }
        offsets[claimed] = offset;
        addresses[claimed] = va;
        lengths[claimed++] = length;
        for (int line = 0; line < length; line += CACHE_LINE) {
            fetched ^= bytes.get(LittleEndian.U8, offset + line);
        }
    }

    /** Looks through the blocks claimed. */
    private void lookThrough() {
        for (int i = 0; i < claimed; i++) {
            block(offsets[i], addresses[i], lengths[i]);
        }
        claimed = 0;
        settle();
    }

    private void block(long offset, long va, int length) {
        int tag = bytes.get(LittleEndian.U32, offset + blocks.format().tagOffset());
        long[] leftovers = shared.places.of(tag, length >> unitShift);
        if (rules.isWide() && leftovers == null && !shared.shortLists) {
            gather(offset + header, length - header);
        } else {
            words(offset + header, offset + length, va + header, leftovers);
        }
        if (shared.compressedHandles && (tag & Integer.MAX_VALUE) == HANDLE_TABLE) {
            handles(offset + header, offset + length);
        }
    }

    private void big(int i) {
        boolean table = shared.compressedHandles && (blocks.big().tag(i) & Integer.MAX_VALUE) == HANDLE_TABLE;
        blocks.memory().forEachRegion(blocks.big().address(i), blocks.big().end(i) - 1, (va, offset, length) -> {
            long end = Math.min(length, blocks.big().end(i) - va);
            shared.leftovers.liveInBlock(va, va + end, (from, to) -> {
                for (long at = from; at != to; ) {
                    long stop = at + Math.min(to - at, Words.PAGE - (at & Words.PAGE_MASK));
                    mixed(offset + (at - va), offset + (stop - va), at);
                    at = stop;
                }
            });
            if (table) {
                handles(offset, offset + end);
            }
        });
    }

    /** Looks through a stretch of at most a page that may hold data of any kind. */
    void mixed(long from, long to, long va) {
        if (!rules.isWide()) {
            searched += to - from;
            weighed(from, to);
        } else if (shared.shortLists) {
            words(from, to, va, null);
        } else {
            gather(from, (int) (to - from));
            settle();
        }
    }

    /**
     * Puts the words near pool of a stretch of at most a page aside, for {@link #settle}. On 64 bits, and without a branch that depends on
     * them: which words are pointers nobody can foresee.
     */
    private void gather(long from, int length) {
        searched += length;
        if (count + length / Long.BYTES > near.length) {
            settle();
        }
        int n = count;
        for (int at = 0; at + Long.BYTES <= length; at += Long.BYTES) {
            long word = bytes.get(LittleEndian.U64, from + at);
            near[n] = word;
            n += rules.nearPool(word);
        }
        count = n;
    }

    /** Follows the words put aside: first all are asked for, so that memory is waited for once and not for each. */
    private void settle() {
        for (int i = 0; i < count; i++) {
            pages[i] = blocks.pageNumber(near[i]);
        }
        for (int i = 0; i < count; i++) {
            if (pages[i] >= 0) {
                fetched ^= map.fetch(pages[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            take(pages[i] >= 0 ? map.onPage(pages[i], near[i]) : map.find(near[i]));
        }
        count = 0;
    }

    /**
     * Looks through a stretch of words, one after the other.
     *
     * @param from where it stands in the image
     * @param va its address
     * @param leftovers which of the words are likely left over; {@code null} when none is known
     */
    void words(long from, long to, long va, long[] leftovers) {
        searched += to - from;
        if (rules.isWide()) {
            for (long at = from; at + Long.BYTES <= to; at += Long.BYTES) {
                long word = bytes.get(LittleEndian.U64, at);
                if (rules.isNearPool(word)) {
                    take(map.find(word), va, at - from, leftovers);
                } else if (shared.shortLists && word != 0) {
                    shortList(word, va + (at - from));
                }
            }
            return;
        }
        for (long at = from; at + Integer.BYTES <= to; at += Integer.BYTES) {
            long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at));
            if (rules.isNearPool(word)) {
                long target = target(word);
                take(target, va, at - from, leftovers);
                if (target != BlockMap.NOWHERE && rules.objects().isType(word)) {
                    descriptor(at + rules.objects().descriptorAfterType(), to);
                }
            }
        }
    }

    /** The place of the block in use that a word near pool leads to, when it may be a pointer. */
    private long target(long word) {
        long place = map.find(word);
        if (place == BlockMap.NOWHERE || !map.isOpen(place) && blocks.state(map.number(place)) != BlockState.ALLOCATED) {
            return BlockMap.NOWHERE;
        }
        return rules.isPlain(word) || rules.isPlausible(word, map.number(place)) ? place : BlockMap.NOWHERE;
    }

    private void take(long target, long va, long offset, long[] leftovers) {
        if (leftovers == null || target == BlockMap.NOWHERE || !LeftoverPlaces.isLeftover(leftovers, (int) offset / pointerSize)) {
            take(target);
        } else if (map.isOpen(target)) {
            doubtful.add(va + offset);
        }
    }

    private void take(long place) {
        if (place != BlockMap.NOWHERE && map.close(place)) {
            if (BlockMap.isBig(place)) {
                bigs.add(BlockMap.big(place));
            } else {
                lane.add(BlockMap.page(place));
            }
            if (records) {
                reached.add(place);
            }
        }
    }

    /** An object's header refers to its security descriptor, in the middle of a block, with a count in the low bits. */
    private void descriptor(long at, long to) {
        if (at + Integer.BYTES <= to) {
            long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at)) & ~PointerRules.TAG_BITS_32;
            if (rules.isNearPool(word)) {
                take(target(word));
            }
        }
    }

    /**
     * Whether a stretch of at most a page holds data of any kind rather than pointers, so that of its words only those count that lead
     * to the very start of a block's data.
     */
    boolean isNoise(long from, long to) {
        count = 0;
        if (rules.isWide()) {
            return false;
        }
        boolean noise = weigh(from, to);
        count = 0;
        return noise;
    }

    /** Looks through a stretch of at most a page in 32 bits, where noise looks like pointers. */
    private void weighed(long from, long to) {
        boolean noise = weigh(from, to);
        for (int i = 0; i < count; i++) {
            long target = target(near[i]);
            if (!noise || target != BlockMap.NOWHERE && rules.isExact(near[i], map.number(target))) {
                take(target);
            }
        }
        count = 0;
    }

    /** Puts words aside that lead to blocks; whether they are noise. */
    private boolean weigh(long from, long to) {
        int found = 0;
        int sound = 0;
        for (long at = from; at + Integer.BYTES <= to; at += Integer.BYTES) {
            long word = Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at));
            if (rules.isNearPool(word) && map.find(word) != BlockMap.NOWHERE) {
                near[found++] = word;
                sound += target(word) != BlockMap.NOWHERE ? 1 : 0;
            }
        }
        count = found;
        return found >= NOISE && 2 * sound < found;
    }

    private void shortList(long word, long va) {
        long first = word >>> SHORT_LIST_SHIFT << COMPRESSED_UNIT;
        if (first != 0) {
            long entry = first | va & SHORT_LIST_BASE;
            if (rules.isNearPool(entry)) {
                take(map.find(entry));
            }
        }
    }

    private void handles(long from, long to) {
        for (long at = from; at + Long.BYTES <= to; at += Long.BYTES) {
            long object = bytes.get(LittleEndian.U64, at) >> COMPRESSED_SHIFT << COMPRESSED_UNIT;
            if (rules.isNearPool(object)) {
                take(map.find(object));
            }
        }
    }
}
