package org.poolscope.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The last column of PoolMon: {@code [ntfs.sys - AttrSup.c]} out of pooltag.txt (switch {@code /g}), {@code [ipsec]} from a scan
 * of the machine's own drivers ({@code /c}), both run together ({@code [ipsec][ipsec.sys - timers]}), or
 * {@code Unknown Driver}. A narrow screen cuts it anywhere.
 *
 * @param binary the driver, or {@code null}
 * @param description what is said of the tag, or {@code null}
 */
record PoolMonDriver(String binary, String description) {

    /** Nothing known of the driver. */
    static final PoolMonDriver UNKNOWN = new PoolMonDriver(null, null);

    static Optional<PoolMonDriver> of(String text) {
        if (text.startsWith("Unknown")) {
            return Optional.of(UNKNOWN);
        }
        if (!text.startsWith("[")) {
            return Optional.empty();
        }
        String binary = null;
        String description = null;
        List<String> local = new ArrayList<>();
        int at = 0;
        while (at < text.length() && text.charAt(at) == '[') {
            int end = text.indexOf("][", at);
            int stop = end >= 0 ? end : text.endsWith("]") ? text.length() - 1 : text.length();
            String group = Cells.strip(text.substring(at + 1, Math.max(at + 1, stop)));
            int dash = group.indexOf(" -");
            if (dash > 0) {
                binary = Cells.strip(group.substring(0, dash));
                description = Cells.strip(group.substring(dash + 2));
            } else if (group.indexOf('.') >= 0 || group.indexOf('!') >= 0) {
                binary = group;
            } else {
                names(group, local);
            }
            at = end >= 0 ? end + 1 : text.length();
        }
        return Optional.of(joined(binary, description, local));
    }

    /** The scan goes over {@code *.sys} of the driver folder and prints the names without their ending. */
    private static void names(String group, List<String> into) {
        for (String name : group.split("[ ,]+", 32)) {
            if (!name.isEmpty()) {
                into.add(name + ".sys");
            }
        }
    }

    private static PoolMonDriver joined(String binary, String description, List<String> local) {
        String known = binary == null || binary.equals("<unknown>") ? null : binary;
        String words = description == null || description.isEmpty() ? null : description;
        if (known == null) {
            return new PoolMonDriver(local.isEmpty() ? null : String.join(", ", local), words);
        }
        List<String> others = local.stream().filter(name -> !name.equalsIgnoreCase(known)).toList();
        if (!others.isEmpty()) {
            String found = "the tag stands in " + String.join(", ", others) + " on that machine";
            words = words == null ? found : words + "; " + found;
        }
        return new PoolMonDriver(known, words);
    }
}
