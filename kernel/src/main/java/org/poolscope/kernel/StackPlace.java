package org.poolscope.kernel;

import org.poolscope.symbols.CodeSymbol;

/**
 * A place in code that a stack speaks of.
 *
 * @param stackAddress where on the stack the address stands; {@code null} for the instruction that ran last
 * @param address the address
 * @param module the module it lies in; {@code null} when none is known there
 * @param offset bytes from the module's base; {@code null} with it
 * @param symbol the function, when symbols of the module are at hand; else {@code null}
 */
public record StackPlace(Long stackAddress, long address, String module, Long offset, CodeSymbol symbol) {

    /** As debuggers write it: {@code ntoskrnl.exe!IofCallDriver+0x55}, {@code mydriver.sys+0x1a2c}, or the bare address. */
    public String text() {
        return symbol != null ? module + "!" + symbol
                : module != null ? module + "+0x" + Long.toHexString(offset) : "0x" + Long.toHexString(address);
    }
}
