package org.poolscope.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Paints a 32-bit kernel of the NT 5 family into some hundred kilobytes, so that a test can show the state of memory it is about:
 * kernel base 80400000, variables behind 80450000, two modules, an empty tracker table. Numbers are those of Server 2003; pages
 * are mapped when they are written.
 */
public final class TinyKernel {

    /** Where the kernel is loaded. */
    public static final long BASE = 0x8040_0000L;
    static final long DEBUGGER_DATA = 0x8044_0000L;
    static final long MODULE_LIST = 0x8045_0000L;
    static final long TRACK_TABLE_VARIABLE = 0x8046_0100L;
    static final long TRACK_TABLE = 0x8100_0000L;
    static final long BIG_TABLE = 0x8110_0000L;
    static final int TRACK_TABLE_ENTRY = 28;

    private static final int PAGE = 4096;
    private static final long SHARED_DATA = 0xffdf_0000L;
    private static final int DIRECTORY_FRAME = 0x39;

    private final Map<Long, byte[]> pages = new TreeMap<>();
    private long variables = 0x8045_1000L;

    /** A sound kernel of the given version of Windows. */
    public TinyKernel(int major, int minor) {
        u16(BASE, 'M' | 'Z' << 8).u32(BASE + 0x3c, 0x80).u32(BASE + 0x80, 'P' | 'E' << 8).u32(BASE + 0x88, 0x4570_0000);
        u32(DEBUGGER_DATA, DEBUGGER_DATA).u32(DEBUGGER_DATA + 0x10, 0x4742_444bL).u32(DEBUGGER_DATA + 0x14, 0x318);
        debuggerData(0x18, BASE);
        debuggerData(0x48, MODULE_LIST);
        text(SHARED_DATA + 0x30, "C:\\WINDOWS");
        u32(SHARED_DATA + 0x26c, major).u32(SHARED_DATA + 0x270, minor);
        link(MODULE_LIST, module(0x8046_2000L, "ntoskrnl.exe", BASE, 0x20_0000),
                module(0x8046_2200L, "mup.sys", 0xf900_0000L, 0x1_a000));
        debuggerData(0x1b8, TRACK_TABLE_VARIABLE);
        u32(TRACK_TABLE_VARIABLE, TRACK_TABLE).u32(TRACK_TABLE_VARIABLE + 0x10, 127).u32(TRACK_TABLE_VARIABLE + 0x14, 129);
        u32(TRACK_TABLE + 128 * TRACK_TABLE_ENTRY, 0);
    }

    /** Sets a field of the debugger data block to an address, sign-extended as the kernel does it. */
    public TinyKernel debuggerData(int offset, long address) {
        return u32(DEBUGGER_DATA + offset, address).u32(DEBUGGER_DATA + offset + 4, address == 0 ? 0 : 0xffff_ffffL);
    }

    /** Makes a variable with a value, and a field of the debugger data block that leads to it. */
    public TinyKernel variable(int offset, long value) {
        variables += 8;
        return u32(variables, value).debuggerData(offset, variables);
    }

    /** Writes an entry of the tracker table: tag, then allocations, frees and bytes of nonpaged pool and of paged pool. */
    TinyKernel tracker(int slot, String tag, long... counters) {
        long entry = TRACK_TABLE + (long) slot * TRACK_TABLE_ENTRY;
        return tracker(entry, tag, counters);
    }

    TinyKernel tracker(long entry, String tag, long... counters) {
        bytes(entry, tag.getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < counters.length; i++) {
            u32(entry + 4 + 4L * i, counters[i]);
        }
        return this;
    }

    /** Writes a loader entry and returns its address. */
    public long module(long address, String name, long base, int size) {
        u32(address + 0x18, base).u32(address + 0x20, size);
        string(address + 0x24, address + 0x80, "\\SystemRoot\\" + name);
        string(address + 0x2c, address + 0x100, name);
        return address;
    }

    /** Makes a circular list of a head and entries. */
    public TinyKernel link(long head, long... entries) {
        long previous = head;
        for (long entry : entries) {
            u32(previous, entry).u32(entry + 4, previous);
            previous = entry;
        }
        return u32(previous, head).u32(head + 4, previous);
    }

    /** A counted UTF-16 string whose text stands elsewhere. */
    public void string(long address, long buffer, String text) {
        u16(address, 2 * text.length()).u16(address + 2, 2 * text.length() + 2).u32(address + 4, buffer);
        text(buffer, text);
    }

    private void text(long address, String text) {
        bytes(address, text.getBytes(StandardCharsets.UTF_16LE));
    }

    /** Writes two bytes. */
    public TinyKernel u16(long va, int value) {
        return bytes(va, new byte[] {(byte) value, (byte) (value >> 8)});
    }

    /** Writes four bytes. */
    public TinyKernel u32(long va, long value) {
        return bytes(va, new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)});
    }

    /** Writes bytes. */
    public TinyKernel bytes(long va, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            pages.computeIfAbsent(va + i >>> 12, page -> new byte[PAGE])[(int) (va + i & PAGE - 1)] = bytes[i];
        }
        return this;
    }

    /** Takes a page away: its address stays mapped to nothing. */
    public TinyKernel without(long va) {
        pages.remove(va >>> 12);
        return this;
    }

    /** Physical memory, byte for byte: the page directory at frame 0x39, tables and pages behind it. */
    public byte[] raw() {
        long tables = pages.keySet().stream().map(page -> page >>> 10).distinct().count();
        ByteBuffer memory = ByteBuffer.allocate((int) (DIRECTORY_FRAME + 1 + tables + pages.size()) * PAGE)
                .order(ByteOrder.LITTLE_ENDIAN);
        int directory = DIRECTORY_FRAME * PAGE;
        memory.putInt(directory + 4 * 0x300, directory | 3);
        int next = directory + PAGE;
        for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
            int slot = directory + 4 * (int) (page.getKey() >>> 10);
            if (memory.getInt(slot) == 0) {
                memory.putInt(slot, next | 3);
                next += PAGE;
            }
            int table = memory.getInt(slot) & -PAGE;
            memory.putInt(table + 4 * (int) (page.getKey() & 0x3ff), next | 3);
            memory.put(next, page.getValue());
            next += PAGE;
        }
        return memory.array();
    }

    /** The same memory as a 32-bit full dump. */
    public byte[] fullDump(int build) {
        byte[] raw = raw();
        ByteBuffer dump = ByteBuffer.allocate(PAGE + raw.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < PAGE; i += 4) {
            dump.putInt(i, 0x4547_4150);
        }
        dump.put(4, "DUMP".getBytes(StandardCharsets.US_ASCII));
        dump.putInt(0x08, 15).putInt(0x0c, build).putInt(0x10, DIRECTORY_FRAME * PAGE).putInt(0x18, (int) MODULE_LIST);
        dump.putInt(0x20, 0x14c).putInt(0x24, 2).putInt(0x28, 0xe2);
        dump.put(0x5c, (byte) 0).putInt(0x60, (int) DEBUGGER_DATA).putInt(0x64, 1).putInt(0x68, raw.length / PAGE);
        dump.putInt(0x6c, 0).putInt(0x70, raw.length / PAGE).putInt(0xf88, 1);
        dump.put(PAGE, raw);
        return dump.array();
    }

    /** Writes an image to a file of a folder. */
    public static Path write(Path folder, byte[] image) {
        try {
            return Files.write(folder.resolve("image"), image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
