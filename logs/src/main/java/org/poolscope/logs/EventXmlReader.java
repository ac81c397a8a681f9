package org.poolscope.logs;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import org.poolscope.logs.EventFragments.Fragment;
import org.poolscope.logs.ResourceExhaustion.ProcessUse;
import org.poolscope.logs.ResourceExhaustion.TagBytes;
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

    private static final String DETECTOR = "Microsoft-Windows-Resource-Exhaustion-Detector";
    private static final int EXHAUSTION = 2004;
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
        XmlElement system = event.child("System").orElseThrow(() -> new XMLStreamException("it has no System part"));
        Optional<XmlElement> provider = system.child("Provider");
        String source = provider.flatMap(element -> element.attribute("Name"))
                .or(() -> provider.flatMap(element -> element.attribute("EventSourceName")))
                .orElseThrow(() -> new XMLStreamException("it does not name its provider"));
        long id = system.textAt("EventID").map(text -> new Cells(text, 0).number()).orElse(Cells.NONE);
        if (id < 0 || id > 0xffff_ffffL) {
            throw new XMLStreamException("it has no event id");
        }
        Map<String, String> data = new LinkedHashMap<>();
        for (XmlElement element : system.children()) {
            if (element.children().isEmpty() && !element.text().isBlank() && !element.name().equals("EventID")
                    && !element.name().equals("Computer")) {
                data.put(element.name(), element.text().strip());
            }
        }
        system.child("EventID").flatMap(element -> element.attribute("Qualifiers"))
                .ifPresent(bits -> data.put("Qualifiers", bits));
        event.child("EventData").ifPresent(part -> eventData(part, data));
        event.child("UserData").ifPresent(part -> part.children().forEach(child -> leaves(child, "", data)));
        String message = event.textAt("RenderingInfo", "Message")
                .orElseGet(() -> EventTextReader.messageAbove(lines, fragment.firstLine()));
        Provenance seenAt = lines.at(fragment.firstLine()).quoting(source + " " + (id & 0xffff));
        Optional<OffsetDateTime> time = system.child("TimeCreated").flatMap(element -> element.attribute("SystemTime"))
                .flatMap(EventXmlReader::time);
        LoggedEvent logged = new LoggedEvent(seenAt, source, (int) (id & 0xffff),
                time.map(OffsetDateTime::toLocalDateTime).orElse(null), time.map(OffsetDateTime::getOffset).orElse(null),
                system.textAt("Computer").filter(name -> !name.isEmpty()).orElse(null), message, data);
        sink.add(logged);
        if (logged.id() == EXHAUSTION && source.equals(DETECTOR)) {
            event.child("UserData").flatMap(part -> part.child("MemoryExhaustionInfo"))
                    .ifPresent(info -> sink.add(new Exhaustion(lines, fragment, sink).fact(info, logged)));
        }
    }

    private static Optional<OffsetDateTime> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text));
        } catch (DateTimeException e) {
            try {
                // Windows 7 wrote times in UTC without saying so.
                return Optional.of(LocalDateTime.parse(text).atOffset(ZoneOffset.UTC));
            } catch (DateTimeException again) {
                return Optional.empty();
            }
        }
    }

    private static void eventData(XmlElement part, Map<String, String> data) {
        int number = 0;
        for (XmlElement element : part.children()) {
            if (element.name().equals("Binary")) {
                String words = EventBytes.wordsOf(element.text().strip());
                if (!words.isEmpty()) {
                    data.put(LoggedEvent.DATA, words);
                }
            } else {
                number++;
                // Values without a name are the inserts %1, %2 … of the message.
                data.put(element.attribute("Name").orElse("%" + number), element.text());
            }
        }
    }

    private static void leaves(XmlElement element, String path, Map<String, String> data) {
        for (XmlElement child : element.children()) {
            String name = path.isEmpty() ? child.name() : path + "/" + child.name();
            if (child.children().isEmpty()) {
                data.put(name, child.text().strip());
            } else {
                leaves(child, name, data);
            }
        }
    }

    /** Event 2004, figure by figure. */
    private record Exhaustion(TextLines lines, Fragment fragment, FactSink sink) {

        private ResourceExhaustion fact(XmlElement info, LoggedEvent event) {
            return new ResourceExhaustion(event.seenAt(), event.time(), event.zone(), event.computer(),
                    system(info, "SystemCommitLimit"), system(info, "SystemCommitCharge"), system(info, "ProcessCommitCharge"),
                    system(info, "PagedPoolUsage"), system(info, "NonPagedPoolUsage"), system(info, "PhysicalMemorySize"),
                    system(info, "PhysicalMemoryUsage"), system(info, "Processes"),
                    tags(info.child("PagedPoolInfo")), tags(info.child("NonPagedPoolInfo")), processes(info));
        }

        private static Long system(XmlElement info, String name) {
            return info.textAt("SystemInfo", name).map(Exhaustion::number).orElse(null);
        }

        private static Long number(String text) {
            Cells cells = new Cells(text, 0);
            long number = cells.number();
            return number < 0 || number == Cells.TOO_LARGE || !cells.atEnd() ? null : Long.valueOf(number);
        }

        private List<TagBytes> tags(Optional<XmlElement> list) {
            List<TagBytes> tags = new ArrayList<>();
            for (XmlElement element : list.map(XmlElement::children).orElse(List.of())) {
                String name = element.child("Name").map(XmlElement::text).orElse("");
                Long bytes = element.textAt("PoolUsed").map(Exhaustion::number).orElse(null);
                Provenance seenAt = at(element);
                TagCell.read(name.length() > 4 ? name.strip() : name).filter(tag -> bytes != null && !name.isBlank())
                        .ifPresentOrElse(tag -> tags.add(new TagBytes(tag, bytes, seenAt)),
                                () -> sink.warn(seenAt, "a pool tag of the event cannot be read"));
            }
            return tags;
        }

        private static List<ProcessUse> processes(XmlElement info) {
            List<ProcessUse> processes = new ArrayList<>();
            for (XmlElement element : info.child("ProcessInfo").map(XmlElement::children).orElse(List.of())) {
                element.textAt("Name").filter(name -> !name.isEmpty()).ifPresent(name -> processes.add(new ProcessUse(name,
                        element.textAt("ID").map(Exhaustion::number).orElse(null),
                        element.textAt("CommitCharge").map(Exhaustion::number).orElse(null),
                        element.textAt("HandleCount").map(Exhaustion::number).orElse(null))));
            }
            return processes;
        }

        private Provenance at(XmlElement element) {
            int line = Math.min(fragment.lastLine(), fragment.firstLine() + element.line() - 1);
            String text = lines.line(line);
            return lines.at(line).quoting(text.length() > 160 ? element.textAt("Name").orElse("") : Cells.strip(text));
        }
    }
}
