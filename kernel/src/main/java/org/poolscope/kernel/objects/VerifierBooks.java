package org.poolscope.kernel.objects;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.poolscope.model.PoolTag;

/**
 * Driver Verifier's books: how it was set, which drivers it watched, and, where pool tracking was on, every allocation of theirs
 * that was not freed, with the place in the code that made it.
 *
 * <p>Allocations are read from the image each time they are asked for: there may be millions.
 */
public final class VerifierBooks {

    /** The books of one driver; without pages where its allocations are not written down or not found. */
    record Book(VerifiedDriver driver, Optional<TrackerPages> pages) {
    }

    private final KernelSpace space;
    private final VerifierSettings settings;
    private final List<Book> books;
    private final CodePlaces places;

    VerifierBooks(KernelSpace space, VerifierSettings settings, List<Book> books, CodePlaces places) {
        this.space = space;
        this.settings = settings;
        this.books = books;
        this.places = places;
    }

    /** How it was set, and its counters over all drivers. */
    public VerifierSettings settings() {
        return settings;
    }

    /** The drivers it watched. */
    public List<VerifiedDriver> drivers() {
        return books.stream().map(Book::driver).toList();
    }

    /** An address of code as module and offset, {@code ioleak.sys+0x1a2c}; empty when no module is there. */
    public Optional<String> symbol(long address) {
        return places.symbol(address);
    }

    /**
     * Every outstanding allocation in the books, driver by driver. Where a driver's own count says another number, or entries
     * cannot be read, a warning says so when its last allocation was taken.
     */
    public Iterator<VerifiedAllocation> allocations() {
        return new Walk();
    }

    /** Takes a stretch of memory. */
    @FunctionalInterface
    public interface PlaceVisitor {

        /** Called for each stretch: its address, and its length in bytes. */
        void place(long address, long bytes);
    }

    /**
     * Tells where the entries stand that write down allocations. Each names an allocation whether anybody still knows it or
     * not: what points to a block from here does not keep it.
     */
    public void forEachPlace(PlaceVisitor visitor) {
        books.forEach(book -> book.pages().ifPresent(pages -> pages.forEachPlace(visitor)));
    }

    /** The places in code that made outstanding allocations, by driver, tag and place; the most allocations first. */
    public List<AllocationSite> sites() {
        Map<Site, long[]> sums = new LinkedHashMap<>();
        for (Iterator<VerifiedAllocation> all = allocations(); all.hasNext();) {
            VerifiedAllocation one = all.next();
            long[] sum = sums.computeIfAbsent(new Site(one.driver().name(), one.tag(), one.caller()), site -> new long[2]);
            sum[0]++;
            sum[1] += one.size();
        }
        List<AllocationSite> sites = new ArrayList<>();
        sums.forEach((site, sum) -> sites.add(new AllocationSite(site.driver(), site.tag(), site.caller(),
                symbol(site.caller()).orElse(null), sum[0], sum[1])));
        sites.sort(Comparator.comparingLong(AllocationSite::allocations).reversed()
                .thenComparing(AllocationSite::caller, Long::compareUnsigned));
        return sites;
    }

    private record Site(String driver, PoolTag tag, long caller) {
    }

    /** Goes through the books a page at a time. */
    private final class Walk implements Iterator<VerifiedAllocation> {

        private final Queue<VerifiedAllocation> ready = new ArrayDeque<>();
        private int book;
        private int piece;
        private long found;
        private long missing;

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && book < books.size()) {
                Book open = books.get(book);
                if (open.pages().isPresent() && piece < open.pages().get().pieces()) {
                    missing += open.pages().get().forEach(piece++, (address, size, tag, caller) ->
                            ready.add(new VerifiedAllocation(open.driver(), address, new PoolTag(tag), size, caller)));
                    found += ready.size();
                } else {
                    open.pages().ifPresent(pages -> check(open.driver(), pages));
                    book++;
                    piece = 0;
                    found = 0;
                    missing = 0;
                }
            }
            return !ready.isEmpty();
        }

        @Override
        public VerifiedAllocation next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.remove();
        }

        private void check(VerifiedDriver driver, TrackerPages pages) {
            if (!pages.damage().isEmpty()) {
                space.warn("Driver Verifier's chain of pages for %s %s; allocations are missing"
                        .formatted(driver.name(), pages.damage()));
            }
            if (missing > 0) {
                space.warn("%d entries in Driver Verifier's books of %s cannot be read".formatted(missing, driver.name()));
            }
            Long expected = driver.allocations();
            if (expected != null && expected != found) {
                space.warn("Driver Verifier counts %d outstanding allocations of %s; %d were found in its books"
                        .formatted(expected, driver.name(), found));
            }
        }
    }
}
