package org.poolscope.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.logs.TagEntry.Use;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.TagPattern;
import org.poolscope.model.TextLines;

/**
 * Reads tag databases in the form of {@code pooltag.txt} and PoolMon's {@code localtag.txt}: {@code tag - binary - description}.
 * Real copies break their own columns: tags of three characters and one blank, tags with blanks inside ({@code Dh 0}), wildcards,
 * no binary, no blank around a dash, the same tag twice, stray lines.
 */
public final class TagDatabaseReader implements EvidenceReader {

    /** So many lines decide whether a file is a tag database. */
    private static final int SAMPLE = 400;

    private static final int FEWEST_ROWS = 3;

    /** The dash behind the tag stands no further right. */
    private static final int LAST_DASH = 8;

    private static final String NO_BINARY = "<unknown>";

    /** For {@link java.util.ServiceLoader}. */
    public TagDatabaseReader() {
    }

    @Override
    public String format() {
        return "pool tag database";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        TextLines lines = LineWalk.linesOf(file).orElse(null);
        if (lines == null) {
            return false;
        }
        int rows = 0;
        int binaries = 0;
        int others = 0;
        for (int number = 1; number <= lines.count() && rows + others < SAMPLE; number++) {
            String line = lines.line(number);
            if (Cells.strip(line).isEmpty() || isComment(line)) {
                continue;
            }
            Optional<Row> row = Row.of(line);
            rows += row.isPresent() ? 1 : 0;
            binaries += row.isPresent() && row.get().typed ? 1 : 0;
            others += row.isPresent() ? 0 : 1;
        }
        // Other lists have dashes too, but no binaries in their second column.
        return binaries >= FEWEST_ROWS && rows >= 9 * others && 2 * binaries >= rows;
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = LineWalk.textOf(file);
        List<TagEntry> entries = new ArrayList<>();
        for (int number = 1; number <= lines.count(); number++) {
            String line = lines.line(number);
            Optional<Row> row = Row.of(line);
            if (row.isPresent()) {
                entries.add(new TagEntry(lines.at(number), row.get().pattern, row.get().binary, row.get().description,
                        Use.UNKNOWN));
                sink.understood(number);
            } else if (isComment(line) || Cells.strip(line).isEmpty() || isStray(line)) {
                sink.understood(number);
            }
        }
        sink.add(new TagDatabase(file.at("").quoting(entries.size() + " rows"), entries));
    }

    private static boolean isComment(String line) {
        String text = line.length() > LineWalk.LONGEST_LINE ? "" : Cells.strip(line).toLowerCase(Locale.ROOT);
        return text.startsWith("//") || text.equals("rem") || text.startsWith("rem ") || text.startsWith("rem\t");
    }

    /** A row that has lost its tag says nothing. */
    private static boolean isStray(String line) {
        return line.length() <= LineWalk.LONGEST_LINE && Cells.strip(line).equals(NO_BINARY);
    }

    /**
     * One row.
     *
     * @param typed whether its second column names a binary, or says that it is not known
     */
    private record Row(TagPattern pattern, String binary, String description, boolean typed) {

        private static Optional<Row> of(String line) {
            if (line.isEmpty() || line.length() > LineWalk.LONGEST_LINE || Cells.isBlank(line.charAt(0)) || isComment(line)) {
                return Optional.empty();
            }
            int dash = 1;
            while (dash < line.length() && dash <= LAST_DASH
                    && !(line.charAt(dash) == '-' && Cells.isBlank(line.charAt(dash - 1)))) {
                dash++;
            }
            if (dash >= line.length() || dash > LAST_DASH) {
                return Optional.empty();
            }
            String rest = Cells.strip(line.substring(dash + 1));
            return pattern(Cells.strip(line.substring(0, dash))).map(pattern -> owner(pattern, rest));
        }

        private static Optional<TagPattern> pattern(String tag) {
            try {
                // By way of the four bytes, so that characters beyond ASCII become the bytes they were.
                return TagCell.read(tag).map(bytes -> TagPattern.parse(bytes.toString().stripTrailing()));
            } catch (IllegalArgumentException e) {
                // A star inside it.
                return Optional.empty();
            }
        }

        private static Row owner(TagPattern pattern, String rest) {
            int end = 0;
            while (end < rest.length() && !Cells.isBlank(rest.charAt(end))) {
                end++;
            }
            String word = rest.substring(0, end);
            String behind = Cells.strip(rest.substring(end));
            if (behind.startsWith("-")) {
                return new Row(pattern, named(word), Cells.strip(behind.substring(1)), isBinary(word));
            }
            if (behind.isEmpty() && isBinary(word)) {
                return new Row(pattern, named(word), "", true);
            }
            return new Row(pattern, null, rest, false);
        }

        private static boolean isBinary(String word) {
            return word.equals(NO_BINARY) || word.indexOf('!') > 0 || word.indexOf('.') > 0;
        }

        private static String named(String word) {
            return word.equals(NO_BINARY) || word.isEmpty() ? null : word;
        }
    }
}
