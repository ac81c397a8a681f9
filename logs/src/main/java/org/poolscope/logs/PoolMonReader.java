package org.poolscope.logs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * Reads what PoolMon shows and writes: screens with changes in parentheses, snapshots of {@code poolmon -n} (any number of them
 * appended to one file), rows cut out of either, and the comma-separated rows support scripts make of them.
 *
 * <p>A snapshot does not hold its time. It is taken from a line just before it, else from the file's name, else, for a file
 * that holds nothing but one snapshot PoolMon wrote itself, from the date of the file, with a warning.
 */
public final class PoolMonReader implements EvidenceReader {

    /** So many lines in a row that are not PoolMon's end its table. */
    private static final int MOST_FOREIGN = 3;

    /** How far above a snapshot its time may stand. */
    private static final int TIME_LINES = 3;

    private static final int LONGEST_TIME_LINE = 80;

    /** For {@link java.util.ServiceLoader}. */
    public PoolMonReader() {
    }

    @Override
    public String format() {
        return "poolmon log";
    }

    @Override
    public boolean fillsFiles() {
        return true;
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return LineWalk.anyLine(file, PoolMonReader::shows);
    }

    private static boolean shows(String line) {
        return line.length() <= LineWalk.LONGEST_LINE && (PoolMonTotals.isMemoryLine(line) || PoolMonTotals.isCommitLine(line)
                || PoolMonRow.of(line).isPresent() || PoolMonCsv.isSummary(line) || PoolMonCsv.row(line).isPresent());
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = LineWalk.textOf(file);
        LineWalk walk = new LineWalk(lines, sink);
        Timestamps times = new Timestamps(lines.all());
        Sections sections = new Sections(file, sink);
        int previousEnd = 0;
        while (!walk.atEnd()) {
            String line = walk.line();
            if (Cells.firstNonBlank(line) == line.length() || !shows(line) && !isTitle(line) && !PoolMonRow.isHead(line)) {
                walk.next();
                continue;
            }
            Section section = new Section(walk);
            section.walk();
            if (walk.number() == section.firstLine) {
                walk.next();
            }
            if (section.isEmpty()) {
                walk.giveBack();
            } else {
                section.findTime(times, previousEnd);
                previousEnd = section.lastLine;
                walk.confirm();
                sections.add(section);
            }
        }
        times.warnOfAmbiguous(sink);
        sections.end();
    }

    private static boolean isTitle(String line) {
        return Cells.strip(line).endsWith("pool information");
    }

    /** Hands on what was found as soon as its time is settled, so that a log of any length is never held as a whole. */
    private static final class Sections {
        private final EvidenceFile file;
        private final FactSink sink;
        private Section first;
        private int count;
        private int untimed;

        private Sections(EvidenceFile file, FactSink sink) {
            this.file = file;
            this.sink = sink;
        }

        private void add(Section section) {
            count++;
            untimed += section.taken == null ? 1 : 0;
            if (count == 1) {
                first = section;
                return;
            }
            if (first != null) {
                first.report(sink);
                first = null;
            }
            section.report(sink);
        }

        private void end() {
            if (first != null) {
                if (first.taken == null) {
                    first.taken = timeOfFile(first);
                }
                first.report(sink);
            } else if (untimed > 0) {
                sink.warn(file.at(""), untimed + " of the " + count + " PoolMon snapshots do not say when they were taken; write"
                        + " the time into the file before each");
            }
        }

        /** One snapshot may have its time from the file; of several nobody knows which was when. */
        private LocalDateTime timeOfFile(Section only) {
            Path name = file.path().getFileName();
            LocalDateTime named = name == null ? null : Timestamps.inFileName(name.toString()).orElse(null);
            if (named != null || !only.isSnapshotFile()) {
                return named;
            }
            try {
                LocalDateTime dated = LocalDateTime.ofInstant(Files.getLastModifiedTime(file.path()).toInstant(), ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.SECONDS);
                sink.warn(only.seenAt, "the snapshot does not say when it was taken; the date of its file, " + dated
                        + ", is used, which is wrong when the file was copied without its date");
                return dated;
            } catch (IOException e) {
                sink.warn(only.seenAt, "the snapshot does not say when it was taken, and the date of its file cannot be read");
                return null;
            }
        }
    }

    /** One screen or snapshot: head lines, table, or either of them. */
    private static final class Section {
        private final LineWalk walk;
        private final Provenance seenAt;
        private final int firstLine;
        private final PoolMonTotals totals = new PoolMonTotals();
        private final List<Seen> rows = new ArrayList<>();
        private TagTable table = new TagTable();
        private LocalDateTime taken;
        private String timeField;
        private int lastLine;
        private boolean title;
        private boolean session;
        private boolean cut;
        private boolean changes;
        private int disagreeing;

        private Section(LineWalk walk) {
            this.walk = walk;
            this.seenAt = walk.here();
            this.firstLine = walk.number();
            this.lastLine = firstLine;
        }

        private void walk() {
            int foreign = 0;
            while (!walk.atEnd() && foreign < MOST_FOREIGN) {
                String line = walk.line();
                PoolMonRow row = PoolMonRow.orNull(line);
                if (row != null) {
                    add(row, line);
                    lastLine = walk.number();
                    walk.take();
                    foreign = 0;
                } else if (Cells.firstNonBlank(line) == line.length()) {
                    walk.passBlank();
                } else if (ends(line)) {
                    break;
                } else if (understands(line)) {
                    lastLine = walk.number();
                    walk.take();
                    foreign = 0;
                } else {
                    walk.passForeign();
                    foreign++;
                }
            }
            tags();
        }

        private boolean isTableBegun() {
            return !rows.isEmpty() || !table.isEmpty();
        }

        /** Whether this line begins the next snapshot or another listing. */
        private boolean ends(String line) {
            if (PoolMonTotals.isMemoryLine(line)) {
                return totals.hasMemory() || isTableBegun() || title;
            }
            if (PoolMonTotals.isCommitLine(line)) {
                return totals.hasCommit() || isTableBegun();
            }
            if (PoolMonCsv.isSummary(line)) {
                boolean first = line.startsWith("Summary1,");
                return isTableBegun() || (first ? totals.hasMemory() || totals.hasCommit() : totals.hasCommit())
                        || timeField != null && !timeField.equals(PoolMonCsv.time(line));
            }
            if (PoolMonRow.isHead(line) || isTitle(line)) {
                return isTableBegun();
            }
            return Landmark.begins(line);
        }

        private boolean understands(String line) {
            if (PoolMonTotals.isMemoryLine(line)) {
                totals.addMemoryLine(line);
            } else if (PoolMonTotals.isCommitLine(line)) {
                totals.addCommitLine(line);
            } else if (PoolMonCsv.isSummary(line)) {
                timeField = PoolMonCsv.time(line);
                if (line.startsWith("Summary1,")) {
                    totals.addMemoryRow(PoolMonCsv.figures(line));
                } else {
                    totals.addCommitRow(PoolMonCsv.figures(line));
                }
            } else if (isTitle(line)) {
                title = true;
                session |= !Cells.strip(line).startsWith("System");
            } else {
                return PoolMonRow.isHead(line) || isRuler(line) || isLeftOut(line) || PoolMonRow.isTotal(line) || isRow(line);
            }
            return true;
        }

        private static boolean isRuler(String line) {
            String text = Cells.strip(line);
            return text.length() >= 3 && text.chars().allMatch(c -> c == '-' || c == '=');
        }

        private boolean isLeftOut(String line) {
            boolean dots = Cells.isDots(Cells.strip(line));
            cut |= dots;
            return dots;
        }

        private void add(PoolMonRow row, String line) {
            rows.add(new Seen(row, walk.number(), line));
            changes |= row.changes();
            disagreeing += row.agrees() ? 0 : 1;
        }

        private boolean isRow(String line) {
            Optional<PoolMonCsv> csv = PoolMonCsv.row(line);
            Optional<PoolTag> tag = csv.flatMap(cells -> TagCell.read(cells.cell()));
            tag.ifPresent(known -> table.add(known, csv.get().pool(), csv.get().use(), null, null, walk.here()));
            return tag.isPresent();
        }

        /**
         * Tags are four characters wide, blanks at either end included. The rows of a table have their type in one column, so the
         * leftmost tag of that column shows where all of them begin.
         */
        private void tags() {
            Map<Integer, Integer> begins = new HashMap<>();
            for (Seen seen : rows) {
                begins.merge(seen.row.typeAt(), seen.row.tagFrom(), Math::min);
            }
            if (table.isEmpty()) {
                table = new TagTable(rows.size());
            }
            boolean citesRows = walk.sink().citesRows();
            int unreadable = 0;
            for (Seen seen : rows) {
                String line = seen.line;
                int from = begins.get(seen.row.typeAt());
                int end = seen.row.typeAt();
                while (end > from && Cells.isBlank(line.charAt(end - 1))) {
                    end--;
                }
                Optional<PoolTag> tag = TagCell.read(line, end - from <= 4 ? from : seen.row.tagFrom(), end);
                unreadable += tag.isEmpty() ? 1 : 0;
                tag.ifPresent(known -> table.add(known, seen.row.pool(), seen.row.use(), seen.row.driver().binary(),
                        seen.row.driver().description(), citesRows ? walk.at(seen.number) : null));
            }
            if (unreadable > 0) {
                walk.sink().warn(seenAt, unreadable + " rows are left out: their tags hold characters that are no bytes");
            }
        }

        private boolean isEmpty() {
            return table.isEmpty() && totals.isEmpty();
        }

        /** Whether PoolMon itself wrote the file ({@code -n}): head lines and a table without changes. */
        private boolean isSnapshotFile() {
            return totals.hasMemory() && !rows.isEmpty() && !changes;
        }

        private void findTime(Timestamps times, int previousEnd) {
            if (timeField != null) {
                time(times, timeField);
            }
            int looked = 0;
            for (int line = firstLine - 1; line > previousEnd && taken == null && looked < TIME_LINES; line--) {
                String text = walk.lineAt(line);
                if (!Cells.strip(text).isEmpty()) {
                    looked++;
                    if (isTimeLine(text) && time(times, text)) {
                        walk.takeAt(line);
                    }
                }
            }
        }

        /** A line somebody wrote to say the time; not one of an event or another listing that holds a time too. */
        private static boolean isTimeLine(String text) {
            String stripped = Cells.strip(text);
            return stripped.length() <= LONGEST_TIME_LINE && !stripped.startsWith("<") && EventFields.of(stripped).isEmpty();
        }

        private boolean time(Timestamps times, String text) {
            taken = times.find(text, seenAt).orElse(null);
            return taken != null;
        }

        private void report(FactSink sink) {
            if (!totals.isEmpty()) {
                sink.add(totals.counters(seenAt, taken));
            }
            if (table.isEmpty()) {
                return;
            }
            if (disagreeing > 0) {
                sink.warn(seenAt, "in " + disagreeing + " rows allocations less frees are not the difference printed");
            }
            if (table.repeated() > 0) {
                sink.warn(seenAt, "some tags stand in the table more than once; their figures were added together");
            }
            // A screen shows as many rows as it has lines.
            boolean complete = !session && !changes && !cut && !totals.isEmpty() && table.looksWhole();
            sink.add(table.snapshot(seenAt, session ? "poolmon, session pool" : "poolmon", taken, complete));
        }
    }

    private record Seen(PoolMonRow row, int number, String line) {
    }
}
