package org.poolscope.logs;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Optional;
import org.poolscope.model.PoolTag;

/** Tags as listings print them: four characters, shorter when trailing blanks were lost, bytes beyond ASCII as they come. */
final class TagCell {

    /** What a byte beyond ASCII turned into when the file was decoded as the 8-bit text of Western systems. */
    private static final Charset LEGACY = Charset.forName("windows-1252");

    private TagCell() {
    }

    /** The tag in a cell of one to four characters; empty when the cell cannot be a tag. */
    static Optional<PoolTag> read(String cell) {
        return read(cell, 0, cell.length());
    }

    /** The tag that stands in a part of a line. */
    static Optional<PoolTag> read(String line, int from, int end) {
        if (end <= from || end - from > 4) {
            return Optional.empty();
        }
        int key = 0;
        for (int i = 0; i < 4; i++) {
            int value = from + i < end ? byteOf(line.charAt(from + i)) : ' ';
            if (value < 0) {
                return Optional.empty();
            }
            key |= value << (8 * i);
        }
        return Optional.of(new PoolTag(key));
    }

    private static int byteOf(char c) {
        if (c == '\t') {
            return -1;
        }
        if (c <= 0xff) {
            return c;
        }
        try {
            ByteBuffer bytes = LEGACY.newEncoder().encode(CharBuffer.wrap(new char[] {c}));
            return bytes.remaining() == 1 ? bytes.get() & 0xff : -1;
        } catch (CharacterCodingException e) {
            return -1;
        }
    }
}
