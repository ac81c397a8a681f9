package org.poolscope.dfs.namespace;

import java.util.Optional;
import org.poolscope.dfs.message.ReferralRequest;

/**
 * What a referral request was found to be about.
 *
 * @param request the request
 * @param root the root it lies in
 * @param link the link it is for; empty when it is for the root
 * @param consumed how many characters of the path lead to the root or link
 * @param maxOutput bytes the reply may have
 */
record ReferralMatch(ReferralRequest request, NamespaceRoot root, Optional<NamespaceLink> link, int consumed, int maxOutput) {

    /** The path asked for, without the separator some clients leave at its end. */
    String asked() {
        String path = request.path();
        return path.endsWith("\\") ? path.substring(0, path.length() - 1) : path;
    }

    /** What follows the root or link in the path asked for: empty, or with a leading backslash. */
    String rest() {
        return asked().substring(Math.min(consumed, asked().length()));
    }

    /** The root as the client called it. */
    String rootAsAsked() {
        String path = request.path();
        int second = path.indexOf('\\', path.indexOf('\\', 1) + 1);
        return second < 0 ? path : path.substring(0, second);
    }
}
