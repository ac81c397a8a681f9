package org.poolscope.dfs.audit;

import org.poolscope.dfs.DfsPath;

/** The DFS path is a prefix of what was asked for. */
final class DfsPathSyntax extends AuditRule {

    DfsPathSyntax() {
        super("dfs-path", Severity.ERROR, "MS-DFSC 2.2.5, 3.2.5.5",
                "The DFS path of each entry has the right form, and is the path asked for or stands above it.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (!referral.isSound() || !referral.succeeded()) {
            return;
        }
        for (AuditedReferral.Entry entry : referral.entries()) {
            if (entry.dfsPath() != null) {
                PathForm.problem(entry.dfsPath(), 2).ifPresentOrElse(problem -> findings.add(this, referral, entry.number(),
                        "The DFS path "
                        + entry.dfsPath() + " " + problem + "."), () -> checkPrefix(referral, entry, findings));
            }
        }
    }

    private void checkPrefix(AuditedReferral referral, AuditedReferral.Entry entry, Findings findings) {
        DfsPath path = DfsPath.of(entry.dfsPath());
        if (referral.request() != null) {
            DfsPath request = DfsPath.of(referral.request());
            // the first component may be the short name of a server or domain on one side and the full one on the other
            boolean above = path.components() <= request.components() && DfsPath.of(rest(path)).equals(
                    DfsPath.of(rest(request.prefix(path.components()))));
            if (!above) {
                findings.add(this, referral, entry.number(), "The client asked for " + referral.request()
                        + ", but the entry is for "
                        + entry.dfsPath() + ".");
            }
        }
        if (entry.alternatePath() != null && DfsPath.of(entry.alternatePath()).components() != path.components()) {
            findings.add(this, referral, entry.number(), "The alternate path " + entry.alternatePath()
                    + " does not have as many components as "
                    + "the DFS path " + entry.dfsPath() + ".");
        }
    }

    private static String rest(DfsPath path) {
        String text = path.toString();
        int second = text.indexOf('\\', 1);
        return second < 0 ? "" : text.substring(second);
    }
}
