package org.poolscope.dfs.audit;

import java.util.Locale;
import java.util.Optional;
import org.poolscope.dfs.LinkExtent;
import org.poolscope.dfs.LinkExtent.Sureness;
import org.poolscope.dfs.NamespaceShape;

/** A client's cache stays as small as the namespace. */
final class CacheGrowth extends AuditRule {

    private static final int MANY = 1000;

    private final SeenReferrals seen;

    CacheGrowth(SeenReferrals seen) {
        super("cache-growth", Severity.WARNING, "MS-DFSC 3.1.1, 3.2.5.5",
                "A client holds one entry a root and one a link, however many names below them are used.");
        this.seen = seen;
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        // counted when all was seen
    }

    @Override
    void conclude(Findings findings) {
        NamespaceShape shape = seen.shape();
        Optional<LinkExtent> worst = shape.reachingBelow().stream().filter(extent -> extent.sureness() != Sureness.POSSIBLE)
                .findFirst();
        int needless = shape.entriesHeld() - shape.entriesNeeded();
        if (worst.isEmpty() || needless <= 0) {
            return;
        }
        findings.add(this, needless >= MANY ? Severity.ERROR : severity(), worst.get().seenAt().getFirst(),
                Optional.of(worst.get().link()), -1,
                (seen.isFromWire() ? "A client must hold " : "The client holds ") + (seen.leftOut() > 0 ? "more than " : "")
                        + count(shape.entriesHeld()) + " cache entries with " + count(shape.targetsHeld())
                        + " targets where a namespace of this shape needs " + count(shape.entriesNeeded()) + "; "
                        + count(worst.get().entries()) + " of them stand for names at or below " + worst.get().link() + ".");
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
