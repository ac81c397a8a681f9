package org.poolscope.lab.machine;

import org.poolscope.lab.Dice;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.TypeLayouts;

/** What the writers of segment heaps' parts share. */
interface HeapWriting {

    /** Where everything is written. */
    KernelSpace space();

    /** Where fields stand in this kernel. */
    TypeLayouts symbols();

    /** Decides what is left to chance. */
    Dice dice();

    /** Whether the kernel hides numbers as those of build 26100 and later do. */
    boolean isLate();

    /** What hides the numbers of chunks and segments. */
    long heapKey();

    /** What hides the numbers of equal blocks. */
    long lfhKey();

    /** Is told where some of the heaps' own numbers stand, and the addresses that cannot be told without them. */
    default void part(long address, int bytes, String what, long from, long to) {
        // only damage done on purpose needs to know
    }
}
