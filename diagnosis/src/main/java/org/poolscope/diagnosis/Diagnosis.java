package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.poolscope.model.Progress;

/** Applies all rules to a case and puts the findings in order. */
public final class Diagnosis {

    /** In the order they build on each other; within one severity the findings keep this order, but for those told first. */
    private static final List<Rule> RULES = List.of(
            new MemoryExhaustedRule(),
            new LostBlocksRule(),
            new FragmentationRule(),
            // Before the tags: what a process keeps by its handles is its leak, not the tag's.
            new HandleLeakRule(),
            new TagHoldsPoolRule(),
            new HeldBlocksRule(),
            new VerifierRule(),
            new CompanionTagsRule(),
            new LeakDatedRule(),
            new GrowingTagRule(),
            new TagMapRule(),
            new TagSitesRule(),
            new GrowingProcessRule(),
            new FileLevelReferralsRule(),
            new ReferralCacheSizeRule(),
            new ReferralTtlRule(),
            new CapturedReferralsRule(),
            // What to do about a full pool depends on whether the others say what fills it.
            new PoolExhaustedRule(),
            new NothingFoundRule(),
            new SeveralMachinesRule(),
            new EarlierRunRule(),
            // Says how far the others hold, and never what is wrong with the machine.
            new BooksDifferRule());

    private Diagnosis() {
    }

    /** The verdict on a case. */
    public static Verdict of(Case subject, Progress progress) {
        List<Finding> findings = new ArrayList<>();
        for (Rule rule : RULES) {
            progress.at("asking: " + rule.id(), 0, 0);
            findings.addAll(rule.apply(subject, List.copyOf(findings)));
        }
        // That a pool is full is what the others explain: it is told first.
        findings.sort(Comparator.comparing(Finding::severity).thenComparing(finding -> !finding.rule().equals(PoolExhaustedRule.ID)));
        return new Verdict(subject, sentence(findings), findings);
    }

    /** The clauses of the findings, the most important first, as one sentence. */
    private static String sentence(List<Finding> findings) {
        List<String> clauses = findings.stream().filter(finding -> finding.severity().isProblem() || findings.size() == 1)
                .map(Finding::clause).filter(clause -> !clause.isEmpty()).limit(3).toList();
        if (clauses.isEmpty()) {
            return findings.isEmpty() ? "Nothing found." : findings.getFirst().title() + ".";
        }
        String joined = String.join("; ", clauses);
        return Character.toUpperCase(joined.charAt(0)) + joined.substring(1) + ".";
    }
}
