package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.IOException;

/** Events as the event viewer of Server 2003 copies them to the clipboard. */
final class EventText {

    /** Srv 2019: the server could not get nonpaged pool. */
    static final EventText NONPAGED_EMPTY = server(2019, "nonpaged", 0x7e3, 9);

    /** Srv 2020: the server could not get paged pool. */
    static final EventText PAGED_EMPTY = server(2020, "paged", 0x7e4, 0xb);

    /** EventLog 6013, which says nothing of pools. */
    static final EventText UP_TIME = new EventText("Information", "EventLog", 6013, "The system uptime is 3549601 seconds.", "");

    private final String type;
    private final String source;
    private final int id;
    private final String description;
    private final String data;

    private EventText(String type, String source, int id, String description, String data) {
        this.type = type;
        this.source = source;
        this.id = id;
        this.description = description;
        this.data = data;
    }

    /**
     * The words behind it as Microsoft's article 886670 shows them: the fourth is the event, the sixth the status, the last the
     * place.
     */
    private static EventText server(int id, String pool, int word, int place) {
        return new EventText("Error", "Srv", id,
                "The server was unable to allocate from the system " + pool + " pool because the pool was empty.",
                String.format("Data:\n0000: 00040000 00540001 00000000 c0000%03x\n0010: 00000000 c000009a 00000000 00000000\n"
                        + "0020: 00000000 00000000 %08x\n", word, place));
    }

    static void write(CaseFolder out, EventText event, String date, String time, String computer) throws IOException {
        try (BufferedWriter text = out.text("event-" + event.id + ".txt")) {
            String all = "Event Type:\t" + event.type + "\nEvent Source:\t" + event.source
                    + "\nEvent Category:\tNone\nEvent ID:\t" + event.id
                    + "\nDate:\t\t" + date + "\nTime:\t\t" + time + "\nUser:\t\tN/A\nComputer:\t" + computer + "\nDescription:\n"
                    + event.description + "\n" + event.data;
            text.write(all.replace("\n", "\r\n"));
        }
    }
}
