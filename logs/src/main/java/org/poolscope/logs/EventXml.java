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
import java.util.function.Function;
import javax.xml.stream.XMLStreamException;
import org.poolscope.logs.ResourceExhaustion.ProcessUse;
import org.poolscope.logs.ResourceExhaustion.TagBytes;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/**
 * What an {@code <Event>} element says (schema {@code http://schemas.microsoft.com/win/2004/08/events/event}), whether it stood
 * in a text or in the binary XML of an event log.
 */
public final class EventXml {

    private static final String DETECTOR = "Microsoft-Windows-Resource-Exhaustion-Detector";
    private static final int EXHAUSTION = 2004;

    private EventXml() {
    }

    /**
     * The entry of the log.
     *
     * @param event the {@code <Event>} element
     * @param place where it stands
     * @param otherText its text, when the element itself brings none; may be empty
     * @throws XMLStreamException when it does not say who logged it and under which id
     */
    public static LoggedEvent event(XmlElement event, Provenance place, String otherText) throws XMLStreamException {
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
        event.child("ProcessingErrorData").ifPresent(part -> leaves(part, "", data));
        Optional<OffsetDateTime> time = system.child("TimeCreated").flatMap(element -> element.attribute("SystemTime"))
                .flatMap(EventXml::time);
        return new LoggedEvent(place.quoting(source + " " + (id & 0xffff)), source, (int) (id & 0xffff),
                time.map(OffsetDateTime::toLocalDateTime).orElse(null), time.map(OffsetDateTime::getOffset).orElse(null),
                system.textAt("Computer").filter(name -> !name.isEmpty()).orElse(null),
                event.textAt("RenderingInfo", "Message").orElse(otherText), data);
    }

    /**
     * The figures of event 2004 of the Resource Exhaustion Detector; empty for every other event.
     *
     * @param event the {@code <Event>} element
     * @param logged the same as an entry of the log
     * @param at where an element stands, for the tags of the list
     * @param sink hears of tags that cannot be read
     */
    public static Optional<ResourceExhaustion> exhaustion(XmlElement event, LoggedEvent logged,
            Function<XmlElement, Provenance> at, FactSink sink) {
        if (logged.id() != EXHAUSTION || !logged.source().equals(DETECTOR)) {
            return Optional.empty();
        }
        return event.child("UserData").flatMap(part -> part.child("MemoryExhaustionInfo"))
                .map(info -> new Exhaustion(at, sink).fact(info, logged));
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
    private record Exhaustion(Function<XmlElement, Provenance> at, FactSink sink) {

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
                Provenance seenAt = at.apply(element);
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
    }
}
