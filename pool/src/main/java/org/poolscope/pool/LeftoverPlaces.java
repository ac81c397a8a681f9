package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Places in blocks whose owner never writes there, so that what stands there is what an earlier owner of the memory left. Told by
 * comparing blocks of the same tag and size: pointers of an owner lead to blocks in use, those of somebody long gone lead to freed
 * memory as often as not, and what hardly any block has is likely left too. The end of a block that its owner never writes is judged as
 * a whole, since new pages are zero and leftovers few. Known from pages spread over all of pool. Immutable.
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

    /** What is not zero in so few blocks is likely left from before: free lists lead to blocks that may all be in use again. */
    private static final double RARE_SHARE = 0.05;

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
        Chosen chosen = new Chosen(blocks);
        int parts = Runtime.getRuntime().availableProcessors();
        Sample[] samples = IntStream.range(0, parts).parallel()
                .mapToObj(part -> chosen.look(rules, map, part, parts)).reduce(LeftoverPlaces::add).orElseThrow();
        Map<Long, long[]> found = new HashMap<>();
        for (int i = 0; i < samples.length; i++) {
            long[] bits = samples[i] == null ? null : samples[i].leftovers(chosen.counts[i]);
            if (bits != null) {
                found.put(chosen.kinds.of(i), bits);
            }
        }
        return new LeftoverPlaces(found);
    }

    private static Sample[] add(Sample[] to, Sample[] others) {
        for (int i = 0; i < to.length; i++) {
            if (to[i] == null) {
                to[i] = others[i];
            } else if (others[i] != null) {
                to[i].add(others[i]);
            }
        }
        return to;
    }

    /** Numbers kinds in the order in which they are met. */
    private static final class Kinds {

        private static final int MASK = 4 * MOST_KINDS - 1;

        private final long[] met = new long[MOST_KINDS];
        /** A hash table of numbers plus one. */
        private final char[] slots = new char[MASK + 1];
        private int count;

        int count() {
            return count;
        }

        /** The kind of a number. */
        long of(int number) {
            return met[number];
        }

        /** The number of a kind; negative when it is new and there are too many already. */
        int number(long kind) {
            int slot = hash(kind) & MASK;
            while (slots[slot] != 0) {
                if (met[slots[slot] - 1] == kind) {
                    return slots[slot] - 1;
                }
                slot = slot + 1 & MASK;
            }
            if (count == MOST_KINDS) {
                return -1;
            }
            met[count] = kind;
            slots[slot] = (char) ++count;
            return count - 1;
        }
    }

    /** The blocks that are compared, in the order in which they stand in memory: so that each page is looked at once. */
    private static final class Chosen {

        private final PoolBlocks blocks;
        /** The number of a kind is that of its sample. Of each how many blocks it has, and how many words each of them. */
        private final Kinds kinds = new Kinds();
        private final int[] counts = new int[MOST_KINDS];
        private final int[] words = new int[MOST_KINDS];
        /** Where in the image the data of a block begins, and its sample. */
        private final Longs places = new Longs();
        private final Longs sampleOf = new Longs();

        Chosen(PoolBlocks blocks) {
            this.blocks = blocks;
            int step = Math.max(1, blocks.pages() / PAGES);
            int skip = 0;
            for (PageGroup group : blocks.groups()) {
                for (int page = 0; page < group.pages(); page++) {
                    if (++skip >= step && !PageParser.isSpecial(group.flags[page])) {
                        skip = 0;
                        choose(group, page);
                    }
                }
            }
        }

        private void choose(PageGroup group, int page) {
            int end = blocks.format().pageUnits();
            for (int block = group.first[page]; block < group.first[page + 1]; block++) {
                if (group.state(block) == BlockState.ALLOCATED.ordinal()) {
                    int unit = group.unit(block);
                    int units = group.end(page, block, end) - unit;
                    choose(kind(group.tag[block], units), units, group.offset[page], unit);
                }
            }
        }

        private void choose(long kind, int units, long page, int unit) {
            int sample = kinds.number(kind);
            if (sample >= 0 && counts[sample] < MOST_BLOCKS) {
                HeaderFormat format = blocks.format();
                if (counts[sample]++ == 0) {
                    words[sample] = ((units << format.unitShift()) - format.headerSize()) / blocks.memory().pointerSize();
                }
                places.add(page + ((long) unit << format.unitShift()) + format.headerSize());
                sampleOf.add(sample);
            }
        }

        /** Looks through one of several parts; the samples by number, {@code null} where there is nothing. */
        Sample[] look(PointerRules rules, BlockMap map, int part, int parts) {
            Sample[] found = new Sample[kinds.count()];
            int end = (int) ((long) places.count() * (part + 1) / parts);
            for (int i = (int) ((long) places.count() * part / parts); i < end; i++) {
                int sample = (int) sampleOf.get(i);
                if (counts[sample] >= LEAST_BLOCKS) {
                    if (found[sample] == null) {
                        found[sample] = new Sample(words[sample]);
                    }
                    found[sample].look(blocks, rules, map, places.get(i));
                }
            }
            return found;
        }
    }

    private static long kind(int tag, int units) {
        return (long) tag << 16 | units;
    }

    private static int hash(long kind) {
        return (int) (kind * 0x9e37_79b9_7f4a_7c15L >>> 40);
    }

    /** The leftover words of blocks of a kind, a bit for each; {@code null} when none are known. */
    long[] of(int tag, int units) {
        return words[slot(kind(tag, units))];
    }

    private int slot(long kind) {
        int mask = kinds.length - 1;
        int slot = hash(kind) & mask;
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

        private final int[] pointers;
        private final int[] dangling;
        private final int[] numbers;

        Sample(int words) {
            pointers = new int[words];
            dangling = new int[words];
            numbers = new int[words];
        }

        void look(PoolBlocks pool, PointerRules rules, BlockMap map, long offset) {
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
            return rules.isWide() ? !map.isInUse(word) : rules.target(word) == PoolBlocks.NOWHERE;
        }

        void add(Sample others) {
            for (int i = 0; i < pointers.length; i++) {
                pointers[i] += others.pointers[i];
                dangling[i] += others.dangling[i];
                numbers[i] += others.numbers[i];
            }
        }

        /** The words of so many blocks that are leftovers; {@code null} when none are. */
        long[] leftovers(int count) {
            long[] bits = new long[pointers.length + 63 >>> 6];
            for (int i = ending(count); i < pointers.length; i++) {
                bits[i >>> 6] |= 1L << i;
            }
            for (int i = 0; i < pointers.length; i++) {
                boolean rare = pointers[i] > 0 && pointers[i] + numbers[i] <= RARE_SHARE * count;
                if (rare || pointers[i] >= LEAST_POINTERS && dangling[i] >= DANGLING_SHARE * pointers[i]) {
                    bits[i >>> 6] |= 1L << i;
                }
            }
            return Arrays.stream(bits).anyMatch(word -> word != 0) ? bits : null;
        }

        /** Where the end that nobody writes begins; the number of words when there is none. */
        private int ending(int count) {
            int found = pointers.length;
            int leading = 0;
            int nowhere = 0;
            int nonzero = 0;
            for (int i = pointers.length - 1; i >= 0 && pointers[i] + numbers[i] <= WRITTEN_SHARE * count; i--) {
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
