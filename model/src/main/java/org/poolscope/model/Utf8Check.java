package org.poolscope.model;

/**
 * Whether bytes are valid UTF-8, looked at piece by piece (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
 */
final class Utf8Check {

    private boolean valid = true;
    private int missing;
    private int least;
    private int most;

    /** Whether all of these bytes are. */
    static boolean isValid(byte[] bytes) {
        Utf8Check check = new Utf8Check();
        check.add(bytes, bytes.length);
        return check.isValid();
    }

    /** Looks at the next piece. */
    void add(byte[] bytes, int length) {
        int i = 0;
        while (i < length && valid) {
            if (missing == 0) {
                while (i < length && bytes[i] >= 0) {
                    i++;
                }
                if (i < length) {
                    begin(bytes[i++] & 0xff);
                }
            } else {
                int b = bytes[i++];
                int value = b & 0xff;
                valid = value >= least && value <= most;
                least = 0x80;
                most = 0xbf;
                missing--;
            }
        }
    }

    private void begin(int lead) {
        least = 0x80;
        most = 0xbf;
        if (lead >= 0xc2 && lead <= 0xdf) {
            missing = 1;
        } else if (lead >= 0xe0 && lead <= 0xef) {
            missing = 2;
            least = lead == 0xe0 ? 0xa0 : 0x80;
            most = lead == 0xed ? 0x9f : 0xbf;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            missing = 3;
            least = lead == 0xf0 ? 0x90 : 0x80;
            most = lead == 0xf4 ? 0x8f : 0xbf;
        } else {
            valid = false;
        }
    }

    /** Whether all pieces together are valid and no character is cut at the end. */
    boolean isValid() {
        return valid && missing == 0;
    }
}
