package org.poolscope.logs;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/** Reads {@code !poolused} listings of the kernel debugger, with any flags, of any version. */
public final class PoolUsedReader implements EvidenceReader {

    /** So many lines in a row that are not of {@code !poolused} end its listing. */
    private static final int MOST_FOREIGN = 3;

    /** {@code !poolused 8} shows the pool of one session instead of the system's. */
    private static final int SESSION_FLAG = 8;

    /** Beginnings of what the debugger says of its cache before the table, lower case. */
    private static final List<String> CACHE_TALK = List.of("using a machine size of ", "*** cachesize too low",
            "max cache size is",
            "total memory in cache", "number of regions cached", "** transition ptes are", "** prototype ptes are",
            "unable to get pool big page table", "sorting by ", "pool used:");

    /** For {@link java.util.ServiceLoader}. */
    public PoolUsedReader() {
    }

    @Override
    public String format() {
        return "!poolused listing";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return LineWalk.anyLine(file, line -> PoolUsedHead.of(line).isPresent());
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = LineWalk.textOf(file);
        LineWalk walk = new LineWalk(lines, sink);
        Preamble preamble = new Preamble();
        while (!walk.atEnd()) {
            String line = walk.line();
            Optional<PoolUsedHead> head = PoolUsedHead.of(line);
            if (head.isPresent()) {
                table(walk, head.get(), preamble);
                preamble = new Preamble();
            } else if (Cells.strip(line).isEmpty()) {
                walk.passBlank();
            } else if (DebuggerPrompt.of(line).isPresent()) {
                walk.giveBack();
                preamble = new Preamble();
                if (preamble.isCommand(line)) {
                    preamble.seenAt = walk.here();
                    walk.take();
                } else {
                    walk.next();
                }
            } else if (preamble.understands(line)) {
                preamble.seenAt = preamble.seenAt == null ? walk.here() : preamble.seenAt;
                walk.take();
            } else {
                walk.giveBack();
                preamble = new Preamble();
                walk.next();
            }
        }
    }

    private static void table(LineWalk walk, PoolUsedHead head, Preamble preamble) {
        Provenance seenAt = preamble.seenAt == null ? walk.here() : preamble.seenAt;
        List<PoolKind> pools = preamble.pools.size() == head.groups() ? preamble.pools
                : head.groups() == 2 ? List.of(PoolKind.NONPAGED, PoolKind.PAGED) : List.of();
        walk.take();
        if (pools.isEmpty()) {
            walk.sink().warn(seenAt, "the listing shows one pool and does not say which; its rows are left out");
            walk.giveBack();
            return;
        }
        Table table = new Table(walk, head, pools);
        int foreign = 0;
        while (!walk.atEnd() && foreign < MOST_FOREIGN && !Landmark.begins(walk.line())) {
            String line = walk.line();
            if (Cells.strip(line).isEmpty()) {
                walk.passBlank();
            } else if (table.understands(line)) {
                walk.take();
                foreign = 0;
            } else {
                walk.passForeign();
                foreign++;
            }
        }
        if (table.rows.isEmpty()) {
            walk.giveBack();
            return;
        }
        table.warn(seenAt);
        String source = preamble.session ? "!poolused, session pool" : "!poolused";
        boolean complete = !preamble.session && !preamble.filtered && table.isWhole();
        walk.sink().add(table.rows.snapshot(seenAt, source, null, complete));
        walk.confirm();
    }

    /** The lines before the table: the command, what the debugger says of its cache, the order of rows, the pools. */
    private static final class Preamble {
        private Provenance seenAt;
        private List<PoolKind> pools = List.of();
        private boolean session;
        private boolean filtered;

        private boolean understands(String line) {
            List<PoolKind> named = PoolUsedHead.pools(line);
            if (!named.isEmpty()) {
                pools = named;
                return true;
            }
            String text = Cells.strip(line).toLowerCase(Locale.ROOT);
            return Cells.isDots(text) || CACHE_TALK.stream().anyMatch(text::startsWith)
                    || text.contains(" full reads broken into ")
                    || text.contains(" cached/") && text.contains(" uncached, ");
        }

        private boolean isCommand(String line) {
            Optional<DebuggerPrompt> prompt = DebuggerPrompt.of(line).filter(typed -> typed.command().equals("!poolused"));
            prompt.ifPresent(typed -> arguments(typed.arguments()));
            return prompt.isPresent();
        }

        private void arguments(String arguments) {
            String[] words = arguments.isEmpty() ? new String[0] : arguments.split("[ \\t]+", 8);
            boolean flagsSeen = false;
            for (String word : words) {
                long flags = flagsSeen ? -1 : flags(word);
                if (flags >= 0) {
                    flagsSeen = true;
                    session = (flags & SESSION_FLAG) != 0;
                } else if (!word.equals("*")) {
                    // A tag or a pattern, or /t<n> for the top rows only.
                    filtered = true;
                }
            }
        }

        private static long flags(String word) {
            String digits = word.startsWith("0x") ? word.substring(2) : word;
            try {
                return digits.length() > 4 ? -1 : Integer.parseInt(digits, 16);
            } catch (NumberFormatException e) {
                return -1;
            }
        }
    }

    /** The rows of one table, and what was odd about them. */
    private static final class Table {
        private final LineWalk walk;
        private final PoolUsedHead head;
        private final List<PoolKind> pools;
        private final TagTable rows = new TagTable();
        private long[] total;
        private boolean cut;
        private int inexact;
        private int tooLarge;
        private int unclear;
        private int disagreeing;

        private Table(LineWalk walk, PoolUsedHead head, List<PoolKind> pools) {
            this.walk = walk;
            this.head = head;
            this.pools = pools;
        }

        private boolean understands(String line) {
            if (Cells.isDots(Cells.strip(line))) {
                cut = true;
                return true;
            }
            long[] sums = PoolUsedRow.total(line, head);
            if (sums != null) {
                total = sums;
                return true;
            }
            Optional<PoolUsedRow> row = PoolUsedRow.of(line, head);
            row.ifPresent(this::add);
            return row.isPresent();
        }

        private void add(PoolUsedRow row) {
            inexact += row.shownExactly() ? 0 : 1;
            for (int i = 0; i < pools.size(); i++) {
                rows.add(row.tag(), pools.get(i), use(row.numbers(), i * head.width()), row.binary(), row.description(),
                        walk.here());
            }
        }

        private PoolUse use(long[] numbers, int at) {
            Long allocs = figure(numbers[at]);
            Long bytes = figure(numbers[at + head.width() - 1]);
            if (bytes != null && bytes < 0) {
                tooLarge++;
                bytes = null;
            }
            if (head.width() == 2) {
                return new PoolUse(null, null, allocs, bytes);
            }
            Long frees = figure(numbers[at + 1]);
            Long difference = figure(numbers[at + 2]);
            if (allocs != null && frees != null && difference != null && !PoolUsedRow.differ(allocs, frees, difference)) {
                disagreeing++;
            }
            return new PoolUse(allocs, frees, difference, bytes);
        }

        private Long figure(long number) {
            if (number == PoolUsedRow.UNCLEAR) {
                unclear++;
                return null;
            }
            if (number == Cells.TOO_LARGE) {
                tooLarge++;
                return null;
            }
            return number;
        }

        /** Whether no row is missing: the sums under the table agree, or where there are none nothing looks cut. */
        private boolean isWhole() {
            if (cut || pools.size() < 2) {
                return false;
            }
            if (total == null || total.length == 0) {
                return rows.looksWhole();
            }
            for (int i = 0; i < pools.size(); i++) {
                if (rows.bytes(pools.get(i)) != total[(i + 1) * head.width() - 1]) {
                    return false;
                }
            }
            return true;
        }

        private void warn(Provenance seenAt) {
            if (inexact > 0) {
                walk.sink().warn(seenAt, inexact + " of the tags hold a dot that may stand for a byte that cannot be printed");
            }
            if (tooLarge > 0) {
                walk.sink().warn(seenAt, tooLarge + " of the figures cannot be true and are left out");
            }
            if (unclear > 0) {
                walk.sink().warn(seenAt, "in " + unclear
                        + " rows the last figure runs together with the description and is left out");
            }
            if (disagreeing > 0) {
                walk.sink().warn(seenAt, "in " + disagreeing + " rows allocations less frees are not the difference printed");
            }
            if (rows.repeated() > 0) {
                walk.sink().warn(seenAt, "some tags stand in the table more than once; their figures were added together");
            }
        }
    }
}
