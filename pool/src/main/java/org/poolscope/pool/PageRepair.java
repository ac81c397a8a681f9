package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Consumer;
import org.poolscope.memory.LittleEndian;

/**
 * Reads a page whose chain of blocks is broken: finds the chain that most of its headers agree on, names those that do not,
 * and keeps every block another header bears witness to. A page where too little agrees is not taken for pool.
 *
 * <p>Each header says two things: how long its block is, which leads to the next header, and how long the block before is, which leads
 * back. Where both agree the boundary is sure; where one is wrong the other still leads on. From the end of the page to its start, the
 * best way from each place to the end is kept (a place has at most two ways on, and one across a stretch in which nothing
 * can be trusted), so a page costs the same whatever it holds. Not safe for use from several threads.
 */
final class PageRepair {

    /** What speaks for a page being pool, and against it. Set so that text, zeros and fill patterns stay far below {@link #ENOUGH}. */
    private static final int AGREEMENT = 8;
    private static final int WITNESS = 4;
    private static final int CONTRADICTION = -3;
    private static final int GAP = -8;
    private static final int LIKELY_TAG = 2;
    private static final int UNLIKELY_TAG = -6;

    /** More than an agreement is worth: a page filled with one value agrees with itself. */
    private static final int IMPOSSIBLE_TAG = -AGREEMENT - 1;

    /** The kernel joins free neighbours. */
    private static final int FREE_BESIDE_FREE = -AGREEMENT;

    /** A free block that is on a free list, where its size leads to a header that agrees. */
    private static final int LISTED = AGREEMENT;

    /** Two blocks with one wrong size between them, the first with a likely tag, come to this. */
    private static final int ENOUGH = 7;

    /** Stands for a page that is free as a whole. */
    static final int FREE = -1;

    /** What must be known beyond the page itself. */
    interface Surroundings {

        /** Whether the list entry at an address is on a list: the entry before leads to it. */
        boolean isListed(long entry);

        /** Whether the first word at an address is the address of a page that is there. */
        boolean beginsWithPageAddress(long page);
    }

    private enum Way { GAP, FORWARD, BACK, BOTH, END }

    private final Surroundings surroundings;
    private final MemorySegment bytes;
    private final HeaderFormat format;
    private final PageParser parser;
    private final int units;
    private final int[] words;
    private final int[] best;
    private final int[] next;
    private final Way[] ways;
    private final int[] backFrom;
    private final boolean[] listed;

    PageRepair(MemorySegment bytes, Surroundings surroundings, HeaderFormat format, PageParser parser) {
        this.bytes = bytes;
        this.surroundings = surroundings;
        this.format = format;
        this.parser = parser;
        this.units = format.pageUnits();
        this.words = new int[units];
        this.best = new int[units + 1];
        this.next = new int[units];
        this.ways = new Way[units];
        this.backFrom = new int[units + 1];
        this.listed = new boolean[units];
    }

    /**
     * Reads a damaged page.
     *
     * @param page where the page stands in the image
     * @param address its address
     * @param damage takes what is wrong
     * @return how many blocks and damaged stretches there are; 0 when the page does not look like pool, {@link #FREE} when it is free
     */
    int read(long page, long address, char[] places, int[] tags, int at, Consumer<Damage> damage) {
        Arrays.fill(listed, false);
        weigh(page);
        if (evidence(page) < ENOUGH || covered() < units / 2) {
            return 0;
        }
        for (int unit = 0; unit < units; unit++) {
            listed[unit] = !format.types().isAllocated(format.type(words[unit])) && surroundings.isListed(data(address, unit));
        }
        weigh(page);
        passOverOlder();
        if (ways[0] != Way.BOTH && ways[0] != Way.END && isFree(address)) {
            return FREE;
        }
        if (format.previous(words[0]) != 0) {
            damage.accept(new Damage(address, "the first block of a page says that one of "
                    + bytes(format.previous(words[0])) + " bytes is before it"));
        }
        return collect(page, address, places, tags, at, damage);
    }

    /**
     * Whether the page was given back as a whole, and shows blocks of another time. Its last free joined all of it into one block, of a size
     * that does not fit the field and reads 0; the kernel may keep free pages on a list through their first word. Headers behind are
     * those of blocks freed before, except the one freed last, which nobody changed. In a page in use, free blocks are on free lists.
     */
    private boolean isFree(long address) {
        int inUse = 0;
        for (int unit = next[0]; unit < units; unit = next[unit]) {
            if (format.types().isAllocated(format.type(words[unit]))) {
                inUse++;
            } else if (listed[unit]) {
                return false;
            }
        }
        if (format.units(words[0]) == 0 && format.previous(words[0]) == 0) {
            return inUse + (format.types().isAllocated(format.type(words[0])) ? 1 : 0) <= 1;
        }
        return inUse <= 1 && surroundings.beginsWithPageAddress(address);
    }

    private void weigh(long page) {
        Arrays.fill(backFrom, -1);
        best[units] = 0;
        int bestLater = 0;
        int bestLaterAt = units;
        for (int unit = units - 1; unit >= 0; unit--) {
            int word = bytes.get(LittleEndian.U32, page + ((long) unit << format.unitShift()));
            words[unit] = word;
            int size = format.units(word);
            int landing = unit + size;
            boolean lands = size > 0 && landing <= units;
            boolean agrees = lands && (landing == units || format.previous(words[landing]) == size);
            int score = Math.max(bestLater + GAP, CONTRADICTION);
            int to = bestLater + GAP > CONTRADICTION ? bestLaterAt : units;
            Way way = Way.GAP;
            if (lands) {
                int value = best[landing] + (landing == units ? WITNESS : agrees ? AGREEMENT : ways[landing] == Way.GAP ? 0 : CONTRADICTION);
                if (value >= score || agrees && landing < units) {
                    score = value;
                    to = landing;
                    way = landing == units ? Way.END : agrees ? Way.BOTH : Way.FORWARD;
                }
            }
            int back = backFrom[unit];
            if (back >= 0 && back != landing && !(agrees && landing < units)) {
                int value = best[back] + CONTRADICTION;
                if (value > score) {
                    score = value;
                    to = back;
                    way = Way.BACK;
                }
            }
            best[unit] = score + (way == Way.GAP ? 0
                    : format.types().isAllocated(format.type(word)) ? isLikelyTag(tag(page, unit)) ? LIKELY_TAG : UNLIKELY_TAG
                    : !agrees ? 0 : listed[unit] ? LISTED : LIKELY_TAG);
            next[unit] = to;
            ways[unit] = way;
            int before = unit - format.previous(word);
            if (before >= 0 && before < unit && (backFrom[before] < 0 || best[backFrom[before]] <= best[unit])) {
                backFrom[before] = unit;
            }
            if (best[unit] > bestLater) {
                bestLater = best[unit];
                bestLaterAt = unit;
            }
        }
    }

    /**
     * Takes the headers of older blocks out of the chain. A block that was put together from smaller ones has their headers inside, which
     * agree with each other; where its own size is wrong the chain leads through them. It is told by its ends (both are contradicted,
     * and the header behind leads back to the block's own) and by the headers inside, which say free, but for the one freed last.
     */
    private void passOverOlder() {
        for (int unit = 0; unit < units; unit = next[unit]) {
            if (ways[unit] != Way.FORWARD && ways[unit] != Way.BACK) {
                continue;
            }
            int inUse = 0;
            for (int inner = next[unit]; inner < units; inner = next[inner]) {
                int behind = next[inner];
                inUse += format.types().isAllocated(format.type(words[inner])) ? 1 : 0;
                if (inUse > 1) {
                    break;
                }
                if (ways[inner] == Way.FORWARD && behind - format.previous(words[behind]) == unit) {
                    next[unit] = behind;
                    ways[unit] = Way.BACK;
                    break;
                }
            }
        }
    }

    private long data(long address, int unit) {
        return address + ((long) unit << format.unitShift()) + format.headerSize();
    }

    private int tag(long page, int unit) {
        return bytes.get(LittleEndian.U32, page + ((long) unit << format.unitShift()) + format.tagOffset());
    }

    /** How much of what the headers say fits the chain that was found; nothing when none of its blocks is in use under a likely tag. */
    private int evidence(long page) {
        int sum = format.previous(words[0]) == 0 ? WITNESS : CONTRADICTION;
        boolean inUse = false;
        boolean freeBefore = false;
        for (int unit = 0; unit < units; unit = next[unit]) {
            sum += switch (ways[unit]) {
                case BOTH -> AGREEMENT;
                case END -> WITNESS;
                case FORWARD, BACK -> CONTRADICTION;
                case GAP -> next[unit] == units ? CONTRADICTION : GAP;
            };
            boolean free = ways[unit] != Way.GAP && !format.types().isAllocated(format.type(words[unit]));
            if (free) {
                sum += freeBefore ? FREE_BESIDE_FREE : 0;
            } else if (ways[unit] != Way.GAP) {
                boolean likely = isLikelyTag(tag(page, unit)) && tag(page, unit) != words[unit];
                inUse |= likely;
                sum += likely ? LIKELY_TAG : IMPOSSIBLE_TAG;
            }
            freeBefore = free;
        }
        return inUse ? sum : 0;
    }

    /** Units of blocks whose length is sure. */
    private int covered() {
        int sure = 0;
        for (int unit = 0; unit < units; unit = next[unit]) {
            sure += ways[unit] == Way.GAP ? 0 : next[unit] - unit;
        }
        return sure;
    }

    private int collect(long page, long address, char[] places, int[] tags, int at, Consumer<Damage> damage) {
        parser.begin();
        int n = at;
        for (int unit = 0; unit < units; unit = next[unit]) {
            long header = address + ((long) unit << format.unitShift());
            int size = next[unit] - unit;
            switch (ways[unit]) {
                case BOTH, END -> {
                }
                case FORWARD -> {
                    // What stands where a gap begins is no header: the gap itself is reported.
                    if (ways[next[unit]] != Way.GAP) {
                        damage.accept(new Damage(address + ((long) next[unit] << format.unitShift()),
                                "the header says that the block before has " + bytes(format.previous(words[next[unit]]))
                                        + " bytes, it has " + bytes(size)));
                    }
                }
                case BACK -> damage.accept(new Damage(header, "the header gives its block " + bytes(format.units(words[unit]))
                        + " bytes, the next header says " + bytes(size)));
                case GAP -> damage.accept(new Damage(header, "no header can be trusted in the next " + bytes(size) + " bytes"));
            }
            places[n] = ways[unit] == Way.GAP ? (char) (unit | BlockState.DAMAGED.ordinal() << PageParser.STATE_SHIFT)
                    : parser.place(unit, words[unit]);
            tags[n++] = tag(page, unit);
        }
        return n - at;
    }

    private int bytes(int count) {
        return count << format.unitShift();
    }

    /** Whether at least three of four bytes are printable, as in nearly every tag; the top bit of the last one marks a protected tag. */
    static boolean isLikelyTag(int tag) {
        int printable = 0;
        for (int i = 0; i < Integer.SIZE; i += Byte.SIZE) {
            int letter = tag >>> i & (i == 24 ? 0x7f : 0xff);
            printable += letter >= 0x20 && letter <= 0x7e ? 1 : 0;
        }
        return printable >= 3;
    }
}
