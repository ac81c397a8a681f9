package org.poolscope.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lines of a text file, decoded. The encoding is told by a byte order mark, by the zero bytes of UTF-16, or by whether the
 * bytes are valid UTF-8; anything else is read as windows-1252, which the tools of the 2000s wrote. A final 0x1A (the end mark
 * of old text files) is dropped. Of a long file only a part is held at a time, so it is best read from its first line to the last; its lines
 * must not be asked for from several threads at once.
 */
public final class TextLines {

    /** Longer files are not held: their lines are decoded as they are asked for. */
    private static final int MOST_HELD = 8 << 20;
    private static final int LONGEST_QUOTE = 400;
    static final char END_MARK = 0x1a;

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

    /**
     * The line with this number, from 1, without its line end.
     *
     * @throws UncheckedIOException when a long file has gone or shrunk since it was opened
     */
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
        if (file.size() > MOST_HELD) {
            return Optional.of(notHeld(file, wide));
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file.path());
        } catch (IOException e) {
            throw new EvidenceException(file.path(), "", "cannot be read: " + e.getMessage(), "Copy the file again", e);
        }
        return Optional.of(of(file, wide, bytes));
    }

    /** The lines of bytes that are at hand, of which the last may be cut. */
    static Optional<TextLines> of(EvidenceFile file, byte[] bytes) {
        Charset wide = utf16(bytes);
        return wide == null && looksBinary(bytes) ? Optional.empty() : Optional.of(of(file, wide, bytes));
    }

    private static TextLines of(EvidenceFile file, Charset wide, byte[] bytes) {
        if (wide != null) {
            return new TextLines(file, wide, split(new String(bytes, wide)));
        }
        Charset narrow = Utf8Check.isValid(bytes) ? StandardCharsets.UTF_8 : Charset.forName("windows-1252");
        return new TextLines(file, narrow, split(new String(bytes, narrow)));
    }

    private static TextLines notHeld(EvidenceFile file, Charset wide) throws EvidenceException {
        try {
            FileLines lines = FileLines.of(file.path(), wide);
            return new TextLines(file, lines.charset(), lines);
        } catch (IOException | UncheckedIOException e) {
            throw new EvidenceException(file.path(), "", "cannot be read: " + e.getMessage(), "Copy the file again", e);
        } catch (ArithmeticException e) {
            throw new EvidenceException(file.path(), "", "it has more than " + Integer.MAX_VALUE + " lines", "Split it", e);
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

    static List<String> split(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == END_MARK) {
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
