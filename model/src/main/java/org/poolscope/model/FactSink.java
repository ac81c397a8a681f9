package org.poolscope.model;

/** Takes what a reader finds in one file. */
public interface FactSink {

    /** Adds a fact. */
    void add(Fact fact);

    /**
     * Whether the rows of a table shall say where each of them stands. Whoever takes millions of them and cites none need not pay for it.
     */
    default boolean citesRows() {
        return true;
    }

    /**
     * Says that a line of a text file was understood (it became part of a fact, or is known to mean nothing here). Lines nobody
     * understood are counted and can be shown: nothing is silently lost.
     *
     * @param line the line's number, from 1
     */
    void understood(int line);

    /** Says that something could not be read, or is not to be trusted, and what that means for the result. */
    void warn(Provenance where, String message);
}
