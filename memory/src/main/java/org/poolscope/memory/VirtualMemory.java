package org.poolscope.memory;

import java.lang.foreign.MemorySegment;

/**
 * A kernel's virtual address space, as far as an image holds it.
 *
 * <p>Addresses of 32-bit kernels are zero-extended ({@code 0x8055a000L}); those of x64 are sign-extended, as in a register.
 * {@link #canonical} brings an address from evidence into that form.
 *
 * <p>{@link #locate} is the hot path: no allocation, no exception. The typed reads are for code that follows structures and
 * gives up as a whole when one of them cannot be read; they throw {@link UnreadableAddressException}. Safe for use from any
 * thread until the image is closed.
 */
public abstract sealed class VirtualMemory permits PagedMemory, BlockMemory {

    private final MemorySegment bytes;

    VirtualMemory(MemorySegment bytes) {
        this.bytes = bytes;
    }

    /** What the offsets of {@link #locate} lead into: see {@link PhysicalMemory#bytes}. Integers in it are little-endian. */
    public final MemorySegment bytes() {
        return bytes;
    }

    /** Bytes of a pointer: 4 or 8. */
    public abstract int pointerSize();

    /**
     * Where in the file the byte at an address stands: its offset, zero or more; or a negative number that says why there is none
     * ({@link Absence#of}). An offset is good for {@link #extent} bytes. No allocation, no exception.
     */
    public abstract long locate(long va);

    /**
     * How many bytes from an address that {@link #locate} found stand one after another in the file, at least as far as this can
     * be told without another translation: up to the end of the page, or of the block of a small dump. At least 1.
     */
    public abstract int extent(long va);

    /** The address in the form this class wants, made from a pointer that was zero-extended, sign-extended or cut to 32 bits. */
    public abstract long canonical(long va);

    /** The byte at an address, 0 to 255. */
    public final int u8(long va) {
        long at = locate(va);
        if (at < 0) {
            throw new UnreadableAddressException(va, Absence.of(at));
        }
        return bytes.get(LittleEndian.U8, at) & 0xff;
    }

    /** The two bytes at an address, 0 to 65535. */
    public final int u16(long va) {
        long at = locate(va);
        if (at >= 0 && extent(va) >= Short.BYTES) {
            return bytes.get(LittleEndian.U16, at) & 0xffff;
        }
        return (int) pieced(va, Short.BYTES);
    }

    /** The four bytes at an address; as unsigned with {@code Integer.toUnsignedLong}. */
    public final int u32(long va) {
        long at = locate(va);
        if (at >= 0 && extent(va) >= Integer.BYTES) {
            return bytes.get(LittleEndian.U32, at);
        }
        return (int) pieced(va, Integer.BYTES);
    }

    /** The eight bytes at an address. */
    public final long u64(long va) {
        long at = locate(va);
        if (at >= 0 && extent(va) >= Long.BYTES) {
            return bytes.get(LittleEndian.U64, at);
        }
        return pieced(va, Long.BYTES);
    }

    /** The pointer at an address: four bytes zero-extended, or eight bytes as they are. */
    public final long pointer(long va) {
        return pointerSize() == Integer.BYTES ? Integer.toUnsignedLong(u32(va)) : u64(va);
    }

    /** Whether every byte of a range can be read. A length of zero or less always can. */
    public final boolean isReadable(long va, long length) {
        long left = length;
        long at = va;
        while (left > 0) {
            if (locate(at) < 0) {
                return false;
            }
            int step = extent(at);
            at += step;
            left -= step;
        }
        return true;
    }

    /**
     * Copies bytes, up to the first that cannot be read.
     *
     * @return how many bytes were copied, at most {@code length}
     */
    public final int read(long va, byte[] into, int from, int length) {
        int done = 0;
        while (done < length) {
            long at = locate(va + done);
            if (at < 0) {
                break;
            }
            int step = Math.min(extent(va + done), length - done);
            MemorySegment.copy(bytes, LittleEndian.U8, at, into, from + done, step);
            done += step;
        }
        return done;
    }

    /** A value that crosses the end of a page or block, byte by byte. */
    private long pieced(long va, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (long) u8(va + i) << (Byte.SIZE * i);
        }
        return value;
    }
}
