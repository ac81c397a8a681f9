package org.poolscope.model;

/** How addresses and offsets are written and read: {@code 0x…} in lower-case hex, 64-bit values unsigned. */
public final class Address {

    private Address() {
    }

    /** The address as text and JSON show it. */
    public static String text(long address) {
        return "0x" + Long.toHexString(address);
    }

    /**
     * Reads an address as users and debuggers write it: hex, with or without {@code 0x}, with or without the back-tick WinDbg
     * puts between the halves of a 64-bit value.
     *
     * @throws NumberFormatException when it is not a hex number of at most 64 bits
     */
    public static long parse(String text) {
        String digits = text.strip().replace("`", "");
        if (digits.startsWith("0x") || digits.startsWith("0X")) {
            digits = digits.substring(2);
        }
        if (digits.startsWith("-") || digits.startsWith("+")) {
            throw new NumberFormatException("not an address: '" + text + "'");
        }
        try {
            return Long.parseUnsignedLong(digits, 16);
        } catch (NumberFormatException e) {
            throw new NumberFormatException("not an address: '" + text + "'");
        }
    }
}
