package org.poolscope.logs;

/** How a record of a binary event log came to be read. */
public enum RecordState {
    /** It belongs to the log, as the log's own books say. */
    IN_LOG,
    /** It belongs to the log, but the books around it are damaged, cut off or older than it: it was found by its own marks. */
    RECOVERED,
    /** It stands in space the log no longer counts as used: cleared, overwritten from the front, or left over from a copy. */
    DELETED
}
