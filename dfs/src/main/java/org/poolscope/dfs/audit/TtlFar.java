package org.poolscope.dfs.audit;

import java.util.Optional;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.TtlDeviation;
import org.poolscope.model.Provenance;

/** A time to live is near what is usual. */
final class TtlFar extends AuditRule {

    private final SeenReferrals seen;

    TtlFar(SeenReferrals seen) {
        super("ttl-far", Severity.WARNING, "MS-DFSC 2.2.5, 3.2.5.5",
                "The time to live is not far from the usual: 300 seconds for roots, 1800 for links, 900 for SYSVOL, 600 for"
                + " domains.");
        this.seen = seen;
    }

    /** On the wire each reply is judged, but told once for each root and time to live: a server gives the same to all. */
    @Override
    void check(AuditedReferral referral, Findings findings) {
        ReferralKind kind = referral.answered();
        if (kind == null || !referral.succeeded() || referral.source() != AuditedReferral.Source.WIRE) {
            return;
        }
        for (AuditedReferral.Entry entry : referral.entries()) {
            Long seconds = entry.ttlSeconds();
            if (seconds != null && (TtlDeviation.isFarAbove(kind, seconds) || TtlDeviation.isFarBelow(kind, seconds))) {
                Optional<String> root = referral.subject().map(path -> DfsPath.of(path).prefix(2).toString());
                add(findings, referral.seenAt(), root, kind, seconds, "The time to live is " + seconds + " seconds");
                return;
            }
        }
    }

    /** In a cache the rest of each time to live differs; one finding tells the longest. */
    @Override
    void conclude(Findings findings) {
        if (seen.isFromWire()) {
            return;
        }
        for (TtlDeviation far : seen.shape().ttlDeviations()) {
            String what = far.remaining() ? "at least " + far.seconds() + " seconds, for that is left of it" : far.seconds()
                    + " seconds";
            String how = far.entries() > 1 ? "The times to live of " + far.entries()
                    + " entries are far from the usual, the farthest "
                    : "The time to live is ";
            add(findings, far.seenAt(), Optional.empty(), far.kind(), far.seconds(), how + what);
        }
    }

    private void add(Findings findings, Provenance seenAt, Optional<String> subject, ReferralKind kind, long seconds,
            String what) {
        String harm = seconds > kind.usualTtlSeconds()
                ? "A client keeps what it no longer needs, and goes on using what no longer holds, for that long."
                : "A client asks again at every other step.";
        findings.add(this, severity(), seenAt, subject, -1, what + "; usual for " + name(kind) + " is " + kind.usualTtlSeconds()
                + ". " + harm);
    }

    private static String name(ReferralKind kind) {
        return switch (kind) {
            case DOMAIN -> "a list of domains";
            case DC -> "a list of domain controllers";
            case SYSVOL -> "SYSVOL";
            case ROOT -> "a root";
            case LINK -> "a link";
        };
    }
}
