package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.pool.BlockCursor;
import org.poolscope.pool.BlockKind;
import org.poolscope.pool.BlockState;
import org.poolscope.pool.PoolBlock;

/**
 * Where the accused blocks lie: the pages of one pool in the order of their addresses, and one page in full.
 *
 * @param file the image
 * @param pool the pool
 * @param tags the accused tags
 * @param lostBlocks how many of their blocks nothing points to
 * @param heldBlocks how many of their blocks somebody can still reach
 * @param pages pages of the pool that hold blocks
 * @param cells the pages, several to a cell where there are many
 * @param worst the page that holds most of the accused tags' bytes, block by block
 */
public record BlockMap(String file, PoolKind pool, List<PoolTag> tags, long lostBlocks, long heldBlocks, long pages, List<Cell> cells,
        List<Piece> worst) implements Exhibit {

    /** More cells than this no eye tells apart. */
    private static final int MOST_CELLS = 1600;
    private static final long PAGE = 4096;

    /**
     * Some pages next to each other (holes between them left out).
     *
     * @param address where the first begins
     * @param pages how many
     * @param lost bytes in accused blocks that nothing points to
     * @param held bytes in accused blocks that somebody can reach
     * @param other bytes in other blocks in use
     * @param free bytes that are free
     */
    public record Cell(long address, int pages, long lost, long held, long other, long free) {
    }

    /**
     * A block of the page shown in full.
     *
     * @param block the block
     * @param accused whether its tag is accused and it is in use
     * @param lost whether, besides, nothing points to it
     * @param headerBytes bytes of the header in front of the data, which are part of the block's size
     */
    public record Piece(PoolBlock block, boolean accused, boolean lost, int headerBytes) {
    }

    public BlockMap {
        tags = List.copyOf(tags);
        cells = List.copyOf(cells);
        worst = List.copyOf(worst);
    }

    static Optional<BlockMap> of(OpenPool pool, PoolKind kind, List<PoolTag> tags) {
        return new Survey(pool, kind, tags).run();
    }

    /** One pass over the blocks, which come by address, so that each page is complete when the next begins. */
    private static final class Survey {

        private static final int LOST = 0;
        private static final int HELD = 1;
        private static final int OTHER = 2;
        private static final int FREE = 3;

        private final OpenPool pool;
        private final PoolKind kind;
        private final List<PoolTag> tags;
        private final List<long[]> cells = new ArrayList<>();
        private int pagesPerCell = 1;
        private long pages;
        private long page = -1;
        private final long[] onPage = new long[4];
        private long lostBlocks;
        private long heldBlocks;
        private long worstPage;
        private long worstBytes;

        Survey(OpenPool pool, PoolKind kind, List<PoolTag> tags) {
            this.pool = pool;
            this.kind = kind;
            this.tags = tags;
        }

        Optional<BlockMap> run() {
            for (BlockCursor block = pool.blocks().cursor(); block.next();) {
                if (block.pool() == kind) {
                    add(block);
                }
            }
            flush();
            if (lostBlocks + heldBlocks == 0) {
                return Optional.empty();
            }
            List<Cell> found = cells.stream().map(cell -> new Cell(cell[4], (int) cell[5], cell[LOST], cell[HELD], cell[OTHER], cell[FREE])).toList();
            List<Piece> pieces = pool.blocks().page(worstPage).stream().map(this::piece).toList();
            return Optional.of(new BlockMap(pool.file(), kind, tags, lostBlocks, heldBlocks, pages, found, pieces));
        }

        private Piece piece(PoolBlock block) {
            boolean accused = block.state() == BlockState.ALLOCATED && tags.contains(block.tag());
            return new Piece(block, accused, accused && !pool.reachability().isReached(block.address()),
                    block.kind().hasHeader() ? pool.blocks().headerSize() : 0);
        }

        private void add(BlockCursor block) {
            int what = OTHER;
            if (block.state() == BlockState.FREE || block.state() == BlockState.LOOKASIDE) {
                what = FREE;
            } else if (block.state() == BlockState.ALLOCATED && isAccused(block.key())) {
                what = pool.reachability().isReached(block.address()) ? HELD : LOST;
                lostBlocks += what == LOST ? 1 : 0;
                heldBlocks += what == HELD ? 1 : 0;
            }
            long first = (block.kind().hasHeader() ? block.address() - pool.blocks().headerSize() : block.address()) & -PAGE;
            long left = block.size();
            for (long at = first; left > 0; at += PAGE) {
                if (at != page) {
                    flush();
                    page = at;
                }
                onPage[what] += Math.min(left, PAGE);
                left -= PAGE;
            }
        }

        private boolean isAccused(int key) {
            for (PoolTag tag : tags) {
                if (tag.key() == key) {
                    return true;
                }
            }
            return false;
        }

        private void flush() {
            if (page == -1) {
                return;
            }
            long accused = onPage[LOST] + onPage[HELD];
            if (accused > worstBytes) {
                worstBytes = accused;
                worstPage = page;
            }
            if (cells.isEmpty() || cells.getLast()[5] >= pagesPerCell) {
                if (cells.size() >= MOST_CELLS) {
                    halve();
                }
                if (cells.isEmpty() || cells.getLast()[5] >= pagesPerCell) {
                    cells.add(new long[] {0, 0, 0, 0, page, 0});
                }
            }
            long[] cell = cells.getLast();
            for (int i = 0; i < onPage.length; i++) {
                cell[i] += onPage[i];
                onPage[i] = 0;
            }
            cell[5]++;
            pages++;
        }

        private void halve() {
            List<long[]> halved = new ArrayList<>();
            for (int i = 0; i < cells.size(); i += 2) {
                long[] cell = cells.get(i);
                if (i + 1 < cells.size()) {
                    long[] next = cells.get(i + 1);
                    for (int part : new int[] {LOST, HELD, OTHER, FREE, 5}) {
                        cell[part] += next[part];
                    }
                }
                halved.add(cell);
            }
            cells.clear();
            cells.addAll(halved);
            pagesPerCell *= 2;
        }
    }
}
