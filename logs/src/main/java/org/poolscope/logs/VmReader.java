package org.poolscope.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.PoolKind;
import org.poolscope.model.TextLines;

/**
 * Reads {@code !vm} listings of the kernel debugger, with any flags, of Windows 2000 to 11. Labels differ from version to
 * version; what is not kept is understood by its form ({@code label: pages ( kilobytes Kb)}).
 */
public final class VmReader implements EvidenceReader {

    /** So many lines in a row that are not of {@code !vm} end its listing. */
    private static final int MOST_FOREIGN = 4;

    /** Beginnings of other lines {@code !vm} prints, lower case. */
    private static final List<String> KNOWN = List.of("page file:", "no name for paging file", "unimplemented error for ",
            "syspart ", "pid imagename", "terminal server memory usage", "session paged pool maximum",
            "session view space maximum", "session id ", "paged pool usage:", "commit usage:", "session summary");

    /** For {@link java.util.ServiceLoader}. */
    public VmReader() {
    }

    @Override
    public String format() {
        return "!vm listing";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return LineWalk.anyLine(file, VmReader::shows);
    }

    private static boolean shows(String line) {
        return line.length() <= LineWalk.LONGEST_LINE && VmFigure.of(line).filter(VmListing::isKept).isPresent();
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = LineWalk.textOf(file);
        LineWalk walk = new LineWalk(lines, sink);
        while (!walk.atEnd()) {
            if (begins(walk.line())) {
                section(walk);
            } else {
                walk.next();
            }
        }
    }

    private static boolean begins(String line) {
        return isCommand(line) || VmFigure.isHeading(line) || shows(line) || isPageFile(line);
    }

    private static boolean isCommand(String line) {
        return DebuggerPrompt.of(line).filter(prompt -> prompt.command().equals("!vm")).isPresent();
    }

    private static boolean isPageFile(String line) {
        String text = Cells.strip(line);
        return text.startsWith("Page File: ") || text.startsWith("No Name for Paging File");
    }

    private void section(LineWalk walk) {
        VmListing listing = new VmListing(walk.here());
        List<Fact> failures = new ArrayList<>();
        boolean first = true;
        int foreign = 0;
        while (!walk.atEnd() && foreign < MOST_FOREIGN) {
            String line = walk.line();
            if (!first && ends(line, listing)) {
                break;
            }
            if (Cells.strip(line).isEmpty()) {
                walk.passBlank();
            } else if (understands(walk, line, listing, failures) || first) {
                walk.take();
                foreign = 0;
            } else {
                walk.passForeign();
                foreign++;
            }
            first = false;
        }
        if (listing.isEmpty()) {
            walk.giveBack();
            return;
        }
        walk.sink().add(listing.counters());
        failures.forEach(walk.sink()::add);
        walk.confirm();
    }

    private static boolean ends(String line, VmListing listing) {
        if (VmFigure.isHeading(line)) {
            // The title and the first figure both begin a listing; the second of them belongs to the first.
            Optional<VmFigure> physical = VmFigure.of(line);
            return physical.isPresent() ? listing.has(physical.get()) : !listing.isEmpty();
        }
        // Since Windows 8 page files come first, before that behind the physical memory.
        return isPageFile(line) && listing.startsWithPageFiles() && !listing.isEmpty() || Landmark.begins(line);
    }

    private static boolean understands(LineWalk walk, String line, VmListing listing, List<Fact> failures) {
        Optional<VmFigure> figure = VmFigure.of(line);
        if (figure.isPresent()) {
            listing.add(figure.get());
            return true;
        }
        String text = Cells.strip(line);
        if (text.startsWith("***")) {
            banner(walk, text, listing, failures);
            return true;
        }
        return isPageFileSizes(text, listing) || isProcess(text) || isKnown(text);
    }

    private static boolean isKnown(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return KNOWN.stream().anyMatch(lower::startsWith);
    }

    private static void banner(LineWalk walk, String text, VmListing listing, List<Fact> failures) {
        Cells cells = new Cells(text, 0);
        while (cells.take('*') || cells.skipBlanks()) {
            // up to the words
        }
        if (cells.take("Excessive NonPaged Pool Usage")) {
            listing.addExcessive(PoolKind.NONPAGED);
        } else if (cells.take("Excessive Paged Pool Usage")) {
            listing.addExcessive(PoolKind.PAGED);
        } else {
            long count = cells.number();
            String words = Cells.strip(cells.rest());
            int end = words.indexOf(" allocations have failed");
            if (count >= 0 && count != Cells.TOO_LARGE && end > 0) {
                failures.add(new AllocationFailures(walk.here(), words.substring(0, end), count));
            }
        }
    }

    /** {@code Current: 98304Kb Free Space: 61044Kb}, {@code Minimum: 98304Kb Maximum: 196608Kb}. */
    private static boolean isPageFileSizes(String text, VmListing listing) {
        boolean current = text.startsWith("Current:");
        if (!current && !text.startsWith("Minimum:")) {
            return false;
        }
        int second = text.indexOf(current ? "Free Space:" : "Maximum:");
        if (second < 0) {
            return false;
        }
        long kilobytes = kilobytesAt(text, second + (current ? "Free Space:" : "Maximum:").length());
        if (kilobytes < 0 || kilobytesAt(text, "Current:".length()) < 0) {
            return false;
        }
        if (!current) {
            listing.addPageFile(Math.max(kilobytes, kilobytesAt(text, "Minimum:".length())));
        }
        return true;
    }

    private static long kilobytesAt(String text, int from) {
        Cells cells = new Cells(text, from);
        cells.skipBlanks();
        long value = cells.number();
        cells.skipBlanks();
        return value != Cells.TOO_LARGE && cells.take("Kb") ? value : Cells.NONE;
    }

    /** {@code 04ac svchost.exe 12186 ( 48744 Kb)}: the part by process that flag 1 leaves out. */
    private static boolean isProcess(String text) {
        int digits = 0;
        while (digits < text.length() && Character.digit(text.charAt(digits), 16) >= 0) {
            digits++;
        }
        return digits >= 1 && digits <= 6 && digits < text.length() && Cells.isBlank(text.charAt(digits))
                && (text.endsWith("Kb)") || text.endsWith("Kb"));
    }
}
