package org.poolscope.dfs.audit;

import java.util.Optional;
import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.message.Breach;

/** A client asks with a path of the right form. */
final class RequestForm extends AuditRule {

    RequestForm() {
        super("request-form", Severity.WARNING, "MS-DFSC 2.2.2, 3.1.4.2",
                "The path asked for begins with one backslash, has no empty component, and ends with a NUL.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        for (Breach breach : referral.requestBreaches()) {
            findings.add(this, referral, "The request breaks its layout: " + breach.message() + ".");
        }
        if (referral.request() == null || referral.source() == AuditedReferral.Source.CACHE) {
            return;
        }
        // a domain referral has no path, and a domain's name is asked for with or without a backslash
        boolean isName = referral.asked() == ReferralKind.DOMAIN || referral.asked() == ReferralKind.DC;
        String path = withoutLastSeparator(referral.request());
        Optional<String> problem = isName ? Optional.empty() : PathForm.problem(path, 2);
        problem.ifPresent(text -> findings.add(this, referral, "The client asked for " + referral.request() + ", which " + text
                + "."));
    }

    /** Clients of all makes leave a separator at the end of a folder's name, and servers cope. */
    private static String withoutLastSeparator(String path) {
        return path.length() > 1 && path.endsWith("\\") ? path.substring(0, path.length() - 1) : path;
    }
}
