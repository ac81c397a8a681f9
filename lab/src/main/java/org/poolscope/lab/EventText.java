package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Events as the event viewer of Server 2003 copies them to the clipboard. */
final class EventText {

    /** Srv 2019: the server could not get nonpaged pool. */
    static final EventText NONPAGED_EMPTY = server(2019, "nonpaged", 9);

    /** Srv 2020: the server could not get paged pool. */
    static final EventText PAGED_EMPTY = server(2020, "paged", 0xb);

    /** EventLog 6013, which says nothing of pools. */
    static final EventText UP_TIME = new EventText(false, "EventLog", 6013, "None", "The system uptime is 3549601 seconds.", List.of());

    static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("M/d/yyyy", Locale.US);
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("h:mm:ss a", Locale.US);

    private final boolean error;
    private final String source;
    private final int id;
    private final String category;
    private final String description;
    private final List<Integer> words;

    private EventText(boolean error, String source, int id, String category, String description, List<Integer> words) {
        this.error = error;
        this.source = source;
        this.id = id;
        this.category = category;
        this.description = description;
        this.words = words;
    }

    /**
     * The words behind an event of the server service as Microsoft's article 886670 shows them: the fourth is the event, the sixth the
     * status, the last the place.
     */
    static List<Integer> serverWords(int id, int place) {
        return List.of(0x40000, 0x540001, 0, 0xc0000000 | id, 0, 0xc000009a, 0, 0, 0, 0, place);
    }

    /** What the server service says when it finds a pool empty. */
    static String emptyPool(String pool) {
        return "The server was unable to allocate from the system " + pool + " pool because the pool was empty.";
    }

    private static EventText server(int id, String pool, int place) {
        return new EventText(true, "Srv", id, "None", emptyPool(pool), serverWords(id, place));
    }

    static void write(CaseFolder out, EventText event, String date, String time, String computer) throws IOException {
        try (BufferedWriter text = out.text("event-" + event.id + ".txt")) {
            text.write(event.copied(date, time, computer));
        }
    }

    /** A log, event by event, the oldest first, by the machine's own clock. */
    static void write(Path file, String computer, List<PastEvent> events) throws IOException {
        try (BufferedWriter text = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            for (PastEvent event : events) {
                EventText one = new EventText(event.isError(), event.source(), event.id(),
                        event.category() == 0 ? "None" : "(" + event.category() + ")", event.description(), event.words());
                text.write(one.copied(DAY.format(event.time()), TIME.format(event.time()), computer));
                text.write("\r\n");
            }
        }
    }

    private String copied(String date, String time, String computer) {
        StringBuilder all = new StringBuilder("Event Type:\t" + (error ? "Error" : "Information") + "\nEvent Source:\t" + source
                + "\nEvent Category:\t" + category + "\nEvent ID:\t" + id
                + "\nDate:\t\t" + date + "\nTime:\t\t" + time + "\nUser:\t\tN/A\nComputer:\t" + computer + "\nDescription:\n"
                + description + "\n");
        for (int i = 0; i < words.size(); i++) {
            all.append(i == 0 ? "Data:\n" : "").append(i % 4 == 0 ? String.format("%04x:", 4 * i) : "")
                    .append(String.format(" %08x", words.get(i))).append(i % 4 == 3 || i == words.size() - 1 ? "\n" : "");
        }
        return all.toString().replace("\n", "\r\n");
    }
}
