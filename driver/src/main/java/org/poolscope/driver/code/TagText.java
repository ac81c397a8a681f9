package org.poolscope.driver.code;

/** Tells four bytes that could be a pool tag from any others. */
public final class TagText {

    /** What may stand in a tag besides letters and digits. */
    private static final boolean[] EXTRA = new boolean[0x80];

    static {
        for (char each : "_+-@#$&*!?.<>()[]=^~/ ".toCharArray()) {
            EXTRA[each] = true;
        }
    }

    private TagText() {
    }

    /**
     * Whether four bytes read like a tag: printable (the last one may be zero), at least two letters, or one and at most two digits,
     * blanks only at the end. The protected bit is not looked at.
     *
     * @param key the bytes as a little-endian number
     */
    public static boolean isPlausible(int key) {
        int letters = 0;
        int digits = 0;
        boolean blank = false;
        for (int i = 0; i < 4; i++) {
            int value = key >>> (8 * i) & (i == 3 ? 0x7f : 0xff);
            if (value >= 'a' && value <= 'z' || value >= 'A' && value <= 'Z') {
                letters++;
            } else if (value >= '0' && value <= '9') {
                digits++;
            } else if (value == 0 && i == 3) {
                continue;   // three characters
            } else if (value > 0x7f || !EXTRA[value]) {
                return false;
            }
            if (blank && value != ' ') {
                return false;
            }
            blank = value == ' ';
        }
        return letters >= 1 && letters + digits >= 2 && (letters >= 2 || digits <= 2);
    }
}
