package org.poolscope.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Event logs as the event viewer of Vista and later saves them, also of machines that are older: a header of 4 KB, chunks of 64 KB. Each
 * record is one template, stored where the chunk first needs it, and the values for its holes. Layouts: [MS-EVEN6] 2.2.12 for the markup;
 * J. Metz, "Windows XML Event Log (EVTX) format" for file, chunk and record.
 */
final class EvtxFileWriter {

    private static final int CHUNK = 0x10000;
    private static final int FILE_HEADER = 0x1000;
    private static final int CHUNK_HEADER = 512;
    private static final int CHECKED = 120;
    /** Beginnings of the lists of names and of templates in a chunk's header, and how many there are. */
    private static final int NAMES_AT = 128;
    private static final int NAMES = 64;
    private static final int TEMPLATES_AT = 384;
    private static final int TEMPLATES = 32;
    private static final long SECONDS_1601_TO_1970 = 11_644_473_600L;

    private static final int STRING = 0x01;
    private static final int UINT8 = 0x04;
    private static final int UINT16 = 0x06;
    private static final int UINT64 = 0x0a;
    private static final int BINARY = 0x0e;
    private static final int FILETIME = 0x11;
    private static final int HEX64 = 0x15;
    private static final int STRINGS = 0x81;

    private EvtxFileWriter() {
    }

    /** Writes a log, the oldest event first, by a machine whose clock is so far from UTC. */
    static void write(Path file, String computer, ZoneOffset zone, List<PastEvent> events) throws IOException {
        List<Chunk> chunks = new ArrayList<>(List.of(new Chunk(1)));
        for (int i = 0; i < events.size(); i++) {
            if (!chunks.getLast().add(events.get(i), i + 1, computer, zone)) {
                chunks.add(new Chunk(i + 1));
                if (!chunks.getLast().add(events.get(i), i + 1, computer, zone)) {
                    throw new IOException("an event is larger than a chunk of the log " + file);
                }
            }
        }
        ByteBuffer log = little(FILE_HEADER + chunks.size() * CHUNK);
        log.put("ElfFile\0".getBytes(StandardCharsets.US_ASCII)).putLong(0).putLong(chunks.size() - 1L).putLong(events.size() + 1L)
                .putInt(128).putShort((short) 1).putShort((short) 3).putShort((short) FILE_HEADER).putShort((short) chunks.size());
        CRC32 checksum = new CRC32();
        checksum.update(log.array(), 0, CHECKED);
        log.putInt(124, (int) checksum.getValue());
        for (int i = 0; i < chunks.size(); i++) {
            log.put(FILE_HEADER + i * CHUNK, chunks.get(i).finished());
        }
        Files.write(file, log.array());
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private record Value(int type, byte[] bytes) {

        static Value text(String text) {
            return new Value(STRING, text.getBytes(StandardCharsets.UTF_16LE));
        }

        static Value u16(int value) {
            return new Value(UINT16, little(2).putShort((short) value).array());
        }

        static Value u64(int type, long value) {
            return new Value(type, little(8).putLong(value).array());
        }
    }

    private static long fileTime(Instant time) {
        return (time.getEpochSecond() + SECONDS_1601_TO_1970) * 10_000_000;
    }

    /** One chunk, from front to end. */
    private static final class Chunk {
        private final ByteBuffer bytes = little(CHUNK).position(CHUNK_HEADER);
        private final Map<String, Integer> names = new HashMap<>();
        /** Where the templates are, by whether events have strings, and data. */
        private final Map<List<Boolean>, Integer> templates = new HashMap<>();
        private final long first;
        private long last;
        private int lastAt;

        private Chunk(long first) {
            this.first = first;
            this.last = first - 1;
        }

        /** Adds a record; false when it might not fit. */
        private boolean add(PastEvent event, long number, String computer, ZoneOffset zone) {
            long time = fileTime(event.time().toInstant(zone));
            List<Value> values = values(event, number, computer, time);
            // More than the template, with all its names, takes.
            int most = 4096;
            for (Value value : values) {
                most += 4 + value.bytes.length;
            }
            if (bytes.remaining() < most) {
                return false;
            }
            int start = bytes.position();
            bytes.putInt(0x2a2a).putInt(0).putLong(number).putLong(time);
            fragment();
            template(!event.strings().isEmpty(), !event.words().isEmpty());
            bytes.putInt(values.size());
            values.forEach(value -> bytes.putShort((short) value.bytes.length).put((byte) value.type).put((byte) 0));
            values.forEach(value -> bytes.put(value.bytes));
            bytes.put((byte) 0);
            while ((bytes.position() - start + 4) % 8 != 0) {
                bytes.put((byte) 0);
            }
            int size = bytes.position() - start + 4;
            bytes.putInt(size).putInt(start + 4, size);
            last = number;
            lastAt = start;
            return true;
        }

        private static List<Value> values(PastEvent event, long number, String computer, long time) {
            List<Value> values = new ArrayList<>(List.of(Value.text(event.source()), Value.u16(event.qualifiers()),
                    Value.u16(event.id()), new Value(UINT8, new byte[] {(byte) event.level()}), Value.u16(event.category()),
                    Value.u64(HEX64, 0x80000000000000L), Value.u64(FILETIME, time), Value.u64(UINT64, number), Value.text(computer)));
            if (!event.strings().isEmpty()) {
                values.add(new Value(STRINGS, (String.join("\0", event.strings()) + '\0').getBytes(StandardCharsets.UTF_16LE)));
            }
            if (!event.words().isEmpty()) {
                values.add(new Value(BINARY, event.data()));
            }
            return values;
        }

        private void fragment() {
            bytes.put(new byte[] {0x0f, 1, 1, 0});
        }

        /** The template for such events, or where it is. */
        private void template(boolean strings, boolean data) {
            // Numbers of templates are part of their GUIDs: any number that no other template has.
            int number = 0x50534c00 | (strings ? 1 : 0) | (data ? 2 : 0);
            bytes.put((byte) 0x0c).put((byte) 1).putInt(number);
            Integer known = templates.get(List.of(strings, data));
            if (known != null) {
                bytes.putInt(known);
                return;
            }
            int at = bytes.position() + 4;
            templates.put(List.of(strings, data), at);
            int list = TEMPLATES_AT + 4 * Integer.remainderUnsigned(number, TEMPLATES);
            bytes.putInt(at).putInt(bytes.getInt(list)).putInt(number).putLong(0x8fd14d0e9c3b4a17L).putInt(0x6b2f09a5).putInt(0);
            bytes.putInt(list, at);
            int from = bytes.position();
            fragment();
            markup(strings, data);
            bytes.put((byte) 0);
            bytes.putInt(from - 4, bytes.position() - from);
        }

        private void markup(boolean strings, boolean data) {
            element("Event", () -> text("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event"), () -> {
                element("System", null, () -> {
                    element("Provider", () -> attribute("Name", 0, STRING), null);
                    element("EventID", () -> attribute("Qualifiers", 1, UINT16), () -> hole(2, UINT16));
                    element("Level", null, () -> hole(3, UINT8));
                    element("Task", null, () -> hole(4, UINT16));
                    element("Keywords", null, () -> hole(5, HEX64));
                    element("TimeCreated", () -> attribute("SystemTime", 6, FILETIME), null);
                    element("EventRecordID", null, () -> hole(7, UINT64));
                    element("Channel", null, () -> text("System"));
                    element("Computer", null, () -> hole(8, STRING));
                    element("Security", null, null);
                });
                element("EventData", null, !strings && !data ? null : () -> {
                    if (strings) {
                        element("Data", null, () -> hole(9, STRINGS));
                    }
                    if (data) {
                        element("Binary", null, () -> hole(strings ? 10 : 9, BINARY));
                    }
                });
            });
        }

        /** An element with one attribute or none, and with content or none; both write themselves. */
        private void element(String name, Runnable attribute, Runnable content) {
            bytes.put((byte) (attribute == null ? 0x01 : 0x41)).putShort((short) -1).putInt(0);
            int from = bytes.position();
            name(name);
            if (attribute != null) {
                bytes.putInt(0);
                int list = bytes.position();
                attribute.run();
                bytes.putInt(list - 4, bytes.position() - list);
            }
            if (content == null) {
                bytes.put((byte) 0x03);
            } else {
                bytes.put((byte) 0x02);
                content.run();
                bytes.put((byte) 0x04);
            }
            bytes.putInt(from - 4, bytes.position() - from);
        }

        private void attribute(String name, int hole, int type) {
            bytes.put((byte) 0x06);
            name(name);
            hole(hole, type);
        }

        private void text(String attribute, String text) {
            bytes.put((byte) 0x06);
            name(attribute);
            text(text);
        }

        private void text(String text) {
            bytes.put((byte) 0x05).put((byte) STRING).putShort((short) text.length()).put(text.getBytes(StandardCharsets.UTF_16LE));
        }

        private void hole(int index, int type) {
            bytes.put((byte) 0x0d).putShort((short) index).put((byte) type);
        }

        /** Where a name stands; the first use in a chunk is where it does. */
        private void name(String name) {
            Integer known = names.get(name);
            if (known != null) {
                bytes.putInt(known);
                return;
            }
            int at = bytes.position() + 4;
            names.put(name, at);
            int hash = 0;
            for (int i = 0; i < name.length(); i++) {
                hash = hash * 65599 + name.charAt(i);
            }
            int list = NAMES_AT + 4 * Math.floorMod(hash & 0xffff, NAMES);
            bytes.putInt(at).putInt(bytes.getInt(list)).putShort((short) hash).putShort((short) name.length())
                    .put(name.getBytes(StandardCharsets.UTF_16LE)).putShort((short) 0);
            bytes.putInt(list, at);
        }

        private byte[] finished() {
            int free = bytes.position();
            ByteBuffer head = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(0);
            head.put("ElfChnk\0".getBytes(StandardCharsets.US_ASCII)).putLong(first).putLong(last).putLong(first).putLong(last)
                    .putInt(128).putInt(lastAt).putInt(free);
            CRC32 records = new CRC32();
            records.update(bytes.array(), CHUNK_HEADER, free - CHUNK_HEADER);
            head.putInt((int) records.getValue());
            CRC32 header = new CRC32();
            header.update(bytes.array(), 0, CHECKED);
            header.update(bytes.array(), NAMES_AT, CHUNK_HEADER - NAMES_AT);
            head.putInt(124, (int) header.getValue());
            return bytes.array();
        }
    }
}
