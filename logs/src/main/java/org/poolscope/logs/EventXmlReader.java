package org.poolscope.logs;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import org.poolscope.logs.EventFragments.Fragment;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * Reads events in XML, as Event Viewer and {@code wevtutil} write them (schema
 * {@code http://schemas.microsoft.com/win/2004/08/events/event}): one, several below a root element, or several without one.
 */
public final class EventXmlReader implements EvidenceReader {

    private static final int MOST_WARNINGS = 20;

    /** For {@link java.util.ServiceLoader}. */
    public EventXmlReader() {
    }

    @Override
    public String format() {
        return "event XML";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return LineWalk.anyLine(file, EventFragments::hasStart);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = LineWalk.textOf(file);
        FewWarnings warnings = new FewWarnings(sink, MOST_WARNINGS);
        XMLInputFactory factory = XmlElement.factory();
        int read = 0;
        for (Fragment fragment : EventFragments.of(lines, warnings)) {
            Provenance seenAt = lines.at(fragment.firstLine()).quoting("");
            try {
                event(XmlElement.parse(fragment.xml(), factory), lines, fragment, sink);
                for (int line = fragment.firstLine(); line <= fragment.lastLine(); line++) {
                    sink.understood(line);
                }
                read++;
            } catch (XMLStreamException e) {
                warnings.warn(seenAt, "the event that begins here is damaged and is left out: " + firstLine(e.getMessage()));
            }
        }
        warnings.finish(file.at(""));
        if (read > 0) {
            wrapping(lines, sink);
        }
    }

    private static String firstLine(String message) {
        if (message == null) {
            return "no XML";
        }
        String text = message.lines().reduce((first, second) -> second).orElse("");
        return text.startsWith("Message: ") ? text.substring("Message: ".length()) : text;
    }

    /** What stands around events: declaration, root element, comments of one line. */
    private static void wrapping(TextLines lines, FactSink sink) {
        for (int line = 1; line <= lines.count(); line++) {
            String text = lines.line(line).length() > LineWalk.LONGEST_LINE ? "" : Cells.strip(lines.line(line));
            if (text.startsWith("<?xml") || text.startsWith("<Events") || text.startsWith("</Events>")
                    || text.startsWith("<!--") && text.endsWith("-->")) {
                sink.understood(line);
            }
        }
    }

    private static void event(XmlElement event, TextLines lines, Fragment fragment, FactSink sink) throws XMLStreamException {
        LoggedEvent logged = EventXml.event(event, lines.at(fragment.firstLine()),
                EventTextReader.messageAbove(lines, fragment.firstLine()));
        sink.add(logged);
        EventXml.exhaustion(event, logged, element -> at(element, lines, fragment), sink).ifPresent(sink::add);
    }

    private static Provenance at(XmlElement element, TextLines lines, Fragment fragment) {
        int line = Math.min(fragment.lastLine(), fragment.firstLine() + element.line() - 1);
        String text = lines.line(line);
        return lines.at(line).quoting(text.length() > 160 ? element.textAt("Name").orElse("") : Cells.strip(text));
    }
}
