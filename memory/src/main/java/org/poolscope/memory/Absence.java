package org.poolscope.memory;

/**
 * Why there is no byte at an address. {@link VirtualMemory#locate} returns the {@linkplain #code() code} of one of these, a
 * negative number, in place of a file offset.
 */
public enum Absence {
    /** No page is mapped there: the address is free, reserved, beyond the address space, or a free system page table entry. */
    NOT_MAPPED("not mapped"),
    /** The page, or the page table that leads to it, was written to a page file, which is not part of a memory image. */
    PAGED_OUT("paged out"),
    /** The page was committed and never touched: Windows would hand out a page of zeros. */
    DEMAND_ZERO("demand zero"),
    /** A page of a section or mapped file that is not in memory, or whose prototype entry cannot be followed. */
    SECTION("section page not in memory"),
    /** The page is in memory, and the image does not hold it: left out by the kind of dump, or the file is cut short or damaged there. */
    NOT_IN_DUMP("not in this dump"),
    /** A page table on the way is in memory, and the image does not hold it. */
    TABLE_NOT_IN_DUMP("its page table is not in this dump"),
    /** A page table on the way holds what no page table can hold. */
    BAD_TABLE("its page table is damaged");

    private static final Absence[] ALL = values();
    private static final int WINDOWS_10 = 10240;

    private final String words;

    Absence(String words) {
        this.words = words;
    }

    /** The negative number that stands for this in place of a file offset. */
    public long code() {
        return -1L - ordinal();
    }

    /**
     * What a negative answer of {@link VirtualMemory#locate} means.
     *
     * @throws IllegalArgumentException when the answer is a file offset, or no such code
     */
    public static Absence of(long answer) {
        if (answer >= 0 || answer < -ALL.length) {
            throw new IllegalArgumentException("not an absence: " + answer);
        }
        return ALL[(int) (-1L - answer)];
    }

    /** Whether the image is at fault: memory may hold a page there, which it lacks, or of which it lacks the page table. */
    public boolean isOfImage() {
        return this == NOT_IN_DUMP || this == TABLE_NOT_IN_DUMP || this == BAD_TABLE;
    }

    /**
     * The reason as users read it, of a kernel of this build: from Windows 10 on, pages that are written out go to a store of
     * compressed memory first, which an image holds in a form not read here.
     */
    public String words(int build) {
        return this == PAGED_OUT && build >= WINDOWS_10 ? "paged out or in the store of compressed memory" : words;
    }

    /** The reason as users read it, fit for {@code "0x… cannot be read: %s"}. */
    @Override
    public String toString() {
        return words;
    }
}
