package org.poolscope.dfs.server;

/**
 * A pattern of names in a listing (MS-FSA 2.1.4.4): {@code *} and {@code ?}, and the wildcards that DOS programs' patterns become:
 * {@code <} as {@code *}, {@code >} as {@code ?} that may also match nothing, {@code "} as a dot or the end.
 */
final class NamePattern {

    private final String pattern;

    NamePattern(String pattern) {
        this.pattern = pattern.isEmpty() ? "*" : pattern;
    }

    /** Whether a name fits. Takes time with the product of both lengths at most. */
    boolean fits(String name) {
        int inName = 0;
        int inPattern = 0;
        int star = -1;
        int resume = 0;
        while (inName < name.length()) {
            char wanted = inPattern < pattern.length() ? pattern.charAt(inPattern) : 0;
            if (wanted == '*' || wanted == '<') {
                star = inPattern++;
                resume = inName;
            } else if (inPattern < pattern.length() && fits(wanted, name.charAt(inName))) {
                inPattern++;
                inName++;
            } else if (star >= 0) {
                inPattern = star + 1;
                inName = ++resume;
            } else {
                return false;
            }
        }
        while (inPattern < pattern.length() && "*<>\"".indexOf(pattern.charAt(inPattern)) >= 0) {
            inPattern++;
        }
        return inPattern == pattern.length();
    }

    private static boolean fits(char wanted, char is) {
        return switch (wanted) {
            case '?', '>' -> true;
            case '"' -> is == '.';
            default -> wanted == is || Character.toUpperCase(wanted) == Character.toUpperCase(is);
        };
    }
}
