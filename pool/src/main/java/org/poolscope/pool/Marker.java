package org.poolscope.pool;

/**
 * Marks blocks: takes what {@link PointerScan}s found, one after the other, and follows the pointers of sources that are reached. Those of
 * blocks that are not, or not yet, are kept; when one of them is reached after all, they are followed from there.
 *
 * <p>Blocks are taken in descending order of their places. Of a pointer to a block whose turn is to come only a bit is set; a block that is
 * reached after its turn goes onto a list, which is worked off after each scan.
 *
 * <p>A pointer leads anywhere, and to ask the {@link BlockMap} at once would be to wait for memory. So pointers are put aside in buckets by
 * where they lead, each for a part of the map that a processor's own cache holds, and followed when a bucket is full, when the turn of its
 * part comes, or when there is nothing else to do.
 *
 * <p>For one thread at a time.
 */
final class Marker {

    /** Several pointers for each page, so that the lines of the map are used while they are near. */
    private static final int BUCKET_ROOM = 1 << 14;

    private final BlockMap map;
    private final KeptPointers kept;
    private final PointerScan again;
    private final int header;
    private final int unitShift;
    private final int pageUnits;
    /** Where pointers lead, and how many there are in each bucket, which is for a chunk of the map. */
    private final int[][] buckets;
    private final int[] filled;
    /** The bucket of the blocks whose turn it is. What leads there is followed at once. */
    private int here = -1;
    /** The block taken last: of those from here on up, the turn is over. */
    private long turn = Long.MAX_VALUE;
    /** Blocks reached after their turn, and big allocations reached, that nobody went on from yet. */
    private final Longs late = new Longs();
    private final Longs bigs = new Longs();
    private final Longs doubtful = new Longs();
    /** Blocks reached since {@link #reachedFrom} began. */
    private final Longs reached = new Longs();
    private boolean records;
    /** How many doubts of a scan were taken. */
    private int doubt;
    private long searched;

    /**
     * @param kept takes pointers of blocks that nobody has reached
     * @param again to look through blocks again of which the pointers could not be kept
     */
    Marker(PoolBlocks blocks, BlockMap map, KeptPointers kept, PointerScan again) {
        this.map = map;
        this.kept = kept;
        this.again = again;
        this.header = blocks.headerSize();
        this.unitShift = blocks.format().unitShift();
        this.pageUnits = blocks.format().pageUnits();
        this.buckets = new int[bucket(BlockMap.place(blocks.pages(), 0)) + 1][];
        this.filled = new int[buckets.length];
    }

    private static int bucket(long place) {
        return (int) (place >>> BlockMap.CHUNK_BITS);
    }

    /** Takes what a scan found. */
    void take(PointerScan found) {
        sources(found);
        followLate();
    }

    private void sources(PointerScan found) {
        int from = 0;
        doubt = 0;
        for (int i = 0; i < found.sources(); i++) {
            int to = found.end(i);
            source(found, i, from, to);
            from = to;
        }
    }

    private void source(PointerScan found, int number, int from, int to) {
        long source = found.source(number);
        if (source == PointerScan.ROOT) {
            searched += found.length(number);
            follow(found.pointers(), from, to);
        } else if ((source & PointerScan.DOUBT) != 0) {
            long va = found.doubts().get(doubt++);
            if (!map.isOpen(PointerScan.place(source)) && map.isOpenAt(found.pointers()[from])) {
                doubtful.add(va);
            }
        } else {
            block(found, number, from, to);
        }
    }

    private void block(PointerScan found, int source, int from, int to) {
        long place = PointerScan.place(found.source(source));
        if (place < turn) {
            if (bucket(place) != here) {
                here = bucket(place);
                empty(here);
            }
            turn = place;
        }
        int unit = BlockMap.unit(place);
        int end = Math.min(unit + (found.length(source) + header >>> unitShift), pageUnits);
        if (map.closeReached(BlockMap.page(place), unit, end)) {
            searched += found.length(source);
            follow(found.pointers(), from, to);
        } else if (found.source(source) == place) {
            kept.keep(place, found.pointers(), from, to);
        }
    }

    private void follow(long[] pointers, int from, int to) {
        for (int i = from; i < to; i++) {
            follow(pointers[i]);
        }
    }

    private void follow(long pointer) {
        int bucket = bucket(pointer);
        if (bucket == here || pointer < 0 || BlockMap.isBig(pointer)) {
            followNow(pointer);
            return;
        }
        int[] into = buckets[bucket];
        int at = filled[bucket];
        if (into == null || at == BUCKET_ROOM) {
            empty(bucket);
            at = 0;
            into = buckets[bucket];
        }
        into[at] = (int) pointer & BlockMap.CHUNK_MASK;
        filled[bucket] = at + 1;
    }

    private void followNow(long pointer) {
        if (BlockMap.isBig(pointer)) {
            if (map.closeBig(BlockMap.big(pointer))) {
                bigs.add(pointer);
                record(pointer);
            }
        } else if (pointer >= 0 && map.settle(pointer) && pointer >= turn) {
            late(map.close(pointer));
        }
    }

    /** Takes note of a block that is closed after its turn. */
    private void late(long place) {
        late.add(place);
        record(place);
    }

    private void record(long place) {
        if (records) {
            reached.add(place);
        }
    }

    /** Follows the pointers of a bucket; it is empty afterwards, and there. */
    private void empty(int bucket) {
        int[] pointers = buckets[bucket];
        if (pointers == null) {
            buckets[bucket] = new int[BUCKET_ROOM];
            return;
        }
        long base = (long) bucket << BlockMap.CHUNK_BITS;
        if (base + BlockMap.CHUNK_MASK < turn) {
            map.settle(bucket, pointers, filled[bucket]);
        } else {
            int closed = map.settle(bucket, pointers, filled[bucket], turn);
            for (int i = 0; i < closed; i++) {
                late(base + pointers[i]);
            }
        }
        filled[bucket] = 0;
    }

    private void followLate() {
        int turnOf = here;
        while (late.count() > 0) {
            long place = late.pop();
            here = bucket(place);
            goOn(place);
        }
        here = turnOf;
    }

    /** Goes on from a block that is reached after its turn. */
    private void goOn(long place) {
        int record = kept.find(place);
        if (record == KeptPointers.NONE) {
            again.begin();
            again.block(place);
            again.finish();
            sources(again);
            return;
        }
        int unit = BlockMap.unit(place);
        searched += (map.end(BlockMap.page(place), unit) - unit << unitShift) - header;
        for (int i = 0; i < kept.count(record); i++) {
            follow(kept.pointer(record, i));
        }
    }

    /** Follows all pointers that were put aside, and what they lead to. */
    void settle() {
        boolean more;
        do {
            more = false;
            for (int bucket = 0; bucket < buckets.length; bucket++) {
                if (filled[bucket] > 0) {
                    empty(bucket);
                    followLate();
                    more = true;
                }
            }
        } while (more);
    }

    /** Follows a single word and all that it leads to, once all blocks had their turn; the places of all blocks that this reaches. */
    Longs reachedFrom(long word) {
        reached.clear();
        doubtful.clear();
        records = true;
        again.begin();
        again.word(word);
        again.finish();
        take(again);
        settle();
        while (bigs.count() > 0) {
            int big = BlockMap.big(bigs.pop());
            for (int piece = 0; piece < again.pieces(big); piece++) {
                again.begin();
                again.big(big, piece);
                again.finish();
                take(again);
            }
            settle();
        }
        return reached;
    }

    /** Takes the big allocations that were reached, as places; they are for the caller to look through. */
    long[] takeBigs() {
        return bigs.pop(bigs.count());
    }

    /** Where words stand that lead to blocks, and were not followed because they are likely left over. */
    Longs doubtful() {
        return doubtful;
    }

    /** Bytes of roots and reached blocks that were looked through. */
    long searched() {
        return searched;
    }
}
