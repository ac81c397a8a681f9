package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Driver Verifier's books with pool tracking, as XP and Server 2003 keep them: a list of verified drivers, and for each an entry
 * for every outstanding allocation with size, tag and the address that asked for it. Server 2003 chains pages of entries, the
 * first place of each taken by the page's header; XP has one array a driver. A tracked block ends in a pointer back: to its
 * entry, or (XP) to its place in the array and the driver.
 */
public final class DriverVerifier {

    /** Pool tracking, besides special pool and IRQL checks being off: bit 3 of the level. */
    private static final int POOL_TRACKING = 8;
    private static final int PAGE = 4096;
    private static final int DRIVER_SIGNATURE = 0x98761940;
    private static final int PAGE_SIGNATURE = 0x21321345;

    private final Machine machine;
    private final KernelSpace space;
    private final TypeLayouts layouts;
    private final StructLayout use;
    private final TagAccount tag;
    private final long listHead;
    private final List<VerifiedDriver> drivers = new ArrayList<>();

    /** One verified driver. */
    public static final class VerifiedDriver {
        private final KernelModule module;
        private final Struct entry;
        private final long array;
        private final int capacity;
        private long page;
        private int inPage;
        private int tracked;
        private long bytes;

        private VerifiedDriver(KernelModule module, Struct entry, long array, int capacity) {
            this.module = module;
            this.entry = entry;
            this.array = array;
            this.capacity = capacity;
        }

        /** Its image. */
        public KernelModule module() {
            return module;
        }

        /** Outstanding allocations. */
        public int tracked() {
            return tracked;
        }

        /** Bytes asked for in them. */
        public long bytes() {
            return bytes;
        }
    }

    DriverVerifier(Machine machine, TypeLayouts layouts) {
        this.machine = machine;
        this.space = machine.space();
        this.layouts = layouts;
        this.use = layouts.get("_VI_POOL_ENTRY_INUSE");
        this.tag = machine.pools().tag("Vfpt");
        this.listHead = machine.variables().at("MiSuspectDriverList");
        space.initList(listHead);
        space.put32(machine.variables().at("KernelVerifier"), 1);
    }

    /** Bytes at the end of a tracked block that are the verifier's. */
    public int trailer() {
        return layouts.get("_MI_VERIFIER_DRIVER_ENTRY").has("PoolHash") ? 8 : 4;
    }

    /**
     * Puts a driver under verification.
     *
     * @param most how many allocations it will have at most
     */
    public VerifiedDriver verify(KernelModule module, int most) {
        Pools pools = machine.pools();
        StructLayout layout = layouts.get("_MI_VERIFIER_DRIVER_ENTRY");
        String name = module.spec().name();
        Struct entry = new Struct(space, layout, pools.allocateZeroed(PoolKind.NONPAGED, tag, layout.size() + 2 * name.length()
                + 2));
        long text = entry.address() + layout.size();
        space.putWide(text, name);
        space.putUnicodeString(entry.at("BaseName"), 2 * name.length(), 2 * name.length() + 2, text);
        space.insertTail(listHead, entry.at("Links"));
        entry.set("Loads", 1).set("StartAddress", module.base()).set("EndAddress", module.base() + module.spec().size());
        entry.set("Flags", 1).set("Signature", DRIVER_SIGNATURE);
        boolean hash = layout.has("PoolHash");
        int capacity = most + most / 64 + 16;
        long array = hash ? pools.allocate(PoolKind.NONPAGED, tag, Math.max(PAGE, capacity * use.size())) : 0;
        VerifiedDriver driver = new VerifiedDriver(module, entry, array, capacity);
        if (hash) {
            entry.set("PoolHash", array).set("PoolHashSize", capacity);
        }
        drivers.add(driver);
        return driver;
    }

    /**
     * Tracks an allocation.
     *
     * @param data the block's data
     * @param blockEnd the address behind the block
     * @param asked the bytes the driver asked for
     * @param caller the return address in the driver
     */
    public void track(VerifiedDriver driver, long data, long blockEnd, int asked, TagAccount account, long caller) {
        long place;
        if (driver.array != 0) {
            if (driver.tracked == driver.capacity) {
                throw new IllegalStateException("more allocations than were planned for");
            }
            place = driver.array + (long) driver.tracked * use.size();
            space.put32(blockEnd - 8, driver.tracked);
            space.put32(blockEnd - 4, (int) driver.entry.address());
        } else {
            place = nextEntry(driver);
            space.put32(blockEnd - 4, (int) place);
        }
        space.put32(place, (int) data);
        space.put32(place + 4, (int) caller);
        space.put32(place + 8, asked);
        space.put32(place + 12, account.headerTag());
        driver.tracked++;
        driver.bytes += asked;
    }

    private long nextEntry(VerifiedDriver driver) {
        if (driver.page == 0 || driver.inPage == PAGE / use.size()) {
            long fresh = machine.pools().allocate(PoolKind.NONPAGED, tag, PAGE);
            StructLayout header = layouts.get("_VI_POOL_PAGE_HEADER");
            new Struct(space, header, fresh).set("NextPage", driver.page).set("VerifierEntry", driver.entry.address())
                    .set("Signature", PAGE_SIGNATURE);
            driver.page = fresh;
            driver.inPage = 1;
            Struct pages = new Struct(space, layouts.get("_SLIST_HEADER"), driver.entry.at("PoolPageHeaders"));
            pages.set("Next.Next", fresh).set("Depth", pages.get("Depth") + 1).set("Sequence", pages.get("Sequence") + 1);
        }
        return driver.page + (long) driver.inPage++ * use.size();
    }

    /** Writes the counters. */
    void writeBooks() {
        Struct data = new Struct(space, layouts.get("_MM_DRIVER_VERIFIER_DATA"), machine.variables().at("MmVerifierData"));
        long count = 0;
        long bytes = 0;
        for (VerifiedDriver driver : drivers) {
            driver.entry.set("CurrentNonPagedPoolAllocations", driver.tracked).set("PeakNonPagedPoolAllocations", driver.tracked);
            driver.entry.set("NonPagedBytes", driver.bytes).set("PeakNonPagedBytes", driver.bytes);
            count += driver.tracked;
            bytes += driver.bytes;
        }
        data.set("Level", POOL_TRACKING).set("AllocationsAttempted", count * 3).set("AllocationsSucceeded", count * 3);
        data.set("Loads", drivers.size()).set("CurrentNonPagedPoolAllocations", count).set("PeakNonPagedPoolAllocations", count);
        data.set("NonPagedBytes", bytes).set("PeakNonPagedBytes", bytes);
    }

    /** The verified drivers. */
    public List<VerifiedDriver> drivers() {
        return List.copyOf(drivers);
    }
}
