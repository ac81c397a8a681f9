package org.poolscope.driver.code;

/**
 * What a call leads to. Equality is written out: these are keys of maps that are asked at every call, and what the compiler makes for records goes
 * through method handles, which cost more than the look-up in a run that is over before the second compiler begins.
 */
public sealed interface Callee {

    /**
     * A function of another image.
     *
     * @param slotRva the import slot its address stands in
     */
    record Imported(int slotRva) implements Callee {

        @Override
        public boolean equals(Object other) {
            return other instanceof Imported imported && imported.slotRva == slotRva;
        }

        @Override
        public int hashCode() {
            return slotRva * 31 + 1;
        }
    }

    /**
     * A function of this image.
     *
     * @param rva where it starts
     */
    record Local(int rva) implements Callee {

        @Override
        public boolean equals(Object other) {
            return other instanceof Local local && local.rva == rva;
        }

        @Override
        public int hashCode() {
            return rva * 31 + 2;
        }
    }

    /**
     * A function out of the table that a framework handed to the driver.
     *
     * @param index its number in the table
     */
    record FromTable(int index) implements Callee {

        @Override
        public boolean equals(Object other) {
            return other instanceof FromTable entry && entry.index == index;
        }

        @Override
        public int hashCode() {
            return index * 31 + 3;
        }
    }

    /** A function whose address is not known. */
    record Unknown() implements Callee {

        @Override
        public boolean equals(Object other) {
            return other instanceof Unknown;
        }

        @Override
        public int hashCode() {
            return 4;
        }
    }
}
