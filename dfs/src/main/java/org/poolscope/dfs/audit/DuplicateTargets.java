package org.poolscope.dfs.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;

/** Each place is listed once. */
final class DuplicateTargets extends AuditRule {

    DuplicateTargets() {
        super("duplicate-target", Severity.INFO, "MS-DFSC 3.2.5.5",
                "Each target is listed once.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        Map<String, String> seen = new HashMap<>();
        for (AuditedReferral.Entry entry : referral.targets()) {
            DfsPath target = DfsPath.of(entry.target());
            String before = seen.putIfAbsent(shortened(target), entry.target());
            if (before == null) {
                continue;
            }
            if (DfsPath.of(before).equals(target)) {
                findings.add(this, referral, entry.number(), "The target " + entry.target() + " is listed twice.");
            } else {
                // told once for a root: where a server does so, it does so everywhere
                Optional<String> root = referral.subject().map(path -> DfsPath.of(path).prefix(2).toString());
                findings.add(this, severity(), referral.seenAt(), root, entry.number(), "The targets on " + DfsPath.of(before)
                        .component(0)
                        + " and " + target.component(0) + " look like one place under two names: a client holds, and on"
                        + " failure tries,"
                        + " both.");
            }
        }
    }

    /** The path with the server's first label only, unless it is an address. */
    private static String shortened(DfsPath target) {
        if (target.components() == 0) {
            return "";
        }
        String server = target.component(0);
        int dot = server.indexOf('.');
        boolean address = !server.isEmpty() && (Character.isDigit(server.charAt(0)) || server.indexOf(':') >= 0);
        String folded = target.folded();
        return dot < 0 || address ? folded : folded.substring(0, 1 + dot) + folded.substring(1 + server.length());
    }
}
