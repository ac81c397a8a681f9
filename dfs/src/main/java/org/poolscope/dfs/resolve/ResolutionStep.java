package org.poolscope.dfs.resolve;

/**
 * One step of a resolution, to be shown.
 *
 * @param action what was done
 * @param subject to what: a path or a server
 * @param result what came of it
 */
public record ResolutionStep(Action action, String subject, String result) {

    /** What can be done. */
    public enum Action {
        /** Looked into the prefix cache: who served this path before. */
        LOOK_UP_PREFIX,
        /** Asked a network provider whether it serves the path. */
        ASK_PROVIDER,
        /** Looked into the referral cache. */
        LOOK_UP,
        /** Looked into the domain cache. */
        DOMAIN,
        /** Asked a server for a referral. */
        ASK,
        /** Put a referral into the cache. */
        REMEMBER,
        /** Put a target in place of the prefix. */
        REWRITE,
        /** Tried to use a path. */
        TRY,
        /** Went on in another namespace. */
        GO_ON,
        /** Ended. */
        END
    }
}
