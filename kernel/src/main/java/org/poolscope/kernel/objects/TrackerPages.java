package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * The pages in which Driver Verifier writes down a driver's outstanding allocations: a chain of pages, each an array of entries
 * whose first is taken by the page's header. In XP it is one array ({@code PoolHash}) in place of pages.
 *
 * <p>An entry in use holds the address of the allocation, the address of the caller, size and tag; a free one holds a link to the
 * next free one over the first of these. So an entry is in use when its address is one an allocation can have, aligned, and not
 * inside the driver's own pages, and its caller is kernel code.
 */
final class TrackerPages {

    private static final int PAGE = 0x1000;

    /** 4 GB of pages: a bound for damaged chains, far above any real driver. */
    private static final int PAGE_LIMIT = 1 << 20;

    /** Allocations are aligned to 8 bytes at least; a free entry's link is marked in its lowest bits, or leads into the pages. */
    private static final int ALIGNMENT_MASK = 7;

    /** No allocation is larger; all of a 32-bit machine's address space has 2^32 bytes, kernel pools of 64-bit machines 2^47. */
    private static final long LARGEST = 1L << 40;

    private final KernelSpace space;
    private final List<Long> arrays = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private final Set<Long> pages = new HashSet<>();
    private final int entrySize;
    private final FieldLayout address;
    private final FieldLayout caller;
    private final FieldLayout size;
    private final FieldLayout tag;
    private String damage = "";

    private TrackerPages(KernelSpace space) {
        this.space = space;
        this.entrySize = space.layout("_VI_POOL_ENTRY").size();
        StructLayout entry = space.layout("_VI_POOL_ENTRY_INUSE");
        this.address = entry.field("VirtualAddress");
        this.caller = entry.field("CallingAddress");
        this.size = entry.field("NumberOfBytes");
        this.tag = entry.field("Tag");
    }

    /** Follows a chain of pages from its first; 0 for an empty chain. */
    static TrackerPages chain(KernelSpace space, long first) {
        TrackerPages found = new TrackerPages(space);
        int next = space.layout("_VI_POOL_PAGE_HEADER").offset("NextPage");
        for (long page = first; page != 0;) {
            if (!space.isKernelPointer(page) || (page & PAGE - 1) != 0) {
                found.damage = "leads to 0x%x, which is no page".formatted(page);
            } else if (!found.pages.add(page) || found.pages.size() > PAGE_LIMIT) {
                found.damage = "runs in a circle";
            } else if (!space.isReadable(page, PAGE)) {
                found.damage = "leads to 0x%x, which cannot be read".formatted(page);
            }
            if (!found.damage.isEmpty()) {
                break;
            }
            found.addPage(page);
            page = space.pointer(page + next);
        }
        return found;
    }

    /** One array of entries, without a header. */
    static TrackerPages array(KernelSpace space, long first, long count) {
        TrackerPages found = new TrackerPages(space);
        long limit = (long) PAGE_LIMIT * PAGE / found.entrySize;
        if (first != 0 && count > 0) {
            found.arrays.add(first);
            found.counts.add(Math.min(count, limit));
            found.damage = count > limit ? "claims %d entries".formatted(count) : "";
        }
        return found;
    }

    /** Nothing yet; pages are added one by one. */
    static TrackerPages none(KernelSpace space) {
        return new TrackerPages(space);
    }

    void addPage(long page) {
        pages.add(page);
        arrays.add(page + entrySize);
        counts.add((long) (PAGE / entrySize - 1));
    }

    /** What is wrong with the chain, as a clause; empty when it is whole. */
    String damage() {
        return damage;
    }

    /** Takes one outstanding allocation. */
    @FunctionalInterface
    interface Visitor {
        void allocation(long address, long size, int tag, long caller);
    }

    /** Tells where the entries stand. */
    void forEachPlace(VerifierBooks.PlaceVisitor visitor) {
        for (int i = 0; i < arrays.size(); i++) {
            visitor.place(arrays.get(i), counts.get(i) * entrySize);
        }
    }

    /** How many pieces the books have: pages, or one array. */
    int pieces() {
        return arrays.size();
    }

    /**
     * Visits the entries in use of one piece.
     *
     * @return how many entries there are of which it could not be told, because they cannot be read
     */
    long forEach(int piece, Visitor visitor) {
        long missing = 0;
        long at = arrays.get(piece);
        for (long left = counts.get(piece); left > 0; left--) {
            if (space.isReadable(at, entrySize)) {
                visit(at, visitor);
            } else {
                missing++;
            }
            at += entrySize;
        }
        return missing;
    }

    private void visit(long entry, Visitor visitor) {
        long allocated = space.memory().canonical(space.number(entry, address));
        long returnTo = space.memory().canonical(space.number(entry, caller));
        long bytes = space.number(entry, size);
        int key = (int) space.number(entry, tag);
        if ((allocated & ALIGNMENT_MASK) == 0 && space.isKernelPointer(allocated) && !pages.contains(allocated & -PAGE)
                && isKernelCode(returnTo) && bytes > 0 && bytes <= LARGEST && key != 0) {
            visitor.allocation(allocated, bytes, key, returnTo);
        }
    }

    private boolean isKernelCode(long va) {
        return space.isKernelPointer(va & -space.pointerSize());
    }

    /** The page's header, if it looks like one: the address of the driver's books, and a signature. */
    static Optional<Long> ownerOfPage(KernelSpace space, long page) {
        StructLayout header = space.layout("_VI_POOL_PAGE_HEADER");
        try {
            long next = space.pointer(page + header.offset("NextPage"));
            long owner = space.pointer(page + header.offset("VerifierEntry"));
            boolean linked = next == 0 || space.isKernelPointer(next) && (next & PAGE - 1) == 0;
            boolean signed = space.number(page, header.field("Signature")) != 0;
            return linked && signed && space.isKernelPointer(owner) ? Optional.of(owner) : Optional.empty();
        } catch (UnreadableAddressException e) {
            return Optional.empty();
        }
    }
}
