package org.poolscope.lab.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.CrashState;
import org.poolscope.lab.image.DumpHeader;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.image.MachineMemory;
import org.poolscope.lab.image.PageTables;
import org.poolscope.lab.image.PageTables32;
import org.poolscope.lab.image.PageTables64;
import org.poolscope.lab.image.PageTablesPae;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * A Windows machine in the making: its kernel's memory, structure by structure. Build what the case needs, then {@link #stop} it,
 * which writes the kernel's books and the dump header and ends the file. Not thread-safe.
 */
public final class Machine implements AutoCloseable {

    /** When the first process was made, as FILETIME: some day in January 2007. */
    private static final long START_TIME = 128_127_312_000_000_000L;

    /** The same of a later system: the first day of 2022. */
    private static final long MODERN_START_TIME = 132_854_688_000_000_000L;

    static final int FIRST_PAGE_TABLE = 0x1ad;

    /** Of so many pages of paged pool one is on the standby list. */
    private static final int ONE_IN_STANDBY = 40;

    private final MachineSpec spec;
    private final WindowsVersion version;
    private final TypeLayouts layouts;
    private final VirtualPlan plan;
    private final Dice dice;
    private final MachineMemory memory;
    private final KernelSpace space;
    private final ModuleLoader loader;
    private final KernelModule kernel;
    private final KernelVariables variables;
    private final Pools pools;
    private final long loadedModuleList;
    private final ObjectManager objects;
    private final Lookasides lookasides;
    private final ProcessManager processes;
    private final IoManager io;
    private int pagedLimitPages;
    private boolean settled;
    private int oneInPageFile;
    private TrimmedPages trimmed = new TrimmedPages(0, 0);
    private DriverVerifier verifier;

    private Machine(Path file, MachineSpec spec, Dice dice) throws IOException {
        this.spec = spec;
        this.version = spec.version();
        this.layouts = version.layouts();
        this.plan = VirtualPlan.of(version, dice.named("address space"));
        this.dice = dice;
        long firstPage = DumpHeader.firstPageOffset(version.architecture(), spec.format(), spec.runs());
        this.memory = MachineMemory.create(file, spec.format(), spec.runs(), firstPage, spec.expectedPages(),
                dice.named("frames"));
        if (version.isModern()) {
            // The loader puts the first page table here on many machines; tools that look for it begin near it.
            memory.takeRow(1, FIRST_PAGE_TABLE - 1);
        }
        PageTables tables = switch (version.architecture()) {
            case X86 -> spec.pae() ? new PageTablesPae(memory) : new PageTables32(memory);
            default -> new PageTables64(memory, plan.selfSlot(), version.invalidMask());
        };
        this.space = new KernelSpace(version.architecture(), memory, tables);
        this.loader = new ModuleLoader(space, version, plan);
        List<ModuleSpec> modules = ModuleSpec.resource(version.modules());
        for (long at = 0; at < plan.systemCacheBytes(); at += tables.largePage()) {
            tables.reserve(plan.systemCache() + at);
        }
        this.kernel = loader.loadKernel(modules.get(0), modules.get(1));
        this.variables = new KernelVariables(space, version, kernel);
        this.pagedLimitPages = spec.pagedLimitPages();
        if (plan.pagedStart() + (long) pagedLimitPages * MachineMemory.PAGE > plan.pagedEnd()) {
            throw new IllegalArgumentException("a paged pool of " + pagedLimitPages + " pages does not fit its address range");
        }
        this.pools = new Pools(space, version, variables, spec, plan, dice.named("pools"));
        for (ModuleSpec module : modules.subList(2, modules.size())) {
            loader.load(module);
        }
        this.loadedModuleList = variables.at("PsLoadedModuleList");
        loader.enterAll(pools, loadedModuleList);
        this.objects = new ObjectManager(space, version, variables, pools, dice.named("cookie"));
        this.lookasides = new Lookasides(space, version, variables, pools);
        this.processes = new ProcessManager(this, layouts, version.isModern() ? MODERN_START_TIME : START_TIME);
        this.io = new IoManager(this, layouts);
    }

    /** Begins a machine whose memory is written to {@code file}. */
    public static Machine create(Path file, MachineSpec spec, Dice dice) throws IOException {
        return new Machine(file, spec, dice);
    }

    /** What machine it is. */
    public MachineSpec spec() {
        return spec;
    }

    /** The kernel's virtual memory. */
    public KernelSpace space() {
        return space;
    }

    /** The pools. */
    public Pools pools() {
        return pools;
    }

    /** The machine's own dice. */
    public Dice dice() {
        return dice;
    }

    /** The kernel image. */
    public KernelModule kernel() {
        return kernel;
    }

    /** All loaded modules, in load order. */
    public List<KernelModule> modules() {
        return loader.all();
    }

    /** A loaded module. */
    public KernelModule module(String name) {
        return loader.find(name).orElseThrow(() -> new IllegalArgumentException("this machine has not loaded " + name));
    }

    /** Loads one more driver. */
    public KernelModule load(ModuleSpec driver) {
        KernelModule module = loader.load(driver);
        loader.enter(pools, loadedModuleList, module);
        return module;
    }

    /** The size of paged pool, in pages. */
    public int pagedLimitPages() {
        return pagedLimitPages;
    }

    /** Makes the limit of paged pool smaller than what was set aside for it. */
    public void limitPagedPool(int pages) {
        if (pages < poolPages(PoolKind.PAGED) || pages > spec.pagedLimitPages()) {
            throw new IllegalArgumentException(pages + " pages of paged pool, " + poolPages(PoolKind.PAGED)
                    + " in use of at most "
                    + spec.pagedLimitPages());
        }
        pagedLimitPages = pages;
    }

    /** Its objects. */
    public ObjectManager objects() {
        return objects;
    }

    /** Its lists of parked blocks. */
    public Lookasides lookasides() {
        return lookasides;
    }

    /** Its processes and threads. */
    public ProcessManager processes() {
        return processes;
    }

    /** Its drivers, devices and requests. */
    public IoManager io() {
        return io;
    }

    /** Sends one in {@code n} pages of paged pool to the page file when the machine stops; what they hold is not in the image. */
    public void pageOut(int n) {
        oneInPageFile = n;
    }

    /** What was trimmed from paged pool; known once the machine has stopped. */
    public TrimmedPages trimmed() {
        return trimmed;
    }

    /** Driver Verifier; asking for it turns it on. */
    public DriverVerifier verifier() {
        if (verifier == null) {
            verifier = new DriverVerifier(this, layouts);
        }
        return verifier;
    }

    /**
     * Makes what still takes pool for itself. Afterwards nothing may be made but plain pool blocks, so that a case can fill the
     * pools to the page; {@link #stop} does it when the case has not.
     */
    public void settle() {
        if (!settled) {
            settled = true;
            processes.finishTables();
            lookasides.prepare(spec.processors());
        }
    }

    KernelVariables variables() {
        return variables;
    }

    VirtualPlan plan() {
        return plan;
    }

    /** Writes the books, the debugger's block and the dump header, and ends the file. */
    public void stop(StopState state, MemoryFigures figures) throws IOException {
        settle();
        processes.writeProcessors();
        objects.writeBooks();
        if (verifier != null) {
            verifier.writeBooks();
        }
        pools.writeBooks();
        if (layouts.find("_MI_SYSTEM_INFORMATION").isPresent()) {
            new MemoryState(this, layouts).write(figures);
        } else {
            new MemoryManagerBooks(this, layouts).write(figures);
        }
        DebuggerData debugger = new DebuggerData(this, layouts);
        long block = debugger.write();
        sharedUserData(state);
        processes.writeAddressSpaces();
        trimmed = pools.trim(dice.named("trim"), ONE_IN_STANDBY, oneInPageFile);
        memory.finish(new DumpHeader(version.architecture(), crashState(state, block)));
    }

    private void sharedUserData(StopState state) {
        StructLayout layout = layouts.get("_KUSER_SHARED_DATA");
        space.map(plan.sharedUserData(), 1, Access.DATA);
        Struct shared = new Struct(space, layout, plan.sharedUserData());
        long time = state.fileTime();
        putSystemTime(shared.at("SystemTime"), time);
        putSystemTime(shared.at("InterruptTime"), state.upSeconds() * 10_000_000L);
        putSystemTime(shared.at("TickCount"), state.upSeconds() * 64);
        space.putWide(shared.at("NtSystemRoot"), "C:\\WINDOWS");
        shared.set("NtProductType", version.productType()).set("NtMajorVersion", version.major())
                .set("NtMinorVersion", version.minor());
        shared.setIfThere("NumberOfPhysicalPages", memory.totalPages());
        shared.setIfThere("ActiveProcessorCount", spec.processors()).setIfThere("NtBuildNumber", version.build());
    }

    /** A KSYSTEM_TIME: low half, high half twice, so that a reader without a lock can tell a torn read. */
    private void putSystemTime(long address, long value) {
        space.put32(address, (int) value);
        space.put32(address + 4, (int) (value >>> 32));
        space.put32(address + 8, (int) (value >>> 32));
    }

    private CrashState crashState(StopState state, long debuggerBlock) {
        long instruction = kernel.code(3);
        return new CrashState(version.build(), space.tables().root(), spec.pae(), plan.pfnDatabase(), loadedModuleList,
                variables.at("PsActiveProcessHead"), debuggerBlock, spec.processors(), state.bugCheck(), state.parameters(),
                instruction,
                context(instruction), version.productType(), version.productType() == 3 ? 0x110 : 0x100, state.fileTime(),
                state.upSeconds() * 10_000_000L);
    }

    /** The CONTEXT of the processor that wrote the dump (winnt.h): where it was, and the kernel's selectors. */
    private byte[] context(long instruction) {
        if (version.architecture() == Architecture.X86) {
            ByteBuffer c = ByteBuffer.allocate(0x2cc).order(ByteOrder.LITTLE_ENDIAN);
            c.putInt(0x00, 0x1001f);
            c.putInt(0x90, 0x30);
            c.putInt(0x94, 0x23);
            c.putInt(0x98, 0x23);
            c.putInt(0xb8, (int) instruction);
            c.putInt(0xbc, 0x08);
            c.putInt(0xc0, 0x246);
            c.putInt(0xc8, 0x10);
            return c.array();
        }
        ByteBuffer c = ByteBuffer.allocate(0x4d0).order(ByteOrder.LITTLE_ENDIAN);
        c.putInt(0x30, 0x10001f);
        c.putShort(0x38, (short) 0x10);
        c.putShort(0x42, (short) 0x18);
        c.putInt(0x44, 0x246);
        c.putLong(0xf8, instruction);
        return c.array();
    }

    /** Pages of a pool in use. */
    public int poolPages(PoolKind kind) {
        return pools.pages(kind);
    }

    /** Whether the machine's memory is written as a dump, with a header. */
    public boolean isDump() {
        return spec.format() != ImageFormat.RAW;
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
