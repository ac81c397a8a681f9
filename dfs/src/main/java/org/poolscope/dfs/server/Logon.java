package org.poolscope.dfs.server;

import java.util.Optional;
import org.poolscope.dfs.namespace.Namespace;

/** A logon in progress: tokens of the client in, tokens of the server out. Takes NTLM inside SPNEGO, or bare. */
final class Logon {

    private final Ntlm ntlm;
    private Optional<byte[]> mechList = Optional.empty();

    /**
     * One step.
     *
     * @param token what to send
     * @param outcome how it ended; empty when the client must say more
     */
    record Step(byte[] token, Optional<Ntlm.Outcome> outcome) {
    }

    Logon(Namespace namespace) {
        this.ntlm = new Ntlm(namespace);
    }

    /**
     * Takes the client's next token.
     *
     * @param fileTime the time now, in units of 100 nanoseconds since 1601
     * @throws Refusal when it is no such token
     */
    Step take(byte[] token, long fileTime) throws Refusal {
        if (Ntlm.typeOf(token) != 0) {
            if (!ntlm.isChallenged()) {
                return new Step(ntlm.challenge(token, fileTime), Optional.empty());
            }
            return new Step(new byte[0], Optional.of(ntlm.authenticate(token)));
        }
        Spnego.Token spnego = Spnego.read(token);
        if (!spnego.offersNtlm()) {
            throw new Refusal(NtStatus.LOGON_FAILURE);
        }
        if (spnego.mechList().isPresent()) {
            mechList = spnego.mechList();
        }
        if (!ntlm.isChallenged()) {
            Optional<byte[]> inner = spnego.ntlmFirst() ? spnego.token() : Optional.empty();
            Optional<byte[]> challenge = inner.isPresent() ? Optional.of(ntlm.challenge(inner.get(), fileTime)) : Optional.empty();
            return new Step(Spnego.response(Spnego.ACCEPT_INCOMPLETE, true, challenge, Optional.empty()), Optional.empty());
        }
        Ntlm.Outcome outcome = ntlm.authenticate(spnego.token().orElseThrow(() -> new Refusal(NtStatus.INVALID_PARAMETER)));
        return new Step(Spnego.response(Spnego.ACCEPT_COMPLETED, false, Optional.empty(), mic(spnego, outcome)), Optional.of(outcome));
    }

    /** Our code over the list of mechanisms, when the client sent a right one of its own. */
    private Optional<byte[]> mic(Spnego.Token spnego, Ntlm.Outcome outcome) throws Refusal {
        if (spnego.mic().isEmpty() || mechList.isEmpty() || outcome.kind() != Ntlm.Kind.USER) {
            return Optional.empty();
        }
        if (!java.security.MessageDigest.isEqual(spnego.mic().get(), Ntlm.messageCode(outcome, false, mechList.get()))) {
            throw new Refusal(NtStatus.LOGON_FAILURE);
        }
        return Optional.of(Ntlm.messageCode(outcome, true, mechList.get()));
    }
}
