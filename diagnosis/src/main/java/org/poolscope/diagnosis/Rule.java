package org.poolscope.diagnosis;

import java.util.List;

/** Turns facts into findings. One class a rule; stateless. */
interface Rule {

    /** The rule's name in reports and JSON, lower case with hyphens; part of the contract, never changed. */
    String id();

    /**
     * Applies the rule.
     *
     * @param subject the case
     * @param earlier what the rules before this one found; a rule may build on it
     * @return what it found; empty when it has nothing to say
     */
    List<Finding> apply(Case subject, List<Finding> earlier);
}
