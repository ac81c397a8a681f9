package org.poolscope.logs;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.model.TextLines;

/**
 * Cuts the {@code <Event>…</Event>} elements out of a text. Exports come with a root element around the events, without one
 * ({@code wevtutil qe /f:xml}), many on one line, or between other text; cut out one by one, a damaged event costs only itself.
 */
final class EventFragments {

    /** Far more than an event log can hold in one entry, marked up. */
    private static final int MOST_CHARACTERS = 1 << 20;

    private static final String START = "<Event";
    private static final String END = "</Event>";

    private final TextLines lines;
    private final FewWarnings sink;
    private final List<Fragment> fragments = new ArrayList<>();
    private int startLine;
    private int startColumn;

    private EventFragments(TextLines lines, FewWarnings sink) {
        this.lines = lines;
        this.sink = sink;
    }

    /**
     * One event's markup.
     *
     * @param firstLine the line its first tag stands on, from 1
     * @param lastLine the line its last tag stands on
     * @param xml the markup
     */
    record Fragment(int firstLine, int lastLine, String xml) {
    }

    /** Whether a line begins events in XML. */
    static boolean begins(String line) {
        int at = Cells.firstNonBlank(line);
        return line.startsWith("<", at) && (isStart(line, at) || line.startsWith("<Events", at) || line.startsWith("<?xml", at));
    }

    /** Whether an event in XML begins somewhere on a line. */
    static boolean hasStart(String line) {
        for (int at = line.indexOf(START); at >= 0; at = line.indexOf(START, at + 1)) {
            if (isStart(line, at)) {
                return true;
            }
        }
        return false;
    }

    /** All events of a text, in order. */
    static List<Fragment> of(TextLines lines, FewWarnings sink) {
        EventFragments cutter = new EventFragments(lines, sink);
        for (int line = 1; line <= lines.count(); line++) {
            cutter.scan(line);
        }
        if (cutter.startLine > 0) {
            sink.warn(lines.at(cutter.startLine), "the event that begins here has no end and is left out");
        }
        return cutter.fragments;
    }

    private void scan(int line) {
        String text = lines.line(line);
        for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
            if (isStart(text, at)) {
                if (startLine > 0) {
                    sink.warn(lines.at(startLine), "the event that begins here has no end and is left out");
                }
                startLine = line;
                startColumn = at;
            } else if (startLine > 0 && text.startsWith(END, at)) {
                cut(line, at + END.length());
                startLine = 0;
            }
        }
    }

    private static boolean isStart(String text, int at) {
        int next = at + START.length();
        return text.startsWith(START, at) && (next == text.length() || text.charAt(next) == '>'
                || Cells.isBlank(text.charAt(next)));
    }

    private void cut(int endLine, int endColumn) {
        if (startLine == endLine) {
            add(endLine, lines.line(endLine).substring(startColumn, Math.min(endColumn, startColumn + MOST_CHARACTERS + 1)));
            return;
        }
        StringBuilder xml = new StringBuilder();
        append(xml, lines.line(startLine), startColumn, Integer.MAX_VALUE);
        for (int line = startLine + 1; line < endLine && xml.length() <= MOST_CHARACTERS; line++) {
            append(xml.append('\n'), lines.line(line), 0, Integer.MAX_VALUE);
        }
        append(xml.append('\n'), lines.line(endLine), 0, endColumn);
        add(endLine, xml.toString());
    }

    private static void append(StringBuilder xml, String line, int from, int to) {
        xml.append(line, from, (int) Math.min(Math.min(line.length(), to), (long) from + MOST_CHARACTERS + 1));
    }

    private void add(int endLine, String xml) {
        if (xml.length() > MOST_CHARACTERS) {
            sink.warn(lines.at(startLine), "the event that begins here is longer than any event can be and is left out");
            return;
        }
        fragments.add(new Fragment(startLine, endLine, xml));
    }
}
