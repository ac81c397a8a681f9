package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.model.RealEvidence;

/** Published layouts, read straight from the sheets of facts and not from the program's own data files. */
final class FactSheet {

    private static final Pattern FIELD = Pattern.compile("\\s+\\+0x([0-9a-f]+) (\\S+)\\s+(.*)");
    private static final Pattern SIZE = Pattern.compile("\\s+-- size 0x([0-9a-f]+)\\s+\\[(.*)]");

    final Map<String, Integer> offsets = new HashMap<>();
    final Map<String, String> types = new HashMap<>();
    int size;

    /** The layout of a structure in the profile of that name, for instance {@code win2003_sp1_x86}. */
    static FactSheet of(String sheet, String type, String profile) throws IOException {
        FactSheet facts = new FactSheet();
        boolean inType = false;
        boolean inProfile = false;
        for (String line : Files.readAllLines(RealEvidence.fact("layouts/" + sheet))) {
            Matcher size = SIZE.matcher(line);
            Matcher field = FIELD.matcher(line);
            if (line.startsWith("## ")) {
                inType = line.substring(3).split(" ")[0].equals(type);
                inProfile = false;
            } else if (inType && size.matches()) {
                inProfile = java.util.List.of(size.group(2).split(", ")).contains(profile);
                if (inProfile) {
                    facts.size = Integer.parseInt(size.group(1), 16);
                }
            } else if (inType && inProfile && field.matches()) {
                facts.offsets.put(field.group(2), Integer.parseInt(field.group(1), 16));
                facts.types.put(field.group(2), field.group(3));
            }
        }
        if (facts.size == 0) {
            throw new IllegalStateException(type + " of " + profile + " is not in " + sheet);
        }
        return facts;
    }

    int at(String field) {
        Integer offset = offsets.get(field);
        if (offset == null) {
            throw new IllegalStateException("no field " + field);
        }
        return offset;
    }
}
