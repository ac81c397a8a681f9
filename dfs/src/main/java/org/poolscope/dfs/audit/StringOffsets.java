package org.poolscope.dfs.audit;

import org.poolscope.dfs.message.Breach;

/** Strings stand where entries say. */
final class StringOffsets extends AuditRule {

    StringOffsets() {
        super("string-offset", Severity.ERROR, "MS-DFSC 2.2.4, 2.2.5",
                "Each string lies after the last entry, inside the message, at an even offset, and ends with a NUL.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (referral.overflowed() || referral.replyBreaches().stream().anyMatch(ReplyCut::isCut)) {
            // strings stand at the end: of a cut reply they are missing anyway
            return;
        }
        for (Breach breach : referral.replyBreaches()) {
            switch (breach.kind()) {
                case STRING_OUTSIDE, STRING_INSIDE_ENTRIES, STRING_UNALIGNED, STRING_UNTERMINATED, TOO_MUCH_TEXT ->
                        findings.add(this, referral, breach.entry(), "A string is misplaced: " + breach.message() + ".");
                default -> {
                    // another rule's
                }
            }
        }
    }
}
