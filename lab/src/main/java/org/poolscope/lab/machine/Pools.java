package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** The machine's pools: allocation, the big page table and the tracker table behind {@code !poolused}. */
public final class Pools {

    private static final int PAGE = 4096;
    private static final int NO_EXECUTE = 0x200;

    private final KernelSpace space;
    private final WindowsVersion version;
    private final StructLayout descriptorLayout;
    private final TypeLayouts layouts;
    private final KernelVariables variables;
    private final BlockFormat format;
    private final PoolRegion nonPagedRegion;
    private final PoolRegion pagedRegion;
    private final PoolArena nonPaged;
    private final List<PoolArena> paged = new ArrayList<>();
    private final Map<Integer, TagAccount> accounts = new LinkedHashMap<>();
    private final Map<Long, BigAllocation> big = new TreeMap<>(Long::compareUnsigned);
    private final List<BigAllocation> freedBig = new ArrayList<>();
    private final int processors;
    private final int trackerSlots;
    private final long[] trackerTables;
    private final int bigSlots;
    private final long bigTable;
    private final long pagedPoolMaps;
    private int nextPaged;
    private ClassicArena executable;

    Pools(KernelSpace space, WindowsVersion version, KernelVariables variables, MachineSpec spec, VirtualPlan plan, Dice dice) {
        this.space = space;
        this.version = version;
        this.layouts = version.layouts();
        this.variables = variables;
        this.format = new BlockFormat(space, version);
        if (variables.has("ExpPoolQuotaCookie")) {
            format.hideBilled(dice.nextLong());
            space.put64(variables.at("ExpPoolQuotaCookie"), format.quotaCookie());
        }
        if (version.hasSegmentHeaps()) {
            this.descriptorLayout = null;
            this.nonPagedRegion = null;
            this.pagedRegion = null;
            HeapPools heaps = new HeapPools(space, variables, spec, plan, dice);
            this.nonPaged = heaps.nonPaged();
            this.paged.add(heaps.paged());
        } else {
            this.descriptorLayout = layouts.get("_POOL_DESCRIPTOR");
            this.nonPagedRegion = nonPagedRegion(spec, plan);
            this.pagedRegion = new PoolRegion(space, plan.pagedStart(), spec.pagedLimitPages());
            this.nonPaged = nonPagedArena();
            makePaged(spec.pagedPools());
        }
        TagAccount own = tag("Pool");
        this.processors = spec.processors();
        this.trackerSlots = spec.trackerSlots();
        StructLayout row = layouts.get("_POOL_TRACKER_TABLE");
        this.trackerTables = new long[version.version().build() >= 7600 ? processors : 1];
        for (int i = 0; i < trackerTables.length; i++) {
            trackerTables[i] = allocate(nonPaged, own, trackerSlots * row.size());
        }
        this.bigSlots = spec.bigPageSlots();
        this.bigTable = allocate(nonPaged, own, bigSlots * layouts.get("_POOL_TRACKER_BIG_PAGES").size());
        // Windows 10 and later keep them elsewhere.
        this.pagedPoolMaps = layouts.find("_MI_SYSTEM_INFORMATION").isPresent() ? 0
                : allocateZeroed(PoolKind.NONPAGED, tag("Mm  "), 2 * mapBytes(spec.pagedLimitPages()));
    }

    /** From Windows 8 on the descriptor of blocks that nobody executes stands behind that of blocks that may be executed. */
    private ClassicArena nonPagedArena() {
        int size = descriptorLayout.size();
        long first = variables.at("NonPagedPoolDescriptor", version.isModern() ? 2 * size : size);
        if (version.isModern()) {
            executable = new ClassicArena(space, format, nonPagedRegion, PoolKind.NONPAGED, 0, first, descriptorLayout);
            first += size;
        }
        return new ClassicArena(space, format, nonPagedRegion, PoolKind.NONPAGED, 0, first, descriptorLayout);
    }

    private void makePaged(int count) {
        int stride = descriptorLayout.size() + 63 & -64;
        long descriptors = allocate(nonPaged, tag("Pool"), stride * count);
        long pointers = variables.at("ExpPagedPoolDescriptor", 16 * space.pointerSize());
        for (int i = 0; i < count; i++) {
            space.putPointer(pointers + (long) i * space.pointerSize(), descriptors + (long) i * stride);
            paged.add(new ClassicArena(space, format, pagedRegion, PoolKind.PAGED, i, descriptors + (long) i * stride,
                    descriptorLayout));
        }
    }

    /** Bytes of a map with a bit for each page of paged pool, its RTL_BITMAP in front. */
    static int mapBytes(int bits) {
        return 16 + (bits + 63) / 64 * 8;
    }

    /** Where the two maps of paged pool's pages stand: which are allocated, and which are the last of an allocation. */
    long pagedPoolMaps() {
        return pagedPoolMaps;
    }

    /**
     * 32-bit kernels have a first piece of nonpaged pool and an expansion that ends at a fixed address; on x64 it is one piece.
     */
    private PoolRegion nonPagedRegion(MachineSpec spec, VirtualPlan plan) {
        if (plan.nonPagedExpansionEnd() == plan.nonPagedStart()) {
            return new PoolRegion(space, plan.nonPagedStart(), spec.nonPagedLimitPages());
        }
        int expansion = spec.nonPagedLimitPages() - spec.nonPagedInitialPages();
        return new PoolRegion(space, new long[] {plan.nonPagedStart(), plan.nonPagedExpansionEnd() - (long) expansion * PAGE},
                new int[] {spec.nonPagedInitialPages(), expansion});
    }

    /** The account of a tag. */
    public TagAccount tag(String name) {
        return account(PoolTag.parse(name), false);
    }

    /** The account of an object type's tag; the kernel sets the protected bit on the blocks of objects. */
    public TagAccount objectTag(String name) {
        return account(PoolTag.parse(name), true);
    }

    private TagAccount account(PoolTag tag, boolean isProtected) {
        return accounts.computeIfAbsent(tag.key(), key -> new TagAccount(tag, isProtected));
    }

    /** All accounts, in the order of their first use. */
    public Collection<TagAccount> accounts() {
        return accounts.values();
    }

    /** The descriptor of nonpaged pool. */
    public PoolArena nonPaged() {
        return nonPaged;
    }

    /** The descriptors of paged pool. */
    public List<PoolArena> paged() {
        return paged;
    }

    /** Pages in use of one pool. */
    public int pages(PoolKind kind) {
        if (version.hasSegmentHeaps()) {
            return (kind == PoolKind.PAGED ? paged.getFirst() : nonPaged).pages();
        }
        return (kind == PoolKind.PAGED ? pagedRegion : nonPagedRegion).inUse();
    }

    PoolRegion region(PoolKind kind) {
        return kind == PoolKind.PAGED ? pagedRegion : nonPagedRegion;
    }

    BlockFormat format() {
        return format;
    }

    /**
     * Allocates from a pool; which of the paged pools, goes round as in the kernel, which leaves the first one to the memory
     * manager.
     *
     * @return the address of the data, which may hold what was there before
     */
    public long allocate(PoolKind kind, TagAccount account, int bytes) {
        return allocate(arena(kind), account, bytes);
    }

    /** The same, zeroed. */
    public long allocateZeroed(PoolKind kind, TagAccount account, int bytes) {
        long data = allocate(kind, account, bytes);
        space.clear(data, bytes);
        return data;
    }

    private PoolArena arena(PoolKind kind) {
        if (kind == PoolKind.NONPAGED) {
            return nonPaged;
        }
        if (paged.size() == 1) {
            return paged.getFirst();
        }
        nextPaged = nextPaged % (paged.size() - 1) + 1;
        return paged.get(nextPaged);
    }

    /** Allocates from a given descriptor. */
    public long allocate(PoolArena arena, TagAccount account, int bytes) {
        if (bytes > format.largestShared()) {
            int count = bytes + PAGE - 1 >> 12;
            long first = arena.allocateBig(account, count);
            big.put(first, new BigAllocation(first, (long) count * PAGE, account, arena.kind(), arena));
            return first;
        }
        return arena.allocate(account, bytes, false) + format.headerSize();
    }

    /** Allocates a block that is charged to a process; its address stands in the block, as the kernel leaves it there. */
    public long allocateCharged(PoolKind kind, TagAccount account, int bytes, long process) {
        // On x86 the pointer takes the last word of the block.
        int asked = space.pointerSize() == 4 ? bytes + 4 : bytes;
        long block = arena(kind).allocate(account, asked, true);
        format.setBilled(block, format.bytes(format.units(block)) - (long) format.headerSize(), process);
        return block + format.headerSize();
    }

    /** Frees what an {@code allocate} of this account gave. */
    public void free(TagAccount account, long data) {
        BigAllocation whole = big.remove(data);
        if (whole != null) {
            whole.arena().freeBig(account, data, whole.pages());
            freedBig.add(whole);
            return;
        }
        long block = data - format.headerSize();
        PoolArena arena = isNonPaged(block) ? nonPaged : paged.get(version.hasSegmentHeaps() ? 0 : format.index(block));
        arena.free(account, block);
    }

    private boolean isNonPaged(long block) {
        return nonPagedRegion == null ? (format.type(block) & 1) == 0 : nonPagedRegion.contains(block);
    }

    /** The {@code POOL_TYPE} of what a pool's blocks are asked for with: from Windows 8 on, nonpaged blocks hold no code. */
    int type(PoolKind kind) {
        return kind == PoolKind.PAGED ? 1 : version.isModern() ? NO_EXECUTE : 0;
    }

    /** Whether pages of blocks and their free blocks are told apart; segment heaps keep theirs otherwise. */
    public boolean hasPages() {
        return !version.hasSegmentHeaps();
    }

    /** How many blocks of a tag and size, header included, stand in the pages of a pool; blocks parked on a list count. */
    public int blocks(PoolKind kind, TagAccount account, int size) {
        int[] blocks = account.blocksBySize(kind);
        return blocks == null ? 0 : blocks[size / format.headerSize()];
    }

    /** Takes a block size in bytes, header included, and how many blocks have it. */
    @FunctionalInterface
    public interface SizeVisitor {

        /** Called for each size. */
        void visit(int size, int count);
    }

    /** Tells how many of a tag's blocks in pool pages have which size. */
    public void forEachSize(TagAccount account, PoolKind kind, SizeVisitor visitor) {
        int[] blocks = account.blocksBySize(kind);
        for (int units = 0; blocks != null && units < blocks.length; units++) {
            if (blocks[units] != 0) {
                visitor.visit(format.bytes(units), blocks[units]);
            }
        }
    }

    /** Tells how many free blocks of a pool have which size, header included. */
    public void forEachFreeSize(PoolKind kind, SizeVisitor visitor) {
        for (int units = 1; units <= format.pageUnits(); units++) {
            int count = 0;
            for (PoolArena arena : kind == PoolKind.PAGED ? paged : List.of(nonPaged)) {
                count += arena instanceof ClassicArena pages ? pages.freeBlocks(units) : 0;
            }
            if (count != 0) {
                visitor.visit(format.bytes(units), count);
            }
        }
    }

    /** Pages of the longest run a pool has not taken. */
    public int longestFreeRun(PoolKind kind) {
        return region(kind).longestFreeRun();
    }

    /** Takes an allocation of whole pages. */
    @FunctionalInterface
    public interface BigVisitor {

        /** Called for each allocation. */
        void visit(long address, long bytes, PoolTag tag, PoolKind kind);
    }

    /** Tells all allocations of whole pages, by address. */
    public void forEachBig(BigVisitor visitor) {
        for (BigAllocation allocation : big.values()) {
            visitor.visit(allocation.address(), (long) allocation.pages() * PAGE, allocation.account().tag(), allocation.kind());
        }
    }

    /** Enters allocations that were made and freed again before the picture was taken. */
    public void past(PoolKind kind, TagAccount account, long count) {
        account.past(kind, count);
        arena(kind).past(count);
    }

    /**
     * Trims paged pool as a machine short of memory does: some pages go to the standby list, where their entries are no longer
     * valid but the pages are still in memory, and some to the page file, where they are out of reach of the image. What the
     * object manager and the loader touch all the time stays: directories, names, handle tables.
     */
    TrimmedPages trim(Dice dice, int oneInStandby, int oneInPageFile) {
        Set<Integer> hot = new HashSet<>();
        for (String name : new String[] {"Dire", "ObDi", "ObNm", "Obtb", "MmLd", "Symb"}) {
            hot.add(PoolTag.parse(name).key());
        }
        int standby = 0;
        int gone = 0;
        if (version.hasSegmentHeaps()) {
            int[] count = {0};
            ((SegmentArena) paged.getFirst()).forEachPage(page -> {
                if (dice.oneIn(oneInStandby)) {
                    space.makeTransition(page);
                    count[0]++;
                }
            });
            return new TrimmedPages(count[0], 0);
        }
        BitSet taken = pagedRegion.taken();
        for (int index = taken.nextSetBit(0); index >= 0; index = taken.nextSetBit(index + 1)) {
            long page = pagedRegion.start() + (long) index * PAGE;
            if (oneInPageFile > 0 && dice.oneIn(oneInPageFile) && forgetBlocks(page, hot)) {
                space.makePagedOut(page, index + 1);
                gone++;
            } else if (dice.oneIn(oneInStandby)) {
                space.makeTransition(page);
                standby++;
            }
        }
        return new TrimmedPages(standby, gone);
    }

    /**
     * The blocks of a page stay in the books, but nobody will find them in the image; false when the page is in use all the time.
     */
    private boolean forgetBlocks(long page, Set<Integer> hot) {
        for (BigAllocation whole : big.values()) {
            if (page >= whole.address() && page < whole.address() + (long) whole.pages() * PAGE) {
                return !hot.contains(whole.account().tag().key());
            }
        }
        for (long block = page; block < page + PAGE; block += format.bytes(format.units(block))) {
            if (format.type(block) != 0 && hot.contains(new PoolTag(space.u32(block + 4)).key())) {
                return false;
            }
        }
        for (long block = page; block < page + PAGE; block += format.bytes(format.units(block))) {
            if (format.type(block) != 0) {
                accounts.get(new PoolTag(space.u32(block + 4)).key()).countBlock(PoolKind.PAGED, format.units(block), -1);
            }
        }
        return true;
    }

    /** Writes descriptors, tracker table and big page table; nothing may be allocated or freed afterwards. */
    void writeBooks() {
        if (version.hasSegmentHeaps()) {
            ((SegmentArena) nonPaged).finish();
            paged.forEach(arena -> ((SegmentArena) arena).finish());
        } else {
            writeDescriptors();
        }
        new TrackerTable(space, layouts.get("_POOL_TRACKER_TABLE"), trackerTables, trackerSlots).write(accounts.values());
        space.putPointer(variables.at("PoolTrackTable"), trackerTables[0]);
        space.putPointer(variables.at("PoolTrackTableSize"), trackerSlots);
        space.putPointer(variables.at("PoolTrackTableMask"), trackerSlots - 2);
        if (trackerTables.length > 1) {
            long tables = variables.at("ExPoolTagTables", 256 * 8);
            for (int i = 0; i < trackerTables.length; i++) {
                space.putPointer(tables + 8L * i, trackerTables[i]);
            }
        }
        int inUse = new BigPageTable(space, layouts.get("_POOL_TRACKER_BIG_PAGES"), bigTable, bigSlots, this::type).write(big.values(),
                freedBig);
        space.putPointer(variables.at("PoolBigPageTable"), bigTable);
        space.putPointer(variables.at("PoolBigPageTableSize"), bigSlots);
        space.putPointer(variables.at("ExpPoolBigEntriesInUse"), inUse);
    }

    private void writeDescriptors() {
        ClassicArena first = (ClassicArena) nonPaged;
        first.writeDescriptor(descriptorLayout, type(PoolKind.NONPAGED), variables.at("NonPagedPoolLock"));
        if (executable != null) {
            executable.writeDescriptor(descriptorLayout, 0, variables.at("NonPagedPoolLock"));
            first = executable;
        }
        for (PoolArena arena : paged) {
            ((ClassicArena) arena).writeDescriptor(descriptorLayout, 1, variables.at("ExpPagedPoolMutex", 64));
        }
        space.put32(variables.at("ExpNumberOfPagedPools"), paged.size() - 1);
        if (version.typeIndexes()) {
            space.put32(variables.at("ExpNumberOfNonPagedPools"), 1);
            long vector = variables.at("PoolVector", 16);
            space.putPointer(vector, first.descriptor());
            space.putPointer(vector + 8, ((ClassicArena) paged.getFirst()).descriptor());
        }
    }
}
