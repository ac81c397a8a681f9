package org.poolscope.lab.image;

/** The forms in which a machine's memory can be written to a file. */
public enum ImageFormat {
    /** A complete crash dump: every page of every run, packed. Dump type 1. */
    FULL_DUMP(1),
    /**
     * A kernel crash dump as Server 2003 to Windows 7 write it: a bitmap says which pages are stored. Dump type 2, with the
     * summary header of those systems.
     */
    KERNEL_DUMP(2),
    /** A kernel crash dump as Windows 8 and later write it: a bitmap with 64-bit fields. Dump type 6. */
    BITMAP_DUMP(6),
    /** Physical memory from address 0, without any header. */
    RAW(0);

    private final int dumpType;

    ImageFormat(int dumpType) {
        this.dumpType = dumpType;
    }

    /** The value of the header's {@code DumpType}; 0 where there is no header. */
    public int dumpType() {
        return dumpType;
    }

    /** Whether only some pages are stored, told by a bitmap. */
    public boolean hasBitmap() {
        return this == KERNEL_DUMP || this == BITMAP_DUMP;
    }
}
