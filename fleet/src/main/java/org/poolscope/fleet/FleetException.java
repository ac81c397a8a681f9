package org.poolscope.fleet;

/** A fleet's data set, or a question to it, that failed: what was being done, why it failed, and what to do about it. */
public final class FleetException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Describes the failure.
     *
     * @param message what failed and why, with the remedy
     */
    public FleetException(String message) {
        super(message);
    }

    /** The same, caused by a failure below. */
    public FleetException(String message, Throwable cause) {
        super(message, cause);
    }
}
