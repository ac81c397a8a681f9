package org.poolscope.logs;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The binary data of a classic event. Event Viewer prints it as words ({@code 0000: 00040000 00540001 …}) or as bytes with their
 * characters behind ({@code 0000: 00 00 04 00 01 00 54 00   ......T.}); XML holds one run of hex digits. All become words.
 */
final class EventBytes {

    /** Event Viewer prints eight bytes, or four words, a line. */
    private static final int BYTES_A_LINE = 8;
    private static final int WORDS_A_LINE = 4;

    /** An entry of an event log holds 64 KB at most. */
    private static final int MOST_BYTES = 64 * 1024;

    private final List<String> words = new ArrayList<>();
    private final StringBuilder bytes = new StringBuilder();

    /** Takes a line of data; false when it is another line. */
    boolean take(String line) {
        int at = Cells.firstNonBlank(line);
        int colon = at;
        while (colon < line.length() && isHex(line.charAt(colon))) {
            colon++;
        }
        if (colon - at < 4 || colon - at > 8 || colon >= line.length() || line.charAt(colon) != ':') {
            return false;
        }
        Cells cells = new Cells(line, colon + 1);
        int taken = 0;
        int end = cells.position();
        while (taken < BYTES_A_LINE && cells.skipBlanks()) {
            int from = cells.position();
            if (taken > 0 && from > end + 1 && words.isEmpty()) {
                // A gap stands between the last byte and the characters.
                break;
            }
            while (isHex(cells.peek())) {
                cells.take(cells.peek());
            }
            int digits = cells.position() - from;
            boolean whole = cells.atEnd() || Cells.isBlank(cells.peek());
            if (whole && digits == 8 && bytes.isEmpty() && taken < WORDS_A_LINE && words.size() < MOST_BYTES / 4) {
                words.add(line.substring(from, from + 8).toLowerCase(java.util.Locale.ROOT));
            } else if (whole && digits == 2 && words.isEmpty() && bytes.length() < MOST_BYTES * 2) {
                bytes.append(line, from, from + 2);
            } else {
                // The characters behind the bytes.
                break;
            }
            taken++;
            end = cells.position();
        }
        return taken > 0;
    }

    /** What was taken, as words; empty when nothing was. */
    String words() {
        return words.isEmpty() ? wordsOf(bytes) : String.join(" ", words);
    }

    /** Bytes in hex as little-endian words; one to three bytes at the end make no word and are left out. */
    static String wordsOf(CharSequence hex) {
        if ((hex.length() & 1) != 0 || hex.length() > MOST_BYTES * 2 || !hex.chars().allMatch(c -> isHex((char) c))) {
            return "";
        }
        return LoggedEvent.wordsOf(HexFormat.of().parseHex(hex));
    }

    private static boolean isHex(char c) {
        return Character.digit(c, 16) >= 0 && c < 128;
    }
}
