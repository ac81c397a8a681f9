package org.poolscope.logs;

import java.util.Optional;

/** The number of an account or group, as event logs hold it ([MS-DTYP] 2.4.2.2), written the usual way: {@code S-1-5-18}. */
public final class Sid {

    /** The length in bytes of one without any part: revision, number of parts, a 48-bit authority. Each part takes four more. */
    public static final int LENGTH_OF_NONE = 8;

    private static final int MOST_PARTS = 15;

    private Sid() {
    }

    /**
     * The account stored in some bytes.
     *
     * @param at where it begins
     * @param length how many bytes it may take
     * @return empty when no account is stored there
     */
    public static Optional<String> text(byte[] bytes, int at, int length) {
        if (length < LENGTH_OF_NONE || at < 0 || at > bytes.length - length) {
            return Optional.empty();
        }
        int parts = bytes[at + 1] & 0xff;
        if (bytes[at] != 1 || parts > MOST_PARTS || length < LENGTH_OF_NONE + 4 * parts) {
            return Optional.empty();
        }
        long authority = 0;
        for (int i = 2; i < LENGTH_OF_NONE; i++) {
            authority = authority << 8 | bytes[at + i] & 0xff;
        }
        StringBuilder text = new StringBuilder("S-1-").append(authority);
        for (int part = at + LENGTH_OF_NONE; part < at + LENGTH_OF_NONE + 4 * parts; part += 4) {
            text.append('-').append((bytes[part] & 0xffL) | (bytes[part + 1] & 0xffL) << 8 | (bytes[part + 2] & 0xffL) << 16
                    | (bytes[part + 3] & 0xffL) << 24);
        }
        return Optional.of(text.toString());
    }
}
