package org.poolscope.lab.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.CrashState;
import org.poolscope.lab.image.DumpHeader;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.image.MachineMemory;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.image.PageTables64;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;

/**
 * The books of a 64-bit kernel from Windows 8.1 on: its image's header with a debug directory, the debugger data block (encoded
 * while it runs, as in a raw image; in the clear in a dump), loaded modules, processes with handles to objects of encoded
 * types, the tables of pool use by tag of each processor, the table of big allocations, and the memory manager's counters, and
 * pools full of blocks: pages of them up to Windows 10 1809, segment heaps in later builds.
 *
 * <p>Everything stands where a whole symbol table of that very kernel says, and nothing is taken from the tables the readers
 * have.
 */
public final class ModernKernel {

    private static final int PAGE = 4096;
    private static final long KERNEL = 0xffff_f803_1a60_0000L;
    private static final long NONPAGED = 0xffff_bd06_4000_0000L;
    private static final long PAGED = 0xffff_d10c_2000_0000L;
    private static final long REGION_BYTES = 1L << 40;
    private static final long PFN_DATABASE = 0xffff_fa80_0000_0000L;
    private static final long SHARED = 0xffff_f780_0000_0000L;
    private static final int COOKIE = 0xb7;
    private static final int PROCESSORS = 3;
    private static final int SEGMENT_HEAPS_SINCE = 18362;
    private static final int HIDDEN_OTHERWISE_SINCE = 26100;
    private static final int TRACKER_ROWS = 1025;
    private static final int BIG_SLOTS = 1024;
    private static final int TYPE_TYPE = 2;
    private static final int DIRECTORY_TYPE = 3;
    private static final int PROCESS_TYPE = 7;
    private static final int EVENT_TYPE = 0x10;
    private static final long TIME = 133_400_000_000_000_000L;

    private final SymbolTable symbols;
    private final int build;
    private final ImageFormat format;
    private final MachineMemory memory;
    private final KernelSpace space;
    private final Map<String, TagAccount> accounts = new LinkedHashMap<>();
    private final List<Module> modules = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final List<Big> big = new ArrayList<>();
    private final List<HeapBlock> heapBlocks = new ArrayList<>();
    private final List<HeapPart> heapParts = new ArrayList<>();
    private final Map<String, long[]> blocks = new LinkedHashMap<>();
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private final List<Long> tables = new ArrayList<>();
    private long nextNonPaged = NONPAGED;
    private long nextPaged = PAGED;
    private long bigTable;

    private ModernKernel(Path file, SymbolTable symbols, int build, ImageFormat format) throws IOException {
        this.symbols = symbols;
        this.build = build;
        this.format = format;
        List<MemoryRun> runs = List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100, 0x3f00));
        this.memory = MachineMemory.create(file, format, runs, DumpHeader.firstPageOffset(Architecture.X64, format, runs), 2_000,
                new Dice(build));
        // The loader puts the first page table here on many machines; tools that look for it begin near it.
        memory.takeRow(1, Machine.FIRST_PAGE_TABLE - 1);
        this.space = new KernelSpace(Architecture.X64, memory, new PageTables64(memory));
    }

    /**
     * A loaded module.
     *
     * @param name its file name
     * @param base where it is loaded
     * @param size its bytes
     */
    public record Module(String name, long base, int size) {
    }

    /**
     * A process.
     *
     * @param name its file name
     * @param id its number
     * @param address its {@code EPROCESS}
     * @param handles how many handles it has open
     */
    public record Process(String name, long id, long address, int handles) {
    }

    /**
     * A pool allocation of whole pages.
     *
     * @param address where it is
     * @param tag its tag
     * @param bytes its size
     * @param paged in which pool
     */
    public record Big(long address, String tag, long bytes, boolean paged) {
    }

    /**
     * A block of a segment heap.
     *
     * @param address of its data
     * @param bytes its size, with the header where it shares pages
     * @param tag its tag; empty when it is free
     * @param state allocated, free or lookaside
     * @param paged in which pool
     * @param held whether it can be reached from the data of a driver
     */
    public record HeapBlock(long address, long bytes, String tag, String state, boolean paged, boolean held) {
    }

    /**
     * A place where a heap's own numbers stand.
     *
     * @param address the place
     * @param bytes its bytes
     * @param what what stands there
     * @param from blocks from this address on cannot be told without it
     * @param to and before this one; the same when there are none
     */
    public record HeapPart(long address, int bytes, String what, long from, long to) {
    }

    /**
     * What is so in the image.
     *
     * @param kernelBase where the kernel is loaded
     * @param modules in load order
     * @param processes in the order they were made
     * @param tags by name: allocations, frees and bytes of nonpaged, then of paged pool
     * @param blocks of the tags of pages of blocks, or of segment heaps: how many are in use, and their bytes with headers; empty where there
     *     are none
     * @param big allocations in use
     * @param heapBlocks every block of the segment heaps, those of whole pages last; of free memory the piece on each page
     * @param heapParts where the heaps' own numbers stand
     * @param figures the memory manager's counters, in pages
     */
    public record Truth(long kernelBase, List<Module> modules, List<Process> processes, Map<String, long[]> tags, Map<String,
            long[]> blocks,
            List<Big> big, List<HeapBlock> heapBlocks, List<HeapPart> heapParts, Map<String, Long> figures) {
    }

    /**
     * Writes an image.
     *
     * @param symbols all symbols of the kernel
     * @param build its build number
     * @param format {@link ImageFormat#RAW} for a machine that runs, any other for one that stopped
     */
    public static Truth write(Path file, SymbolTable symbols, int build, ImageFormat format) throws IOException {
        ModernKernel kernel = new ModernKernel(file, symbols, build, format);
        try (MachineMemory memory = kernel.memory) {
            return kernel.write(memory);
        }
    }

    private Truth write(MachineMemory finished) throws IOException {
        image();
        shared();
        moduleList();
        objectTypes();
        processList();
        pools();
        if (build < SEGMENT_HEAPS_SINCE) {
            smallBlocks(PoolKind.NONPAGED, NONPAGED + 0x1000_0000L);
            smallBlocks(PoolKind.PAGED, PAGED + 0x1000_0000L);
        } else {
            segmentHeaps();
        }
        bigTable();
        counters();
        processors();
        trackerTables();
        long block = debuggerData();
        finished.finish(new DumpHeader(Architecture.X64, new CrashState(build, space.tables().root(), false, PFN_DATABASE,
                at("PsLoadedModuleList"), at("PsActiveProcessHead"), block, PROCESSORS, 0xe2, new long[4],
                KERNEL + 0x20_1000, new byte[0x4d0], 1, 0x110, TIME, 36_000_000_000L)));
        Map<String, long[]> tags = new LinkedHashMap<>();
        accounts.forEach((tag, account) -> tags.put(tag, new long[] {account.allocs(PoolKind.NONPAGED),
            account.frees(PoolKind.NONPAGED), account.bytes(PoolKind.NONPAGED), account.allocs(PoolKind.PAGED),
            account.frees(PoolKind.PAGED), account.bytes(PoolKind.PAGED)}));
        return new Truth(KERNEL, modules, processes, tags, blocks, big, heapBlocks, heapParts, figures);
    }

    /** The address of a variable, its page mapped. */
    private long at(String variable) {
        return at(variable, 16);
    }

    private long at(String variable, int bytes) {
        long address = KERNEL + symbols.offset(variable).orElseThrow(() -> new IllegalArgumentException("no symbol " + variable));
        map(address, bytes);
        return address;
    }

    private boolean has(String variable) {
        return symbols.offset(variable).isPresent();
    }

    private void map(long address, long bytes) {
        space.mapMissing(address, bytes, Access.DATA);
    }

    private Struct struct(String type, long address) {
        StructLayout layout = symbols.get(type);
        map(address, layout.size());
        return new Struct(space, layout, address);
    }

    private long nonPaged(long bytes) {
        long address = nextNonPaged;
        map(address, bytes);
        nextNonPaged += bytes + 31 & -16;
        return address;
    }

    private long paged(long bytes) {
        long address = nextPaged;
        map(address, bytes);
        nextPaged += bytes + 31 & -16;
        return address;
    }

    private long pages(boolean inPaged, int count) {
        if (inPaged) {
            nextPaged = nextPaged + PAGE - 1 & -PAGE;
            return paged((long) count * PAGE);
        }
        nextNonPaged = nextNonPaged + PAGE - 1 & -PAGE;
        return nonPaged((long) count * PAGE);
    }

    private TagAccount account(String tag) {
        return accounts.computeIfAbsent(tag, name -> new TagAccount(PoolTag.parse(name), false));
    }

    private void image() {
        ModuleSpec spec = new ModuleSpec("ntoskrnl.exe", 0x1046000, 0x5ec1_0000 + build, "\\SystemRoot\\system32\\ntoskrnl.exe");
        map(KERNEL, PAGE);
        byte[] exports = PortableExecutable.exports(0x800, "ntoskrnl.exe", spec.timeDateStamp());
        byte[] debug = PortableExecutable.debug(0x900, spec.timeDateStamp(), symbols.identity().guid(),
                (int) symbols.identity().age(),
                symbols.identity().name());
        space.putBytes(KERNEL + 0x800, exports);
        space.putBytes(KERNEL + 0x900, debug);
        List<PortableExecutable.Section> sections = List.of(new PortableExecutable.Section(".text", 0x200000, 0x200000),
                new PortableExecutable.Section("POOLCODE", 0x400000, 0x1000), new PortableExecutable.Section(".data",
                        0x401000, 0xc45000));
        space.putBytes(KERNEL, PortableExecutable.headers(Architecture.X64, spec, KERNEL, sections,
                new PortableExecutable.Directories(0x800, exports.length, 0x900)));
        space.putAscii(at(has("NtBuildLabEx") ? "NtBuildLabEx" : "NtBuildLab", 64), build + ".1.amd64fre.lab.200101-1200\0");
        space.putAscii(at("NtBuildLab", 64), build + ".lab.200101-1200\0");
        space.put32(at("NtBuildNumber"), 0xf000_0000 | build);
    }

    private void shared() {
        Struct shared = struct("_KUSER_SHARED_DATA", SHARED);
        shared.set("NtMajorVersion", build < 10_000 ? 6 : 10).set("NtMinorVersion", build < 10_000 ? 3 : 0)
                .set("NtProductType", 1);
        shared.setIfThere("NtBuildNumber", build);
        long time = shared.at("SystemTime");
        space.put32(time, (int) TIME);
        space.put32(time + 4, (int) (TIME >>> 32));
        space.put32(time + 8, (int) (TIME >>> 32));
    }

    private void moduleList() {
        long head = at("PsLoadedModuleList");
        space.initList(head);
        String type = symbols.find("_KLDR_DATA_TABLE_ENTRY").isPresent() ? "_KLDR_DATA_TABLE_ENTRY" : "_LDR_DATA_TABLE_ENTRY";
        modules.add(new Module("ntoskrnl.exe", KERNEL, 0x1046000));
        modules.add(new Module("hal.dll", KERNEL + 0x200_0000, 0x6000));
        modules.add(new Module("leaky.sys", KERNEL + 0x300_0000, 0x24000));
        for (Module module : modules) {
            Struct entry = struct(type, nonPaged(symbols.get(type).size()));
            entry.set("DllBase", module.base()).set("SizeOfImage", module.size());
            text(entry.at("BaseDllName"), module.name());
            text(entry.at("FullDllName"), "\\SystemRoot\\system32\\drivers\\" + module.name());
            space.insertTail(head, entry.at("InLoadOrderLinks"));
        }
    }

    private void text(long unicodeString, String text) {
        long buffer = nonPaged(2L * text.length() + 2);
        space.putWide(buffer, text);
        space.putUnicodeString(unicodeString, 2 * text.length(), 2 * text.length() + 2, buffer);
    }

    /** The directory of types below the root directory, each type an object with a name. */
    private void objectTypes() {
        long table = at("ObTypeIndexTable", 64 * 8);
        space.putPointer(table + 8, 0xbad0_b0b0L);
        if (has("ObHeaderCookie")) {
            space.put8(at("ObHeaderCookie"), COOKIE);
        }
        int size = symbols.get("_OBJECT_DIRECTORY").size();
        long root = object(size, DIRECTORY_TYPE, "\\", 0);
        space.putPointer(at("ObpRootDirectoryObject"), root);
        long types = object(size, DIRECTORY_TYPE, "ObjectTypes", root);
        objectType(table, types, TYPE_TYPE, "Type", "ObjT");
        objectType(table, types, DIRECTORY_TYPE, "Directory", "Dire");
        objectType(table, types, PROCESS_TYPE, "Process", "Proc");
        objectType(table, types, EVENT_TYPE, "Event", "Even");
    }

    private void objectType(long table, long directory, int index, String name, String tag) {
        long object = object(symbols.get("_OBJECT_TYPE").size(), TYPE_TYPE, name, directory);
        Struct type = struct("_OBJECT_TYPE", object);
        space.initList(type.at("TypeList"));
        type.set("Index", index).set("Key", PoolTag.parse(tag).key());
        text(type.at("Name"), name);
        space.putPointer(table + 8L * index, object);
    }

    /**
     * An object's body with its header in front; where the kernel has a cookie, the header's type is hidden by it.
     *
     * @param name its name, or {@code null}
     * @param directory the directory that holds it, or 0
     */
    private long object(int size, int type, String name, long directory) {
        StructLayout header = symbols.get("_OBJECT_HEADER");
        StructLayout info = symbols.get("_OBJECT_HEADER_NAME_INFO");
        int before = name == null ? 0 : info.size();
        long at = nonPaged(before + header.offset("Body") + (long) size) + before;
        int hidden = has("ObHeaderCookie") ? type ^ COOKIE ^ (int) (at >>> 8 & 0xff) : type;
        new Struct(space, header, at).set("PointerCount", 3).set("HandleCount", 1).set("TypeIndex", hidden & 0xff)
                .set("InfoMask", name == null ? 0 : 2);
        long body = at + header.offset("Body");
        if (name != null) {
            Struct named = new Struct(space, info, at - before);
            named.set("Directory", directory);
            text(named.at("Name"), name);
        }
        if (directory != 0) {
            Struct entry = struct("_OBJECT_DIRECTORY_ENTRY", paged(symbols.get("_OBJECT_DIRECTORY_ENTRY").size()));
            long bucket = struct("_OBJECT_DIRECTORY", directory).at("HashBuckets") + 8L * ObjectManager.hash(name);
            entry.set("ChainLink", space.pointer(bucket)).set("Object", body);
            space.putPointer(bucket, entry.address());
        }
        return body;
    }

    private void processList() {
        long head = at("PsActiveProcessHead");
        space.initList(head);
        process(head, "System", 4, 5);
        process(head, "smss.exe", 0x1a4, 2);
        process(head, "leaktest.exe", 0xd08, 200);
    }

    private void process(long head, String name, long id, int handles) {
        long address = object(symbols.get("_EPROCESS").size(), PROCESS_TYPE, null, 0);
        Struct process = struct("_EPROCESS", address);
        Struct kernel = struct("_KPROCESS", process.at("Pcb"));
        struct("_DISPATCHER_HEADER", kernel.at("Header")).set("Type", 3);
        kernel.set("DirectoryTableBase", space.tables().root());
        space.initList(process.at("ThreadListHead"));
        space.initList(kernel.at("ThreadListHead"));
        process.set("UniqueProcessId", id).set("ObjectTable", handleTable(handles, address, id));
        byte[] image = name.getBytes(StandardCharsets.US_ASCII);
        space.putBytes(process.at("ImageFileName"), image, 0, Math.min(14, image.length));
        space.insertTail(head, process.at("ActiveProcessLinks"));
        processes.add(new Process(name, id, address, handles));
    }

    /** A table of one page: its first entry is the kernel's own. */
    private long handleTable(int handles, long process, long id) {
        Struct table = struct("_HANDLE_TABLE", paged(symbols.get("_HANDLE_TABLE").size()));
        StructLayout layout = symbols.get("_HANDLE_TABLE_ENTRY");
        FieldLayout packed = layout.field("ObjectPointerBits");
        long page = pages(true, 1);
        table.set("TableCode", page).set("QuotaProcess", process).set("UniqueProcessId", id).setIfThere("HandleCount", handles);
        space.initList(table.at("HandleTableList"));
        int header = symbols.get("_OBJECT_HEADER").offset("Body");
        for (int i = 1; i <= handles; i++) {
            long object = object(0x18, EVENT_TYPE, null, 0) - header;
            // an address has 48 bits of its own; those that are left out at its end are zero
            new Struct(space, layout, page + (long) i * layout.size()).set("ObjectPointerBits", object >>> 48 - packed.bits());
        }
        return table.address();
    }

    private void pools() {
        if (build < SEGMENT_HEAPS_SINCE) {
            bookedOnly();
        }
        allocateBig("Leak", 0x21000, false);
        allocateBig("CM31", 0x9000, true);
        allocateBig("EtwB", 0x10000, false);
        allocateBig("Leak", 0x21000, false);
    }

    /** What is in the books of kernels whose blocks the lab does not write all. */
    private void bookedOnly() {
        account("Proc").charge(PoolKind.NONPAGED, 3 * 0xc00);
        account("Leak").past(PoolKind.NONPAGED, 40_000);
        for (int i = 0; i < 1000; i++) {
            account("Leak").charge(PoolKind.NONPAGED, 0x150);
        }
        account("CM31").charge(PoolKind.PAGED, 0x9000);
        account("Both").past(PoolKind.PAGED, 7);
        account("Both").charge(PoolKind.PAGED, 0x40);
        account("Both").charge(PoolKind.NONPAGED, 0x80);
    }

    private void bigTable() {
        bigTable = pages(false, 1 + BIG_SLOTS * symbols.get("_POOL_TRACKER_BIG_PAGES").size() / PAGE);
        List<BigAllocation> live = new ArrayList<>();
        for (Big one : big) {
            live.add(new BigAllocation(one.address(), one.bytes(), account(one.tag()),
                    one.paged() ? PoolKind.PAGED : PoolKind.NONPAGED, null));
        }
        BigAllocation gone = new BigAllocation(NONPAGED + 0x800_0000, 5 * PAGE, account("Gone"), PoolKind.NONPAGED, null);
        account("Gone").past(PoolKind.NONPAGED, 1);
        int inUse = new BigPageTable(space, symbols.get("_POOL_TRACKER_BIG_PAGES"), bigTable, BIG_SLOTS, kind -> kind == PoolKind.PAGED ? 1 : 0).write(live,
                List.of(gone));
        space.putPointer(at("PoolBigPageTable"), bigTable);
        space.putPointer(at("PoolBigPageTableSize"), BIG_SLOTS);
        space.putPointer(at("ExpPoolBigEntriesInUse"), inUse);
    }

    /** Pages of blocks, some freed again, as the pools before segment heaps leave them. */
    private void smallBlocks(PoolKind kind, long start) {
        StructLayout descriptor = symbols.get("_POOL_DESCRIPTOR");
        long at = nonPaged(descriptor.size());
        ClassicArena arena = new ClassicArena(space, new BlockFormat(space, true, false), new PoolRegion(space, start, 4096), kind,
                0, at,
                descriptor);
        Dice dice = new Dice(build + kind.ordinal());
        List<Long> made = new ArrayList<>();
        TagAccount[] of = {account("Blk" + kind.ordinal()), account("Two" + kind.ordinal())};
        for (int i = 0; i < 3000; i++) {
            TagAccount account = of[i % 2];
            made.add(arena.allocate(account, dice.between(8, 900), false));
            if (dice.oneIn(3)) {
                int gone = dice.below(made.size());
                long block = made.get(gone);
                if (block != 0) {
                    arena.free(of[gone % 2], block);
                    made.set(gone, 0L);
                }
            }
        }
        arena.writeDescriptor(descriptor, kind == PoolKind.PAGED ? 1 : 0, 0);
        for (TagAccount account : of) {
            blocks.put(account.tag().toString(), new long[] {account.outstanding(kind), account.bytes(kind)});
        }
    }

    private void segmentHeaps() {
        Set<String> booked = Set.copyOf(accounts.keySet());
        SegmentPools pools = new SegmentPools(space, symbols, new Dice(build).named("segment heaps"), this::account,
                NONPAGED + 0x1000_0000L, build >= HIDDEN_OTHERWISE_SINCE);
        pools.write(at("ExPoolState"), NONPAGED, PAGED);
        for (SegmentPools.Block block : pools.big()) {
            big.add(new Big(block.address(), block.tag(), block.size(), block.paged()));
        }
        for (SegmentPools.Block block : pools.blocks()) {
            heapBlocks.add(new HeapBlock(block.address(), block.size(), block.tag(), block.state(), block.paged(), block.held()));
        }
        for (SegmentPools.Block block : pools.big()) {
            heapBlocks.add(new HeapBlock(block.address(), block.size(), block.tag(), block.state(), block.paged(), block.held()));
        }
        accounts.forEach((tag, account) -> {
            for (PoolKind kind : PoolKind.values()) {
                if (!booked.contains(tag) && account.outstanding(kind) > 0) {
                    blocks.put(tag, new long[] {account.outstanding(kind), account.bytes(kind)});
                }
            }
        });
        heapParts.addAll(pools.parts());
        Module leaky = modules.getLast();
        map(leaky.base(), leaky.size());
        space.putPointer(leaky.base() + 0x4128, pools.firstHeld());
    }

    private void allocateBig(String tag, int bytes, boolean inPaged) {
        long address = pages(inPaged, bytes / PAGE);
        account(tag).charge(inPaged ? PoolKind.PAGED : PoolKind.NONPAGED, bytes);
        big.add(new Big(address, tag, bytes, inPaged));
    }

    /** What one processor allocated another may have freed: only the sum over the tables is true. */
    private void trackerTables() {
        StructLayout row = symbols.get("_POOL_TRACKER_TABLE");
        for (int i = 0; i < PROCESSORS; i++) {
            tables.add(pages(false, 1 + TRACKER_ROWS * row.size() / PAGE));
        }
        new TrackerTable(space, row, tables.stream().mapToLong(Long::longValue).toArray(), TRACKER_ROWS).write(accounts.values());
        space.putPointer(at("PoolTrackTable"), tables.getFirst());
        space.putPointer(at("PoolTrackTableSize"), TRACKER_ROWS);
        space.putPointer(at("PoolTrackTableMask"), TRACKER_ROWS - 2);
        long array = at("ExPoolTagTables", 64 * 8);
        for (int i = 0; i < PROCESSORS; i++) {
            space.putPointer(array + 8L * i, tables.get(i));
        }
    }

    private void counters() {
        figures.put("physical", 0x3f9eL);
        figures.put("available", 0x1a21L);
        figures.put("nonPaged", 1234L);
        figures.put("nonPagedMaximum", 0x10_0000L);
        figures.put("paged", 2345L);
        figures.put("pagedMaximum", 0x400_0000L);
        figures.put("committed", 0x2222L);
        figures.put("commitLimit", 0x8888L);
        figures.put("peakCommit", 0x3333L);
        if (!has("MiState")) {
            classicCounters();
            return;
        }
        Struct state = struct("_MI_SYSTEM_INFORMATION", at("MiState"));
        state.set("Pools.AllocatedNonPagedPool", figures.get("nonPaged"));
        state.set("Vs.MaximumNonPagedPoolInPages", figures.get("nonPagedMaximum"));
        state.set("Vs.PagedPoolInfo.AllocatedPagedPool", figures.get("paged"));
        state.set("Vs.SizeOfPagedPoolInPages", figures.get("pagedMaximum"));
        Struct partition = struct("_MI_PARTITION", at("MiSystemPartition"));
        partition.set("Vp.NumberOfPhysicalPages", figures.get("physical")).set("Vp.AvailablePages", figures.get("available"));
        partition.set("Vp.TotalCommittedPages", figures.get("committed")).set("Vp.TotalCommitLimit", figures.get("commitLimit"));
        partition.set("Commit.PeakCommitment", figures.get("peakCommit"));
        StructLayout assignment = symbols.get("_MI_SYSTEM_VA_ASSIGNMENT");
        long regions = state.at("Vs.SystemVaRegions");
        int first = build >= 20348 ? 1 : 0;
        region(assignment, regions + (long) first * assignment.size(), NONPAGED);
        region(assignment, regions + (first + 1L) * assignment.size(), PAGED);
    }

    private void region(StructLayout assignment, long at, long base) {
        new Struct(space, assignment, at).set("BaseAddress", base).set("NumberOfBytes", REGION_BYTES);
    }

    /** Windows 8.1 still has a variable for each. */
    private void classicCounters() {
        space.putPointer(at("MmNumberOfPhysicalPages"), figures.get("physical"));
        space.putPointer(at("MmAvailablePages"), figures.get("available"));
        space.putPointer(at("MmAllocatedNonPagedPool"), figures.get("nonPaged"));
        space.putPointer(at("MmMaximumNonPagedPoolInBytes"), figures.get("nonPagedMaximum") * PAGE);
        struct("_MM_PAGED_POOL_INFO", at("MmPagedPoolInfo")).set("AllocatedPagedPool", figures.get("paged"));
        space.putPointer(at("MmSizeOfPagedPoolInBytes"), figures.get("pagedMaximum") * PAGE);
        space.putPointer(at("MmTotalCommittedPages"), figures.get("committed"));
        space.putPointer(at("MmTotalCommitLimit"), figures.get("commitLimit"));
        space.putPointer(at("MmPeakCommitment"), figures.get("peakCommit"));
    }

    private void processors() {
        long array = at("KiProcessorBlock", 64 * 8);
        for (int i = 0; i < PROCESSORS; i++) {
            Struct control = struct("_KPCR", nonPaged(symbols.get("_KPCR").size()));
            control.set("KdVersionBlock", at("KdVersionBlock", 0x28));
            space.putPointer(array + 8L * i, control.at("PrcbData"));
        }
        space.put32(at("KeNumberProcessors"), PROCESSORS);
        struct("_DBGKD_GET_VERSION64", at("KdVersionBlock", 0x28)).set("MajorVersion", 0xf).set("MinorVersion", build)
                .set("KernBase", KERNEL);
    }

    /** The block: the address of each variable this kernel still has. A running kernel keeps it encoded. */
    private long debuggerData() {
        StructLayout layout = BuiltInLayouts.common("_KDDEBUGGER_DATA64");
        int size = build < 10_000 ? 0x360 : build < 17_000 ? 0x370 : 0x380;
        long block = at("KdDebuggerDataBlock", size + 8);
        Struct data = new Struct(space, layout, block);
        space.put64(block, block);
        space.put64(block + 8, block);
        for (FieldLayout field : layout.fields()) {
            OptionalLong place = symbols.offset(field.name().equals("MmPagedPoolInformation") ? "MmPagedPoolInfo" : field.name());
            if (field.bytes() == 8 && field.offset() + 8 <= size && place.isPresent()) {
                data.set(field.name(), KERNEL + place.getAsLong());
            }
        }
        data.set("Header.OwnerTag", 0x4742_444b).set("Header.Size", size).set("KernBase", KERNEL).set("MmPageSize", PAGE);
        data.set("OffsetPcrContainedPrcb", symbols.get("_KPCR").offset("PrcbData"));
        if (format == ImageFormat.RAW) {
            DebuggerData.encode(space, block, size, at("KdpDataBlockEncoded"), at("KiWaitNever"), at("KiWaitAlways"));
        }
        return block;
    }
}
