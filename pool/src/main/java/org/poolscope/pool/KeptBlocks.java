package org.poolscope.pool;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The first words of the blocks of one tag in one group of pages, taken while the walk had the pages at hand: to come back to a block later
 * means to wait for it once more. For each block its number and how many words there are, in one word, and the words. Immutable.
 */
final class KeptBlocks {

    /** Words taken of a block at most. */
    static final int MOST_WORDS = 256;

    /** Bits for the number of words; a block's number takes 21 at most. */
    private static final int WIDTH_BITS = 9;
    private static final int WIDTH_MASK = (1 << WIDTH_BITS) - 1;

    private final int key;
    private final int[] records;

    private KeptBlocks(int key, int[] records) {
        this.key = key;
        this.records = records;
    }

    /** Whether these are the blocks of the tag of a key. */
    boolean areOf(int tagKey) {
        return key == tagKey;
    }

    /** Goes through the blocks in their order. For one thread. */
    final class Cursor {

        private int at;
        private int next;

        /** Moves to the next block; whether there is one. */
        boolean next() {
            at = next;
            if (at == records.length) {
                return false;
            }
            next = at + 1 + (records[at] & WIDTH_MASK);
            return true;
        }

        /** The block's number in its group. */
        int block() {
            return records[at] >>> WIDTH_BITS;
        }

        /** Adds the words to others. */
        void addTo(GatheredBlocks gathered) {
            gathered.add(records, at + 1);
        }
    }

    Cursor cursor() {
        return new Cursor();
    }

    /** How many words may still be kept, for all groups together; what is beyond must be read from the image again. */
    static final class Budget {

        private final AtomicLong left;

        Budget(long words) {
            this.left = new AtomicLong(words);
        }

        private boolean take(int words) {
            return left.addAndGet(-words) >= 0;
        }
    }

    /** Gathers the blocks of a group. Keeps its array from one group to the next. */
    static final class Builder {

        private final int key;
        private final Budget budget;
        private int[] records = new int[1 << 12];
        private int length;
        private boolean whole = true;

        /** @param key of the tag whose blocks are wanted */
        Builder(int key, Budget budget) {
            this.key = key;
            this.budget = budget;
        }

        /** Takes those blocks of a page that have the tag and are in use. */
        void takePage(PageParser parser, PageGroup.Builder group, int count) {
            int[] tags = group.tag;
            int wanted = key;
            int end = group.blocks + count;
            for (int block = group.blocks; block < end; block++) {
                if ((tags[block] & Integer.MAX_VALUE) == wanted && group.place[block] >>> PageParser.STATE_SHIFT == BlockState.ALLOCATED.ordinal()) {
                    int unit = group.place[block] & PageParser.UNIT_MASK;
                    take(parser, block, unit, block + 1 < end ? group.place[block + 1] & PageParser.UNIT_MASK : parser.mostBlocks());
                }
            }
        }

        private void take(PageParser parser, int block, int unit, int end) {
            int words = Math.min(MOST_WORDS, parser.dataWords(end - unit));
            if (records.length - length <= words) {
                records = Arrays.copyOf(records, 2 * records.length);
            }
            records[length] = block << WIDTH_BITS | words;
            parser.copyData(unit, words, records, length + 1);
            length += 1 + words;
        }

        /** Says that the group has a page whose blocks were not taken. */
        void miss() {
            whole = false;
        }

        /** What was taken of a group; {@code null} when not all was, or there is no room for it. */
        KeptBlocks build() {
            KeptBlocks built = whole && budget.take(length) ? new KeptBlocks(key, Arrays.copyOf(records, length)) : null;
            length = 0;
            whole = true;
            return built;
        }
    }
}
