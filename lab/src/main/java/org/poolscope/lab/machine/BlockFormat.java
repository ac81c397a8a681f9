package org.poolscope.lab.machine;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;

/**
 * The header in front of every pool block that shares a page. Written out here by hand, and compared in tests with the published
 * layouts and with the pool pages of a running kernel, so that a reader of blocks is not judged by its own knowledge.
 *
 * <p>x86: 8 bytes, sizes in units of 8; {@code PreviousSize:9 PoolIndex:7 BlockSize:9 PoolType:7 PoolTag:32}.
 * x64: 16 bytes, sizes in units of 16; four bytes {@code PreviousSize PoolIndex BlockSize PoolType}, the tag, a pointer.
 */
final class BlockFormat {

    private static final int PAGE = 4096;

    private final KernelSpace space;
    private final boolean wide;
    private final boolean typePlusOne;
    private final int shift;
    private long quotaCookie;

    BlockFormat(KernelSpace space, WindowsVersion version) {
        this(space, version.architecture() == Architecture.X64, version.poolTypePlusOne());
    }

    BlockFormat(KernelSpace space, boolean wide, boolean typePlusOne) {
        this.space = space;
        this.wide = wide;
        this.typePlusOne = typePlusOne;
        this.shift = wide ? 4 : 3;
    }

    /** Bytes of the header, which is also the unit sizes count in. */
    int headerSize() {
        return 1 << shift;
    }

    /** Units of a whole page. */
    int pageUnits() {
        return PAGE >> shift;
    }

    /** Units a block with so many data bytes takes. */
    int units(int dataBytes) {
        return dataBytes + 2 * headerSize() - 1 >> shift;
    }

    /** Bytes of so many units. */
    int bytes(int units) {
        return units << shift;
    }

    /** The largest request that shares a page; a larger one gets whole pages. A block of the smallest size must fit behind it. */
    int largestShared() {
        return PAGE - 2 * headerSize();
    }

    /** The type field of an allocated block. */
    int allocatedType(PoolKind pool, boolean quota) {
        int base = (pool == PoolKind.PAGED ? 1 : 0) | (quota ? 8 : 0);
        return typePlusOne ? base + 1 : base | 2;
    }

    void write(long block, int previous, int index, int units, int type, int tag) {
        space.put32(block, wide ? previous | index << 8 | units << 16 | type << 24
                : previous | index << 9 | units << 16 | type << 25);
        space.put32(block + 4, tag);
        if (wide) {
            space.put64(block + 8, 0);
        }
    }

    int previous(long block) {
        return wide ? space.u8(block) : space.u16(block) & 0x1ff;
    }

    int units(long block) {
        return wide ? space.u8(block + 2) : space.u16(block + 2) & 0x1ff;
    }

    int type(long block) {
        return wide ? space.u8(block + 3) : space.u16(block + 2) >> 9;
    }

    int index(long block) {
        return wide ? space.u8(block + 1) : space.u16(block) >> 9;
    }

    void setPrevious(long block, int previous) {
        if (wide) {
            space.put8(block, previous);
        } else {
            space.put16(block, space.u16(block) & ~0x1ff | previous);
        }
    }

    /** Hides the processes that are charged, as systems from Windows 8 on do. */
    void hideBilled(long cookie) {
        quotaCookie = cookie;
    }

    long quotaCookie() {
        return quotaCookie;
    }

    void setBilled(long block, long dataBytes, long process) {
        if (wide) {
            space.put64(block + 8, quotaCookie == 0 ? process : process ^ quotaCookie ^ block);
        } else {
            space.put32(block + 8 + dataBytes - 4, (int) process);
        }
    }
}
