package org.poolscope.kernel.objects;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.kernel.Answer;
import org.poolscope.kernel.LinkedEntries;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.Progress;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * Reads Driver Verifier's settings and its books of each driver.
 *
 * <p>Up to Vista the drivers are in one list ({@code MiSuspectDriverList}). Nothing names its head, so where no symbols do, it is
 * looked for in the kernel's own image by what hangs on it. From Windows 7 on there is a list of names ({@code
 * VfSuspectDriversList}) and a tree of the drivers that are loaded ({@code ViTargetDriversAvl}). Where neither can be found, the
 * pages of the books are looked for by content: each names the driver it is of.
 */
final class VerifierReader {

    private static final int PAGE = 0x1000;
    private static final int DRIVER_LIMIT = 4096;
    private static final int TREE_LIMIT = 1 << 16;
    private static final int TABLE_LIMIT = 4096;

    private final KernelSpace space;
    private final CodePlaces places;
    private final Optional<StructLayout> classic;
    private final List<VerifierBooks.Book> books = new ArrayList<>();

    VerifierReader(KernelSpace space, CodePlaces places) {
        this.space = space;
        this.places = places;
        this.classic = space.findLayout("_MI_VERIFIER_DRIVER_ENTRY");
    }

    Answer<VerifierBooks> read(Progress progress) {
        OptionalLong data = space.variables().told("MmVerifierData");
        StructLayout layout = space.layout("_MM_DRIVER_VERIFIER_DATA");
        // small dumps hold the counters, and not all of what follows them
        FieldLayout last = layout.field("NonPagedBytes");
        if (data.isEmpty() || !space.isReadable(data.getAsLong(), last.offset() + last.bytes())) {
            return Answer.none("Driver Verifier's data (MmVerifierData) are not in the image");
        }
        VerifierSettings settings = settings(data.getAsLong(), layout);
        if (settings.level() == 0 && settings.allocationsAttempted() == 0) {
            return Answer.of(new VerifierBooks(space, settings, List.of(), places));
        }
        if (classic.isPresent()) {
            classicHead(data.getAsLong()).ifPresent(this::readClassic);
        } else {
            readTree();
            readSuspects(data.getAsLong());
        }
        long expected = settings.pagedAllocations() + settings.nonPagedAllocations();
        if (settings.tracksPool() && expected > 0 && books.stream().noneMatch(book -> book.pages().isPresent())) {
            findByContent(progress);
        }
        return Answer.of(new VerifierBooks(space, settings, List.copyOf(books), places));
    }

    private VerifierSettings settings(long at, StructLayout layout) {
        return new VerifierSettings(number(at, layout, "Level"), number(at, layout, "AllocationsAttempted"),
                number(at, layout, "AllocationsSucceeded"), number(at, layout, "AllocationsSucceededSpecialPool"),
                number(at, layout, "AllocationsWithNoTag"), number(at, layout, "AllocationsFailed"),
                number(at, layout, "AllocationsFailedDeliberately"), number(at, layout, "UnTrackedPool"),
                number(at, layout, "CurrentPagedPoolAllocations"), number(at, layout, "CurrentNonPagedPoolAllocations"),
                number(at, layout, "PagedBytes"), number(at, layout, "NonPagedBytes"));
    }

    private long number(long structure, StructLayout layout, String field) {
        return space.number(structure, layout.field(field));
    }

    /** The head of the list of drivers: by symbols, else found in the kernel's image, which also holds {@code MmVerifierData}. */
    private OptionalLong classicHead(long inKernel) {
        OptionalLong named = space.variables().symbol("MiSuspectDriverList");
        OptionalLong head = named.isPresent() ? named : findHead(inKernel, this::isClassicEntry);
        if (head.isEmpty()) {
            space.warn("Driver Verifier's list of drivers was not found");
        }
        return head;
    }

    /** Whether an entry could be a driver's: it has a name like a file, and an image that ends behind its start. */
    private boolean isClassicEntry(long entry) {
        StructLayout layout = classic.orElseThrow();
        if (!space.isReadable(entry, layout.size()) || !hasFileName(entry + layout.offset("BaseName"))) {
            return false;
        }
        long start = number(entry, layout, "StartAddress");
        long end = number(entry, layout, "EndAddress");
        return start == 0 && end == 0 || Long.compareUnsigned(start, end) < 0;
    }

    private boolean hasFileName(long unicodeString) {
        return space.text(unicodeString).filter(name -> name.length() > 2 && name.chars().allMatch(c -> c >= ' ' && c < 0x7f)
                && name.indexOf('.') > 0).isPresent();
    }

    private interface EntryTest {
        boolean isEntry(long address);
    }

    /** Looks through the kernel's own image for the head of a list whose every entry passes a test; of several, the longest. */
    private OptionalLong findHead(long inKernel, EntryTest test) {
        Optional<LoadedModule> kernel = places.module(inKernel);
        if (kernel.isEmpty()) {
            return OptionalLong.empty();
        }
        long best = 0;
        int most = 0;
        long base = kernel.get().base();
        for (long page = base; page < base + kernel.get().size(); page += PAGE) {
            if (!space.isReadable(page, PAGE)) {
                continue;
            }
            for (long slot = page; slot < page + PAGE; slot += space.pointerSize()) {
                long next = space.pointer(slot);
                if (next != slot && space.isKernelPointer(next) && pointsBack(next, slot) && test.isEntry(next)) {
                    LinkedEntries list = LinkedEntries.of(space.memory(), slot, DRIVER_LIMIT);
                    if (list.addresses().size() > most && list.addresses().stream().allMatch(test::isEntry)) {
                        most = list.addresses().size();
                        best = slot;
                    }
                }
            }
        }
        return best == 0 ? OptionalLong.empty() : OptionalLong.of(best);
    }

    private boolean pointsBack(long entry, long head) {
        long back = entry + space.pointerSize();
        return space.isReadable(back, space.pointerSize()) && space.pointer(back) == head;
    }

    private void readClassic(long head) {
        StructLayout layout = classic.orElseThrow();
        LinkedEntries list = LinkedEntries.of(space.memory(), head, DRIVER_LIMIT);
        if (!list.damage().isEmpty()) {
            space.warn("Driver Verifier's list of drivers %s; drivers may be missing".formatted(list.damage()));
        }
        for (long entry : list.addresses()) {
            if (space.isReadable(entry, layout.size())) {
                TrackerPages pages = layout.has("PoolPageHeaders")
                        ? TrackerPages.chain(space, first(entry + layout.offset("PoolPageHeaders")))
                        : TrackerPages.array(space, space.pointer(entry + layout.offset("PoolHash")),
                                number(entry, layout, "PoolHashSize"));
                books.add(new VerifierBooks.Book(driver(entry, layout, space.text(entry + layout.offset("BaseName")).orElse(null),
                        number(entry, layout, "Loads"), number(entry, layout, "Unloads")), Optional.of(pages)));
            }
        }
    }

    private VerifiedDriver driver(long at, StructLayout layout, String name, Long loads, Long unloads) {
        return new VerifiedDriver(at, name, loads, unloads, number(at, layout, "CurrentPagedPoolAllocations"),
                number(at, layout, "CurrentNonPagedPoolAllocations"), number(at, layout, "PagedBytes"),
                number(at, layout, "NonPagedBytes"), number(at, layout, "PeakPagedBytes"),
                number(at, layout, "PeakNonPagedBytes"));
    }

    /**
     * The first element of a list whose head is an {@code SLIST_HEADER}; 0 when it is empty. On 64-bit processors the head packs
     * the address into eight bytes, or has it whole in its second eight, as the lowest bit of these says; from Windows 8.1 on it
     * is whole always.
     */
    private long first(long header) {
        StructLayout layout = space.layout("_SLIST_HEADER");
        if (space.pointerSize() == Integer.BYTES) {
            return space.pointer(header + layout.offset("Next.Next"));
        }
        long low = space.memory().u64(header);
        long high = space.memory().u64(header + Long.BYTES);
        if (!layout.has("Header8.NextEntry") || (high & 1) != 0) {
            return high & ~0xfL;
        }
        // 39 bits of the address in units of 16 bytes; the bits above are those of the head's own address
        FieldLayout next = layout.field("Header8.NextEntry");
        long entry = next.extract(low) << 4;
        long shared = -1L << next.bits() + 4;
        return entry == 0 ? 0 : entry | header & shared;
    }

    /** The loaded verified drivers of Windows 7 and later: a table of balanced trees. */
    private void readTree() {
        OptionalLong tree = space.variables().symbol("ViTargetDriversAvl");
        if (tree.isEmpty()) {
            return;
        }
        StructLayout layout = space.layout("_VF_AVL_TREE");
        StructLayout table = space.layout("_VF_AVL_TABLE");
        StructLayout rtlTable = space.layout("_RTL_AVL_TABLE");
        StructLayout links = space.layout("_RTL_BALANCED_LINKS");
        try {
            long tables = space.pointer(tree.getAsLong() + layout.offset("Tables"));
            long count = number(tree.getAsLong(), layout, "TablesNo");
            if (tables == 0 || count > TABLE_LIMIT) {
                return;
            }
            int root = table.offset("RtlTable") + rtlTable.offset("BalancedRoot") + links.offset("RightChild");
            for (long i = 0; i < count; i++) {
                readNodes(space.pointer(tables + i * table.size() + root), links);
            }
        } catch (UnreadableAddressException e) {
            space.warn("Driver Verifier's tree of drivers is not whole: " + e.getMessage());
        }
    }

    private void readNodes(long root, StructLayout links) {
        Deque<Long> open = new ArrayDeque<>();
        Set<Long> seen = new HashSet<>();
        open.add(root);
        while (!open.isEmpty() && seen.size() < TREE_LIMIT) {
            long node = open.poll();
            if (node != 0 && space.isKernelPointer(node) && seen.add(node)) {
                try {
                    open.add(space.pointer(node + links.offset("LeftChild")));
                    open.add(space.pointer(node + links.offset("RightChild")));
                    readTarget(space.pointer(node + links.size() + space.layout("_VF_TARGET_DRIVER").offset("VerifiedData")));
                } catch (UnreadableAddressException e) {
                    space.warn("a driver of Driver Verifier's tree cannot be read: " + e.getMessage());
                }
            }
        }
    }

    /** One loaded driver; those that are in the tree without being verified have no data. */
    private void readTarget(long data) {
        StructLayout layout = space.layout("_VF_TARGET_VERIFIED_DRIVER_DATA");
        if (data == 0 || !space.isReadable(data, layout.offset("PeakNonPagedBytes") + Long.BYTES)) {
            return;
        }
        long suspect = space.pointer(data + layout.offset("SuspectDriverEntry"));
        Optional<VerifiedDriver> named = suspect(suspect);
        VerifiedDriver driver = driver(data, layout, named.map(VerifiedDriver::name).orElse(null),
                named.map(VerifiedDriver::loads).orElse(null), named.map(VerifiedDriver::unloads).orElse(null));
        books.add(new VerifierBooks.Book(driver,
                Optional.of(TrackerPages.chain(space, first(data + layout.offset("PoolPageHeaders"))))));
    }

    private Optional<VerifiedDriver> suspect(long entry) {
        StructLayout layout = space.layout("_VF_SUSPECT_DRIVER_ENTRY");
        return !space.isKernelPointer(entry) || !space.isReadable(entry, layout.size()) ? Optional.empty()
                : space.text(entry + layout.offset("BaseName")).map(name -> new VerifiedDriver(entry, name,
                        number(entry, layout, "Loads"), number(entry, layout, "Unloads"), null, null, null, null, null, null));
    }

    /** The names of the drivers to verify, for those that are not in the tree: not loaded, or the tree was not found. */
    private void readSuspects(long inKernel) {
        StructLayout layout = space.layout("_VF_SUSPECT_DRIVER_ENTRY");
        OptionalLong named = space.variables().symbol("VfSuspectDriversList");
        OptionalLong head = named.isPresent() ? named : findHead(inKernel, entry -> space.isReadable(entry, layout.size())
                && hasFileName(entry + layout.offset("BaseName")));
        if (head.isEmpty()) {
            return;
        }
        Set<String> known = new HashSet<>();
        books.forEach(book -> known.add(book.driver().name()));
        for (long entry : LinkedEntries.of(space.memory(), head.getAsLong(), DRIVER_LIMIT).addresses()) {
            Optional<VerifiedDriver> suspect = suspect(entry);
            if (suspect.isPresent() && known.add(suspect.get().name())) {
                books.add(new VerifierBooks.Book(suspect.get(), Optional.empty()));
            }
        }
    }

    /** Looks for the pages of the books in kernel memory; each leads to its driver's name. */
    private void findByContent(Progress progress) {
        if (!(space.memory() instanceof PagedMemory paged)) {
            return;
        }
        Map<Long, TrackerPages> byOwner = new LinkedHashMap<>();
        Map<Long, VerifiedDriver> drivers = new LinkedHashMap<>();
        long[] done = {0};
        paged.forEachKernelRegion((va, offset, length) -> {
            for (long page = va; page < va + length; page += PAGE) {
                long at = page;
                TrackerPages.ownerOfPage(space, page).ifPresent(owner -> {
                    Optional<VerifiedDriver> driver = Optional.ofNullable(drivers.get(owner)).or(() -> owner(owner));
                    if (driver.isPresent() && byOwner.size() < DRIVER_LIMIT) {
                        drivers.put(owner, driver.get());
                        byOwner.computeIfAbsent(owner, key -> TrackerPages.none(space)).addPage(at);
                    }
                });
            }
            done[0] += length;
            progress.at("looking for Driver Verifier's books", done[0], 0);
        });
        byOwner.forEach((owner, pages) -> {
            books.removeIf(book -> book.driver().name() != null && book.driver().name().equals(drivers.get(owner).name()));
            books.add(new VerifierBooks.Book(drivers.get(owner), Optional.of(pages)));
        });
        space.warn("Driver Verifier's books were looked for by content, and some may be missing");
    }

    /** The driver a page of the books names. */
    private Optional<VerifiedDriver> owner(long address) {
        try {
            if (classic.isPresent()) {
                StructLayout layout = classic.get();
                return isClassicEntry(address) && layout.has("PoolPageHeaders")
                        ? Optional.of(driver(address, layout, space.text(address + layout.offset("BaseName")).orElse(null),
                                number(address, layout, "Loads"), number(address, layout, "Unloads")))
                        : Optional.empty();
            }
            StructLayout layout = space.layout("_VF_TARGET_VERIFIED_DRIVER_DATA");
            if (!space.isReadable(address, layout.offset("PeakNonPagedBytes") + Long.BYTES)) {
                return Optional.empty();
            }
            Optional<VerifiedDriver> suspect = suspect(space.pointer(address + layout.offset("SuspectDriverEntry")))
                    .filter(found -> found.name().indexOf('.') > 0);
            return suspect.map(found -> driver(address, layout, found.name(), found.loads(), found.unloads()));
        } catch (UnreadableAddressException e) {
            return Optional.empty();
        }
    }
}
