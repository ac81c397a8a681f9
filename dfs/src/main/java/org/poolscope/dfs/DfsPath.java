package org.poolscope.dfs;

/**
 * A DFS or UNC path as a list of components: {@code \server\share\folder}. One leading backslash, no trailing one, forward
 * slashes and doubled separators made single, so that paths from sources with different habits compare. Comparison ignores case
 * (MS-DFSC 2.2: paths are not case-sensitive), character by character.
 */
public final class DfsPath {

    private final String text;
    private final int components;
    /** Made on first need: most paths of a large cache are only compared with one other. */
    private String folded;

    private DfsPath(String text, String folded, int components) {
        this.text = text;
        this.folded = folded;
        this.components = components;
    }

    /** The path a text names. Never fails: a text without any component is the empty path. */
    public static DfsPath of(String raw) {
        String text = isPlain(raw) ? raw : plain(raw);
        int components = 0;
        for (int i = 0; i < text.length(); i++) {
            components += text.charAt(i) == '\\' ? 1 : 0;
        }
        return new DfsPath(text, null, components);
    }

    /** How many components it has: 2 for {@code \server\share}. */
    public int components() {
        return components;
    }

    /** The component with this number, from 0, as it was written. */
    public String component(int number) {
        int start = startOf(number) + 1;
        int end = text.indexOf('\\', start);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    /** The last component; the empty string for the empty path. */
    public String last() {
        return components == 0 ? "" : component(components - 1);
    }

    /** Its first components; the whole path when it has no more. */
    public DfsPath prefix(int count) {
        if (count >= components) {
            return this;
        }
        int end = startOf(Math.max(count, 0));
        return new DfsPath(text.substring(0, end), folded == null ? null : folded.substring(0, end), Math.max(count, 0));
    }

    /** What lies below its first components, without a leading separator; the empty string when it has no more. */
    public String below(int count) {
        return count >= components ? "" : text.substring(startOf(count) + 1);
    }

    /** The path without its last components. */
    public DfsPath without(int count) {
        return prefix(components - count);
    }

    /** Whether it lies below another path, by whole components; a path does not lie below itself. */
    public boolean isBelow(DfsPath other) {
        return components > other.components && folded().startsWith(other.folded())
                && text.charAt(other.text.length()) == '\\';
    }

    /** How many components at the end are the same in both paths. */
    public int commonSuffix(DfsPath other) {
        int mine = text.length() - 1;
        int its = other.text.length() - 1;
        int same = 0;
        while (mine >= 0 && its >= 0 && isSame(text.charAt(mine), other.text.charAt(its))) {
            same += text.charAt(mine) == '\\' ? 1 : 0;
            mine--;
            its--;
        }
        return same;
    }

    /** The path with letters made equal in case, as a key for maps. */
    public String folded() {
        if (folded == null) {
            folded = fold(text);
        }
        return folded;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DfsPath path && folded().equals(path.folded());
    }

    @Override
    public int hashCode() {
        return folded().hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private static boolean isSame(char one, char other) {
        return one == other || Character.toUpperCase(one) == Character.toUpperCase(other);
    }

    private int startOf(int component) {
        int at = 0;
        for (int i = 0; i < component; i++) {
            at = text.indexOf('\\', at + 1);
        }
        return at;
    }

    private static boolean isPlain(String raw) {
        boolean afterSeparator = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '/' || c == '\\' && afterSeparator || i == 0 && c != '\\') {
                return false;
            }
            afterSeparator = c == '\\';
        }
        return !afterSeparator;
    }

    private static String plain(String raw) {
        StringBuilder made = new StringBuilder(raw.length() + 1);
        boolean separator = true;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '/' || c == '\\') {
                separator = true;
            } else {
                if (separator) {
                    made.append('\\');
                    separator = false;
                }
                made.append(c);
            }
        }
        return made.toString();
    }

    /** Case folding that keeps the length, as comparison by single UTF-16 units does. */
    private static String fold(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.toUpperCase(text.charAt(i)) != text.charAt(i)) {
                char[] folded = text.toCharArray();
                for (int j = i; j < folded.length; j++) {
                    folded[j] = Character.toUpperCase(folded[j]);
                }
                return new String(folded);
            }
        }
        return text;
    }
}
