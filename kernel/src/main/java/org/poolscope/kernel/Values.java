package org.poolscope.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.FieldLayout;

/** Reads single values of a kernel's structures, by their layouts. */
final class Values {

    /** A kernel string is counted in 16 bits; paths are far shorter. */
    private static final int LONGEST_STRING = 4096;

    private Values() {
    }

    /**
     * A number or pointer field of the structure at an address, zero-extended; pointers as the memory wants them.
     *
     * @throws org.poolscope.memory.UnreadableAddressException when it cannot be read
     */
    static long read(VirtualMemory memory, long structure, FieldLayout field) {
        long at = structure + field.offset();
        long unit = switch (field.bytes()) {
            case 1 -> memory.u8(at);
            case 2 -> memory.u16(at);
            case 4 -> Integer.toUnsignedLong(memory.u32(at));
            default -> memory.u64(at);
        };
        return field.extract(unit);
    }

    /** The text of a {@code UNICODE_STRING}; empty when it has none or its text cannot be read whole. */
    static Optional<String> unicodeString(VirtualMemory memory, long address) {
        int pointerSize = memory.pointerSize();
        if (!memory.isReadable(address, 2L * pointerSize)) {
            return Optional.empty();
        }
        int length = memory.u16(address) & ~1;
        long text = memory.canonical(memory.pointer(address + pointerSize));
        if (length == 0 || length > LONGEST_STRING || text == 0) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        if (memory.read(text, bytes, 0, length) < length) {
            return Optional.empty();
        }
        return Optional.of(printable(new String(bytes, StandardCharsets.UTF_16LE)));
    }

    /** A zero-terminated string of single bytes, at most {@code limit} long; empty when there is none. */
    static Optional<String> asciiString(VirtualMemory memory, long address, int limit) {
        byte[] bytes = new byte[limit];
        int got = memory.read(address, bytes, 0, limit);
        int end = 0;
        while (end < got && bytes[end] != 0) {
            end++;
        }
        return end == 0 ? Optional.empty() : Optional.of(printable(new String(bytes, 0, end, StandardCharsets.ISO_8859_1)));
    }

    /** Text out of evidence without what a terminal would obey. */
    private static String printable(String text) {
        int end = text.indexOf('\0');
        return (end < 0 ? text : text.substring(0, end)).replaceAll("\\p{Cntrl}", "?");
    }
}
