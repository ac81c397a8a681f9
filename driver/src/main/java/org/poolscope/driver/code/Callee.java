package org.poolscope.driver.code;

/** What a call leads to. */
public sealed interface Callee {

    /**
     * A function of another image.
     *
     * @param slotRva the import slot its address stands in
     */
    record Imported(int slotRva) implements Callee {
    }

    /**
     * A function of this image.
     *
     * @param rva where it starts
     */
    record Local(int rva) implements Callee {
    }

    /**
     * A function out of the table that a framework handed to the driver.
     *
     * @param index its number in the table
     */
    record FromTable(int index) implements Callee {
    }

    /** A function whose address is not known. */
    record Unknown() implements Callee {
    }
}
