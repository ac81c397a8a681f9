package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Places in blocks whose owner never writes there, so that what stands there is what an earlier owner of the memory left. Told by
 * comparing blocks of the same tag and size: pointers of an owner lead to blocks in use, those of somebody long gone lead to freed
 * memory as often as not. The end of a block that its owner never writes is judged as a whole, since new pages are zero and
 * leftovers few. Known from pages spread over all of pool. Immutable.
 */
final class LeftoverPlaces {

    /** Pages looked at, and the least blocks of one kind that prove anything. */
    private static final int PAGES = 1 << 15;
    private static final int LEAST_BLOCKS = 48;
    private static final int MOST_KINDS = 4096;
    private static final int MOST_BLOCKS = 4096;

    /** So many pointers prove something at one place, or that lead nowhere at the end of blocks; and what share must lead nowhere. */
    private static final int LEAST_POINTERS = 6;
    private static final int LEAST_DANGLING = 3;
    private static final double DANGLING_SHARE = 0.2;

    /** What is not zero in more blocks than this somebody wrote. */
    private static final double WRITTEN_SHARE = 0.85;

    /** Of what is not zero at the end of blocks, at most this share may be pointers to blocks in use. */
    private static final double SOUND_SHARE = 0.5;

    /** Kinds of blocks with leftovers and the words that are, in a hash table; a slot without words is free. */
    private final long[] kinds;
    private final long[][] words;

    private LeftoverPlaces(Map<Long, long[]> found) {
        this.kinds = new long[Integer.highestOneBit(found.size() + 1) * 4];
        this.words = new long[kinds.length][];
        found.forEach((kind, bits) -> {
            int slot = slot(kind);
            kinds[slot] = kind;
            words[slot] = bits;
        });
    }

    /** @param map the blocks, none of which was reached yet */
    static LeftoverPlaces of(PoolBlocks blocks, PointerRules rules, BlockMap map) {
        Map<Long, Sample> samples = new HashMap<>();
        long pages = 0;
        for (PageGroup group : blocks.groups()) {
            pages += group.pages();
        }
        int step = (int) Math.max(1, pages / PAGES);
        int skip = 0;
        for (PageGroup group : blocks.groups()) {
            for (int page = 0; page < group.pages(); page++) {
                if (++skip >= step && !PageParser.isSpecial(group.flags[page])) {
                    skip = 0;
                    choose(blocks, group, page, samples);
                }
            }
        }
        samples.values().removeIf(sample -> sample.places.count() < LEAST_BLOCKS);
        Map<Long, long[]> found = new ConcurrentHashMap<>();
        samples.entrySet().parallelStream().forEach(entry -> {
            long[] bits = entry.getValue().leftovers(blocks, rules, map);
            if (bits != null) {
                found.put(entry.getKey(), bits);
            }
        });
        return new LeftoverPlaces(found);
    }

    /** Puts the blocks of a page among the samples. */
    private static void choose(PoolBlocks blocks, PageGroup group, int page, Map<Long, Sample> samples) {
        HeaderFormat format = blocks.format();
        for (int block = group.first[page]; block < group.first[page + 1]; block++) {
            if (group.state(block) != BlockState.ALLOCATED.ordinal()) {
                continue;
            }
            int units = group.end(page, block, format.pageUnits()) - group.unit(block);
            long kind = kind(group.tag[block], units);
            Sample sample = samples.get(kind);
            if (sample == null && samples.size() < MOST_KINDS) {
                int words = ((units << format.unitShift()) - format.headerSize()) / blocks.memory().pointerSize();
                sample = new Sample(words);
                samples.put(kind, sample);
            }
            if (sample != null && sample.places.count() < MOST_BLOCKS) {
                sample.places.add(group.offset[page] + ((long) group.unit(block) << format.unitShift()) + format.headerSize());
            }
        }
    }

    private static long kind(int tag, int units) {
        return (long) tag << 16 | units;
    }

    /** The leftover words of blocks of a kind, a bit for each; {@code null} when none are known. */
    long[] of(int tag, int units) {
        return words[slot(kind(tag, units))];
    }

    private int slot(long kind) {
        int mask = kinds.length - 1;
        int slot = (int) (kind * 0x9e37_79b9_7f4a_7c15L >>> 40) & mask;
        while (words[slot] != null && kinds[slot] != kind) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    static boolean isLeftover(long[] bits, int word) {
        return (bits[word >>> 6] & 1L << word) != 0;
    }

    /** Blocks of one tag and size. */
    private static final class Sample {

        /** Where in the image their data begins. */
        private final Longs places = new Longs();
        private final int[] pointers;
        private final int[] dangling;
        private final int[] numbers;

        Sample(int words) {
            pointers = new int[words];
            dangling = new int[words];
            numbers = new int[words];
        }

        private void look(PoolBlocks pool, PointerRules rules, BlockMap map, long offset) {
            MemorySegment bytes = pool.memory().bytes();
            int size = pool.memory().pointerSize();
            for (int i = 0; i < pointers.length; i++) {
                long word = Words.pointer(bytes, offset + (long) i * size, size);
                if (rules.isNearPool(word)) {
                    pointers[i]++;
                    dangling[i] += isDangling(rules, map, word) ? 1 : 0;
                } else if (word != 0) {
                    numbers[i]++;
                }
            }
        }

        private static boolean isDangling(PointerRules rules, BlockMap map, long word) {
            if (!rules.isWide()) {
                return rules.target(word) == PoolBlocks.NOWHERE;
            }
            long place = map.find(word);
            return place == BlockMap.NOWHERE || !map.isOpen(place);
        }

        /** The words of these blocks that are leftovers; {@code null} when none are. */
        long[] leftovers(PoolBlocks pool, PointerRules rules, BlockMap map) {
            for (int i = 0; i < places.count(); i++) {
                look(pool, rules, map, places.get(i));
            }
            long[] bits = new long[pointers.length + 63 >>> 6];
            for (int i = ending(); i < pointers.length; i++) {
                bits[i >>> 6] |= 1L << i;
            }
            for (int i = 0; i < pointers.length; i++) {
                if (pointers[i] >= LEAST_POINTERS && dangling[i] >= DANGLING_SHARE * pointers[i]) {
                    bits[i >>> 6] |= 1L << i;
                }
            }
            return Arrays.stream(bits).anyMatch(word -> word != 0) ? bits : null;
        }

        /** Where the end that nobody writes begins; the number of words when there is none. */
        private int ending() {
            int found = pointers.length;
            int leading = 0;
            int nowhere = 0;
            int nonzero = 0;
            for (int i = pointers.length - 1; i >= 0 && pointers[i] + numbers[i] <= WRITTEN_SHARE * places.count(); i--) {
                leading += pointers[i];
                nowhere += dangling[i];
                nonzero += pointers[i] + numbers[i];
                if (nowhere >= LEAST_DANGLING && nowhere >= DANGLING_SHARE * leading && leading - nowhere <= SOUND_SHARE * nonzero) {
                    found = i;
                }
            }
            return found;
        }
    }
}
