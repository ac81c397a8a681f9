package org.poolscope.memory.packed;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names for members that are names in any file system, lead nowhere else, and differ. */
final class MemberNames {

    private static final int LONGEST_NAME = 120;
    private static final int DEEPEST = 8;

    private final Set<String> taken = new HashSet<>(KeptFiles.NAMES);

    String clean(String name) {
        List<String> parts = new ArrayList<>();
        for (String part : name.split("[/\\\\]")) {
            String kept = part.replaceAll("[\\p{Cntrl}:*?\"<>|\u2028\u2029]", "_").replaceAll("[. ]+$", "");
            if (!kept.isEmpty()) {
                parts.add(kept.length() > LONGEST_NAME ? kept.substring(kept.length() - LONGEST_NAME) : kept);
            }
        }
        String last = parts.isEmpty() ? "file" : parts.removeLast();
        String folders = parts.isEmpty() ? "" : String.join("/", parts.subList(0, Math.min(parts.size(), DEEPEST))) + "/";
        String cleaned = folders + last;
        for (int number = 2; !taken.add(cleaned.toLowerCase(Locale.ROOT)); number++) {
            cleaned = folders + number + "-" + last;
        }
        return cleaned;
    }
}
