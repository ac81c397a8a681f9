package org.poolscope.lab;

/** Is told how far the making of a case is. */
@FunctionalInterface
public interface LabProgress {

    /** Tells nobody. */
    LabProgress NONE = (done, total) -> { };

    /** So much of the work is done; {@code total} stays the same throughout. */
    void at(long done, long total);
}
