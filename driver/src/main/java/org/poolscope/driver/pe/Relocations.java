package org.poolscope.driver.pe;

import java.util.Arrays;
import java.util.function.Consumer;

/** Reads the base relocations: the RVAs of all addresses in an image (PE/COFF specification, "The .reloc Section"). */
final class Relocations {

    private static final int ABSOLUTE = 0;
    private static final int HIGH_LOW = 3;
    private static final int DIR64 = 10;

    private Relocations() {
    }

    /** The places, in order. */
    static int[] read(ImageBytes bytes, Headers headers, Consumer<String> warn) {
        int at = headers.directoryRva[Headers.RELOCATIONS];
        int end = at + Math.min(Math.max(0, headers.directorySize[Headers.RELOCATIONS]), bytes.available(at));
        int[] places = new int[Math.max(0, end - at) / 2];
        int count = 0;
        boolean inOrder = true;
        while (end - at >= 8) {
            int page = bytes.rva(at);
            int size = bytes.i32(at + 4);
            if (size == 0) {
                break;
            }
            if (size < 8 || size > end - at || page < 0) {
                warn.accept("the relocations are damaged: a block of " + Integer.toUnsignedLong(size) + " bytes");
                break;
            }
            for (int entry = at + 8; entry + 2 <= at + size; entry += 2) {
                int value = bytes.u16(entry);
                int type = value >> 12;
                if (type == HIGH_LOW || type == DIR64) {
                    places[count] = page + (value & 0xfff);
                    inOrder &= count == 0 || places[count - 1] <= places[count];
                    count++;
                } else if (type != ABSOLUTE) {
                    continue;   // kinds of other processors
                }
            }
            at += size;
        }
        int[] sorted = Arrays.copyOf(places, count);
        if (!inOrder) {   // linkers write them in order
            Arrays.sort(sorted);
        }
        return sorted;
    }
}
