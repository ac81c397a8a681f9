package org.poolscope.logs;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The labels under which tools write the parts of an event: Event Viewer's clipboard before and since Vista, {@code wevtutil qe
 * /f:text}, PowerShell's {@code Get-EventLog} and {@code Get-WinEvent} as lists.
 *
 * @param label the label as written
 * @param role what stands there
 * @param value what is written behind the colon
 * @param padded whether a blank stands before the colon, as PowerShell's lists have it
 */
record EventFields(String label, Role role, String value, boolean padded) {

    /** What a label announces. */
    enum Role {
        /** Who logged it. */
        SOURCE,
        /** The event id. */
        ID,
        /** The event id with its severity bits. */
        INSTANCE,
        /** The day, or day and time. */
        DATE,
        /** The time of day. */
        TIME,
        /** The machine. */
        COMPUTER,
        /** The text. */
        MESSAGE,
        /** Binary data, on the lines that follow. */
        DATA,
        /** The same event again as XML. */
        XML,
        /** The number of the event in an export. */
        NUMBER,
        /** Kept under its own label. */
        OTHER
    }

    private static final int LONGEST_LABEL = 40;

    private static final Map<String, Role> ROLES = new HashMap<>();

    /** Labels an event begins with. */
    private static final Set<String> FIRST = Set.of("event type", "log name", "timecreated", "index", "event source");

    static {
        roles(Role.SOURCE, "event source", "source", "providername", "provider name");
        roles(Role.ID, "event id", "eventid", "id");
        roles(Role.INSTANCE, "instanceid");
        roles(Role.DATE, "date", "timegenerated", "timecreated", "date and time");
        roles(Role.TIME, "time");
        roles(Role.COMPUTER, "computer", "machinename", "computername");
        roles(Role.MESSAGE, "description", "message");
        roles(Role.DATA, "data", "data (words)", "data (bytes)", "data (dwords)");
        roles(Role.XML, "event xml");
        roles(Role.OTHER, "event type", "event category", "type", "category", "log name", "logname", "level", "leveldisplayname",
                "keywords", "keyword", "keywordsdisplaynames", "task category", "task", "taskdisplayname", "opcode",
                "opcodedisplayname", "user", "user name", "username", "userid", "index", "entrytype", "categorynumber",
                "replacementstrings", "timewritten", "providerid", "recordid", "record number", "processid", "threadid",
                "version", "qualifiers", "activityid", "relatedactivityid", "containerlog", "matchedqueryids", "bookmark",
                "properties", "site", "container");
    }

    private static void roles(Role role, String... labels) {
        for (String label : labels) {
            ROLES.put(label, role);
        }
    }

    /** The label and value of a line, when the label is one of events. */
    static Optional<EventFields> of(String line) {
        int start = Cells.firstNonBlank(line);
        int colon = line.indexOf(':', start);
        if (colon <= start || colon - start > LONGEST_LABEL) {
            return Optional.empty();
        }
        String label = Cells.strip(line.substring(start, colon));
        String lower = label.toLowerCase(Locale.ROOT);
        Role role = isNumber(lower) ? Role.NUMBER : ROLES.get(lower);
        return Optional.ofNullable(role)
                .map(known -> new EventFields(label, known, Cells.strip(line.substring(colon + 1)),
                        Cells.isBlank(line.charAt(colon - 1))));
    }

    /** {@code Event[12]}. */
    private static boolean isNumber(String lower) {
        return lower.startsWith("event[") && lower.endsWith("]");
    }

    /** Whether a line begins an event. */
    static boolean beginsEvent(String line) {
        return of(line).filter(EventFields::isFirst).isPresent();
    }

    /** Whether only events have this label; {@code Source} and {@code ID} alone may be anything's. */
    boolean isDistinctive() {
        String lower = label.toLowerCase(Locale.ROOT);
        return isFirst() || lower.equals("event id") || lower.equals("eventid") || lower.equals("instanceid");
    }

    /** Whether an event begins with this label. */
    boolean isFirst() {
        return role == Role.NUMBER || FIRST.contains(label.toLowerCase(Locale.ROOT));
    }
}
