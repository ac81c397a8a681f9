package org.poolscope.report;

/** Makes text from evidence safe for a terminal: no control characters, no escape sequences, no marks that reorder text. */
public final class Plain {

    private Plain() {
    }

    /**
     * The text with every control character, bidirectional mark and unpaired surrogate shown as {@code \\u{…}}; tabs become
     * blanks.
     */
    public static String text(String text) {
        int at = firstUnsafe(text);
        if (at < 0) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, at);
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (point == '\t') {
                safe.append(' ');
            } else if (isUnsafe(point)) {
                safe.append("\\u{").append(Integer.toHexString(point)).append('}');
            } else {
                safe.appendCodePoint(point);
            }
            at += Character.charCount(point);
        }
        return safe.toString();
    }

    private static int firstUnsafe(String text) {
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            if (isUnsafe(text.codePointAt(at))) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isUnsafe(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE, Character.UNASSIGNED -> true;
            default -> false;
        };
    }
}
