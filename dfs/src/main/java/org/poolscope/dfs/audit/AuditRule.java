package org.poolscope.dfs.audit;

/** One rule: its name, the clause it stands on, and how to tell whether it holds. One object serves one audit. */
public abstract class AuditRule {

    private final String name;
    private final Severity severity;
    private final String clause;
    private final String demand;

    /**
     * Names the rule.
     *
     * @param name short, in lower case with hyphens
     * @param severity how bad a breach is, unless a finding says otherwise
     * @param clause what it stands on, such as {@code MS-DFSC 2.2.4}
     * @param demand what must hold, as a sentence
     */
    AuditRule(String name, Severity severity, String clause, String demand) {
        this.name = name;
        this.severity = severity;
        this.clause = clause;
        this.demand = demand;
    }

    /** The rule's name. */
    public final String name() {
        return name;
    }

    /** How bad a breach is, usually. */
    public final Severity severity() {
        return severity;
    }

    /** The part of the specification it stands on. */
    public final String clause() {
        return clause;
    }

    /** What must hold, as a sentence. */
    public final String demand() {
        return demand;
    }

    /** Looks at one referral. */
    abstract void check(AuditedReferral referral, Findings findings);

    /** Judges what was remembered of all referrals of a file. Forgets it. */
    void conclude(Findings findings) {
        // most rules remember nothing
    }
}
