package org.poolscope.logs.inventory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.MachineInventory;
import org.poolscope.model.MachineInventory.Item;
import org.poolscope.model.MachineInventory.Kind;
import org.poolscope.model.TextLines;

/** Reads what {@code systeminfo} prints in its list form, in English. */
public final class SystemInfoReader implements EvidenceReader {

    private static final Pattern FIELD = Pattern.compile("^([A-Z][A-Za-z()/ :-]{2,40}?):\\s+(\\S.*)$");
    private static final Pattern HOTFIX = Pattern.compile("^\\s+\\[\\d+\\]:\\s+((?:KB|Q)\\d{4,}\\S*)");
    private static final int LONGEST_LINE = 512;

    /** The fields that tell one machine from another, and what they tell of; names, dates and free memory differ everywhere. */
    private static final Map<String, Kind> FIELDS = fields();

    private static Map<String, Kind> fields() {
        Map<String, Kind> fields = new LinkedHashMap<>();
        for (String name : List.of("OS Name", "OS Version", "OS Configuration", "OS Build Type")) {
            fields.put(name, Kind.OS);
        }
        for (String name : List.of("System Manufacturer", "System Model", "System Type", "BIOS Version", "Total Physical Memory")) {
            fields.put(name, Kind.HARDWARE);
        }
        for (String name : List.of("System Locale", "Input Locale", "Time Zone", "Domain", "Virtual Memory: Max Size")) {
            fields.put(name, Kind.SETTING);
        }
        return fields;
    }

    /** For {@link java.util.ServiceLoader}. */
    public SystemInfoReader() {
    }

    @Override
    public String format() {
        return "systeminfo listing";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        try {
            TextLines lines = file.text().orElse(null);
            return lines != null && lines.all().stream().limit(2000).anyMatch(line -> line.startsWith("Host Name: "))
                    && lines.all().stream().limit(2000).anyMatch(line -> line.startsWith("OS Version: "));
        } catch (EvidenceException e) {
            return false;
        }
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = file.text().orElseThrow();
        List<Item> items = new ArrayList<>();
        String machine = null;
        int first = 0;
        for (int number = 1; number <= lines.count(); number++) {
            String line = lines.line(number);
            if (line.length() > LONGEST_LINE) {
                continue;
            }
            Matcher hotfix = HOTFIX.matcher(line);
            Matcher field = FIELD.matcher(line);
            if (hotfix.find()) {
                items.add(new Item(Kind.HOTFIX, hotfix.group(1), null));
                sink.understood(number);
            } else if (field.matches()) {
                String value = field.group(2).strip();
                machine = field.group(1).equals("Host Name") ? value : machine;
                first = first == 0 ? number : first;
                if (FIELDS.containsKey(field.group(1))) {
                    items.add(new Item(FIELDS.get(field.group(1)), field.group(1), value));
                }
                sink.understood(number);
            } else if (first > 0 && line.startsWith(" ")) {
                sink.understood(number);   // processors, network cards: further lines of a field that is not compared
            }
        }
        sink.add(new MachineInventory(lines.at(Math.max(1, first)), machine, null, items));
    }
}
