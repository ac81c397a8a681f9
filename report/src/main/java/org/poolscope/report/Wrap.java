package org.poolscope.report;

import java.util.ArrayList;
import java.util.List;

/** Breaks prose into lines. */
final class Wrap {

    private Wrap() {
    }

    /** The text in lines of at most {@code width} characters, broken at blanks; a longer word stands alone and unbroken. */
    static List<String> lines(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf(' ', at + 1);
            // The blanks before a word stay with it, so that tags such as 'Io  ' keep theirs in mid-line.
            String word = text.substring(at, end < 0 ? text.length() : end);
            if (!line.isEmpty() && line.length() + word.length() > width) {
                lines.add(line.toString().stripTrailing());
                line.setLength(0);
                word = word.stripLeading();
            }
            line.append(word);
            at = end < 0 ? text.length() : end;
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }
}
