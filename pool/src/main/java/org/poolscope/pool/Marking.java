package org.poolscope.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Progress;

/**
 * One search for the blocks that can be reached.
 *
 * <p>Memory is what takes the time: a pointer leads anywhere, and whoever follows each into the image waits for every block. So each page is
 * looked at once, in order, by {@link PointerScan}s on all processors, and a {@link Marker} takes what they find: roots first, then pages of
 * blocks from the last to the first. What a reached block leads to is marked; the pointers of one that is not reached yet are kept, four
 * bytes each, and followed without another look at the image when it is. Drivers mostly put what is new before what is old, and new blocks
 * mostly stand behind old ones, so most blocks are reached before their turn comes.
 */
final class Marking {

    /** Pages one piece of the search for roots has, and one of the search through blocks. */
    private static final int ROOT_PAGES = 256;
    private static final int POOL_PAGES = 64;

    /** Bytes for pointers kept, for each block. */
    private static final int KEPT_BYTES = 5;

    /** Handle table entries of 64-bit kernels from Windows 8 on keep 44 bits of their pointer above twenty of their own. */
    private static final int COMPRESSED_SINCE = 9200;

    /** 64-bit kernels before Windows 7 keep 39 bits of the first entry of an interlocked list above 25 of their own. */
    private static final int SHORT_LISTS_BEFORE = 7600;

    /** A leftover word that alone keeps so many blocks is taken for stale. */
    private static final int KEPT_BY_STALE_WORD = 1000;

    final PoolBlocks blocks;
    final BlockMap map;
    final PointerRules rules;
    final LeftoverPlaces places;
    final Leftovers leftovers;
    final boolean compressedHandles;
    final boolean shortLists;
    final FilePages poolPages;
    private final MappedPages kernel;
    private final Marker marker;
    private final PointerScan scan;
    /** Where the search is: roots and pages of blocks that nobody looks at yet, and parts of big allocations that were reached. */
    private final Deque<Consumer<PointerScan>> first = new ArrayDeque<>();
    private long nextRoot;
    private int nextPages;
    private final List<Reachability.StaleWord> staleWords = new ArrayList<>();

    Marking(KernelImage image, PoolBlocks blocks, MappedPages kernel) {
        this(image, blocks, kernel, KEPT_BYTES * blocks.count());
    }

    /** @param keptBytes about how many bytes the pointers of blocks that are not reached yet may take */
    Marking(KernelImage image, PoolBlocks blocks, MappedPages kernel, long keptBytes) {
        this.blocks = blocks;
        this.kernel = kernel;
        this.map = new BlockMap(blocks);
        this.rules = new PointerRules(blocks, ObjectTest.of(image, blocks));
        this.places = LeftoverPlaces.of(blocks, rules, map);
        this.leftovers = Leftovers.of(image);
        this.poolPages = FilePages.of(blocks);
        this.compressedHandles = rules.isWide() && image.version().build() >= COMPRESSED_SINCE;
        this.shortLists = rules.isWide() && image.version().build() < SHORT_LISTS_BEFORE;
        this.scan = new PointerScan(this);
        this.marker = new Marker(blocks, map, new KeptPointers(blocks.pages(), keptBytes), scan);
        this.nextPages = blocks.pages();
    }

    void run(KernelImage image, Progress progress) {
        // The header of a crash dump keeps the registers of the processor that stopped.
        image.image().header().ifPresent(header -> first.add(into -> into.head(Math.min(header.size(), blocks.memory().bytes().byteSize()))));
        long all = kernel.count() << Words.PAGE_SHIFT;
        InOrder<PointerScan> work = new InOrder<>(Math.max(1, Runtime.getRuntime().availableProcessors()), () -> new PointerScan(this),
                this::job, found -> {
                    marker.take(found);
                    offer(marker.takeBigs());
                    progress.at("following pointers", Math.min(marker.searched(), all), all);
                });
        do {
            work.run();
            marker.settle();
            offer(marker.takeBigs());
        } while (!first.isEmpty());
        followDoubtful();
    }

    /** The next scan to do; {@code null} when there is none, or none yet. */
    private Consumer<PointerScan> job() {
        Consumer<PointerScan> stretch = next();
        return stretch == null ? null : into -> {
            into.begin();
            stretch.accept(into);
            into.finish();
        };
    }

    /** The next stretch of memory to look through. */
    private synchronized Consumer<PointerScan> next() {
        if (!first.isEmpty()) {
            return first.poll();
        }
        if (nextRoot < kernel.count()) {
            long from = nextRoot;
            nextRoot += ROOT_PAGES;
            return into -> into.roots(kernel.cursor(from, from + ROOT_PAGES));
        }
        if (nextPages > 0) {
            int end = nextPages;
            nextPages = Math.max(0, end - POOL_PAGES);
            int from = nextPages;
            return into -> into.pages(from, end);
        }
        return null;
    }

    /** Puts big allocations that were reached before all else: what they lead to had better be known early. */
    private synchronized void offer(long[] places) {
        for (long place : places) {
            int big = BlockMap.big(place);
            for (int piece = 0; piece < scan.pieces(big); piece++) {
                int number = piece;
                first.add(into -> into.big(big, number));
            }
        }
    }

    /** Follows the words that stand among leftovers, in the order of their addresses, so that the answer is the same each time. */
    private void followDoubtful() {
        Longs doubtful = new Longs();
        doubtful.addAll(marker.doubtful());
        doubtful.sort();
        Longs stale = new Longs();
        for (int i = 0; i < doubtful.count(); i++) {
            Longs reached = marker.reachedFrom(blocks.memory().canonical(blocks.memory().pointer(doubtful.get(i))));
            if (reached.count() >= KEPT_BY_STALE_WORD) {
                staleWords.add(new Reachability.StaleWord(doubtful.get(i), reached.count()));
                stale.addAll(reached);
            } else {
                marker.doubtful().sort();
                doubtful.addAll(marker.doubtful());
            }
        }
        // Until now they were closed, so that a second stale word into the same list is not named too.
        for (int i = 0; i < stale.count(); i++) {
            map.reopen(stale.get(i));
        }
    }

    /** Words that were not believed, in the order in which they were followed. */
    List<Reachability.StaleWord> staleWords() {
        return staleWords;
    }

    /** Bytes that were searched for pointers. */
    long searchedBytes() {
        return marker.searched();
    }

    /** Whether the block in use that holds an address can be reached. */
    boolean isReachedAt(long va) {
        long place = map.find(va);
        return place != BlockMap.NOWHERE && blocks.state(map.number(place)) == BlockState.ALLOCATED && isReached(place);
    }

    /** Whether the block in use at a place can be reached. */
    boolean isReached(long place) {
        return !map.isOpen(place);
    }
}
