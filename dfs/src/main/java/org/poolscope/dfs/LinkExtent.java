package org.poolscope.dfs;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.poolscope.model.Provenance;

/**
 * A link whose referrals reach below it: for files or folders under the link the server answered as if each were a link of its
 * own, so the client holds one entry for each of them. One entry for {@link #link} would do.
 *
 * @param link the link as far as it truly reaches, inferred: {@code \server\root\link}
 * @param targets the targets it truly has, inferred, each once
 * @param entries how many entries (or replies) stand for names at or below it
 * @param files how many of those end in what is plainly a file's name
 * @param deepest the most components an entry reaches below the link
 * @param sureness how sure this is
 * @param signs what it is told by, in the order of {@link Sign}
 * @param sample one such entry's path, as printed
 * @param seenAt where some of the entries stand, the sample first
 */
public record LinkExtent(String link, List<String> targets, int entries, int files, int deepest, Sureness sureness,
        Set<Sign> signs, String sample, List<Provenance> seenAt) {

    /** How sure an inference is. */
    public enum Sureness {
        /** A correct namespace may look like this too. */
        POSSIBLE,
        /** A correct namespace hardly looks like this. */
        LIKELY,
        /** No correct namespace looks like this. */
        CERTAIN
    }

    /** What shows that entries reach below a link. */
    public enum Sign {
        /** Entries end in file names, which a link, being a folder, never does; and their targets end in the same names. */
        FILE_NAMES,
        /** One entry lies below another of the same namespace, but there are no links below links. */
        BELOW_ANOTHER_LINK,
        /** DFS path and targets end in the same components: the server appended what lies below the link to both. */
        SHARED_SUFFIX,
        /** Very many entries share one prefix. */
        MANY_SHARE_A_PREFIX,
        /** The reply takes the whole request for the link, and sends the client to a folder deep below a share. */
        WHOLE_REQUEST_CLAIMED,
        /** The time to live is far above what a link has. */
        LONG_TTL
    }

    /** Copies the lists. */
    public LinkExtent {
        targets = List.copyOf(targets);
        // In the order they are declared in: a report is to be the same each time.
        Set<Sign> ordered = EnumSet.noneOf(Sign.class);
        ordered.addAll(signs);
        signs = Collections.unmodifiableSet(ordered);
        seenAt = List.copyOf(seenAt);
    }

    /** How many entries the client could do without. */
    public int needless() {
        return entries - 1;
    }
}
