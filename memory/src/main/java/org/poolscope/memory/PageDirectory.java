package org.poolscope.memory;

/**
 * The root of an address space: what a processor would have in register CR3, and how it would use it.
 *
 * @param mode the paging mode
 * @param base physical address of the top table, without the flag bits of CR3
 */
public record PageDirectory(PagingMode mode, long base) {

    /** Drops the bits of CR3 that are no address. */
    public PageDirectory {
        base &= mode.baseMask();
    }
}
