package org.poolscope.lab.image;

/** The page tables of one address space, as the processor reads them. */
public sealed interface PageTables permits PageTables32, WidePageTables {

    /** What the memory manager keeps of a writable page's protection ({@code MM_READWRITE}, bits 5 to 9) in an entry that is not valid. */
    int READ_WRITE = 4 << 5;

    /** Puts a page of the address space on a frame. */
    void map(long address, int frame, Access access);

    /** Puts a large page on frames in a row; address and frame must be multiples of it. */
    void mapLarge(long address, int firstFrame, Access access);

    /** Takes a page's frame away but leaves the entry as the memory manager does for a page on its standby list. */
    void makeTransition(long address);

    /** Leaves the entry of a page that was written to page file 0. */
    void makePagedOut(long address, int pageFileSlot);

    /** Makes the page table that would hold an address's entry, empty. */
    void reserve(long address);

    /** Clears the entry of a page. */
    void unmap(long address);

    /** The physical address of the top table: what CR3 holds. */
    long root();

    /** Bytes of a large page. */
    int largePage();

    /** The same kernel half under a new, otherwise empty top table: the address space of another process. Its root. */
    long newProcessRoot();
}
