package org.poolscope.fleet;

import java.util.List;

/**
 * What an ingest did.
 *
 * @param machines machines that got new rows
 * @param filesTaken files whose rows are in the data set now
 * @param filesKnown files that were taken in before; nothing was done with them
 * @param snapshotsTaken tables of tags taken in
 * @param snapshotsKnown tables of tags left out because the machine already has one of that time: logs are copied, appended to, rotated
 * @param rows rows of tags written
 * @param eventLogs files that hold events and nothing else: a matter for the diagnosis of one machine, no rows
 * @param bad files that gave nothing, with the reason
 * @param warnings what could not be trusted in files that were taken
 */
public record IngestReport(int machines, int filesTaken, int filesKnown, long snapshotsTaken, long snapshotsKnown, long rows,
        int eventLogs, List<BadFile> bad, List<BadFile> warnings) {

    public IngestReport {
        bad = List.copyOf(bad);
        warnings = List.copyOf(warnings);
    }

    /**
     * A file, and what is wrong with it.
     *
     * @param file the file
     * @param reason what is wrong, with place and remedy
     */
    public record BadFile(String file, String reason) {
    }
}
