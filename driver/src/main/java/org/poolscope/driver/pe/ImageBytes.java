package org.poolscope.driver.pe;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of an image by RVA, whether they stand as in the file (each section at its own offset) or as in memory (each page at
 * its RVA, some pages missing). Immutable.
 */
final class ImageBytes {

    static final int PAGE = 0x1000;
    private static final int LONGEST_TEXT = 4096;

    private final byte[] bytes;
    private final int headerSize;
    private final int[] starts;
    private final int[] sizes;
    private final int[] offsets;
    private final BitSet presentPages;

    /** Bytes as in a file. */
    ImageBytes(byte[] bytes, int headerSize, List<Section> sections) {
        this(bytes, headerSize, sections, null);
    }

    /** Bytes as in memory: the index is the RVA. */
    ImageBytes(byte[] bytes, List<Section> sections, BitSet presentPages) {
        this(bytes, bytes.length, sections, presentPages);
    }

    private ImageBytes(byte[] bytes, int headerSize, List<Section> sections, BitSet presentPages) {
        this.bytes = bytes;
        this.headerSize = Math.min(headerSize, bytes.length);
        this.starts = sections.stream().mapToInt(Section::rva).toArray();
        this.sizes = sections.stream().mapToInt(Section::dataSize).toArray();
        this.offsets = sections.stream().mapToInt(Section::offset).toArray();
        this.presentPages = presentPages;
    }

    byte[] array() {
        return bytes;
    }

    /** Where the byte at an RVA stands in the array; -1 when it is not there. */
    int offset(int rva) {
        return available(rva) > 0 ? place(rva) : -1;
    }

    /** How many bytes stand one after another from an RVA on; 0 when there is none. */
    int available(int rva) {
        if (rva < 0) {
            return 0;
        }
        if (presentPages != null) {
            if (rva >= bytes.length || !presentPages.get(rva / PAGE)) {
                return 0;
            }
            return (int) Math.min((long) presentPages.nextClearBit(rva / PAGE) * PAGE, bytes.length) - rva;
        }
        int section = section(rva);
        return section < 0 ? Math.max(0, headerSize - rva) : sizes[section] - (rva - starts[section]);
    }

    boolean has(int rva, long length) {
        return available(rva) >= length;
    }

    private int place(int rva) {
        int section = presentPages == null ? section(rva) : -1;
        return section < 0 ? rva : offsets[section] + (rva - starts[section]);
    }

    /** The first section whose data hold an RVA; -1 when none does. */
    private int section(int rva) {
        for (int i = 0; i < starts.length; i++) {
            if (rva >= starts[i] && rva - starts[i] < sizes[i]) {
                return i;
            }
        }
        return -1;
    }

    int u8(int rva) {
        return bytes[place(rva)] & 0xff;
    }

    int u16(int rva) {
        return LittleEndian.u16(bytes, place(rva));
    }

    int i32(int rva) {
        return LittleEndian.i32(bytes, place(rva));
    }

    long u32(int rva) {
        return LittleEndian.u32(bytes, place(rva));
    }

    long i64(int rva) {
        return LittleEndian.i64(bytes, place(rva));
    }

    /** An RVA that stands at an RVA; -1 when the number there cannot be one. */
    int rva(int at) {
        int value = i32(at);
        return value < 0 ? -1 : value;
    }

    /** A zero-ended text of printable ASCII; empty when there is none, or it has no end. */
    Optional<String> text(int rva) {
        int most = Math.min(available(rva), LONGEST_TEXT);
        int start = most == 0 ? 0 : place(rva);
        for (int i = 0; i < most; i++) {
            int value = bytes[start + i];
            if (value == 0) {
                return i == 0 ? Optional.empty() : Optional.of(new String(bytes, start, i, StandardCharsets.US_ASCII));
            }
            if (value < 0x20 || value == 0x7f) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
