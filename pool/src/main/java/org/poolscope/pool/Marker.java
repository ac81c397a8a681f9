package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import org.poolscope.memory.LittleEndian;

/**
 * One thread's part in following pointers.
 *
 * <p>A pointer leads anywhere, and to ask the {@link BlockMap} at once would be to wait for memory. So pointers are put aside by where they
 * lead, in buckets each of which is for a part of the map that a processor's own cache holds, and followed when a bucket is full, or when
 * there is nothing else to do.
 */
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

    /** Pages of one bucket, and pointers it has room for: several for each page, so that the lines of the map are used while they are near. */
    private static final int BUCKET_BITS = 12;
    private static final int BUCKET_MASK = (1 << BUCKET_BITS) - 1;
    private static final int BUCKET_ROOM = 1 << 14;
    private static final int STEP = 64;

    /** Blocks of 256 pages that are many, and few; how many pointers are worth following before one goes where there are fewer. */
    private static final int MANY = 1024;
    private static final int FEW = 15;
    private static final int ENOUGH = 1 << 18;
    /** How often one goes wherever there is a block before one looks for many again. */
    private static final int SPARSE = 32;
    /** So many blocks at once, so many times in a row, are a list: each block leads to the next. */
    private static final int FEW_AT_ONCE = 6;
    private static final int LINKS = 8;
    private static final int UNIT_BITS = 9;
    private static final int UNIT_MASK = (1 << UNIT_BITS) - 1;
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
    /** Words near pool that were found and not yet followed. */
    private final long[] near = new long[4 * Words.PAGE / Integer.BYTES];
    private final int[] pages = new int[near.length];
    private final long[] places = new long[STEP];
    private int count;
    /** Where pointers lead, by bucket: page inside the bucket and unit; and how many there are in each, and in all. */
    private final int[][] buckets;
    private final int[] filled;
    private long waiting;
    private int sparse;
    /** The page outside of the window that the last block led to, and where a list goes on of which this window was a part; or -1. */
    private int outside = -1;
    private int chain = -1;
    /** The pages that are looked through at the moment. What leads to them is followed at once. */
    private int windowStart;
    private int windowPages;
    /** Blocks to look through: where each stands in the image, its address and its length, all with the header. */
    private final long[] offsets = new long[CLAIMS];
    private final long[] addresses = new long[CLAIMS];
    private final int[] lengths = new int[CLAIMS];
    private int claimed;
    /** What was asked for ahead; kept so that the compiler does not leave the asking out. */
    private byte fetched;
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
        this.buckets = new int[(blocks.pages() >>> BUCKET_BITS) + 1][];
        this.filled = new int[buckets.length];
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
            int next = next();
            if (next < 0 && waiting > 0) {
                followAll();
                continue;
            }
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

    /**
     * Where to go on: where most blocks wait, since a page is best looked through once and with all its blocks. While there are only few
     * anywhere, wherever there is one. A long list is followed to its end: it cannot be shared, so the sooner it begins the better.
     */
    private int next() {
        if (chain >= 0) {
            return chain >>> 6;
        }
        if (sparse > 0) {
            sparse--;
            return queue.next();
        }
        for (int times = MANY; times > FEW; times /= 4) {
            int found = queue.next(times);
            if (found >= 0) {
                return found;
            }
            if (waiting > ENOUGH) {
                followAll();
                times = 4 * MANY;
            }
        }
        sparse = SPARSE;
        return queue.next();
    }

    /** Looks through neighbouring pages until they lead nowhere among themselves. */
    private void window(int first, int end) {
        windowStart = first << 6;
        windowPages = end - first << 6;
        int links = 0;
        outside = -1;
        do {
            links = claimed > 0 && claimed <= FEW_AT_ONCE ? links + 1 : 0;
            lookThrough();
            for (int word = first; word < end; word++) {
                for (long left = queue.take(word); left != 0; left &= left - 1) {
                    claim((word << 6) + Long.numberOfTrailingZeros(left));
                }
            }
        } while (claimed > 0);
        chain = links >= LINKS ? outside : -1;
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
    }

    /** Looks through the blocks claimed: asks for the content of all of them first, so that memory is waited for once and not for each. */
    private void lookThrough() {
        byte all = 0;
        for (int i = 0; i < claimed; i++) {
            long end = offsets[i] + lengths[i];
            for (long line = offsets[i]; line < end; line += CACHE_LINE) {
                all ^= bytes.get(LittleEndian.U8, line);
            }
        }
        fetched = all;
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

    /** Sorts the words put aside into buckets. */
    private void settle() {
        for (int i = 0; i < count; i++) {
            pages[i] = blocks.pageNumber(near[i]);
        }
        for (int i = 0; i < count; i++) {
            long word = near[i];
            int page = pages[i];
            if (page < 0) {
                take(map.find(word));
            } else if (Integer.compareUnsigned(page - windowStart, windowPages) < 0) {
                take(map.onPage(page, unit(word)));
            } else if (count <= FEW_AT_ONCE) {
                if (take(map.onPage(page, unit(word)))) {
                    outside = page;
                }
            } else {
                put(page, unit(word));
            }
        }
        count = 0;
    }

    private int unit(long va) {
        return (int) (va & Words.PAGE_MASK) >>> unitShift;
    }

    private void put(int page, int unit) {
        int bucket = page >>> BUCKET_BITS;
        int at = filled[bucket];
        int[] into = buckets[bucket];
        if (into == null || at == BUCKET_ROOM) {
            follow(bucket);
            at = 0;
            into = buckets[bucket];
        }
        into[at] = (page & BUCKET_MASK) << UNIT_BITS | unit;
        filled[bucket] = at + 1;
        waiting++;
    }

    /** Follows the pointers of a bucket; it is empty afterwards, and there. */
    private void follow(int bucket) {
        int[] pointers = buckets[bucket];
        int last = filled[bucket];
        if (pointers == null) {
            buckets[bucket] = new int[BUCKET_ROOM];
        }
        int base = bucket << BUCKET_BITS;
        // Closing a block makes a processor wait for all that it asked for: some are looked up before any is closed.
        for (int from = 0; from < last; from += STEP) {
            int step = Math.min(STEP, last - from);
            for (int i = 0; i < step; i++) {
                int pointer = pointers[from + i];
                places[i] = map.onPage(base + (pointer >>> UNIT_BITS), pointer & UNIT_MASK);
            }
            for (int i = 0; i < step; i++) {
                take(places[i]);
            }
        }
        filled[bucket] = 0;
        waiting -= last;
    }

    private void followAll() {
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            if (filled[bucket] > 0) {
                follow(bucket);
            }
        }
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

    private boolean take(long place) {
        if (place != BlockMap.NOWHERE && map.close(place)) {
            if (BlockMap.isBig(place)) {
                bigs.add(BlockMap.big(place));
            } else {
                lane.add(BlockMap.page(place));
            }
            if (records) {
                reached.add(place);
            }
            return true;
        }
        return false;
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
