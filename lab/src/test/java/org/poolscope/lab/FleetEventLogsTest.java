package org.poolscope.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.logs.EventTextReader;
import org.poolscope.logs.EventXmlReader;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.logs.XmlElement;
import org.poolscope.logs.evt.EvtLog;
import org.poolscope.logs.evt.EvtRecord;
import org.poolscope.logs.evtx.DamagedRecordException;
import org.poolscope.logs.evtx.EvtxLog;
import org.poolscope.logs.evtx.EvtxRecord;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.model.Tool;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The event logs of a fleet, judged against its truth by tools of others and by our readers. */
class FleetEventLogsTest {

    private static final DateTimeFormatter OF_EVT_EXPORT = DateTimeFormatter.ofPattern("MMM dd, yyyy HH:mm:ss 'UTC'", Locale.ROOT);

    @TempDir
    static Path folder;

    private static List<Log> logs;

    /** A log as the truth tells it, its events with times in UTC. */
    private record Log(String machine, Path file, ZoneOffset zone, List<Event> events) {
    }

    private record Event(Instant time, String source, int id, List<String> strings) {
    }

    @BeforeAll
    static void make() throws IOException {
        Path truth = FleetCase.write(folder.resolve("machines"), new FleetOptions(40, 4, 20, 1, 20, 3, Progress.NONE));
        logs = logs(truth);
    }

    private static List<Log> logs(Path truth) throws IOException {
        List<Log> logs = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(truth.toFile())) {
            json.nextToken();
            for (Object log : (List<?>) ((Map<?, ?>) value(json)).get("eventLogs")) {
                Map<?, ?> fields = (Map<?, ?>) log;
                ZoneOffset zone = ZoneOffset.ofTotalSeconds(60 * Integer.parseInt(fields.get("minutesFromUtc").toString()));
                List<Event> events = new ArrayList<>();
                for (Object event : (List<?>) fields.get("events")) {
                    Map<?, ?> parts = (Map<?, ?>) event;
                    events.add(new Event(LocalDateTime.parse(parts.get("time").toString()).toInstant(zone), parts.get("source").toString(),
                            Integer.parseInt(parts.get("id").toString()),
                            ((List<?>) parts.get("strings")).stream().map(Object::toString).toList()));
                }
                assertThat(fields.get("count")).hasToString(Integer.toString(events.size()));
                String machine = fields.get("machine").toString();
                Path file = truth.resolveSibling("machines").resolve(machine).resolve(fields.get("file").toString());
                logs.add(new Log(machine, file, zone, events));
            }
        }
        return logs;
    }

    private static Object value(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> object = new LinkedHashMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                object.put(name, value(json));
            }
            return object;
        }
        if (json.currentToken() == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(json));
            }
            return list;
        }
        return json.getText();
    }

    private static List<Log> of(String file) {
        List<Log> some = logs.stream().filter(log -> log.file.endsWith(file)).toList();
        assertThat(some).hasSize(3);
        return some;
    }

    @Test
    void leakingMachinesTellOfTheirEndAndOthersDoNot() {
        assertThat(logs).hasSize(12);
        assertThat(logs.stream().map(log -> log.zone).distinct()).hasSize(2);
        int sick = 0;
        for (Log log : logs) {
            List<Integer> ids = log.events.stream().map(Event::id).toList();
            boolean leaks = ids.contains(2019);
            sick += leaks ? 1 : 0;
            assertThat(ids).contains(6005, 6013, 19);
            assertThat(ids.contains(6008)).isEqualTo(leaks && log.events.getLast().id != 2019 && ids.lastIndexOf(6005) > ids.indexOf(2019));
            assertThat(log.events.getFirst().strings).first().asString().endsWith(leaks ? "5.1.2600.18" : "5.2.3790.44");
        }
        assertThat(sick).isEqualTo(4);
    }

    @Test
    void theBinaryLogsAreWhatEvtExportReads() {
        Tool.need("evtexport", "libevt-utils");
        for (Log log : of("sysevent.evt")) {
            String all = Tool.run("evtexport", log.file.toString());
            List<Event> read = new ArrayList<>();
            for (String record : all.substring(all.indexOf("Event number")).split("\n\n(?=Event number)")) {
                Map<String, String> fields = new LinkedHashMap<>();
                record.lines().filter(line -> line.contains("\t: ")).forEach(line -> fields.put(
                        line.substring(0, line.indexOf("\t: ")).strip(), line.substring(line.indexOf("\t: ") + 3)));
                int strings = Integer.parseInt(fields.get("Number of strings"));
                long identifier = Long.decode(fields.get("Event identifier").split(" ")[0]);
                read.add(new Event(LocalDateTime.parse(fields.get("Creation time"), OF_EVT_EXPORT).toInstant(ZoneOffset.UTC),
                        fields.get("Source name"), (int) identifier & 0xffff,
                        IntStream.rangeClosed(1, strings).mapToObj(i -> fields.get("String: " + i)).toList()));
                assertThat(fields.get("Computer name")).isEqualTo(log.machine.toUpperCase(Locale.ROOT));
            }
            assertThat(read).isEqualTo(log.events);
        }
    }

    @Test
    void theLaterBinaryLogsAreWhatEvtxExportReads() throws Exception {
        Tool.need("evtxexport", "libevtx-utils");
        for (Log log : of("system.evtx")) {
            String all = Tool.run("evtxexport", "-f", "xml", log.file.toString());
            assertThat(xmlEvents("<Events>" + all.substring(all.indexOf("<Event ")) + "</Events>")).isEqualTo(log.events);
            assertThat(Tool.run("evtxinfo", log.file.toString())).containsPattern("Number of records\\s*: " + log.events.size() + "\n")
                    .containsPattern("Number of recovered records\\s*: 0\n").doesNotContainIgnoringCase("corrupt");
        }
    }

    @Test
    void theXmlIsWhatAnyXmlParserReads() throws Exception {
        for (Log log : of("events.xml")) {
            assertThat(xmlEvents(Files.readString(log.file))).isEqualTo(log.events);
        }
    }

    private static List<Event> xmlEvents(String xml) throws Exception {
        NodeList found = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)))
                .getElementsByTagName("Event");
        List<Event> events = new ArrayList<>();
        for (Element event : elements(found)) {
            List<String> strings = elements(event.getElementsByTagName("Data")).stream().map(Node::getTextContent).toList();
            events.add(new Event(Instant.parse(only(event, "TimeCreated").getAttribute("SystemTime")),
                    only(event, "Provider").getAttribute("Name"), Integer.parseInt(only(event, "EventID").getTextContent()), strings));
            assertThat(only(event, "EventRecordID").getTextContent()).isEqualTo(Integer.toString(events.size()));
        }
        return events;
    }

    private static List<Element> elements(NodeList list) {
        return IntStream.range(0, list.getLength()).mapToObj(i -> (Element) list.item(i)).toList();
    }

    private static Element only(Element event, String name) {
        return elements(event.getElementsByTagName(name)).getFirst();
    }

    @Test
    void ourReadersReadTheBinaryLogs() throws Exception {
        for (Log log : of("sysevent.evt")) {
            List<Event> read = new ArrayList<>();
            try (EvtLog opened = EvtLog.open(log.file)) {
                opened.visit(new EvtLog.Visitor() {
                    @Override
                    public void record(EvtRecord record) {
                        read.add(new Event(record.generated().orElseThrow(), record.source(), record.identifier().id(), record.strings()));
                    }

                    @Override
                    public void damaged(long offset, String problem) {
                        throw new AssertionError(problem);
                    }
                });
            }
            assertThat(read).isEqualTo(log.events);
        }
        for (Log log : of("system.evtx")) {
            assertThat(evtx(log.file)).isEqualTo(log.events);
        }
    }

    private static List<Event> evtx(Path file) throws Exception {
        List<Event> read = new ArrayList<>();
        try (EvtxLog opened = EvtxLog.open(file)) {
            opened.visit(new EvtxLog.Visitor() {
                @Override
                public void record(EvtxRecord record) {
                    try {
                        List<String> strings = record.xml().child("EventData").orElseThrow().children().stream()
                                .filter(element -> element.name().equals("Data")).map(XmlElement::text).toList();
                        read.add(new Event(record.written().orElseThrow(), record.provider().orElseThrow(),
                                record.eventId().orElseThrow(), strings));
                    } catch (DamagedRecordException e) {
                        throw new AssertionError(e);
                    }
                }

                @Override
                public void damaged(long offset, String problem) {
                    throw new AssertionError(problem);
                }
            });
        }
        return read;
    }

    /** Years of events fill more than one chunk, and more than the first 64 KB of the older file. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1500})
    void logsOfAnyLength(int count) throws Exception {
        List<PastEvent> events = IntStream.range(0, count).mapToObj(i -> PastEvent.of(LocalDateTime.of(2007, 3, 1, 0, 0).plusHours(i), "EventLog",
                0x8000177d, "", "", "up " + i, "")).toList();
        List<String> expected = IntStream.range(0, count).mapToObj(i -> "up " + i).toList();
        Path evt = folder.resolve("long-" + count + ".evt");
        EvtFileWriter.write(evt, "WEB-1", ZoneOffset.UTC, events);
        Path evtx = folder.resolve("long-" + count + ".evtx");
        EvtxFileWriter.write(evtx, "WEB-1", ZoneOffset.UTC, events);

        assertThat(evtx(evtx)).extracting(event -> event.strings.get(1)).isEqualTo(expected);
        Tool.need("evtexport", "libevt-utils");
        assertThat(Tool.run("evtexport", evt.toString()).lines().filter(line -> line.startsWith("String: 2"))
                .map(line -> line.substring(line.indexOf(": ", 9) + 2))).isEqualTo(expected);
        Tool.need("evtxexport", "libevtx-utils");
        assertThat(Tool.run("evtxexport", "-f", "xml", evtx.toString()).lines().filter(line -> line.contains("<Data>"))
                .map(line -> line.replaceAll("\\s*</?Data>", ""))).isEqualTo(expected);
    }

    @Test
    void ourReadersReadTheExports() throws Exception {
        for (Log log : of("events.txt")) {
            List<LoggedEvent> read = read(new EventTextReader(), log.file);
            assertThat(read).extracting(event -> new Event(event.time().toInstant(log.zone), event.source(), event.id(), List.of()))
                    .isEqualTo(log.events.stream().map(event -> new Event(event.time, event.source, event.id, List.of())).toList());
            // The text holds the strings in its sentences; empty ones, units and reasons' numbers it leaves out.
            for (int i = 0; i < read.size(); i++) {
                assertThat(read.get(i).message()).contains(told(log.events.get(i)));
            }
            assertThat(Arrays.stream(Files.readString(log.file).split("\r\n")).filter(line -> line.startsWith("Event ID:"))
                    .map(line -> Integer.parseInt(line.substring(10)))).isEqualTo(log.events.stream().map(Event::id).toList());
        }
        for (Log log : of("events.xml")) {
            assertThat(read(new EventXmlReader(), log.file)).extracting(event -> new Event(event.time().toInstant(event.zone()),
                    event.source(), event.id(), event.data().entrySet().stream().filter(entry -> entry.getKey().startsWith("%"))
                            .map(Map.Entry::getValue).toList())).isEqualTo(log.events);
        }
    }

    private static List<String> told(Event event) {
        Set<Integer> whole = Set.of(6008, 4377, 19);
        Stream<String> told = switch (event.id) {
            case 6013 -> Stream.of(event.strings.get(4));
            case 1074 -> Stream.of(event.strings.get(0), event.strings.get(1), event.strings.get(2));
            default -> whole.contains(event.id) ? event.strings.stream() : Stream.of("The ");
        };
        return event.id == 6009 ? List.of("3790 Service Pack 2") : told.toList();
    }

    private static List<LoggedEvent> read(EvidenceReader reader, Path path) throws Exception {
        List<LoggedEvent> events = new ArrayList<>();
        EvidenceFile file = EvidenceFile.open(path);
        assertThat(reader.recognises(file)).isTrue();
        reader.read(file, new FactSink() {
            @Override
            public void add(Fact fact) {
                if (fact instanceof LoggedEvent event) {
                    events.add(event);
                }
            }

            @Override
            public void understood(int line) {
                // Not asked here.
            }

            @Override
            public void warn(Provenance where, String message) {
                throw new AssertionError(where + ": " + message);
            }
        });
        return events;
    }
}
