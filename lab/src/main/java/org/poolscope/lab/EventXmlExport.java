package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Events as the event viewer of Vista and later saves them in XML, texts included. */
final class EventXmlExport {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'.000Z'", Locale.ROOT);

    private EventXmlExport() {
    }

    /** Writes a log, the oldest event first, by a machine whose clock is so far from UTC. */
    static void write(Path file, String computer, ZoneOffset zone, List<PastEvent> events) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>");
            for (int i = 0; i < events.size(); i++) {
                out.write(event(events.get(i), i + 1, computer, zone));
            }
            out.write("</Events>");
        }
    }

    private static String event(PastEvent event, int number, String computer, ZoneOffset zone) {
        StringBuilder xml = new StringBuilder("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>")
                .append("<Provider Name='").append(escaped(event.source())).append("'/>")
                .append("<EventID Qualifiers='").append(event.qualifiers()).append("'>").append(event.id()).append("</EventID>")
                .append("<Level>").append(event.level()).append("</Level><Task>").append(event.category()).append("</Task>")
                .append("<Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='")
                .append(TIME.format(event.time().atOffset(zone).withOffsetSameInstant(ZoneOffset.UTC))).append("'/>")
                .append("<EventRecordID>").append(number).append("</EventRecordID><Channel>System</Channel><Computer>")
                .append(escaped(computer)).append("</Computer><Security/></System><EventData>");
        for (String string : event.strings()) {
            xml.append("<Data>").append(escaped(string)).append("</Data>");
        }
        if (!event.words().isEmpty()) {
            xml.append("<Binary>").append(HexFormat.of().withUpperCase().formatHex(event.data())).append("</Binary>");
        }
        return xml.append("</EventData><RenderingInfo Culture='en-US'><Message>").append(escaped(event.description()))
                .append("</Message><Level>").append(event.isError() ? "Error" : "Information")
                .append("</Level></RenderingInfo></Event>\r\n").toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&apos;");
    }
}
