package org.poolscope.driver.pe;

/**
 * A function an image takes from another one.
 *
 * @param library the file it comes from, for instance {@code ntoskrnl.exe}; empty when not known
 * @param name its name, or {@code null} when it is imported by number or its name could not be read
 * @param ordinal its number, or -1 when it is imported by name
 * @param slotRva where the image keeps its address (the import address table)
 * @param delayed whether it is looked up at its first use only
 */
public record Import(String library, String name, int ordinal, int slotRva, boolean delayed) {

    /** {@code ntoskrnl.exe!ExAllocatePoolWithTag}, or with {@code #12} for a number. */
    @Override
    public String toString() {
        return (library.isEmpty() ? "" : library + "!") + (name != null ? name : ordinal >= 0 ? "#" + ordinal : "?");
    }
}
