package org.poolscope.pool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.poolscope.kernel.HeapRanges;
import org.poolscope.kernel.SegmentHeaps;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;

/**
 * One walk over all segment heaps. The ranges of their segments are put together to groups of at most {@link PoolWalk#GROUP_PAGES}
 * pages, and each group is read by one thread into its own arrays. Free ranges and the descriptors of segments are part of it: they are
 * pool, so nothing in them refers to a block.
 */
final class SegmentWalk {

    private final PagedMemory memory;
    private final PoolSpace space;
    private final HeaderFormat format;
    private final SegmentLayout layout;
    private final SegmentHeaps heaps;
    private final HeapRanges ranges;
    private final BigBlocks big;
    private final DamageList damage;
    private final List<String> warnings;
    private final List<BigBlocks.Piece> unlisted = new ArrayList<>();
    private final long[] delayed;
    private final AtomicInteger broken = new AtomicInteger();

    SegmentWalk(PagedMemory memory, PoolSpace space, HeaderFormat format, SegmentLayout layout, SegmentHeaps heaps, BigBlocks big,
            DamageList damage, List<String> warnings) {
        this.memory = memory;
        this.space = space;
        this.format = format;
        this.layout = layout;
        this.heaps = heaps;
        this.ranges = heaps.ranges();
        this.delayed = heaps.lists().delayed().clone();
        Arrays.sort(delayed);
        this.big = big;
        this.damage = damage;
        this.warnings = warnings;
    }

    PoolBlocks run(Progress progress) {
        MappedPages pages = new MappedPages(memory);
        for (PoolSpace.Piece piece : space.pieces()) {
            pages.add(memory, piece.first(), piece.last());
        }
        heaps.flaws().forEach(flaw -> damage.accept(new Damage(flaw.address(), flaw.reason())));
        List<int[]> parts = parts();
        PageGroup[] read = new PageGroup[parts.size()];
        AtomicInteger done = new AtomicInteger();
        ThreadLocal<Reader> readers = ThreadLocal.withInitial(Reader::new);
        IntStream.range(0, read.length).parallel().forEach(i -> {
            read[i] = readers.get().read(parts.get(i));
            progress.at("walking segment heaps", done.incrementAndGet(), read.length);
        });
        heaps.large().stream().filter(one -> !big.touches(one.address(), one.bytes()))
                .forEach(one -> unlisted.add(new BigBlocks.Piece(one.address(), one.bytes(), one.pool())));
        if (!unlisted.isEmpty()) {
            warnings.add("%d allocations of whole pages (%d bytes) are in the heaps, but the table of big allocations does not have them: their tag is not known"
                    .formatted(unlisted.size(), unlisted.stream().mapToLong(BigBlocks.Piece::bytes).sum()));
        }
        if (broken.get() > 0) {
            warnings.add("pages of %d subsegments are not in the image; blocks on them are missing".formatted(broken.get()));
        }
        return new PoolBlocks(memory, format, space, read, big.with(unlisted), damage, warnings, pages.absences(), 0);
    }

    /** The first and the last range, exclusive, of each group. */
    private List<int[]> parts() {
        List<int[]> parts = new ArrayList<>();
        int first = 0;
        long count = 0;
        for (int i = 0; i < ranges.count(); i++) {
            long more = pagesOf(i);
            if (count + more > PoolWalk.GROUP_PAGES) {
                parts.add(new int[] {first, i});
                first = i;
                count = 0;
            }
            count += more;
        }
        if (first < ranges.count()) {
            parts.add(new int[] {first, ranges.count()});
        }
        return parts;
    }

    /** Pages of a range that are looked at; no range of a sound heap has more than a group. */
    private int pagesOf(int range) {
        return (int) Math.min(ranges.bytes(range) >>> Words.PAGE_SHIFT, PoolWalk.GROUP_PAGES);
    }

    /** What one thread needs to read groups. */
    private final class Reader {

        private final HeapStretch stretch = new HeapStretch(memory, format);
        private final EqualBlocksReader equalBlocks = new EqualBlocksReader(stretch, format, layout, damage);
        private final ChunkReader chunks = new ChunkReader(stretch, format, layout, big, damage, unlisted, delayed);
        private final PageGroup.Builder builder = new PageGroup.Builder(PoolWalk.GROUP_PAGES, format.pageUnits());

        PageGroup read(int[] part) {
            for (int range = part[0]; range < part[1]; range++) {
                range(range);
            }
            return builder.build();
        }

        private void range(int range) {
            long address = ranges.address(range);
            PoolKind pool = ranges.pool(range);
            HeapRanges.Kind kind = ranges.kind(range);
            if (kind == HeapRanges.Kind.BLOCK) {
                block(address, ranges.bytes(range), pool);
            } else if (stretch.begin(address, pagesOf(range))) {
                switch (kind) {
                    case EQUAL_BLOCKS -> equalBlocks.read();
                    case CHUNKS -> chunks.read(pool);
                    case FREE -> stretch.free(0, 0);
                    default -> stretch.heap(0);
                }
                if (stretch.missing() > 0 && stretch.hasGap()) {
                    broken.incrementAndGet();
                }
                stretch.into(builder, pool == PoolKind.PAGED);
            }
        }

        private void block(long address, long bytes, PoolKind pool) {
            if (!big.touches(address, bytes)) {
                synchronized (unlisted) {
                    unlisted.add(new BigBlocks.Piece(address, bytes, pool));
                }
            }
        }
    }
}
