package org.poolscope.dfs.audit;

import java.util.Set;

/** Servers refuse with the status codes of the protocol. */
final class UnexpectedStatus extends AuditRule {

    UnexpectedStatus() {
        super("unexpected-status", Severity.INFO, "MS-DFSC 3.2.5.1, 3.2.5.5, 3.3.5",
                "A refusal has one of the status codes the protocol gives.");
    }

    /**
     * What a refusal may say: success, INVALID_PARAMETER, NO_SUCH_FILE, UNSUCCESSFUL, ACCESS_DENIED, NOT_FOUND,
     * DFS_UNAVAILABLE, FS_DRIVER_REQUIRED, OBJECT_NAME_NOT_FOUND, OBJECT_PATH_NOT_FOUND, BUFFER_OVERFLOW; and what any SMB
     * request may get: INSUFFICIENT_RESOURCES, NETWORK_NAME_DELETED, USER_SESSION_DELETED, CANCELLED, NETWORK_SESSION_EXPIRED,
     * NOT_SUPPORTED, INVALID_DEVICE_REQUEST.
     */
    private static final Set<Long> KNOWN = Set.of(0L, 0xc000000dL, 0xc000000fL, 0xc0000001L, 0xc0000022L, 0xc0000225L,
            0xc000026dL, 0xc000019cL, 0xc0000034L, 0xc000003aL, 0x80000005L, 0xc000009aL, 0xc00000c9L, 0xc0000203L, 0xc0000120L,
            0xc000035cL, 0xc00000bbL, 0xc0000010L);

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (referral.status() != null && !KNOWN.contains(referral.status())) {
            findings.add(this, referral, String.format("The server refused with status 0x%08x, which the protocol does not"
                    + " give here.",
                    referral.status()));
        }
    }
}
