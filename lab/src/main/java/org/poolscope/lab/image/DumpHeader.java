package org.poolscope.lab.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.poolscope.model.Architecture;

/**
 * What stands in a crash dump before its first page: the header, the list of physical memory runs, and the bitmap of stored pages
 * where the format has one. Layout from the notes on dump headers (facts, sections 1.1 to 1.4), which were put together from
 * readers of the format; what is not filled holds the pattern {@code PAGE}, as in files Windows writes.
 */
public final class DumpHeader {

    private static final int FILL = 0x45474150;
    private static final int HEADER_32 = 0x1000;
    private static final int HEADER_64 = 0x2000;
    private static final int OLD_BITMAP_AT_32 = 0x20;
    private static final int OLD_BITMAP_AT_64 = 0x28;
    private static final int NEW_BITMAP_AT = 0x38;
    private static final int MOST_RUNS_32 = 86;
    private static final int MOST_RUNS_64 = 42;

    private final Architecture architecture;
    private final CrashState crash;

    /** A header for a machine that stopped as {@code crash} says. */
    public DumpHeader(Architecture architecture, CrashState crash) {
        this.architecture = architecture;
        this.crash = crash;
    }

    /** Where in the file the first page goes: after the header and the bitmap, at the next multiple of a page. */
    public static long firstPageOffset(Architecture architecture, ImageFormat format, List<MemoryRun> runs) {
        int header = architecture == Architecture.X86 ? HEADER_32 : HEADER_64;
        return switch (format) {
            case RAW -> 0;
            case FULL_DUMP -> header;
            case KERNEL_DUMP -> pageAligned(header + (architecture == Architecture.X86 ? OLD_BITMAP_AT_32 : OLD_BITMAP_AT_64)
                    + bitmapBytes(runs));
            case BITMAP_DUMP -> pageAligned(header + NEW_BITMAP_AT + bitmapBytes(runs));
        };
    }

    private static long pageAligned(long offset) {
        return offset + MachineMemory.PAGE - 1 & -MachineMemory.PAGE;
    }

    /** The bitmap is an array of 32-bit words (RTL_BITMAP). */
    private static int bitmapBytes(List<MemoryRun> runs) {
        return Math.toIntExact((runs.getLast().end() + 31) / 32 * 4);
    }

    List<ByteBuffer> write(MachineMemory memory) {
        ByteBuffer header = architecture == Architecture.X86 ? header32(memory) : header64(memory);
        return memory.format().hasBitmap() ? List.of(header, bitmap(memory)) : List.of(header);
    }

    private static ByteBuffer filled(int size) {
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i += 4) {
            buffer.putInt(i, FILL);
        }
        return buffer;
    }

    private ByteBuffer header32(MachineMemory memory) {
        ByteBuffer h = filled(HEADER_32);
        text(h, 0, "PAGEDUMP");
        h.putInt(0x008, 0xf);
        h.putInt(0x00c, crash.build());
        h.putInt(0x010, (int) crash.directoryTableBase());
        h.putInt(0x014, (int) crash.pfnDatabase());
        h.putInt(0x018, (int) crash.loadedModuleList());
        h.putInt(0x01c, (int) crash.activeProcessHead());
        h.putInt(0x020, architecture.machine());
        h.putInt(0x024, crash.processors());
        h.putInt(0x028, crash.bugCheck());
        for (int i = 0; i < 4; i++) {
            h.putInt(0x02c + 4 * i, (int) crash.parameter(i));
        }
        zero(h, 0x03c, 32);
        h.put(0x05c, (byte) (crash.pae() ? 1 : 0));
        h.put(0x05d, (byte) 0);
        h.putInt(0x060, (int) crash.debuggerData());
        List<MemoryRun> runs = runs(memory, MOST_RUNS_32);
        h.putInt(0x064, runs.size());
        h.putInt(0x068, (int) memory.totalPages());
        for (int i = 0; i < runs.size(); i++) {
            h.putInt(0x06c + 8 * i, (int) runs.get(i).firstFrame());
            h.putInt(0x070 + 8 * i, (int) runs.get(i).frames());
        }
        h.position(0x320).put(crash.context()).position(0);
        zero(h, 0x7d0, 0x50);
        h.putInt(0x7d0, 0x80000003);
        h.putInt(0x7dc, (int) crash.instruction());
        zero(h, 0x820, 128);
        h.putInt(0xf88, memory.format().dumpType());
        h.putInt(0xf8c, 0);
        h.putInt(0xf90, 0);
        h.putInt(0xf94, crash.productType());
        h.putInt(0xf98, crash.suiteMask());
        h.putInt(0xf9c, 0);
        h.putLong(0xfa0, fileLength(memory));
        h.putLong(0xfb8, crash.upTime());
        h.putLong(0xfc0, crash.systemTime());
        return h;
    }

    private ByteBuffer header64(MachineMemory memory) {
        ByteBuffer h = filled(HEADER_64);
        text(h, 0, "PAGEDU64");
        h.putInt(0x008, 0xf);
        h.putInt(0x00c, crash.build());
        h.putLong(0x010, crash.directoryTableBase());
        h.putLong(0x018, crash.pfnDatabase());
        h.putLong(0x020, crash.loadedModuleList());
        h.putLong(0x028, crash.activeProcessHead());
        h.putInt(0x030, architecture.machine());
        h.putInt(0x034, crash.processors());
        h.putInt(0x038, crash.bugCheck());
        for (int i = 0; i < 4; i++) {
            h.putLong(0x040 + 8 * i, crash.parameter(i));
        }
        zero(h, 0x060, 32);
        h.putLong(0x080, crash.debuggerData());
        List<MemoryRun> runs = runs(memory, MOST_RUNS_64);
        h.putInt(0x088, runs.size());
        h.putInt(0x08c, 0);
        h.putLong(0x090, memory.totalPages());
        for (int i = 0; i < runs.size(); i++) {
            h.putLong(0x098 + 16 * i, runs.get(i).firstFrame());
            h.putLong(0x0a0 + 16 * i, runs.get(i).frames());
        }
        h.position(0x348).put(crash.context()).position(0);
        zero(h, 0xf00, 0x98);
        h.putInt(0xf00, 0x80000003);
        h.putLong(0xf10, crash.instruction());
        h.putInt(0xf98, memory.format().dumpType());
        h.putLong(0xfa0, fileLength(memory));
        h.putLong(0xfa8, crash.systemTime());
        zero(h, 0xfb0, 128);
        h.putLong(0x1030, crash.upTime());
        h.putInt(0x1038, 0);
        h.putInt(0x103c, 0);
        h.putInt(0x1040, crash.productType());
        h.putInt(0x1044, crash.suiteMask());
        h.putInt(0x1048, 0);
        h.put(0x104d, (byte) 0);
        return h;
    }

    private static List<MemoryRun> runs(MachineMemory memory, int most) {
        if (memory.runs().size() > most) {
            throw new IllegalStateException("a dump header holds at most " + most + " runs of memory");
        }
        return memory.runs();
    }

    private long fileLength(MachineMemory memory) {
        return firstPageOffset(architecture, memory.format(), memory.runs()) + memory.storedPages() * MachineMemory.PAGE;
    }

    private ByteBuffer bitmap(MachineMemory memory) {
        boolean wide = architecture != Architecture.X86;
        long first = firstPageOffset(architecture, memory.format(), memory.runs());
        ByteBuffer map = ByteBuffer.allocate((int) first - (wide ? HEADER_64 : HEADER_32)).order(ByteOrder.LITTLE_ENDIAN);
        text(map, 0, "SDMPDUMP");
        int bitCount = Math.toIntExact(memory.runs().getLast().end());
        int bits;
        if (memory.format() == ImageFormat.BITMAP_DUMP) {
            map.putLong(0x20, first);
            map.putLong(0x28, memory.storedPages());
            map.putLong(0x30, bitCount);
            bits = NEW_BITMAP_AT;
        } else {
            map.putInt(0x0c, (int) first);
            map.putInt(0x10, bitCount);
            map.putInt(0x14, (int) memory.storedPages());
            map.putInt(0x18, bitCount);
            bits = wide ? OLD_BITMAP_AT_64 : OLD_BITMAP_AT_32;
        }
        for (int frame = 0; frame < bitCount; frame++) {
            if (memory.isStored(frame)) {
                int at = bits + (frame >> 3);
                map.put(at, (byte) (map.get(at) | 1 << (frame & 7)));
            }
        }
        return map;
    }

    private static void text(ByteBuffer buffer, int at, String text) {
        buffer.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void zero(ByteBuffer buffer, int at, int length) {
        buffer.put(at, new byte[length]);
    }
}
