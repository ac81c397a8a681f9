package org.poolscope.model;

/** Something the evidence says. Each module defines the facts its readers find; analyses take facts and know no format. */
public interface Fact {

    /** Where it was seen. */
    Provenance seenAt();
}
