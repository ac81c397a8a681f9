package org.poolscope.logs.evtx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.poolscope.logs.evtx.EvtxFile.data;
import static org.poolscope.logs.evtx.EvtxFile.element;
import static org.poolscope.logs.evtx.EvtxFile.hole;
import static org.poolscope.logs.evtx.EvtxFile.optional;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.logs.RecordState;
import org.poolscope.logs.XmlElement;
import org.poolscope.logs.evtx.EvtxFile.Element;
import org.poolscope.logs.evtx.EvtxFile.Value;
import org.poolscope.model.RealEvidence;

/** Records, chunks and binary XML, whole and damaged. */
class EvtxLogTest {

    private static final Instant NIGHT = Instant.parse("2013-05-08T02:11:12.3456789Z");
    private static final Element NAMED = element("EventData", data("param1", hole(0, 1)), data("param2", hole(1, 1)));

    @TempDir
    Path folder;

    private Seen read(byte[] log) throws Exception {
        return read(Files.write(folder.resolve("log.evtx"), log));
    }

    private XmlElement xml(EvtxFile file) throws Exception {
        return read(file.bytes()).events.getFirst().xml();
    }

    private static Seen read(Path path) throws Exception {
        Seen seen = new Seen();
        try (EvtxLog log = EvtxLog.open(path)) {
            log.visit(seen);
        }
        return seen;
    }

    @ParameterizedTest
    @CsvSource({"system-windows7, 1601, 0, 0, 0", "system-2, 194, 89, 0, 2", "odd-1, 1, 0, 38, 0", "malformed, 5, 0, 0, 0"})
    void recordsOfRealLogs(String name, int inLog, int recovered, int deleted, int damaged) throws Exception {
        Seen seen = read(RealEvidence.path("evtx/" + name + ".evtx"));
        assertThat(seen.count(RecordState.IN_LOG)).isEqualTo(inLog);
        assertThat(seen.count(RecordState.RECOVERED)).isEqualTo(recovered);
        assertThat(seen.count(RecordState.DELETED)).isEqualTo(deleted);
        assertThat(seen.damage).hasSize(damaged);
    }

    @Test
    void aLogCutOffInsideAChunkGivesItsWholeRecords() throws Exception {
        Seen seen = read(RealEvidence.path("evtx/system-2.evtx"));
        assertThat(seen.numbers).containsExactlyElementsOf(java.util.stream.LongStream.rangeClosed(1, 283).boxed().toList());
        assertThat(seen.events.getLast().xml().textAt("System", "EventRecordID")).hasValue("283");
        assertThat(seen.damage).containsExactly("0x30d40: the file ends inside a chunk: of its 90 records 89 are there",
                "0x30d40: the log's header counts 96 chunks, the file holds 3: it was cut off, "
                        + "and the newest records are missing");
    }

    @Test
    void timeStandsInTheHeaderAndInTheMarkup() throws Exception {
        Seen seen = read(new EvtxFile().poolEmpty(NIGHT, 2020).bytes());
        EvtxRecord record = seen.events.getFirst();
        assertThat(record.written()).hasValue(Instant.parse("2013-05-08T02:11:12.345678900Z"));
        XmlElement created = record.xml().child("System").orElseThrow().child("TimeCreated").orElseThrow();
        assertThat(created.attribute("SystemTime")).hasValue("2013-05-08T02:11:12.345678900Z");
        assertThat(record.provider()).hasValue("Srv");
        assertThat(record.eventId()).hasValue(2020);
    }

    @Test
    void emptyOptionalPartsAreLeftOut() throws Exception {
        Element part = new Element("EventData", Map.of("Name", optional(0, 1)), List.of(data("kept", hole(0, 1)),
                element("dropped", "text", optional(0, 1)), element("filled", optional(1, 1))));
        XmlElement xml = xml(new EvtxFile().event(NIGHT, "P", 1, part, Value.none(), Value.text("x")));
        XmlElement data = xml.child("EventData").orElseThrow();
        assertThat(data.attribute("Name")).isEmpty();
        assertThat(data.children()).extracting(XmlElement::name).containsExactly("Data", "filled");
        assertThat(data.children().getFirst().text()).isEmpty();
        assertThat(xml.child("System").orElseThrow().child("Level")).isEmpty();
        assertThat(xml.child("System").orElseThrow().child("EventID").orElseThrow().attribute("Qualifiers")).hasValue("49152");
    }

    @Test
    void valuesOfEveryType() throws Exception {
        List<String> expected = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        add(values, expected, Value.text("S\u00e4ge\u0001\0\0"), "S\u00e4ge\ufffd");
        add(values, expected, Value.of(2, 'a', 0x80, 0), "a\u20ac");
        add(values, expected, Value.of(3, 0xff), "-1");
        add(values, expected, Value.of(4, 0xff), "255");
        add(values, expected, Value.of(5, 0xfe, 0xff), "-2");
        add(values, expected, Value.of(6, 0xfe, 0xff), "65534");
        add(values, expected, Value.of(7, 0xfe, 0xff, 0xff, 0xff), "-2");
        add(values, expected, Value.of(8, 0xfe, 0xff, 0xff, 0xff), "4294967294");
        add(values, expected, Value.of(9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "-2");
        add(values, expected, Value.of(10, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "18446744073709551614");
        add(values, expected, Value.of(0x0b, 0, 0, 0xc0, 0x3f), "1.5");
        add(values, expected, Value.of(0x0c, 0, 0, 0, 0, 0, 0, 0, 0x40), "2");
        add(values, expected, Value.of(0x0d, 1, 0, 0, 0), "true");
        add(values, expected, Value.of(0x0e, 1, 0xab), "01AB");
        add(values, expected, Value.of(0x0f, 0xd8, 0xdd, 0x65, 0xfc, 0xef, 0xd6, 0x62, 0x49, 0x83, 0xd5, 0x6e, 0x5c, 0xfe,
                0x9c, 0xe1, 0x48), "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}");
        add(values, expected, Value.of(0x10, 0, 0x10, 0, 0), "0x1000");
        add(values, expected, Value.of(0x12, 0xdd, 7, 5, 0, 3, 0, 8, 0, 2, 0, 11, 0, 12, 0, 7, 0), "2013-05-08T02:11:12.007Z");
        add(values, expected, Value.of(0x12, 0xdd, 7, 99, 0, 3, 0, 8, 0, 2, 0, 11, 0, 12, 0, 7, 0), "");
        add(values, expected, Value.of(0x13, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0), "S-1-5-18");
        add(values, expected, Value.of(0x14, 0x9a, 0, 0, 0xc0), "0xc000009a");
        add(values, expected, Value.of(0x15, 0, 0, 0, 0, 0, 0, 0, 0x80), "0x8000000000000000");
        add(values, expected, Value.of(0x11, 0, 0, 0, 0, 0, 0, 0, 0), "");
        add(values, expected, new Value(8, new byte[0]), "");
        Object[] content = new Object[values.size()];
        Arrays.setAll(content, i -> data("v" + i, hole(i, values.get(i).type())));
        XmlElement xml = xml(new EvtxFile().event(NIGHT, "P", 1, element("EventData", content), values.toArray(Value[]::new)));
        assertThat(xml.child("EventData").orElseThrow().children()).extracting(XmlElement::text)
                .containsExactlyElementsOf(expected);
    }

    private static void add(List<Value> values, List<String> expected, Value value, String text) {
        values.add(value);
        expected.add(text);
    }

    @Test
    void anArrayRepeatsItsElement() throws Exception {
        Element part = element("EventData", data("n", hole(0, 0x86)), element("Data", hole(1, 0x81)),
                element("None", hole(2, 0x88)));
        XmlElement xml = xml(new EvtxFile().event(NIGHT, "P", 1, part, Value.of(0x86, 1, 0, 2, 0),
                new Value(0x81, "one\0two\0three".getBytes(StandardCharsets.UTF_16LE)), Value.of(0x88)));
        assertThat(xml.child("EventData").orElseThrow().children()).extracting(element -> element.name() + " " + element.text())
                .containsExactly("Data 1", "Data 2", "Data one", "Data two", "Data three", "None ");
    }

    @Test
    void templatesAreSharedInAChunk() throws Exception {
        EvtxFile file = new EvtxFile();
        for (int i = 0; i < 100; i++) {
            file.event(NIGHT, "Service Control Manager", 7036, NAMED, Value.text("service " + i), Value.text("running"));
        }
        Seen seen = read(file.bytes());
        assertThat(seen.events).hasSize(100);
        assertThat(seen.events.get(99).xml().child("EventData").orElseThrow().children().getFirst().text())
                .isEqualTo("service 99");
        assertThat(seen.damage).isEmpty();
    }

    @Test
    void aDamagedRecordCostsOnlyItself() throws Exception {
        byte[] log = three();
        int second = positions(log).get(1);
        log[second + 4] ^= 0x10;
        Seen seen = read(log);
        assertThat(seen.numbers).containsExactly(1L, 3L);
        assertThat(seen.events).extracting(EvtxRecord::state).containsExactly(RecordState.IN_LOG, RecordState.RECOVERED);
        assertThat(seen.damage).hasSize(2).first().asString().contains("bytes that hold no whole record");
        assertThat(seen.damage.getLast()).contains("counts 3 records, 2 are whole");
    }

    @Test
    void contentThatIsDamagedIsTold() throws Exception {
        byte[] log = new EvtxFile().raw(new byte[] {0x0f, 1, 1, 0, 0x0c, 1, 1, 2, 3, 4, 0, 2, 0, 0}).raw(new byte[0])
                .raw(new byte[] {0x0f, 1, 1, 0, 0x0f, 1, 1, 0, 0x11}).bytes();
        Seen seen = read(log);
        assertThat(seen.events).hasSize(3);
        assertThat(seen.unreadable()).containsExactly("its template is overwritten", "it is empty",
                "a token 17 that does not belong there");
    }

    @Test
    void aChunkWithoutHeaderIsSearched() throws Exception {
        byte[] log = three();
        Arrays.fill(log, EvtxFile.FILE_HEADER, EvtxFile.FILE_HEADER + 128, (byte) 0);
        Seen seen = read(log);
        assertThat(seen.numbers).containsExactly(1L, 2L, 3L);
        assertThat(seen.count(RecordState.RECOVERED)).isEqualTo(3);
        assertThat(seen.damage).containsExactly("0x1000: a chunk has lost its header; 3 records are found in it");
        assertThat(seen.unreadable()).isEmpty();
    }

    @Test
    void aFileWithoutHeaderIsReadFromItsChunks() throws Exception {
        byte[] log = three();
        log[60] ^= 1;
        assertThat(read(log).damage).containsExactly("0x0: the header of the file is damaged; its chunks are read all the same");
        assertThat(read(Arrays.copyOfRange(log, EvtxFile.FILE_HEADER, log.length)).numbers).containsExactly(1L, 2L, 3L);
    }

    @Test
    void checksumsAreTold() throws Exception {
        byte[] header = three();
        header[EvtxFile.FILE_HEADER + 200] ^= 1;
        assertThat(read(header).damage).containsExactly("0x1000: the header of this chunk is damaged; 3 records are found in it");
        byte[] records = three();
        records[positions(records).get(2) + 20] ^= 1;
        Seen seen = read(records);
        assertThat(seen.damage).hasSize(1).first().asString().contains("checksum of this chunk's records does not fit");
        assertThat(seen.count(RecordState.IN_LOG)).isEqualTo(3);
    }

    @Test
    void chunksAreTakenFromTheFileNotFromItsHeader() throws Exception {
        Seen seen = read(new EvtxFile().poolEmpty(NIGHT, 2019).chunk().poolEmpty(NIGHT, 2020).chunk().poolEmpty(NIGHT, 2020)
                .dirty().bytes());
        assertThat(seen.numbers).containsExactly(1L, 2L, 3L);
        assertThat(seen.damage).isEmpty();
    }

    @Test
    void aFullLogGoesOnAtItsStart() throws Exception {
        byte[] log = new EvtxFile().poolEmpty(NIGHT, 2019).chunk().poolEmpty(NIGHT, 2020).chunk().poolEmpty(NIGHT, 2017).bytes();
        byte[] turned = log.clone();
        System.arraycopy(log, EvtxFile.FILE_HEADER, turned, EvtxFile.FILE_HEADER + EvtxFile.CHUNK, 2 * EvtxFile.CHUNK);
        System.arraycopy(log, EvtxFile.FILE_HEADER + 2 * EvtxFile.CHUNK, turned, EvtxFile.FILE_HEADER, EvtxFile.CHUNK);
        assertThat(read(turned).numbers).containsExactly(1L, 2L, 3L);
    }

    @Test
    void recordsInUnusedSpace() throws Exception {
        byte[] log = three();
        ByteBuffer chunk = ByteBuffer.wrap(log, EvtxFile.FILE_HEADER, EvtxFile.CHUNK).slice().order(ByteOrder.LITTLE_ENDIAN);
        int second = positions(log).get(1) - EvtxFile.FILE_HEADER;
        chunk.putInt(48, second).putLong(16, 1);
        seal(log);
        Seen newer = read(log);
        assertThat(newer.events).extracting(EvtxRecord::state).containsExactly(RecordState.IN_LOG, RecordState.RECOVERED,
                RecordState.RECOVERED);
        chunk.putLong(second + 8, 77);
        Seen older = read(log);
        assertThat(older.events).extracting(EvtxRecord::state).containsExactly(RecordState.IN_LOG, RecordState.DELETED,
                RecordState.DELETED);
        assertThat(older.damage).isEmpty();
    }

    private static void seal(byte[] log) {
        java.util.zip.CRC32 checksum = new java.util.zip.CRC32();
        checksum.update(log, EvtxFile.FILE_HEADER, 120);
        checksum.update(log, EvtxFile.FILE_HEADER + 128, 384);
        ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).putInt(EvtxFile.FILE_HEADER + 124, (int) checksum.getValue());
        int free = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).getInt(EvtxFile.FILE_HEADER + 48);
        java.util.zip.CRC32 records = new java.util.zip.CRC32();
        records.update(log, EvtxFile.FILE_HEADER + 512, free - 512);
        ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).putInt(EvtxFile.FILE_HEADER + 52, (int) records.getValue());
        checksum.reset();
        checksum.update(log, EvtxFile.FILE_HEADER, 120);
        checksum.update(log, EvtxFile.FILE_HEADER + 128, 384);
        ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).putInt(EvtxFile.FILE_HEADER + 124, (int) checksum.getValue());
    }

    @Test
    void anEmptyLogIsNoDamage() throws Exception {
        Seen seen = read(new EvtxFile().bytes());
        assertThat(seen.events).isEmpty();
        assertThat(seen.damage).isEmpty();
        assertThat(read(Arrays.copyOf(new EvtxFile().bytes(), EvtxFile.FILE_HEADER)).events).isEmpty();
    }

    @Test
    void markupInsideItselfEnds() throws Exception {
        // A value that is a template instance whose template is the outer one again, ever deeper.
        Element part = element("EventData", hole(0, 0x21), hole(0, 0x21), hole(0, 0x21));
        byte[] log = new EvtxFile().event(NIGHT, "P", 1, part, Value.text("x")).bytes();
        ByteBuffer bytes = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        int record = positions(log).getFirst();
        int end = record + bytes.getInt(record + 4);
        int inner = -1;
        for (int at = record; at < end - 10; at++) {
            inner = log[at] == 0x0c && log[at - 4] == 0x0f ? at : inner;
        }
        assertThat(inner).isPositive();
        // The inner fragment's one value now spans the fragment itself.
        for (int at = inner; at < end - 8; at++) {
            if (bytes.getInt(at) == 1 && bytes.getShort(at + 4) == 2 && log[at + 6] == 1) {
                bytes.put(at + 6, (byte) 0x21);
            }
        }
        Seen seen = read(log);
        assertThat(seen.events).hasSize(1);
        assertThat(seen.unreadable()).hasSize(1);
    }

    @Test
    void anyByteMayBeWrong() throws Exception {
        Random random = new Random(7);
        byte[] whole = new EvtxFile().poolEmpty(NIGHT, 2020).event(NIGHT, "P", 1, NAMED, Value.text("a"), Value.text("b"))
                .poolEmpty(NIGHT, 2019).bytes();
        int used = positions(whole).getLast() + 700 - EvtxFile.FILE_HEADER;
        for (int round = 0; round < 400; round++) {
            byte[] log = whole.clone();
            for (int hit = 0; hit <= round % 7; hit++) {
                log[EvtxFile.FILE_HEADER + random.nextInt(used)] = (byte) random.nextInt(256);
            }
            Seen seen = read(log);
            seen.unreadable();
            assertThat(seen.events).hasSizeLessThanOrEqualTo(3);
        }
    }

    private byte[] three() throws IOException {
        return new EvtxFile().poolEmpty(NIGHT, 2019).poolEmpty(NIGHT.plusSeconds(60), 2020)
                .poolEmpty(NIGHT.plusSeconds(120), 2020).bytes();
    }

    /** Where records begin in a file. */
    static List<Integer> positions(byte[] log) {
        ByteBuffer bytes = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> positions = new ArrayList<>();
        int at = EvtxFile.FILE_HEADER + 512;
        while (at < log.length - 28 && bytes.getInt(at) == 0x2a2a) {
            positions.add(at);
            at += bytes.getInt(at + 4);
        }
        return positions;
    }

    /** All that was read, and what was said about damage. */
    static final class Seen implements EvtxLog.Visitor {
        private final List<EvtxRecord> events = new ArrayList<>();
        private final List<Long> numbers = new ArrayList<>();
        private final List<String> damage = new ArrayList<>();

        @Override
        public void record(EvtxRecord record) {
            events.add(record);
            numbers.add(record.number());
        }

        @Override
        public void damaged(long offset, String problem) {
            damage.add("0x" + Long.toHexString(offset) + ": " + problem);
        }

        private long count(RecordState state) {
            return events.stream().filter(record -> record.state() == state).count();
        }

        /** Why records could not be read, those that could left out. */
        private List<String> unreadable() {
            List<String> problems = new ArrayList<>();
            for (EvtxRecord record : events) {
                try {
                    record.provider();
                    record.eventId();
                    record.xml();
                } catch (DamagedRecordException e) {
                    problems.add(e.getMessage());
                }
            }
            return problems;
        }
    }
}
