package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Progress;

/**
 * One search for the blocks that can be reached: what {@link Marker}s, one for each thread, share.
 *
 * <p>Memory is what takes the time: a pointer leads anywhere, and whoever follows each at once waits for every block. So a block that is
 * reached is only closed in the {@link BlockMap}, and its page put into a {@link PageQueue}; the pages are taken in the order of their
 * addresses, and all blocks reached on a page until then are looked through together. Where most blocks can be reached, two or three
 * rounds through the pages see nearly all of them; a long list that leads from page to page is followed page by page.
 */
final class Marking {

    /** Pages one piece of the search for roots has. */
    private static final int CHUNK = 1024;

    /** Handle table entries of 64-bit kernels from Windows 8 on keep 44 bits of their pointer above twenty of their own. */
    private static final int COMPRESSED_SINCE = 9200;

    /** 64-bit kernels before Windows 7 keep 39 bits of the first entry of an interlocked list above 25 of their own. */
    private static final int SHORT_LISTS_BEFORE = 7600;

    /** A leftover word that alone keeps so many blocks is taken for stale. */
    private static final int KEPT_BY_STALE_WORD = 1000;

    private static final int SPINS = 200;
    private static final long PAUSE_NANOS = 20_000;

    final PoolBlocks blocks;
    final BlockMap map;
    final PageQueue queue;
    final PointerRules rules;
    final LeftoverPlaces places;
    final Leftovers leftovers;
    final boolean compressedHandles;
    final boolean shortLists;
    private final MemorySegment bytes;
    private final int threads;
    private final MappedPages kernel;
    private final FilePages poolPages;
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicLong searched = new AtomicLong();
    private final List<Reachability.StaleWord> staleWords = new ArrayList<>();

    Marking(KernelImage image, PoolBlocks blocks, MappedPages kernel) {
        this.blocks = blocks;
        this.kernel = kernel;
        this.bytes = blocks.memory().bytes();
        this.map = new BlockMap(blocks);
        this.threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        this.queue = new PageQueue(blocks.pages(), threads);
        this.rules = new PointerRules(blocks, ObjectTest.of(image, blocks));
        this.places = LeftoverPlaces.of(blocks, rules, map);
        this.leftovers = Leftovers.of(image);
        this.poolPages = FilePages.of(blocks);
        this.compressedHandles = rules.isWide() && image.version().build() >= COMPRESSED_SINCE;
        this.shortLists = rules.isWide() && image.version().build() < SHORT_LISTS_BEFORE;
    }

    void run(KernelImage image, Progress progress) {
        Marker[] markers = new Marker[threads];
        Arrays.setAll(markers, i -> new Marker(this, i));
        // The header of a crash dump keeps the registers of the processor that stopped.
        image.image().header().ifPresent(header -> markers[0].words(0, Math.min(header.size(), bytes.byteSize()), 0, null));
        AtomicLong nextChunk = new AtomicLong();
        long all = kernel.count() << Words.PAGE_SHIFT;
        IntStream.range(0, markers.length).parallel().forEach(i -> {
            Marker marker = markers[i];
            working.incrementAndGet();
            try {
                for (long chunk = nextChunk.getAndIncrement(); chunk * CHUNK < kernel.count(); chunk = nextChunk.getAndIncrement()) {
                    roots(marker, chunk);
                }
                do {
                    marker.drain(seen -> progress.at("following pointers", Math.min(searched.addAndGet(seen), all), all));
                    working.decrementAndGet();
                } while (isMore());
            } catch (RuntimeException | Error failure) {
                // The others wait as long as this one counts as working.
                working.decrementAndGet();
                throw failure;
            }
        });
        followDoubtful(markers);
    }

    private void roots(Marker marker, long chunk) {
        for (MappedPages.Cursor page = kernel.cursor(chunk * CHUNK, (chunk + 1) * CHUNK); page.next();) {
            long va = page.address();
            long offset = page.offset();
            if (blocks.pageAt(va) == 0 && !poolPages.contains(offset)) {
                leftovers.liveOutside(va, va + Words.PAGE,
                        (from, to) -> marker.mixed(offset + (from - va), offset + (to - va), from));
            }
        }
    }

    /** Waits until there is a page in the queue, or nobody works who could put one in. */
    private boolean isMore() {
        for (int i = 0;; i++) {
            if (!queue.isEmpty()) {
                working.incrementAndGet();
                return true;
            }
            if (working.get() == 0) {
                return false;
            }
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Follows the words that stand among leftovers, in the order of their addresses, so that the answer is the same each time. */
    private void followDoubtful(Marker[] markers) {
        Longs doubtful = new Longs();
        for (Marker marker : markers) {
            doubtful.addAll(marker.doubtful());
        }
        doubtful.sort();
        Longs stale = new Longs();
        Marker marker = new Marker(this, 0);
        for (int i = 0; i < doubtful.count(); i++) {
            Longs reached = marker.follow(doubtful.get(i));
            if (reached.count() >= KEPT_BY_STALE_WORD) {
                staleWords.add(new Reachability.StaleWord(doubtful.get(i), reached.count()));
                stale.addAll(reached);
            } else {
                doubtful.addAll(marker.doubtful());
            }
        }
        searched.addAndGet(marker.searched());
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
        return searched.get();
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
