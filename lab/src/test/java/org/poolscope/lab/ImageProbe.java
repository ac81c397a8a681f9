package org.poolscope.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * A small reader of memory images, written for the tests of the lab alone: it shares no code with the lab and none with the
 * program's readers, so that neither is judged by itself. Reads images below 2 GB: raw, full and kernel dumps of 32-bit machines
 * (with and without PAE) and of x64.
 */
final class ImageProbe {

    final ByteBuffer file;
    final boolean wide;
    final boolean pae;
    final long root;
    final long debuggerData;
    private final Map<Integer, Integer> stored = new HashMap<>();
    private final boolean raw;

    private ImageProbe(ByteBuffer file) {
        this.file = file;
        String signature = ascii(0, 8);
        this.raw = !signature.startsWith("PAGEDU");
        this.wide = signature.equals("PAGEDU64");
        if (raw) {
            this.pae = false;
            this.root = findSelfMap();
            this.debuggerData = findDebuggerData();
            return;
        }
        this.pae = !wide && file.get(0x5c) == 1;
        this.root = wide ? file.getLong(0x10) : file.getInt(0x10) & 0xffffffffL;
        this.debuggerData = wide ? file.getLong(0x80) : file.getInt(0x60) & 0xffffffffL;
        int header = wide ? 0x2000 : 0x1000;
        switch (file.getInt(wide ? 0xf98 : 0xf88)) {
            case 1 -> runs(header);
            case 2 -> bitmap(header, file.getInt(header + 0xc), file.getInt(header + 0x10), header + (wide ? 0x28 : 0x20));
            case 6 -> bitmap(header, (int) file.getLong(header + 0x20), (int) file.getLong(header + 0x30), header + 0x38);
            default -> throw new IllegalStateException("dump type");
        }
    }

    static ImageProbe open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            map.order(ByteOrder.LITTLE_ENDIAN);
            return new ImageProbe(map);
        }
    }

    private void runs(int at) {
        int offset = at;
        int count = file.getInt(wide ? 0x88 : 0x64);
        for (int i = 0; i < count; i++) {
            long base = wide ? file.getLong(0x98 + 16 * i) : file.getInt(0x6c + 8 * i);
            long pages = wide ? file.getLong(0xa0 + 16 * i) : file.getInt(0x70 + 8 * i);
            for (long frame = base; frame < base + pages; frame++) {
                stored.put((int) frame, offset);
                offset += 4096;
            }
        }
    }

    private void bitmap(int header, int first, int bits, int at) {
        if (!ascii(header, 8).equals("SDMPDUMP")) {
            throw new IllegalStateException("no bitmap");
        }
        int offset = first;
        for (int i = 0; i < bits; i++) {
            if ((file.get(at + (i >> 3)) >> (i & 7) & 1) != 0) {
                stored.put(i, offset);
                offset += 4096;
            }
        }
        if (offset != file.limit()) {
            throw new IllegalStateException("the bitmap says " + offset + " bytes, the file has " + file.limit());
        }
    }

    int storedPages() {
        return stored.size();
    }

    private long findSelfMap() {
        for (int page = 0; page < file.limit(); page += 4096) {
            int self = file.getInt(page + 0xc00);
            if ((self & 1) != 0 && (self & ~0xfff) == page && kernelEntries(page) > 20) {
                return page;
            }
        }
        throw new IllegalStateException("no page directory");
    }

    private int kernelEntries(int page) {
        int valid = 0;
        for (int i = 512; i < 1024; i++) {
            valid += file.getInt(page + 4 * i) & 1;
        }
        return valid;
    }

    /** Physical place of the block's start; raw images are read physically there. */
    private long findDebuggerData() {
        for (int at = 0; at < file.limit() - 8; at += 4) {
            if (file.getInt(at) == 0x4742444b && file.getInt(at + 4) == 0x318) {
                return at - 0x10;
            }
        }
        throw new IllegalStateException("no KDBG");
    }

    /** A field of the debugger data block, as an address. */
    long debugger(int offset) {
        if (raw) {
            return file.getInt((int) debuggerData + offset) & 0xffffffffL;
        }
        long value = u64(debuggerData + offset);
        return wide ? value : value & 0xffffffffL;
    }

    /** Where in the file a virtual address stands, or -1. */
    int place(long va) {
        if (wide) {
            return place64(va);
        }
        long entry;
        if (pae) {
            long top = physical64(root + 8 * (va >>> 30));
            entry = (top & 1) == 0 ? 0 : physical64((top & 0xffffff000L) + 8 * (va >>> 21 & 511));
            if ((entry & 0x81) == 0x81) {
                return physical(entry & 0xfffe00000L | va & 0x1fffff);
            }
            entry = (entry & 1) == 0 ? 0 : physical64((entry & 0xffffff000L) + 8 * (va >>> 12 & 511));
        } else {
            entry = physical32((root & ~0xfffL) + 4 * (va >>> 22)) & 0xffffffffL;
            if ((entry & 0x81) == 0x81) {
                return physical(entry & 0xffc00000L | va & 0x3fffff);
            }
            entry = (entry & 1) == 0 ? 0 : physical32((entry & 0xfffff000L) + 4 * (va >>> 12 & 1023)) & 0xffffffffL;
        }
        return page(entry, va);
    }

    private int place64(long va) {
        long entry = root | 1;
        for (int shift = 39; shift >= 12; shift -= 9) {
            if ((entry & 1) == 0) {
                return -1;
            }
            entry = physical64((entry & 0xffff_ffff_f000L) + 8 * (va >>> shift & 511));
            if (shift == 21 && (entry & 0x81) == 0x81) {
                return physical(entry & 0xffff_ffe0_0000L | va & 0x1fffff);
            }
        }
        return page(entry, va);
    }

    private int page(long entry, long va) {
        boolean transition = (entry & 0xc01) == 0x800;
        return (entry & 1) == 0 && !transition ? -1 : physical(entry & 0xffff_ffff_f000L | va & 0xfff);
    }

    private int physical(long address) {
        if (raw) {
            return address < file.limit() ? (int) address : -1;
        }
        Integer page = stored.get((int) (address >>> 12));
        return page == null ? -1 : page + (int) (address & 0xfff);
    }

    private int physical32(long address) {
        int at = physical(address);
        return at < 0 ? 0 : file.getInt(at);
    }

    private long physical64(long address) {
        int at = physical(address);
        return at < 0 ? 0 : file.getLong(at);
    }

    int u16(long va) {
        return file.getShort(place(va)) & 0xffff;
    }

    int u32(long va) {
        return file.getInt(place(va));
    }

    long u64(long va) {
        return file.getLong(place(va));
    }

    long pointer(long va) {
        return wide ? u64(va) : u32(va) & 0xffffffffL;
    }

    byte[] bytes(long va, int length) {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length;) {
            int here = (int) Math.min(length - done, 4096 - (va + done & 0xfff));
            file.get(place(va + done), bytes, done, here);
            done += here;
        }
        return bytes;
    }

    private String ascii(int at, int length) {
        byte[] bytes = new byte[length];
        file.get(at, bytes);
        return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
