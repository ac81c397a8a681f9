package org.poolscope.driver.pe;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tells whether an image was compressed or encrypted after it was linked, so that its code cannot be seen in the file. */
final class Packing {

    /** Compiled x86 code holds 5.5 to 6.7 bits a byte; compressed data more than 7.5. */
    private static final double PACKED_ENTROPY = 7.3;
    private static final int LEAST_BYTES = 4096;
    /** So many bytes tell how the whole section is. */
    private static final int SAMPLED = 1 << 16;
    private static final List<String> PACKERS = List.of("UPX", ".aspack", ".vmp", ".themida", ".winlice", ".petite", ".nsp", ".MPRESS");

    private Packing() {
    }

    /** Why it looks packed, as a clause; empty when it does not. */
    static Optional<String> reason(byte[] bytes, List<Section> sections) {
        for (Section section : sections) {
            for (String packer : PACKERS) {
                if (section.name().startsWith(packer)) {
                    return Optional.of("section " + section.name() + " is made by a packer");
                }
            }
        }
        for (Section section : sections) {
            if (section.isCode() && section.dataSize() >= LEAST_BYTES) {
                double entropy = entropy(bytes, section.offset(), section.dataSize());
                if (entropy > PACKED_ENTROPY) {
                    return Optional.of(String.format(Locale.ROOT, "section %s holds %.1f bits a byte, more than code does",
                            section.name(), entropy));
                }
            }
        }
        return Optional.empty();
    }

    private static double entropy(byte[] bytes, int from, int length) {
        int[] counts = new int[256];
        int step = length > SAMPLED * 2 ? length / SAMPLED | 1 : 1;   // odd: no bias towards places of aligned data
        int total = 0;
        for (int i = from; i < from + length; i += step) {
            counts[bytes[i] & 0xff]++;
            total++;
        }
        double bits = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = (double) count / total;
                bits -= share * Math.log(share) / Math.log(2);
            }
        }
        return bits;
    }
}
