package org.poolscope.dfs.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The tokens that carry a logon (RFC 4178, MS-SPNG), with NTLM as the only mechanism. */
final class Spnego {

    private static final byte[] SPNEGO_OID = {0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
    private static final byte[] NTLM_OID = {0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, (byte) 0x82, 0x37, 0x02, 0x02, 0x0a};
    private static final int APPLICATION = 0x60;
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int ENUMERATED = 0x0a;
    private static final int GENERAL_STRING = 0x1b;
    private static final int FIELD = 0xa0;

    static final int ACCEPT_COMPLETED = 0;
    static final int ACCEPT_INCOMPLETE = 1;

    /**
     * What a client sent.
     *
     * @param mechList the list of mechanisms, as it is signed; empty when the token has none
     * @param ntlmFirst whether the mechanism token is for NTLM: it is the client's first choice, or already agreed on
     * @param offersNtlm whether NTLM is among the mechanisms, or already agreed on
     * @param token the mechanism's token
     * @param mic the code over the list of mechanisms
     */
    record Token(Optional<byte[]> mechList, boolean ntlmFirst, boolean offersNtlm, Optional<byte[]> token, Optional<byte[]> mic) {
    }

    private Spnego() {
    }

    /** What the server says of itself in the response to NEGOTIATE (NegTokenInit2, MS-SPNG 2.2.1). */
    static byte[] hint() {
        byte[] mechs = Der.element(FIELD, Der.element(SEQUENCE, NTLM_OID));
        byte[] ignore = Der.element(GENERAL_STRING, "not_defined_in_RFC4178@please_ignore".getBytes(StandardCharsets.US_ASCII));
        byte[] hints = Der.element(FIELD | 3, Der.element(SEQUENCE, Der.element(FIELD, ignore)));
        return Der.element(APPLICATION, SPNEGO_OID, Der.element(FIELD, Der.element(SEQUENCE, mechs, hints)));
    }

    /** Reads the first token or a later one. */
    static Token read(byte[] bytes) throws Refusal {
        Der.Element outer = new Der(bytes).next();
        if (outer.tag() == APPLICATION) {
            Der inside = new Der(outer.content());
            if (!Arrays.equals(inside.next().whole(), SPNEGO_OID)) {
                throw new Refusal(NtStatus.INVALID_PARAMETER);
            }
            return first(new Der(new Der(inside.expect(FIELD)).expect(SEQUENCE)));
        }
        if (outer.tag() != (FIELD | 1)) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        return later(new Der(new Der(outer.content()).expect(SEQUENCE)));
    }

    private static Token first(Der fields) throws Refusal {
        Optional<byte[]> list = Optional.empty();
        boolean offered = false;
        boolean first = false;
        Optional<byte[]> token = Optional.empty();
        Optional<byte[]> mic = Optional.empty();
        while (fields.hasNext()) {
            Der.Element field = fields.next();
            switch (field.tag()) {
                case FIELD -> {
                    Der.Element mechs = new Der(field.content()).next();
                    list = Optional.of(mechs.whole());
                    Der each = new Der(mechs.content());
                    for (boolean head = true; each.hasNext(); head = false) {
                        boolean ntlm = Arrays.equals(each.next().whole(), NTLM_OID);
                        offered |= ntlm;
                        first |= ntlm && head;
                    }
                }
                case FIELD | 2 -> token = Optional.of(new Der(field.content()).expect(OCTETS));
                case FIELD | 3 -> mic = Optional.of(new Der(field.content()).next().content());
                default -> {
                    // request flags
                }
            }
        }
        return new Token(list, first, offered, token, mic);
    }

    private static Token later(Der fields) throws Refusal {
        Optional<byte[]> token = Optional.empty();
        Optional<byte[]> mic = Optional.empty();
        while (fields.hasNext()) {
            Der.Element field = fields.next();
            if (field.tag() == (FIELD | 2)) {
                token = Optional.of(new Der(field.content()).expect(OCTETS));
            } else if (field.tag() == (FIELD | 3)) {
                mic = Optional.of(new Der(field.content()).expect(OCTETS));
            }
        }
        return new Token(Optional.empty(), true, true, token, mic);
    }

    /** A later token of the server (NegTokenResp, RFC 4178 4.2.2). */
    static byte[] response(int state, boolean nameMechanism, Optional<byte[]> token, Optional<byte[]> mic) {
        byte[] none = {};
        byte[] stateField = Der.element(FIELD, Der.element(ENUMERATED, new byte[] {(byte) state}));
        byte[] mech = nameMechanism ? Der.element(FIELD | 1, NTLM_OID) : none;
        byte[] tokenField = token.map(bytes -> Der.element(FIELD | 2, Der.element(OCTETS, bytes))).orElse(none);
        byte[] micField = mic.map(bytes -> Der.element(FIELD | 3, Der.element(OCTETS, bytes))).orElse(none);
        return Der.element(FIELD | 1, Der.element(SEQUENCE, stateField, mech, tokenField, micField));
    }
}
