package org.poolscope.dfs.audit;

import org.poolscope.dfs.message.Breach;

/** A reply holds whole entries or none. */
final class ReplyCut extends AuditRule {

    ReplyCut() {
        super("reply-cut", Severity.ERROR, "MS-DFSC 3.2.5.1",
                "A reply holds all entries it counts, each of them whole; one that does not fit the buffer is refused without"
                        + " data.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (referral.overflowed() && (referral.pathConsumed() != null || !referral.replyBreaches().isEmpty())) {
            findings.add(this, referral, "The server refused for lack of buffer (STATUS_BUFFER_OVERFLOW), but sent a part of"
                    + " the reply.");
            return;
        }
        for (Breach breach : referral.replyBreaches()) {
            if (isCut(breach)) {
                findings.add(this, referral, breach.entry(), "The reply is cut: " + breach.message() + ".");
                return;
            }
        }
    }

    static boolean isCut(Breach breach) {
        return breach.kind() == Breach.Kind.CUT_HEADER || breach.kind() == Breach.Kind.CUT_ENTRY;
    }
}
