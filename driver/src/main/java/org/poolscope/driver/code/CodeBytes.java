package org.poolscope.driver.code;

import java.util.List;
import org.poolscope.driver.pe.PeImage;

/**
 * The code of an image by RVA. Each byte also has a position, counted over all code without the gaps between sections, for sets
 * of places that take one bit a byte whatever the image's addresses are.
 */
final class CodeBytes {

    private final byte[] content;
    private final int[] starts;
    private final int[] ends;
    private final int[] offsets;
    private final int[] positions;
    private final int total;
    private final int firstStart;
    private final int firstEnd;

    CodeBytes(PeImage image) {
        List<PeImage.CodeRange> ranges = image.codeRanges();
        content = image.content();
        starts = new int[ranges.size()];
        ends = new int[ranges.size()];
        offsets = new int[ranges.size()];
        positions = new int[ranges.size()];
        int position = 0;
        for (int i = 0; i < ranges.size(); i++) {
            PeImage.CodeRange range = ranges.get(i);
            starts[i] = range.rva();
            ends[i] = range.end();
            offsets[i] = range.offset();
            positions[i] = position;
            position += range.length();
        }
        total = position;
        firstStart = starts.length == 0 ? 0 : starts[0];
        firstEnd = starts.length == 0 ? 0 : ends[0];
    }

    byte[] content() {
        return content;
    }

    /** Bytes of code in all. */
    int total() {
        return total;
    }

    int rangeCount() {
        return starts.length;
    }

    int start(int range) {
        return starts[range];
    }

    int end(int range) {
        return ends[range];
    }

    /** The range that holds an RVA; -1 when it is not in code. */
    int range(int rva) {
        return rva >= firstStart && rva < firstEnd ? 0 : laterRange(rva);   // asked for at every jump, and most code is in one section
    }

    private int laterRange(int rva) {
        for (int range = 0; range < starts.length; range++) {
            if (rva < ends[range]) {
                return rva >= starts[range] ? range : -1;
            }
        }
        return -1;
    }

    boolean contains(int rva) {
        return range(rva) >= 0;
    }

    /** The index in the content of an RVA of a range. */
    int index(int range, int rva) {
        return rva - starts[range] + offsets[range];
    }

    /** The index in the content where a range ends. */
    int indexEnd(int range) {
        return ends[range] - starts[range] + offsets[range];
    }

    /** The position of an RVA of a range. */
    int position(int range, int rva) {
        return rva - starts[range] + positions[range];
    }
}
