package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.driver.SiteSizes.Blocks;
import org.poolscope.driver.SiteSizes.Heap;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;
import org.poolscope.pool.BlockCursor;
import org.poolscope.pool.BlockKind;
import org.poolscope.pool.BlockState;

/**
 * The sizes of the blocks of a tag: as they stand in an image; else, from a table, the one size they all have when the bytes are a multiple of their
 * number.
 *
 * @param blocks the sizes, the one that takes most memory first
 * @param counted whether the blocks themselves were seen
 * @param architecture the machine's processor; {@code null} when not known
 * @param heap how its pool rounds sizes; {@code null} when not known
 * @param seenAt where
 */
record BlockSizes(List<Blocks> blocks, boolean counted, Architecture architecture, Heap heap, Provenance seenAt) {

    /** The first build of Windows whose pool is the segment heap (version 1903). */
    private static final int FIRST_SEGMENT_HEAP = 18362;
    private static final int PAGE = 4096;
    /** Fewer blocks may come to a round average by chance. */
    private static final long FEWEST = 100;

    private record Size(long bytes, boolean wholePages) {
    }

    /** The sizes of a tag's blocks in a pool; empty when nothing tells, or Driver Verifier makes blocks larger than what was asked for. */
    static Optional<BlockSizes> of(Case subject, PoolTag tag, PoolKind pool) {
        for (OpenPool open : OpenPool.of(subject)) {
            if (open.verifier().filter(books -> books.settings().tracksPool()).isPresent()) {
                return Optional.empty();
            }
            Optional<BlockSizes> sizes = of(open, tag, pool);
            if (sizes.isPresent()) {
                return sizes;
            }
        }
        return subject.facts(PoolSnapshot.class).stream().flatMap(snapshot -> average(snapshot, tag, pool).stream()).findFirst();
    }

    private static Optional<BlockSizes> of(OpenPool open, PoolTag tag, PoolKind pool) {
        Map<Size, Long> counts = new HashMap<>();
        BlockCursor cursor = open.blocks().cursor();
        while (cursor.next()) {
            boolean isOne = cursor.key() == tag.key() && cursor.state() == BlockState.ALLOCATED && cursor.pool() == pool
                    && cursor.kind() != BlockKind.SPECIAL;
            if (isOne) {
                counts.merge(new Size(cursor.size(), cursor.kind() == BlockKind.BIG), 1L, Long::sum);
            }
        }
        if (counts.isEmpty()) {
            return Optional.empty();
        }
        List<Blocks> blocks = new ArrayList<>();
        counts.forEach((size, count) -> blocks.add(new Blocks(size.bytes(), size.wholePages(), pool, count)));
        blocks.sort(Comparator.comparingLong((Blocks each) -> each.size() * each.count()).reversed());
        Heap heap = open.image().version().build() >= FIRST_SEGMENT_HEAP ? Heap.SEGMENT : Heap.CLASSIC;
        Blocks first = blocks.getFirst();
        return Optional.of(new BlockSizes(List.copyOf(blocks), true, open.image().architecture(), heap, open.at("tag '" + tag + "'",
                Quantity.count(first.count(), "block", "blocks") + " of " + Quantity.count(first.size()) + " bytes")));
    }

    private static Optional<BlockSizes> average(PoolSnapshot snapshot, PoolTag tag, PoolKind pool) {
        for (TagUsage row : snapshot.rows()) {
            PoolUse use = row.tag().equals(tag) ? row.use(pool) : null;
            if (use != null && use.outstandingOrZero() >= FEWEST && use.bytesOrZero() % use.outstandingOrZero() == 0) {
                long size = use.bytesOrZero() / use.outstandingOrZero();
                boolean pages = size >= PAGE && size % PAGE == 0;
                if (size % 8 == 0) {
                    return Optional.of(new BlockSizes(List.of(new Blocks(size, pages, pool, use.outstandingOrZero())), false, null, null,
                            row.seenAt() != null ? row.seenAt() : snapshot.seenAt()));
                }
            }
        }
        return Optional.empty();
    }

    /** The sizes that take most of the memory: as many as it needs for nine tenths of it, at most a few. */
    List<Blocks> main() {
        long all = blocks.stream().mapToLong(each -> each.size() * each.count()).sum();
        List<Blocks> main = new ArrayList<>();
        long taken = 0;
        for (Blocks each : blocks) {
            if (main.size() < 3 && taken < all / 10 * 9) {
                main.add(each);
                taken += each.size() * each.count();
            }
        }
        return main;
    }
}
