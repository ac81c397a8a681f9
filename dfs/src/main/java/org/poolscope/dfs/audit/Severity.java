package org.poolscope.dfs.audit;

/** How bad a breach of a rule is, the least first. */
public enum Severity {
    /** Worth knowing; clients cope. */
    INFO,
    /** Some clients fail, or do more work than they should. */
    WARNING,
    /** Clients fail, or are led to a wrong place, or run out of memory. */
    ERROR
}
