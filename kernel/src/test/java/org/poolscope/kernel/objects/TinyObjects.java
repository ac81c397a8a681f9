package org.poolscope.kernel.objects;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.kernel.TinyKernel;

/**
 * Objects painted into a tiny kernel: Server 2003 SP1 for 32-bit processors, offsets from the public symbols. Three processes,
 * System with two threads; two drivers of which one has two devices; requests on a list and off it.
 */
final class TinyObjects {

    static final long PROCESS_HEAD = 0x8047_0000L;
    static final long NONPAGED = 0x8200_0000L;
    static final int BODY = 0x18;

    final TinyKernel kernel;
    final Map<String, Long> types = new HashMap<>();
    final Map<String, Long> processes = new LinkedHashMap<>();
    final long root;
    final long driverDirectory;
    final long deviceDirectory;
    final long beep;
    final long leaky;
    final long beepDevice;
    final long leakyDevice;
    final long namelessDevice;
    long thread;
    long listed;
    long unlisted;
    final Map<String, Long> handleTables = new HashMap<>();
    private long next = NONPAGED;
    private long tables = 0xe100_0000L;
    private final Map<Long, Long> devices = new HashMap<>();
    private final Map<Long, Integer> chained = new HashMap<>();

    TinyObjects() {
        kernel = new TinyKernel(5, 2).variable(0x268, 0x100);
        long typeType = object("Type", "Type", 0x190, 0);
        kernel.u32(typeType - BODY + 8, typeType);
        types.put("Type", typeType);
        type(typeType, "Type");
        for (String name : List.of("Directory", "Process", "Thread", "Driver", "Device", "Event", "File")) {
            type(object("Type", name, 0x190, 0), name);
        }
        root = object("Directory", "\\", 0xa0, 0);
        kernel.u32(root - BODY + 8, types.get("Directory"));
        long typeDirectory = directory(root, "ObjectTypes");
        types.forEach((name, type) -> enter(typeDirectory, type));
        driverDirectory = directory(root, "Driver");
        deviceDirectory = directory(root, "Device");
        kernel.variable(0x98, root).variable(0xa0, typeType).debuggerData(0x50, PROCESS_HEAD);
        beep = driver("Beep", 0xf900_0000L);
        leaky = driver("leaky", 0xf910_0000L);
        beepDevice = device(beep, "Beep", 1);
        leakyDevice = device(leaky, "Leaky", 0x12);
        namelessDevice = device(leaky, "", 0x22);
        kernel.u32(beepDevice + 0x10, namelessDevice);
        process("System", 4, 2);
        process("smss.exe", 264, 1);
        process("leak.exe", 1000, 1);
        linkProcesses();
        listed = irp(thread, leakyDevice, 1, 1);
        kernel.link(thread + 0x208, listed + 0x10);
        unlisted = irp(0, leakyDevice, 2, 2);
        kernel.u32(unlisted + 0xc, 0x8230_0008L);
    }

    private static byte[] ascii(String text, int length) {
        byte[] bytes = new byte[length];
        byte[] chars = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(chars, 0, bytes, 0, chars.length);
        return bytes;
    }

    /** A block of pool with a header: previous size is left out, pool type is nonpaged in use. */
    long block(String tag, int bytes) {
        int size = bytes + 8 + 7 & ~7;
        if ((next & 0xfff) + size > 0x1000) {
            next = (next | 0xfff) + 1;
        }
        kernel.u16(next + 2, size / 8 | 1 << 9).bytes(next + 4, ascii(tag, 4)).bytes(next + 8, new byte[size - 8]);
        next += size;
        return next - size + 8;
    }

    /** An object with a header, and a name when it has one; returns its body. */
    long object(String type, String name, int bytes, long directory) {
        int infos = name.isEmpty() ? 0 : 0x10;
        long block = block(type.length() < 4 ? type : type.substring(0, 4), infos + BODY + bytes);
        long body = block + infos + BODY;
        kernel.u32(body - BODY, 1).u32(body - BODY + 8, types.getOrDefault(type, 0L));
        if (infos > 0) {
            kernel.bytes(body - BODY + 0xc, new byte[] {0x10});
            long text = block("ObNm", 2 * name.length() + 2);
            kernel.u32(block, directory);
            kernel.string(block + 4, text, name);
        }
        return body;
    }

    private void type(long type, String name) {
        types.put(name, type);
        kernel.u32(type - BODY + 8, types.get("Type"));
        kernel.string(type + 0x40, block("ObNm", 64), name);
        kernel.bytes(type + 0xac, ascii(name.substring(0, 4), 4));
    }

    private long directory(long parent, String name) {
        long directory = object("Directory", name, 0xa0, parent);
        enter(parent, directory);
        return directory;
    }

    /** Puts an object into a directory, one chain after another. */
    void enter(long directory, long object) {
        int bucket = chained.merge(directory, 1, Integer::sum) % 37;
        long entry = block("ObDi", 0xc);
        kernel.u32(entry + 4, object).u32(directory + 4L * bucket, entry);
    }

    private long driver(String name, long base) {
        long driver = object("Driver", name, 0xa8, driverDirectory);
        enter(driverDirectory, driver);
        kernel.u16(driver, 4).u16(driver + 2, 0xa8).u32(driver + 0xc, base).u32(driver + 0x10, 0x8000);
        kernel.string(driver + 0x1c, block("Driv", 64), "\\Driver\\" + name);
        return driver;
    }

    private long device(long driver, String name, int type) {
        long device = object("Device", name, 0xb8 + 0x20, deviceDirectory);
        if (!name.isEmpty()) {
            enter(deviceDirectory, device);
        }
        kernel.u16(device, 3).u16(device + 2, 0xd8).u32(device + 8, driver)
                .u32(device + 0x28, device + 0xb8).u32(device + 0x2c, type);
        long previous = devices.getOrDefault(driver, 0L);
        kernel.u32(device + 0xc, previous).u32(driver + 4, device);
        devices.put(driver, device);
        return device;
    }

    private void process(String name, int pid, int threads) {
        long process = object("Process", "", 0x278, 0);
        processes.put(name, process);
        kernel.bytes(process, new byte[] {3}).u32(process + 0x18, 0x39000).u32(process + 0x94, pid)
                .u32(process + 0xa0, 100 + pid).u32(process + 0xa4, 2000 + pid).bytes(process + 0x164, ascii(name, 16));
        long[] links = new long[threads];
        for (int i = 0; i < threads; i++) {
            thread = object("Thread", "", 0x250, 0);
            kernel.bytes(thread, new byte[] {6}).u32(thread + 0x18, 0xf8a0_3000L).u32(thread + 0x1c, 0xf8a0_0000L)
                    .u32(thread + 0x20, 0xf8a0_2c54L).u32(thread + 0x1e4, pid).u32(thread + 0x1e8, pid + 4 + 4 * i)
                    .link(thread + 0x208);
            links[i] = thread + 0x224;
        }
        kernel.link(process + 0x180, links);
        long table = block("Obtb", 0x44);
        long page = handlePage();
        kernel.u32(process + 0xd4, table).u32(table, page).u32(table + 4, name.equals("System") ? 0 : process)
                .u32(table + 8, pid);
        handleTables.put(name, table);
        handles(table, page, 3);
    }

    private void linkProcesses() {
        kernel.link(PROCESS_HEAD, processes.values().stream().mapToLong(process -> process + 0x98).toArray());
    }

    /** A page for handles, all free. */
    long handlePage() {
        tables += 0x1000;
        kernel.u32(tables, 0).u32(tables + 0xffc, 0);
        return tables;
    }

    /** Fills the first entries of a page with handles to events of their own. */
    void handles(long table, long page, int count) {
        for (int i = 1; i <= count; i++) {
            kernel.u32(page + 8L * i, object("Event", "", 0x10, 0) - BODY | 1);
        }
        kernel.u32(table + 0x3c, count);
    }

    /** A request with its stack. */
    long irp(long owner, long device, int stackCount, int location) {
        int size = 0x70 + 0x24 * stackCount;
        long irp = block("Irp ", size);
        kernel.u16(irp, 6).u16(irp + 2, size).bytes(irp + 0x22, new byte[] {(byte) stackCount, (byte) location})
                .u32(irp + 0x50, owner).link(irp + 0x10);
        long stack = irp + 0x70 + 0x24L * (location - 1);
        kernel.bytes(stack, new byte[] {3, 0}).u32(stack + 0x14, device);
        return irp;
    }
}
