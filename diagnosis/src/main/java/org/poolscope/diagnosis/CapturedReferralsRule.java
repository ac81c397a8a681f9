package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.DfsAudit;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/** A network capture holds DFS referrals that break the rules of MS-DFSC: the server, not the client, is where to look. */
final class CapturedReferralsRule implements Rule {

    static final String ID = "captured-referrals";

    private static final int MOST_TOLD = 3;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        Map<String, List<ReferralExchange>> captures = new LinkedHashMap<>();
        subject.facts(ReferralExchange.class).forEach(one -> captures.computeIfAbsent(one.seenAt().file(), any -> new ArrayList<>()).add(one));
        List<Finding> found = new ArrayList<>();
        captures.forEach((file, exchanges) -> {
            DfsAudit audit = new DfsAudit();
            exchanges.forEach(audit::take);
            audit.endOfFile();
            List<AuditFinding> broken = audit.findings().stream()
                    .filter(one -> one.severity() == org.poolscope.dfs.audit.Severity.ERROR).toList();
            if (!broken.isEmpty()) {
                found.add(finding(subject, file, exchanges.size(), broken));
            }
        });
        return found;
    }

    private Finding finding(Case subject, String file, int exchanges, List<AuditFinding> broken) {
        List<String> rules = broken.stream().map(AuditFinding::rule).distinct().toList();
        List<Provenance> places = broken.stream().collect(Collectors.toMap(AuditFinding::rule, AuditFinding::seenAt, (first, next) -> first,
                LinkedHashMap::new)).values().stream().limit(MOST_TOLD).toList();
        return Finding.of(this, Severity.WARNING, Confidence.high("each rule is checked on the bytes of the replies"),
                "Of " + Quantity.count(exchanges, "DFS referral exchange", "DFS referral exchanges") + " in " + file
                        + " some break rules of MS-DFSC: " + String.join(", ", rules))
                .explanation(broken.stream().limit(MOST_TOLD).map(one -> one.message() + " [" + one.clause() + "]")
                        .collect(Collectors.joining(" ")))
                .evidence(places)
                .next("Read all that is wrong with them, and hand the capture to the maker of the server.", "poolscope dfs audit " + subject.word(file))
                .build();
    }
}
