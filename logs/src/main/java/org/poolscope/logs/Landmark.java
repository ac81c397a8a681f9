package org.poolscope.logs;

/** Lines that begin a listing, whatever its format: a section of one listing ends where another begins. */
final class Landmark {

    private Landmark() {
    }

    /** Whether this line begins a listing, or is a debugger's prompt. */
    static boolean begins(String line) {
        return DebuggerPrompt.of(line).isPresent() || VmFigure.isHeading(line) || PoolUsedHead.begins(line)
                || PoolMonTotals.isMemoryLine(line) || PoolMonRow.isHead(line) || PoolMonCsv.isSummary(line)
                || EventFields.beginsEvent(line) || EventFragments.begins(line);
    }
}
