package org.poolscope.lab.image;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.poolscope.model.Architecture;

/**
 * The kernel's half of virtual memory, in which everything is built: pages are mapped, and bytes are written and read at virtual
 * addresses. 32-bit addresses are zero-extended. Not thread-safe.
 *
 * <p>Touching an address that is not mapped is a mistake of the case being built and ends in an {@link IllegalStateException}.
 */
public final class KernelSpace {

    private static final int PAGE = MachineMemory.PAGE;

    private final Architecture architecture;
    private final MachineMemory memory;
    private final PageTables tables;
    private final PageMap pages = new PageMap();
    private long page = -1;
    private MemorySegment segment;
    private long base;

    /** An empty space over page tables. */
    public KernelSpace(Architecture architecture, MachineMemory memory, PageTables tables) {
        this.architecture = architecture;
        this.memory = memory;
        this.tables = tables;
    }

    /** The machine's architecture. */
    public Architecture architecture() {
        return architecture;
    }

    /** The physical memory below. */
    public MachineMemory memory() {
        return memory;
    }

    /** The page tables. */
    public PageTables tables() {
        return tables;
    }

    /** Bytes of a pointer. */
    public int pointerSize() {
        return architecture.pointerSize();
    }

    /** Maps new zeroed pages. */
    public void map(long address, int count, Access access) {
        for (int i = 0; i < count; i++) {
            mapFrame(address + (long) i * PAGE, memory.takeFrame(), access);
        }
    }

    /** Maps those pages of a stretch that are not mapped yet, zeroed. */
    public void mapMissing(long address, long bytes, Access access) {
        for (long page = address & -PAGE; page < address + bytes; page += PAGE) {
            if (!isMapped(page)) {
                map(page, 1, access);
            }
        }
    }

    /** Maps a page on a given frame. */
    public void mapFrame(long address, int frame, Access access) {
        if (isMapped(address)) {
            throw new IllegalStateException("something is mapped already at 0x" + Long.toHexString(address));
        }
        tables.map(address, frame, access);
        pages.put(address >>> 12, frame);
    }

    /** Maps one large page. */
    public void mapLarge(long address, Access access) {
        int count = tables.largePage() / PAGE;
        int frame = memory.takeRow(count, count);
        tables.mapLarge(address, frame, access);
        for (int i = 0; i < count; i++) {
            pages.put((address >>> 12) + i, frame + i);
        }
    }

    /** Takes a page away. Its frame stays in the file as a page nobody maps. */
    public void unmap(long address) {
        tables.unmap(address);
        forget(address);
    }

    /**
     * Puts a page on the standby list: its frame keeps the content, its entry is no longer valid. It can still be written here.
     */
    public void makeTransition(long address) {
        tables.makeTransition(address);
    }

    /** Makes a page one that was paged out; what it held is gone. */
    public void makePagedOut(long address, int pageFileSlot) {
        tables.makePagedOut(address, pageFileSlot);
        forget(address);
    }

    private void forget(long address) {
        pages.clear(address >>> 12);
        page = -1;
    }

    /** Whether something is mapped at an address. */
    public boolean isMapped(long address) {
        return pages.get(address >>> 12) >= 0;
    }

    /** The frame behind an address. */
    public int frame(long address) {
        int frame = pages.get(address >>> 12);
        if (frame < 0) {
            throw new IllegalStateException("nothing is mapped at 0x" + Long.toHexString(address));
        }
        return frame;
    }

    private long locate(long address) {
        if (address >>> 12 != page) {
            int frame = frame(address);
            segment = memory.segment(frame);
            base = memory.offset(frame);
            page = address >>> 12;
        }
        return base + (address & PAGE - 1);
    }

    /** Writes 8 bits. */
    public void put8(long address, int value) {
        long at = locate(address);
        segment.set(LittleEndian.U8, at, (byte) value);
    }

    /** Writes 16 bits, which must not cross a page. */
    public void put16(long address, int value) {
        long at = locate(address);
        segment.set(LittleEndian.U16, at, (short) value);
    }

    /** Writes 32 bits, which must not cross a page. */
    public void put32(long address, int value) {
        long at = locate(address);
        segment.set(LittleEndian.U32, at, value);
    }

    /** Writes 64 bits. */
    public void put64(long address, long value) {
        if ((address & PAGE - 1) > PAGE - 8) {
            put32(address, (int) value);
            put32(address + 4, (int) (value >>> 32));
            return;
        }
        long at = locate(address);
        segment.set(LittleEndian.U64, at, value);
    }

    /** Writes a pointer, or any number as wide as one. */
    public void putPointer(long address, long value) {
        if (architecture.pointerSize() == 4) {
            put32(address, (int) value);
        } else {
            put64(address, value);
        }
    }

    /** Reads 8 bits. */
    public int u8(long address) {
        long at = locate(address);
        return segment.get(LittleEndian.U8, at) & 0xff;
    }

    /** Reads 16 bits. */
    public int u16(long address) {
        long at = locate(address);
        return segment.get(LittleEndian.U16, at) & 0xffff;
    }

    /** Reads 32 bits. */
    public int u32(long address) {
        long at = locate(address);
        return segment.get(LittleEndian.U32, at);
    }

    /** Reads 64 bits, which must not cross a page. */
    public long u64(long address) {
        long at = locate(address);
        return segment.get(LittleEndian.U64, at);
    }

    /** Reads a pointer. */
    public long pointer(long address) {
        return architecture.pointerSize() == 4 ? u32(address) & 0xffffffffL : u64(address);
    }

    /** Writes bytes, over as many pages as they need. */
    public void putBytes(long address, byte[] bytes) {
        putBytes(address, bytes, 0, bytes.length);
    }

    /** Writes a part of an array. */
    public void putBytes(long address, byte[] bytes, int from, int length) {
        int done = 0;
        while (done < length) {
            int here = (int) Math.min(length - done, PAGE - (address + done & PAGE - 1));
            long at = locate(address + done);
            MemorySegment.copy(bytes, from + done, segment, LittleEndian.U8, at, here);
            done += here;
        }
    }

    /** Fills with zeros. */
    public void clear(long address, long length) {
        long done = 0;
        while (done < length) {
            long here = Math.min(length - done, PAGE - (address + done & PAGE - 1));
            long at = locate(address + done);
            segment.asSlice(at, here).fill((byte) 0);
            done += here;
        }
    }

    /** Writes text as ASCII, with no end mark. */
    public void putAscii(long address, String text) {
        putBytes(address, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Writes text as UTF-16, with no end mark; it must not cross a page. */
    public void putWide(long address, CharSequence text) {
        long at = locate(address);
        for (int i = 0; i < text.length(); i++) {
            segment.set(LittleEndian.U16, at + 2L * i, (short) text.charAt(i));
        }
    }

    /** Makes an empty list of the kind {@code LIST_ENTRY}: both links lead to the head itself. */
    public void initList(long head) {
        putPointer(head, head);
        putPointer(head + pointerSize(), head);
    }

    /** Puts an entry at the end of a list. */
    public void insertTail(long head, long entry) {
        int pointer = pointerSize();
        long last = pointer(head + pointer);
        putPointer(entry, head);
        putPointer(entry + pointer, last);
        putPointer(last, entry);
        putPointer(head + pointer, entry);
    }

    /** Takes an entry out of the list it is in. */
    public void removeEntry(long entry) {
        int pointer = pointerSize();
        long next = pointer(entry);
        long previous = pointer(entry + pointer);
        putPointer(previous, next);
        putPointer(next + pointer, previous);
    }

    /** Writes a {@code UNICODE_STRING} whose text stands elsewhere. */
    public void putUnicodeString(long address, int length, int maximum, long buffer) {
        put16(address, length);
        put16(address + 2, maximum);
        putPointer(address + pointerSize(), buffer);
    }
}
