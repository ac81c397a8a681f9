package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.pool.LostBlocks;
import org.poolscope.pool.PoolBlock;
import org.poolscope.pool.References;

/**
 * Blocks lost together: those of one tag, and those of other tags that only lost blocks of it pointed to, such as the buffers of a list's
 * entries. Whoever forgot the first forgot the others with them.
 *
 * @param row the tag that was forgotten
 * @param owner whose blocks they are, by what they hold
 * @param parts tags lost with it, the most blocks first
 */
record Loss(LostBlocks.Row row, Optional<BlockOwner> owner, List<LostBlocks.Row> parts) {

    /** So many of a tag's lost blocks are pointed to from lost blocks of the other. */
    private static final double NEARLY_ALL = 0.9;

    /** All tags lost together, the one forgotten first. */
    List<LostBlocks.Row> rows() {
        List<LostBlocks.Row> all = new ArrayList<>(List.of(row));
        all.addAll(parts);
        return all;
    }

    /** The pool that most of the lost bytes are in. */
    PoolKind pool() {
        return bytes(PoolKind.PAGED) > bytes(PoolKind.NONPAGED) ? PoolKind.PAGED : PoolKind.NONPAGED;
    }

    /** Lost bytes in one pool. */
    long bytes(PoolKind pool) {
        return rows().stream().filter(one -> one.pool() == pool).mapToLong(LostBlocks.Row::unreferencedBytes).sum();
    }

    /** Sorts what was lost of several tags into losses, in the order of the tags. With two or more it takes a pass over memory for each. */
    static List<Loss> of(OpenPool pool, List<LostBlocks.Row> rows) {
        List<Optional<BlockOwner>> owners = rows.stream().map(row -> BlockOwner.of(pool, row.tag())).toList();
        int[] whole = wholes(pool, rows, owners);
        Map<Integer, List<LostBlocks.Row>> parts = new LinkedHashMap<>();
        for (int i = 0; i < whole.length; i++) {
            List<LostBlocks.Row> of = parts.computeIfAbsent(whole[i], any -> new ArrayList<>());
            if (whole[i] != i) {
                of.add(rows.get(i));
            }
        }
        List<Loss> losses = new ArrayList<>();
        parts.forEach((head, of) -> losses.add(new Loss(rows.get(head), owners.get(head), List.copyOf(of))));
        return losses;
    }

    /** For each tag the tag it was lost with; itself when it was lost on its own. */
    private static int[] wholes(OpenPool pool, List<LostBlocks.Row> rows, List<Optional<BlockOwner>> owners) {
        int[] whole = new int[rows.size()];
        Arrays.setAll(whole, i -> i);
        if (whole.length < 2) {
            return whole;
        }
        double[][] pointed = new double[whole.length][];
        for (int i = 0; i < whole.length; i++) {
            pointed[i] = pointedToFrom(pool, rows, i);
        }
        for (int i = 0; i < whole.length; i++) {
            for (int other = 0; other < whole.length; other++) {
                boolean mutual = pointed[other][i] >= NEARLY_ALL;
                // Where both point to each other, the one whose owner is known speaks for both, else the first.
                boolean first = owners.get(i).isPresent() == owners.get(other).isPresent() ? i < other : owners.get(i).isPresent();
                if (other != i && pointed[i][other] >= NEARLY_ALL && !(mutual && first)
                        && (whole[i] == i || pointed[i][other] > pointed[i][whole[i]])) {
                    whole[i] = other;
                }
            }
        }
        int[] last = new int[whole.length];
        for (int i = 0; i < whole.length; i++) {
            last[i] = i;
            for (int step = 0; step < whole.length && whole[last[i]] != last[i]; step++) {
                last[i] = whole[last[i]];
            }
            if (whole[last[i]] != last[i]) {
                last[i] = i;   // a circle of three or more has no beginning
            }
        }
        return last;
    }

    /** Which share of the lost blocks of one tag lost blocks of each tag point to. */
    private static double[] pointedToFrom(OpenPool pool, List<LostBlocks.Row> rows, int of) {
        Map<PoolTag, Integer> numbers = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            numbers.putIfAbsent(rows.get(i).tag(), i);
        }
        LongStream.Builder[] targets = new LongStream.Builder[rows.size()];
        Arrays.setAll(targets, any -> LongStream.builder());
        for (References.Cursor found = References.to(pool.image(), pool.blocks(), rows.get(of).tag()).cursor(Progress.NONE); found.next();) {
            if (isLost(pool, found.to()) && isLost(pool, found.from())) {
                Optional<PoolBlock> from = pool.blocks().blockAt(found.from());
                Integer number = from.map(block -> numbers.get(block.tag())).orElse(null);
                if (number != null && number != of && rows.get(number).pool() == from.get().pool()) {
                    targets[number].add(found.to());
                }
            }
        }
        return Arrays.stream(targets).mapToDouble(found -> (double) distinct(found.build().sorted().toArray()) / rows.get(of).unreferencedBlocks()).toArray();
    }

    private static boolean isLost(OpenPool pool, long address) {
        return !pool.reachability().isReached(address) && !pool.lost().isUndecided(address);
    }

    private static long distinct(long[] sorted) {
        long different = Math.min(1, sorted.length);
        for (int i = 1; i < sorted.length; i++) {
            different += sorted[i] == sorted[i - 1] ? 0 : 1;
        }
        return different;
    }
}
