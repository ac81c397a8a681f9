package org.poolscope.symbols;

/**
 * The symbol an address of a program belongs to.
 *
 * @param name the symbol's name
 * @param rva where it starts, in bytes from the program's base
 * @param displacement bytes from there to the address
 */
public record CodeSymbol(String name, long rva, long displacement) {

    /** As debuggers write it: {@code KeBugCheckEx+0x1c}. */
    @Override
    public String toString() {
        return displacement == 0 ? name : name + "+0x" + Long.toHexString(displacement);
    }
}
