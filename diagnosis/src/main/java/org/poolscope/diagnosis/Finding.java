package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;

/**
 * One thing a rule found.
 *
 * @param rule the rule's id
 * @param severity how much it matters
 * @param confidence how sure it is, and why
 * @param title what was found, as one sentence with its figures
 * @param clause the same as a short clause for the verdict's one sentence; empty when it does not belong there
 * @param explanation what it means, in a few sentences; may be empty
 * @param tags the pool tags concerned, the most important first
 * @param pool the pool concerned, or {@code null}
 * @param driver the file name of the driver concerned, or {@code null}
 * @param evidence where it is seen, the strongest first
 * @param nextSteps what to do next
 */
public record Finding(
        String rule,
        Severity severity,
        Confidence confidence,
        String title,
        String clause,
        String explanation,
        List<PoolTag> tags,
        PoolKind pool,
        String driver,
        List<Provenance> evidence,
        List<NextStep> nextSteps) {

    public Finding {
        tags = List.copyOf(tags);
        evidence = List.copyOf(evidence);
        nextSteps = List.copyOf(nextSteps);
    }

    /** Starts a finding of a rule. */
    static Builder of(Rule rule, Severity severity, Confidence confidence, String title) {
        return new Builder(rule.id(), severity, confidence, title);
    }

    /** Collects the parts of a finding, most of which are optional. */
    static final class Builder {
        private final String rule;
        private final Severity severity;
        private final Confidence confidence;
        private final String title;
        private String clause = "";
        private String explanation = "";
        private List<PoolTag> tags = List.of();
        private PoolKind pool;
        private String driver;
        private final Set<Provenance> evidence = new LinkedHashSet<>();
        private final List<NextStep> nextSteps = new ArrayList<>();

        private Builder(String rule, Severity severity, Confidence confidence, String title) {
            this.rule = rule;
            this.severity = severity;
            this.confidence = confidence;
            this.title = title;
        }

        Builder clause(String text) {
            clause = text;
            return this;
        }

        Builder explanation(String text) {
            explanation = text;
            return this;
        }

        Builder tags(List<PoolTag> concerned) {
            tags = concerned;
            return this;
        }

        Builder pool(PoolKind concerned) {
            pool = concerned;
            return this;
        }

        Builder driver(String name) {
            driver = name;
            return this;
        }

        Builder evidence(Provenance seen) {
            evidence.add(seen);
            return this;
        }

        Builder evidence(List<Provenance> seen) {
            evidence.addAll(seen);
            return this;
        }

        Builder next(String text) {
            nextSteps.add(new NextStep(text, null));
            return this;
        }

        Builder next(String text, String command) {
            nextSteps.add(new NextStep(text, command));
            return this;
        }

        Builder next(NextStep step) {
            nextSteps.add(step);
            return this;
        }

        Finding build() {
            return new Finding(rule, severity, confidence, title, clause, explanation, tags, pool, driver,
                    List.copyOf(evidence), nextSteps);
        }
    }
}
