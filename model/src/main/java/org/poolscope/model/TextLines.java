package org.poolscope.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lines of a text file, decoded. The encoding is told by a byte order mark, by the zero bytes of UTF-16, or by whether the
 * bytes are valid UTF-8; anything else is read as windows-1252, which the tools of the 2000s wrote. A final 0x1A (the end mark
 * of old text files) is dropped.
 */
public final class TextLines {

    private static final long MOST_BYTES = 512L << 20;
    private static final int LONGEST_QUOTE = 400;

    private final EvidenceFile file;
    private final Charset charset;
    private final List<String> lines;

    private TextLines(EvidenceFile file, Charset charset, List<String> lines) {
        this.file = file;
        this.charset = charset;
        this.lines = lines;
    }

    /** How many lines there are. */
    public int count() {
        return lines.size();
    }

    /** The line with this number, from 1, without its line end. */
    public String line(int number) {
        return lines.get(number - 1);
    }

    /** All lines, the first at index 0. */
    public List<String> all() {
        return lines;
    }

    /** How the file is encoded. */
    public Charset charset() {
        return charset;
    }

    /** The place of a line, quoting it; of a long line only its beginning. */
    public Provenance at(int number) {
        return new Provenance(file.name(), "line " + number, quote(line(number)));
    }

    /** A line may be as long as its file, and many facts may stand on it. */
    private static String quote(String line) {
        int start = 0;
        while (start < line.length() && Character.isWhitespace(line.charAt(start))) {
            start++;
        }
        boolean whole = line.length() - start <= LONGEST_QUOTE;
        return line.substring(start, whole ? line.length() : start + LONGEST_QUOTE).strip() + (whole ? "" : " …");
    }

    static Optional<TextLines> read(EvidenceFile file, byte[] head) throws EvidenceException {
        Charset wide = utf16(head);
        if (wide == null && looksBinary(head)) {
            return Optional.empty();
        }
        if (file.size() > MOST_BYTES) {
            throw new EvidenceException(file.path(), "", "a text file of " + file.size() + " bytes is too large to read at once",
                    "Split it; at most " + (MOST_BYTES >> 20) + " MB can be read");
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file.path());
        } catch (IOException e) {
            throw new EvidenceException(file.path(), "", "cannot be read: " + e.getMessage(), "Copy the file again", e);
        }
        if (wide != null) {
            return Optional.of(new TextLines(file, wide, split(new String(bytes, wide))));
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes)).toString();
            return Optional.of(new TextLines(file, StandardCharsets.UTF_8, split(text)));
        } catch (CharacterCodingException e) {
            Charset legacy = Charset.forName("windows-1252");
            return Optional.of(new TextLines(file, legacy, split(new String(bytes, legacy))));
        }
    }

    private static Charset utf16(byte[] head) {
        if (head.length >= 2) {
            int first = (head[0] & 0xff) << 8 | head[1] & 0xff;
            if (first == 0xfffe) {
                return StandardCharsets.UTF_16LE;
            }
            if (first == 0xfeff) {
                return StandardCharsets.UTF_16BE;
            }
        }
        int sample = Math.min(head.length, 4096) & ~1;
        int zeroEven = 0;
        int zeroOdd = 0;
        int zeroPairs = 0;
        for (int i = 0; i < sample; i += 2) {
            zeroEven += head[i] == 0 ? 1 : 0;
            zeroOdd += head[i + 1] == 0 ? 1 : 0;
            zeroPairs += head[i] == 0 && head[i + 1] == 0 ? 1 : 0;
        }
        int pairs = sample / 2;
        if (pairs >= 4 && zeroPairs == 0) {
            if (zeroOdd > pairs * 7 / 10 && zeroEven == 0) {
                return StandardCharsets.UTF_16LE;
            }
            if (zeroEven > pairs * 7 / 10 && zeroOdd == 0) {
                return StandardCharsets.UTF_16BE;
            }
        }
        return null;
    }

    private static boolean looksBinary(byte[] head) {
        int control = 0;
        for (byte value : head) {
            if (value == 0) {
                return true;
            }
            if (value >= 0 && value < 0x20 && value != '\t' && value != '\n' && value != '\r' && value != '\f' && value != 0x1a
                    && value != 0x1b && value != '\b') {
                control++;
            }
        }
        return control > head.length / 100;
    }

    private static List<String> split(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == 0x1a) {
            end--;
        }
        int at = !text.isEmpty() && text.charAt(0) == '\ufeff' ? 1 : 0;
        List<String> lines = new ArrayList<>();
        while (at < end) {
            int stop = at;
            while (stop < end && text.charAt(stop) != '\n' && text.charAt(stop) != '\r') {
                stop++;
            }
            lines.add(text.substring(at, stop));
            at = stop + 1;
            if (stop < end && text.charAt(stop) == '\r' && at < end && text.charAt(at) == '\n') {
                at++;
            }
        }
        return List.copyOf(lines);
    }
}
