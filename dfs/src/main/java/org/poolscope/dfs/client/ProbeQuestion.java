package org.poolscope.dfs.client;

import java.util.Arrays;
import java.util.Objects;
import org.poolscope.dfs.message.ReferralRequest;

/**
 * One question of a probe.
 *
 * @param aim what it is to find out
 * @param what in a few words, what is asked
 * @param extended whether it uses the extended request
 * @param request the request's bytes, which need not be well-formed
 * @param buffer bytes the reply may have
 */
record ProbeQuestion(Aim aim, String what, boolean extended, byte[] request, int buffer) {

    /** What a question is to find out, and so what its answer is held against. */
    enum Aim {
        /** The root itself, at some level. */
        ROOT,
        /** A link itself, at some level. */
        LINK,
        /** A name below a link: the answer must be the link's. */
        BELOW_LINK,
        /** A name below a link that no server need take: if it is answered, then as the link is. */
        FAR_BELOW_LINK,
        /** The link, in other letters: the answer must be the link's. */
        LETTER_CASE,
        /** The root or the link, written in a way the protocol does not have: any sound answer or refusal will do. */
        ODD_FORM,
        /** Something that does not exist: no link may be named. */
        NOTHING,
        /** The namespace under the name of another server. */
        FOREIGN_NAME,
        /** The link, with a buffer too small for the answer. */
        SHORT_BUFFER,
        /** The link, by the extended request. */
        EXTENDED,
        /** A request that is no request. */
        BROKEN,
        /** The link once more, after all that. */
        STILL_THERE
    }

    ProbeQuestion {
        Objects.requireNonNull(aim, "aim");
        Objects.requireNonNull(what, "what");
        request = request.clone();
    }

    static ProbeQuestion of(Aim aim, String what, int level, String path) {
        return new ProbeQuestion(aim, what, false, new ReferralRequest(level, path).encode(), SmbServers.LARGEST_BUFFER);
    }

    @Override
    public byte[] request() {
        return request.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProbeQuestion question && aim == question.aim && what.equals(question.what)
                && extended == question.extended && buffer == question.buffer && Arrays.equals(request, question.request);
    }

    @Override
    public int hashCode() {
        return Objects.hash(aim, what, extended, buffer, Arrays.hashCode(request));
    }
}
