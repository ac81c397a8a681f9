package org.poolscope.logs;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * A place in the lines of a text file that moves forward, and the lines set aside as understood. Nothing is told to the sink
 * until a section has proved to be what it seemed ({@link #confirm()}); otherwise its lines are given back
 * ({@link #giveBack()}).
 */
final class LineWalk {

    /** No listing of ours has longer lines; what is longer is not looked at. */
    static final int LONGEST_LINE = 8192;

    private final TextLines lines;
    private final FactSink sink;
    private int[] aside = new int[64];
    private int asideCount;
    /** The first of the blank lines passed since the last line set aside; 0 when there was none. */
    private int firstBlank;
    private int number = 1;

    LineWalk(TextLines lines, FactSink sink) {
        this.lines = lines;
        this.sink = sink;
    }

    /** The lines of a file; empty when it is binary or cannot be read (whoever reads it learns why). */
    static Optional<TextLines> linesOf(EvidenceFile file) {
        try {
            return file.text();
        } catch (EvidenceException e) {
            return Optional.empty();
        }
    }

    /** Whether a file is text and one of its lines is such. */
    static boolean anyLine(EvidenceFile file, Predicate<String> such) {
        return linesOf(file).map(lines -> lines.all().stream().anyMatch(such)).orElse(false);
    }

    /**
     * The lines of a file that was recognised as text.
     *
     * @throws EvidenceException when it is binary after all, or cannot be read
     */
    static TextLines textOf(EvidenceFile file) throws EvidenceException {
        return file.text().orElseThrow(() -> new EvidenceException(file.path(), "", "this is not text", ""));
    }

    boolean atEnd() {
        return number > lines.count();
    }

    /** The line's number, from 1. */
    int number() {
        return number;
    }

    /** The current line; empty when it is too long to be one of ours. */
    String line() {
        return lineAt(number);
    }

    /** Another line; empty when there is none of this number. */
    String lineAt(int other) {
        if (other < 1 || other > lines.count()) {
            return "";
        }
        String line = lines.line(other);
        return line.length() > LONGEST_LINE ? "" : line;
    }

    boolean isPastEnd(int line) {
        return line > lines.count();
    }

    Provenance here() {
        return at(number);
    }

    Provenance at(int line) {
        return lines.at(line);
    }

    FactSink sink() {
        return sink;
    }

    void next() {
        number++;
    }

    /** Sets the current line aside as understood, with blank lines passed since the last such line, and goes on. */
    void take() {
        for (int line = firstBlank; line > 0 && line < number; line++) {
            takeAt(line);
        }
        firstBlank = 0;
        takeAt(number++);
    }

    /** Passes a blank line: it belongs to the section when more of the section follows. */
    void passBlank() {
        firstBlank = firstBlank == 0 ? number : firstBlank;
        number++;
    }

    /** Passes a line that is not understood. */
    void passForeign() {
        firstBlank = 0;
        number++;
    }

    /** Sets aside a line elsewhere. */
    void takeAt(int line) {
        if (asideCount == aside.length) {
            aside = Arrays.copyOf(aside, asideCount * 2);
        }
        aside[asideCount++] = line;
    }

    /** The section was real: its lines are understood. */
    void confirm() {
        for (int i = 0; i < asideCount; i++) {
            sink.understood(aside[i]);
        }
        giveBack();
    }

    /** The section was not: its lines stay for others. */
    void giveBack() {
        asideCount = 0;
        firstBlank = 0;
    }
}
