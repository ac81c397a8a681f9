package org.poolscope.memory;

import java.util.Optional;

/**
 * What a crash dump holds, by the number in its header. Numbers 1 to 4 are documented by Microsoft; the others are as kdmp-parser
 * (MIT) and Volatility read them from files.
 */
public enum DumpType {
    /** All physical memory. */
    FULL(1, "full"),
    /** Pages the kernel used, before Windows 8. */
    KERNEL_SUMMARY(2, "kernel"),
    /** The header and nothing else. */
    HEADER_ONLY(3, "header"),
    /** Small dump: some pieces of virtual memory, no pages. */
    TRIAGE(4, "triage"),
    /** All physical memory in use, with a bitmap. */
    BITMAP_FULL(5, "bitmap-full"),
    /** Pages the kernel used, with a bitmap: kernel, automatic and active dumps since Windows 8. */
    BITMAP_KERNEL(6, "bitmap-kernel"),
    /** The configuration value for automatic dumps; files are read as {@link #BITMAP_KERNEL}. */
    AUTOMATIC(7, "automatic"),
    /** Kernel memory of a running system. */
    LIVE_KERNEL(8, "live-kernel"),
    /** Kernel and active user memory of a running system. */
    LIVE_ACTIVE(9, "live-active"),
    /** All memory of a running system. */
    LIVE_FULL(10, "live-full");

    private final int number;
    private final String word;

    DumpType(int number, String word) {
        this.number = number;
        this.word = word;
    }

    /** The number in the header. */
    public int number() {
        return number;
    }

    /** The word in listings and JSON. */
    public String word() {
        return word;
    }

    /** The type with this number. */
    public static Optional<DumpType> of(int number) {
        for (DumpType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return word;
    }
}
