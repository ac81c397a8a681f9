package org.poolscope.dfs.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.poolscope.dfs.DfsPath;
import org.poolscope.model.Provenance;

/**
 * Collects findings. The same finding is kept once, with how often it was met; and of each rule only so many different ones
 * are kept, since a server that errs may err in each of a million replies.
 */
final class Findings {

    /** Different findings kept of one rule. */
    static final int MOST_OF_A_RULE = 200;

    private final Map<Key, Kept> kept = new LinkedHashMap<>();
    private final Map<AuditRule, Integer> countOfRule = new HashMap<>();
    private final Map<AuditRule, Kept> leftOut = new LinkedHashMap<>();

    /** What makes two findings the same. */
    private record Key(String rule, String file, String subject, int entry, String message) {
    }

    private static final class Kept {

        private final AuditRule rule;
        private final Severity severity;
        private final Provenance seenAt;
        private final Optional<String> request;
        private final int entry;
        private final String message;
        private long occurrences = 1;

        Kept(AuditRule rule, Severity severity, Provenance seenAt, Optional<String> request, int entry, String message) {
            this.rule = rule;
            this.severity = severity;
            this.seenAt = seenAt;
            this.request = request;
            this.entry = entry;
            this.message = message;
        }

        AuditFinding finding(String text) {
            return new AuditFinding(rule.name(), severity, rule.clause(), seenAt, request,
                    entry < 0 ? OptionalInt.empty() : OptionalInt.of(entry), text, occurrences);
        }
    }

    /** A finding about a referral as a whole. */
    void add(AuditRule rule, AuditedReferral referral, String message) {
        add(rule, rule.severity(), referral.seenAt(), referral.subject(), -1, message);
    }

    /** A finding about one entry of a referral. */
    void add(AuditRule rule, AuditedReferral referral, int entry, String message) {
        add(rule, rule.severity(), referral.seenAt(), referral.subject(), entry, message);
    }

    /** Any finding; entry is -1 when it concerns none. */
    void add(AuditRule rule, Severity severity, Provenance seenAt, Optional<String> request, int entry, String message) {
        Key key = new Key(rule.name(), seenAt.file(), request.map(path -> DfsPath.of(path).folded()).orElse(""), entry, message);
        Kept known = kept.get(key);
        if (known != null) {
            known.occurrences++;
            return;
        }
        Kept made = new Kept(rule, severity, seenAt, request, entry, message);
        if (countOfRule.merge(rule, 1, Integer::sum) <= MOST_OF_A_RULE) {
            kept.put(key, made);
        } else {
            leftOut.merge(rule, made, (before, now) -> {
                before.occurrences++;
                return before;
            });
        }
    }

    /** All findings, the worst first, then in the order met. */
    List<AuditFinding> list() {
        List<AuditFinding> list = new ArrayList<>();
        kept.values().forEach(one -> list.add(one.finding(one.message)));
        leftOut.values().forEach(one -> list.add(one.finding("and " + one.occurrences
                + " more findings of this rule, of which this is the"
                + " first: " + one.message)));
        list.sort(Comparator.comparing(AuditFinding::severity).reversed());
        return list;
    }
}
