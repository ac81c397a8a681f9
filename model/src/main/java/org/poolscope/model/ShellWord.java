package org.poolscope.model;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A word of a command as a user would paste it into the shell of this system. Windows' shells know double quotes only; those of other
 * systems take nothing in single quotes for their own.
 */
public final class ShellWord {

    /** What no shell of either kind reads as anything but itself. */
    private static final Pattern PLAIN_WINDOWS = Pattern.compile("[\\w./:\\\\+-]+");
    private static final Pattern PLAIN_ELSEWHERE = Pattern.compile("[\\w./:+=%@,-]+");
    private static final boolean WINDOWS = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private ShellWord() {
    }

    /** The word, quoted where the shell would not take it as it is. */
    public static String of(String word) {
        return of(word, WINDOWS);
    }

    /** The word in quotes, for words that often need them, so that commands look alike. */
    public static String quoted(String word) {
        return quoted(word, WINDOWS);
    }

    static String of(String word, boolean windows) {
        return (windows ? PLAIN_WINDOWS : PLAIN_ELSEWHERE).matcher(word).matches() ? word : quoted(word, windows);
    }

    /** In double quotes a program reads backslashes before a quote in pairs, as Microsoft's C runtime splits command lines. */
    static String quoted(String word, boolean windows) {
        return windows ? '"' + word.replaceAll("(\\\\*)\"", "$1$1\\\\\"").replaceAll("(\\\\+)$", "$1$1") + '"'
                : '\'' + word.replace("'", "'\\''") + '\'';
    }
}
