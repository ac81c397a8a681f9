package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Makes driver objects, devices, file objects and I/O request packets. */
public final class IoManager {

    private static final int MAJOR_FUNCTIONS = 28;
    private static final int BUFFERED_IO = 0x10;
    private static final int DEALLOCATE_BUFFER = 0x20;
    private static final int PENDING_RETURNED = 1;

    private final Machine machine;
    private final KernelSpace space;
    private final TypeLayouts layouts;
    private final Pools pools;
    private final ObjectManager objects;
    private final List<KernelDriver> drivers = new ArrayList<>();
    private final List<KernelIrp> irps = new ArrayList<>();
    private final TagAccount irpTag;

    IoManager(Machine machine, TypeLayouts layouts) {
        this.machine = machine;
        this.space = machine.space();
        this.layouts = layouts;
        this.pools = machine.pools();
        this.objects = machine.objects();
        this.irpTag = pools.tag("Irp ");
    }

    /** All drivers. */
    public List<KernelDriver> drivers() {
        return List.copyOf(drivers);
    }

    /** All requests that are outstanding. */
    public List<KernelIrp> irps() {
        return List.copyOf(irps);
    }

    /**
     * Makes a driver object.
     *
     * @param directory {@code \Driver} or {@code \FileSystem}
     */
    public KernelDriver createDriver(String directory, String name, KernelModule module) {
        StructLayout layout = layouts.get("_DRIVER_OBJECT");
        StructLayout extension = layouts.get("_DRIVER_EXTENSION");
        Struct driver = new Struct(space, layout, objects.create("Driver", layout.size() + extension.size(), directory, name));
        Struct more = new Struct(space, extension, driver.address() + layout.size());
        String full = directory + "\\" + name;
        driver.set("Type", 4).set("Size", layout.size()).set("Flags", 0x12);
        driver.set("DriverStart", module.base()).set("DriverSize", module.spec().size()).set("DriverSection", module.entry());
        driver.set("DriverExtension", more.address()).set("DriverInit", module.code(0)).set("DriverUnload", module.code(1));
        for (int i = 0; i < MAJOR_FUNCTIONS; i++) {
            driver.set("MajorFunction", i, i % 3 == 2 ? machine.kernel().code(50) : module.code(4 + i % 8));
        }
        string(driver.at("DriverName"), full);
        more.set("DriverObject", driver.address());
        string(more.at("ServiceKeyName"), name);
        KernelDriver made = new KernelDriver(full, module, driver);
        drivers.add(made);
        return made;
    }

    private void string(long unicodeString, String text) {
        long buffer = pools.allocate(PoolKind.NONPAGED, pools.tag("Io  "), 2 * text.length() + 2);
        space.putWide(buffer, text + "\0");
        space.putUnicodeString(unicodeString, 2 * text.length(), 2 * text.length() + 2, buffer);
    }

    /**
     * Makes a device.
     *
     * @param name its name in {@code \Device}; empty for one without a name
     * @param type the {@code FILE_DEVICE_…} number
     * @param extensionBytes bytes of the driver's own data behind the device object
     */
    public KernelDevice createDevice(KernelDriver driver, String name, int type, int extensionBytes) {
        StructLayout layout = layouts.get("_DEVICE_OBJECT");
        StructLayout more = layouts.get("_DEVOBJ_EXTENSION");
        int extension = extensionBytes + 7 & -8;
        int size = layout.size() + extension + more.size();
        long body = name.isEmpty() ? objects.create("Device", size) : objects.create("Device", size, "\\Device", name);
        Struct device = new Struct(space, layout, body);
        long extensionAt = extension == 0 ? 0 : body + layout.size();
        device.set("Type", 3).set("Size", layout.size() + extension).set("ReferenceCount", 1)
                .set("DriverObject", driver.address());
        device.set("NextDevice", driver.struct().get("DeviceObject")).set("DeviceExtension", extensionAt).set("DeviceType", type);
        device.set("StackSize", 1).set("Flags", 0x44);
        Struct behind = new Struct(space, more, body + layout.size() + extension);
        behind.set("Type", 13).set("DeviceObject", body);
        device.set("DeviceObjectExtension", behind.address());
        driver.struct().set("DeviceObject", body);
        KernelDevice made = new KernelDevice(name.isEmpty() ? "" : "\\Device\\" + name, driver, device, extensionAt, type);
        driver.devices().addFirst(made);
        return made;
    }

    /** Attaches a device on top of another, which is what filter drivers do. */
    public void attach(KernelDevice upper, KernelDevice lower) {
        lower.struct().set("AttachedDevice", upper.address());
        lower.attach(upper);
        upper.struct().set("StackSize", upper.stackSize());
        Struct behind = new Struct(space, layouts.get("_DEVOBJ_EXTENSION"), upper.struct().get("DeviceObjectExtension"));
        behind.setIfThere("AttachedTo", lower.address());
    }

    /** Makes a file object for an open file; with the name's buffer given, or none. */
    public long createFile(KernelDevice device, String path, long nameBuffer, int room) {
        StructLayout layout = layouts.get("_FILE_OBJECT");
        Struct file = new Struct(space, layout, objects.create("File", layout.size()));
        file.set("Type", 5).set("Size", layout.size()).set("DeviceObject", device.address());
        if (nameBuffer != 0) {
            space.putUnicodeString(file.at("FileName"), 2 * path.length(), room, nameBuffer);
        }
        machine.processes().dispatcher(file.at("Lock"), 1, layouts.get("_KEVENT").size() / 4);
        machine.processes().dispatcher(file.at("Event"), 0, layouts.get("_KEVENT").size() / 4);
        return file.address();
    }

    /** The same with a name buffer of its own. */
    public long createFile(KernelDevice device, String path) {
        int room = (2 * path.length() + 8) & -8;
        long buffer = pools.allocate(PoolKind.PAGED, pools.tag("IoNm"), room);
        space.putWide(buffer, path);
        return createFile(device, path, buffer, room);
    }

    /** A FILE_OBJECT's {@code FsContext}: the file system's own record of the file. */
    public void setContext(long file, long context, long context2) {
        new Struct(space, layouts.get("_FILE_OBJECT"), file).set("FsContext", context).set("FsContext2", context2);
    }

    /** What a request is about. */
    public record Request(int major, int minor, int controlCode, long file, long systemBuffer, long mdl, long ageSeconds) {

        /** A device control request with a system buffer. */
        public static Request control(int controlCode, long file, long systemBuffer) {
            return new Request(14, 0, controlCode, file, systemBuffer, 0, 0);
        }

        /** A read with a memory descriptor list. */
        public static Request read(long file, long mdl) {
            return new Request(3, 0, 0, file, 0, mdl, 0);
        }
    }

    /** Makes a request that a thread sent to a device and that is still pending there. */
    public KernelIrp send(KernelThread thread, KernelDevice device, Request request) {
        StructLayout layout = layouts.get("_IRP");
        StructLayout location = layouts.get("_IO_STACK_LOCATION");
        int stackCount = Math.max(1, device.stackSize());
        int current = 1;
        int size = layout.size() + stackCount * location.size();
        Struct irp = new Struct(space, layout, pools.allocateZeroed(PoolKind.NONPAGED, irpTag, size));
        long stack = irp.address() + layout.size();
        irp.set("Type", 6).set("Size", size).set("StackCount", stackCount).set("CurrentLocation", current);
        irp.set("RequestorMode", thread.process() == machine.processes().system() ? 0 : 1);
        irp.set("MdlAddress", request.mdl());
        irp.set("AssociatedIrp.SystemBuffer", request.systemBuffer());
        irp.set("Flags", request.systemBuffer() == 0 ? 0 : BUFFERED_IO | DEALLOCATE_BUFFER);
        irp.set("Tail.Overlay.Thread", thread.address());
        irp.set("Tail.Overlay.OriginalFileObject", request.file());
        irp.set("Tail.Overlay.CurrentStackLocation", stack + (long) (current - 1) * location.size());
        irp.set("CancelRoutine", device.driver().module().code(11));
        irp.set("UserIosb", space.pointerSize() == 4 ? 0x12_f9c4 : 0x23_f1a8);
        space.insertTail(thread.irpList(), irp.at("ThreadListEntry"));
        Struct at = new Struct(space, location, stack + (long) (current - 1) * location.size());
        at.set("MajorFunction", request.major()).set("MinorFunction", request.minor()).set("Control", PENDING_RETURNED);
        at.set("DeviceObject", device.address()).set("FileObject", request.file());
        if (request.controlCode() != 0) {
            at.set("Parameters.DeviceIoControl.IoControlCode", request.controlCode());
        }
        KernelIrp made = new KernelIrp(irp.address(), thread, device, request.major(), request.minor(), stackCount, current,
                request.systemBuffer(), request.mdl());
        irps.add(made);
        return made;
    }

    /** Puts a request on a driver's own list of waiting ones, by the links drivers may use for that. */
    public void enqueue(long listHead, KernelIrp irp) {
        if (space.pointer(listHead) == 0) {
            space.initList(listHead);
        }
        space.insertTail(listHead, new Struct(space, layouts.get("_IRP"), irp.address()).at("Tail.Overlay.ListEntry"));
    }

    /** A memory descriptor list over some pages of kernel memory. */
    public long createMdl(long address, int bytes) {
        StructLayout layout = layouts.get("_MDL");
        int pages = (int) ((address & 0xfff) + bytes + 0xfff >>> 12);
        int size = layout.size() + pages * space.pointerSize();
        Struct mdl = new Struct(space, layout, pools.allocateZeroed(PoolKind.NONPAGED, pools.tag("Mdl "), size));
        mdl.set("Size", size).set("MdlFlags", 0x8).set("MappedSystemVa", address).set("StartVa", address & -4096L);
        mdl.set("ByteCount", bytes).set("ByteOffset", address & 0xfff);
        for (int i = 0; i < pages; i++) {
            space.putPointer(mdl.address() + layout.size() + (long) i * space.pointerSize(), space.frame((address & -4096L)
                    + i * 4096L));
        }
        return mdl.address();
    }

    /** Puts an event into memory: a KEVENT with nobody waiting. */
    public void putEvent(long address, boolean synchronization, boolean signaled) {
        machine.processes().dispatcher(address, synchronization ? 1 : 0, layouts.get("_KEVENT").size() / 4);
        space.put32(address + 4, signaled ? 1 : 0);
    }

    /** Bytes of a KEVENT. */
    public int eventSize() {
        return layouts.get("_KEVENT").size();
    }
}
