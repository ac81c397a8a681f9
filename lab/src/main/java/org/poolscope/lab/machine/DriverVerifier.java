package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Driver Verifier's books with pool tracking: which drivers are verified, and for each an entry for every outstanding allocation
 * with size, tag and the address that asked for it.
 *
 * <p>Server 2003 chains pages of entries, the first place of each taken by the page's header; XP has one array a driver. Windows
 * 7 chains pages as well, but hangs them on a record that a tree of target drivers leads to. A tracked block ends in a pointer
 * back: to its entry, or (XP) to its place in the array and the driver.
 */
public final class DriverVerifier {

    /** Pool tracking: bit 3 of the level. */
    private static final int POOL_TRACKING = 8;
    private static final int PAGE = 4096;
    private static final int DRIVER_SIGNATURE = 0x98761940;
    private static final int PAGE_SIGNATURE = 0x21321345;
    private static final int TREE_TABLES = 4;

    private final Machine machine;
    private final KernelSpace space;
    private final TypeLayouts layouts;
    private final int entrySize;
    private final int addressAt;
    private final int callerAt;
    private final int bytesAt;
    private final int tagAt;
    private final TagAccount tag;
    private final long listHead;
    private final boolean trees;
    private final List<VerifiedDriver> drivers = new ArrayList<>();

    /** One verified driver. */
    public static final class VerifiedDriver {
        private final KernelModule module;
        private final Struct books;
        private final long array;
        private final int capacity;
        private long page;
        private int inPage;
        private final int[] tracked = new int[PoolKind.values().length];
        private final long[] bytes = new long[PoolKind.values().length];

        private VerifiedDriver(KernelModule module, Struct books, long array, int capacity) {
            this.module = module;
            this.books = books;
            this.array = array;
            this.capacity = capacity;
        }

        /** Its image. */
        public KernelModule module() {
            return module;
        }

        /** Outstanding allocations. */
        public int tracked() {
            return Arrays.stream(tracked).sum();
        }

        /** Bytes asked for in them. */
        public long bytes() {
            return Arrays.stream(bytes).sum();
        }
    }

    DriverVerifier(Machine machine, TypeLayouts layouts) {
        this.machine = machine;
        this.space = machine.space();
        this.layouts = layouts;
        StructLayout use = layouts.get("_VI_POOL_ENTRY_INUSE");
        this.entrySize = use.size();
        this.addressAt = use.offset("VirtualAddress");
        this.callerAt = use.offset("CallingAddress");
        this.bytesAt = use.offset("NumberOfBytes");
        this.tagAt = use.offset("Tag");
        this.tag = machine.pools().tag("Vfpt");
        this.trees = machine.spec().version().typeIndexes();
        this.listHead = machine.variables().at(trees ? "VfSuspectDriversList" : "MiSuspectDriverList");
        space.initList(listHead);
        space.put32(machine.variables().at("KernelVerifier"), 1);
    }

    /** Bytes at the end of a tracked block that are the verifier's. */
    public int trailer() {
        return machine.spec().version() == WindowsVersion.XP_SP2 ? 8 : space.pointerSize();
    }

    /**
     * Puts a driver under verification.
     *
     * @param most how many allocations it will have at most
     */
    public VerifiedDriver verify(KernelModule module, int most) {
        VerifiedDriver driver = trees ? target(module) : suspect(module, most);
        drivers.add(driver);
        return driver;
    }

    private Struct allocate(StructLayout layout, int extra) {
        return new Struct(space, layout, machine.pools().allocateZeroed(PoolKind.NONPAGED, tag, layout.size() + extra));
    }

    private Struct listEntry(StructLayout layout, KernelModule module) {
        String name = module.spec().name();
        Struct entry = allocate(layout, 2 * name.length() + 2);
        long text = entry.address() + layout.size();
        space.putWide(text, name);
        space.putUnicodeString(entry.at("BaseName"), 2 * name.length(), 2 * name.length() + 2, text);
        space.insertTail(listHead, entry.at("Links"));
        entry.set("Loads", 1);
        return entry;
    }

    private VerifiedDriver suspect(KernelModule module, int most) {
        StructLayout layout = layouts.get("_MI_VERIFIER_DRIVER_ENTRY");
        Struct entry = listEntry(layout, module);
        entry.set("StartAddress", module.base()).set("EndAddress", module.base() + module.spec().size());
        entry.set("Flags", 1).set("Signature", DRIVER_SIGNATURE);
        if (!layout.has("PoolHash")) {
            return new VerifiedDriver(module, entry, 0, 0);
        }
        int capacity = most + most / 64 + 16;
        long array = machine.pools().allocate(PoolKind.NONPAGED, tag, Math.max(PAGE, capacity * entrySize));
        entry.set("PoolHash", array).set("PoolHashSize", capacity);
        return new VerifiedDriver(module, entry, array, capacity);
    }

    /**
     * Windows 7: the driver on the list of suspects, its books apart from that, and a node in the tree of targets that leads to
     * them.
     */
    private VerifiedDriver target(KernelModule module) {
        Struct entry = listEntry(layouts.get("_VF_SUSPECT_DRIVER_ENTRY"), module);
        Struct books = allocate(layouts.get("_VF_TARGET_VERIFIED_DRIVER_DATA"), 0);
        books.set("SuspectDriverEntry", entry.address());
        new Struct(space, layouts.get("_SLIST_HEADER"), books.at("PoolPageHeaders")).setIfThere("Header16.HeaderType", 1);
        StructLayout links = layouts.get("_RTL_BALANCED_LINKS");
        StructLayout layout = layouts.get("_VF_TARGET_DRIVER");
        Struct node = allocate(links, layout.size());
        Struct targetDriver = new Struct(space, layout, node.address() + links.size());
        // The node begins with what the tree is sorted by: where the image begins, and its size.
        space.putPointer(targetDriver.address(), module.base());
        space.putPointer(targetDriver.address() + space.pointerSize(), module.spec().size());
        targetDriver.set("VerifiedData", books.address());
        insert(node);
        return new VerifiedDriver(module, books, 0, 0);
    }

    private void insert(Struct node) {
        Struct tree = new Struct(space, layouts.get("_VF_AVL_TREE"), machine.variables().at("ViTargetDriversAvl", 0x40));
        StructLayout tableLayout = layouts.get("_VF_AVL_TABLE");
        if (tree.get("Tables") == 0) {
            long tables = machine.pools().allocateZeroed(PoolKind.NONPAGED, tag, TREE_TABLES * tableLayout.size());
            tree.set("Tables", tables).set("TablesNo", TREE_TABLES);
        }
        long table = tree.get("Tables") + (long) (drivers.size() % TREE_TABLES) * tableLayout.size();
        Struct rtl = new Struct(space, layouts.get("_RTL_AVL_TABLE"), new Struct(space, tableLayout, table).at("RtlTable"));
        Struct root = new Struct(space, layouts.get("_RTL_BALANCED_LINKS"), rtl.at("BalancedRoot"));
        node.set("Parent", root.address()).set("RightChild", root.get("RightChild"));
        root.set("RightChild", node.address());
        rtl.set("NumberGenericTableElements", rtl.get("NumberGenericTableElements") + 1);
    }

    /**
     * Tracks an allocation.
     *
     * @param kind the pool it is from
     * @param data the block's data
     * @param blockEnd the address behind the block
     * @param asked the bytes the driver asked for
     * @param caller the return address in the driver
     */
    public void track(VerifiedDriver driver, PoolKind kind, long data, long blockEnd, int asked, TagAccount account, long caller) {
        long place;
        if (driver.array != 0) {
            if (driver.tracked() == driver.capacity) {
                throw new IllegalStateException("more allocations than were planned for");
            }
            place = driver.array + (long) driver.tracked() * entrySize;
            space.put32(blockEnd - 8, driver.tracked());
            space.put32(blockEnd - 4, (int) driver.books.address());
        } else {
            place = nextEntry(driver);
            space.putPointer(blockEnd - space.pointerSize(), place);
        }
        space.putPointer(place + addressAt, data);
        space.putPointer(place + callerAt, caller);
        space.putPointer(place + bytesAt, asked);
        space.putPointer(place + tagAt, account.headerTag() & 0xffffffffL);
        driver.tracked[kind.ordinal()]++;
        driver.bytes[kind.ordinal()] += asked;
    }

    private long nextEntry(VerifiedDriver driver) {
        if (driver.page == 0 || driver.inPage == PAGE / entrySize) {
            long fresh = machine.pools().allocate(PoolKind.NONPAGED, tag, PAGE);
            StructLayout header = layouts.get("_VI_POOL_PAGE_HEADER");
            new Struct(space, header, fresh).set("NextPage", driver.page).set("VerifierEntry", driver.books.address())
                    .set("Signature", PAGE_SIGNATURE);
            driver.page = fresh;
            driver.inPage = 1;
            if (trees) {
                Struct pages = new Struct(space, layouts.get("_SLIST_HEADER"), driver.books.at("PoolPageHeaders"));
                String form = pages.has("HeaderX64.NextEntry") ? "HeaderX64." : "Header16.";
                pages.set(form + "NextEntry", fresh >>> 4).set(form + "Depth", pages.get(form + "Depth") + 1);
            } else {
                new SingleListHead(space, layouts, driver.books.at("PoolPageHeaders")).push(fresh);
            }
        }
        return driver.page + (long) driver.inPage++ * entrySize;
    }

    /** Writes the counters. */
    void writeBooks() {
        Struct data = new Struct(space, layouts.get("_MM_DRIVER_VERIFIER_DATA"), machine.variables().at("MmVerifierData"));
        long all = drivers.stream().mapToLong(VerifiedDriver::tracked).sum();
        data.set("Level", POOL_TRACKING).set("AllocationsAttempted", all * 3).set("AllocationsSucceeded", all * 3);
        data.set("Loads", drivers.size());
        for (PoolKind kind : PoolKind.values()) {
            int pool = kind.ordinal();
            long count = 0;
            long bytes = 0;
            for (VerifiedDriver driver : drivers) {
                charge(driver.books, kind, driver.tracked[pool], driver.bytes[pool]);
                count += driver.tracked[pool];
                bytes += driver.bytes[pool];
            }
            charge(data, kind, count, bytes);
        }
    }

    /** Nothing was ever freed that was tracked, so that what is there is the peak. */
    private static void charge(Struct books, PoolKind kind, long count, long bytes) {
        String pool = kind == PoolKind.PAGED ? "Paged" : "NonPaged";
        books.set("Current" + pool + "PoolAllocations", count).set("Peak" + pool + "PoolAllocations", count);
        books.set(pool + "Bytes", bytes).set("Peak" + pool + "Bytes", bytes);
    }

    /** The verified drivers. */
    public List<VerifiedDriver> drivers() {
        return List.copyOf(drivers);
    }
}
