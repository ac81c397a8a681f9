package org.poolscope.lab.machine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Makes processes, threads with their kernel stacks, and the control blocks of the processors. */
public final class ProcessManager {

    private static final int PAGE = 4096;
    private static final int WAITING = 5;
    private static final long SESSION_AT = 0x800_0000L;
    private static final long SESSION_POOL_AT = 0x10_0000_0000L;
    private static final long SESSION_POOL_BYTES = 0x4000_0000L;
    private static final int WAIT_USER_REQUEST = 6;

    private final Machine machine;
    private final KernelSpace space;
    private final TypeLayouts layouts;
    private final KernelVariables variables;
    private final ObjectManager objects;
    private final Dice dice;
    private final long startTime;
    private final HandleTable ids;
    private final long handleTables;
    private final long activeProcesses;
    private final long quotaBlock;
    private final List<KernelProcess> processes = new ArrayList<>();
    private long nextStack;
    private Struct session;

    ProcessManager(Machine machine, TypeLayouts layouts, long startTime) {
        this.machine = machine;
        this.space = machine.space();
        this.layouts = layouts;
        this.variables = machine.variables();
        this.objects = machine.objects();
        this.dice = machine.dice().named("processes");
        this.startTime = startTime;
        this.nextStack = machine.plan().stacks();
        this.handleTables = variables.at("HandleTableListHead");
        space.initList(handleTables);
        this.activeProcesses = variables.at("PsActiveProcessHead");
        space.initList(activeProcesses);
        this.ids = new HandleTable(space, machine.spec().version(), machine.pools(), 0);
        space.putPointer(variables.at("PspCidTable"), ids.address());
        this.quotaBlock = machine.kernel().variable(0x200);
        KernelProcess system = create("System", null);
        space.putPointer(variables.at("PsInitialSystemProcess"), system.address());
        createThread(system, machine.kernel());
    }

    /** The system process. */
    public KernelProcess system() {
        return processes.getFirst();
    }

    /** All processes, in the order they were made. */
    public List<KernelProcess> all() {
        return List.copyOf(processes);
    }

    /** Makes a process. Its page tables come when the machine stops. */
    public KernelProcess create(String name, KernelProcess parent) {
        long body = objects.create("Process", layouts.get("_EPROCESS").size());
        int id = ids.add(body, 0);
        Struct process = new Struct(space, layouts.get("_EPROCESS"), body);
        Struct kernel = new Struct(space, layouts.get("_KPROCESS"), process.at("Pcb"));
        dispatcher(kernel.at("Header"), 3, layouts.get("_KPROCESS").size() / 4);
        space.initList(kernel.at("ThreadListHead"));
        space.initList(process.at("ThreadListHead"));
        HandleTable handles = new HandleTable(space, machine.spec().version(), machine.pools(), handleTables);
        handles.own(body, id);
        process.set("UniqueProcessId", id).set("ObjectTable", handles.address());
        process.set("CreateTime", startTime + processes.size() * 31_417_000L);
        process.set("QuotaBlock", quotaBlock);
        byte[] image = name.getBytes(StandardCharsets.US_ASCII);
        space.putBytes(process.at("ImageFileName"), image, 0, Math.min(15, image.length));
        if (parent != null) {
            process.set("InheritedFromUniqueProcessId", parent.id());
            process.set("Peb", space.pointerSize() == 4 ? 0x7ffd_f000L : 0x7ff_fffd_e000L);
        }
        // A fast reference: the low bits of the pointer count references taken in advance.
        process.set("Token", objects.create("Token", dice.between(0x90, 0x1a0) * 4 & -16) | 5);
        space.insertTail(activeProcesses, process.at("ActiveProcessLinks"));
        if (machine.spec().version().isModern() && parent != null && parent != processes.getFirst()) {
            space.insertTail(session().at("ProcessList"), process.at("SessionProcessLinks"));
            process.set("Session", session().address());
        } else if (process.has("SessionProcessLinks")) {
            space.initList(process.at("SessionProcessLinks"));
        }
        KernelProcess made = new KernelProcess(name, id, process, handles);
        processes.add(made);
        return made;
    }

    /** The one session that all processes but the first two are in. Nothing is allocated from its own pool. */
    private Struct session() {
        if (session == null) {
            StructLayout layout = layouts.get("_MM_SESSION_SPACE");
            long at = machine.plan().systemPtes() + SESSION_AT;
            space.mapMissing(at, layout.size(), Access.DATA);
            session = new Struct(space, layout, at);
            session.set("SessionId", 1).set("PagedPoolStart", machine.plan().session() + SESSION_POOL_AT)
                    .set("PagedPoolEnd", machine.plan().session() + SESSION_POOL_AT + SESSION_POOL_BYTES - 1);
            space.initList(session.at("ProcessList"));
        }
        return session;
    }

    /** A DISPATCHER_HEADER with an empty wait list. */
    void dispatcher(long address, int type, int words) {
        Struct header = new Struct(space, layouts.get("_DISPATCHER_HEADER"), address);
        header.set("Type", type).set("Size", words);
        space.initList(header.at("WaitListHead"));
    }

    /** Makes a thread that waits, with a kernel stack. */
    public KernelThread createThread(KernelProcess process, KernelModule start) {
        boolean wide = space.pointerSize() == 8;
        int pages = wide ? 6 : 3;
        long limit = nextStack + PAGE;
        space.map(limit, pages, Access.DATA);
        long top = limit + (long) pages * PAGE;
        nextStack = top;
        long body = objects.create("Thread", layouts.get("_ETHREAD").size());
        int id = ids.add(body, 0);
        Struct thread = new Struct(space, layouts.get("_ETHREAD"), body);
        Struct kernel = new Struct(space, layouts.get("_KTHREAD"), thread.at("Tcb"));
        dispatcher(kernel.at("Header"), 6, layouts.get("_KTHREAD").size() / 4);
        Struct client = new Struct(space, layouts.get("_CLIENT_ID"), thread.at("Cid"));
        client.set("UniqueProcess", process.id()).set("UniqueThread", id);
        space.initList(thread.at("IrpList"));
        thread.set("CreateTime", startTime + id * 1_900_000L).set("StartAddress", start.code(2));
        thread.setIfThere("ThreadsProcess", process.address());
        kernel.setIfThere("Process", process.address());
        new Struct(space, layouts.get("_KAPC_STATE"), kernel.at("ApcState")).set("Process", process.address());
        Struct owner = process.struct();
        space.insertTail(owner.at("ThreadListHead"), thread.at("ThreadListEntry"));
        Struct ownerKernel = new Struct(space, layouts.get("_KPROCESS"), owner.at("Pcb"));
        space.insertTail(ownerKernel.at("ThreadListHead"), kernel.at("ThreadListEntry"));
        owner.setIfThere("ActiveThreads", process.threads().size() + 1L);
        kernel.set("State", WAITING).set("WaitReason", WAIT_USER_REQUEST).set("Priority", 8 + id % 3);
        kernel.set("WaitMode", process == processes.getFirst() ? 0 : 1);
        kernel.setIfThere("ContextSwitches", dice.between(4, 90_000));
        int used = stack(body, process, start, top, wide);
        kernel.set("InitialStack", top).set("StackLimit", limit).set("KernelStack", top - used);
        kernel.setIfThere("StackBase", top);
        KernelThread made = new KernelThread(id, process, thread, top, used);
        process.threads().add(made);
        return made;
    }

    /** What a waiting thread left on its stack: where it will return to, and what it waits with. */
    private int stack(long thread, KernelProcess process, KernelModule start, long top, boolean wide) {
        int word = wide ? 8 : 4;
        int used = 0x2a0 + dice.below(24) * 16;
        long at = top - used;
        while (at < top - 0x80) {
            long value = switch (dice.below(7)) {
                case 0 -> machine.kernel().code(dice.below(40));
                case 1 -> thread;
                case 2 -> process.address();
                case 3 -> start.code(dice.below(8));
                case 4 -> at + dice.between(4, 20) * (long) word;
                case 5 -> dice.below(0x10000);
                default -> 0;
            };
            space.putPointer(at, value);
            at += word;
        }
        return used;
    }

    /** Pushes a value on a thread's stack, as a routine that holds it in a local variable has it. */
    public void push(KernelThread thread, long value) {
        thread.useStack(16);
        space.putPointer(thread.stackPointer() + 8, value);
        new Struct(space, layouts.get("_KTHREAD"), thread.struct().at("Tcb")).set("KernelStack", thread.stackPointer());
    }

    /** Opens a handle to an object in a process. */
    public int open(KernelProcess process, String type, long object, int access) {
        int handle = process.handles().add(objects.header(object).address(), access);
        objects.countHandle(object);
        objects.type(type).countHandle();
        return handle;
    }

    /** Puts the processors' control blocks where this version has them; each runs a thread. */
    void writeProcessors() {
        VirtualPlan plan = machine.plan();
        boolean wide = space.pointerSize() == 8;
        long array = variables.at("KiProcessorBlock");
        int size = layouts.get("_KPCR").size() + 2 * PAGE - 1 & -PAGE;
        space.put32(variables.at("KeNumberProcessors"), machine.spec().processors());
        for (int i = 0; i < machine.spec().processors(); i++) {
            long region;
            if (i > 0 || machine.spec().version().isModern() && !variables.has("KiInitialPCR")) {
                region = plan.processorBlocks() + (long) i * (size + PAGE);
                space.map(region, size / PAGE, Access.DATA);
            } else if (wide) {
                region = variables.at("KiInitialPCR", layouts.get("_KPCR").size());
            } else {
                region = 0xffdf_f000L;
                space.map(region, 1, Access.DATA);
            }
            Struct control = new Struct(space, layouts.get("_KPCR"), region);
            Struct block = new Struct(space, layouts.get("_KPRCB"), control.at("PrcbData"));
            control.setIfThere("SelfPcr", region);
            if (!wide) {
                control.setIfThere("Prcb", block.address()).setIfThere("Number", i);
            }
            control.set("MajorVersion", 1).set("MinorVersion", 1);
            control.set("KdVersionBlock", variables.at("KdVersionBlock", 0x28));
            KernelThread running = runningThread(i);
            KernelThread idle = system().threads().getFirst();
            block.set("CurrentThread", running.address()).set("IdleThread", idle.address()).set("Number", i);
            block.setIfThere("MHz", 2793);
            space.putAscii(block.at("VendorString"), "GenuineIntel");
            machine.lookasides().attach(block, i);
            space.putPointer(array + (long) i * space.pointerSize(), block.address());
        }
    }

    private KernelThread runningThread(int processor) {
        KernelProcess process = processes.get(Math.min(processor, processes.size() - 1));
        return process.threads().isEmpty() ? system().threads().getFirst() : process.threads().getLast();
    }

    /** Writes counters and handle tables; before the pools write their books, for the upper levels of handle tables take pool. */
    void finishTables() {
        for (KernelProcess process : processes) {
            process.handles().finish();
            Struct owner = process.struct();
            owner.set("QuotaUsage", 0, process.nonPagedQuota()).set("QuotaUsage", 1, process.pagedQuota());
            owner.set("QuotaPeak", 0, process.nonPagedQuota() * 9 / 8).set("QuotaPeak", 1, process.pagedQuota() * 9 / 8);
        }
        ids.finish();
    }

    /** Gives each process page tables of its own, once the kernel's half is complete. */
    void writeAddressSpaces() {
        for (KernelProcess process : processes) {
            long root = process == system() ? space.tables().root() : space.tables().newProcessRoot();
            new Struct(space, layouts.get("_KPROCESS"), process.struct().at("Pcb")).set("DirectoryTableBase", root);
        }
    }
}
