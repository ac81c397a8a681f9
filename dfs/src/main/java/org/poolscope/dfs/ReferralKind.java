package org.poolscope.dfs;

/**
 * The kinds of referral (MS-DFSC 1.3, 3.1.4.2), told by the path asked for, with the time to live a Windows server gives by
 * default.
 */
public enum ReferralKind {
    /** The names of the trusted domains; asked for with an empty path. */
    DOMAIN(600),
    /** The domain controllers of a domain; asked for with the domain's name alone. */
    DC(600),
    /** {@code \domain\SYSVOL} or {@code \domain\NETLOGON}. */
    SYSVOL(900),
    /** A namespace root, {@code \server-or-domain\name}. */
    ROOT(300),
    /** A link, and all that lies below it: three components or more. */
    LINK(1800);

    private final long usualTtlSeconds;

    ReferralKind(long usualTtlSeconds) {
        this.usualTtlSeconds = usualTtlSeconds;
    }

    /** The time to live a Windows server gives such a referral unless told otherwise, in seconds. */
    public long usualTtlSeconds() {
        return usualTtlSeconds;
    }

    /** The kind of referral that is asked for with this path. */
    public static ReferralKind ofPath(DfsPath path) {
        return switch (path.components()) {
            case 0 -> DOMAIN;
            case 1 -> DC;
            case 2 -> isSysvol(path.last()) ? SYSVOL : ROOT;
            default -> LINK;
        };
    }

    private static boolean isSysvol(String name) {
        return name.equalsIgnoreCase("SYSVOL") || name.equalsIgnoreCase("NETLOGON");
    }
}
