package org.poolscope.logs.evtx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Writes small logs for tests, event by event. That they are as Windows would write them is judged by {@code evtxexport}, not by
 * our own reader.
 */
final class EvtxFile {

    static final int CHUNK = 0x10000;
    static final int FILE_HEADER = 0x1000;
    private static final int CHUNK_HEADER = 512;
    private static final long EPOCH_1601 = 11_644_473_600L;

    /** Markup: {@link Element}, {@link Hole}, or a {@link String}. */
    record Element(String name, Map<String, Object> attributes, List<Object> content) {
    }

    /** Where a value goes. */
    record Hole(int index, int type, boolean optional) {
    }

    /** A value: its type and bytes. */
    record Value(int type, byte[] bytes) {

        static Value none() {
            return new Value(0, new byte[0]);
        }

        static Value text(String text) {
            return new Value(1, text.getBytes(StandardCharsets.UTF_16LE));
        }

        static Value u8(int value) {
            return new Value(4, new byte[] {(byte) value});
        }

        static Value u16(int value) {
            return new Value(6, little(2).putShort((short) value).array());
        }

        static Value u32(long value) {
            return new Value(8, little(4).putInt((int) value).array());
        }

        static Value u64(long value) {
            return new Value(10, little(8).putLong(value).array());
        }

        static Value time(Instant time) {
            return new Value(0x11, little(8).putLong(fileTime(time)).array());
        }

        static Value bytes(byte[] bytes) {
            return new Value(0x0e, bytes);
        }

        static Value of(int type, int... bytes) {
            byte[] all = new byte[bytes.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) bytes[i];
            }
            return new Value(type, all);
        }
    }

    private final List<Chunk> chunks = new ArrayList<>(List.of(new Chunk(1)));
    private boolean dirty;
    private long next = 1;

    static Element element(String name, Object... content) {
        return new Element(name, Map.of(), List.of(content));
    }

    static Hole hole(int index, int type) {
        return new Hole(index, type, false);
    }

    static Hole optional(int index, int type) {
        return new Hole(index, type, true);
    }

    static Element data(String name, Object content) {
        return new Element("Data", Map.of("Name", name), List.of(content));
    }

    /** An event with this part ({@code EventData}, {@code UserData}) and the values for its holes. */
    EvtxFile event(Instant time, String provider, int id, Element part, Value... values) {
        chunks.getLast().event(next++, time, provider, id, part, values);
        return this;
    }

    /** An event the server service logs when a pool is empty. */
    EvtxFile poolEmpty(Instant time, int id) {
        return event(time, "Srv", id, element("EventData", element("Data", hole(0, 0x81)), element("Binary", optional(1, 0x0e))),
                new Value(0x81, "\\Device\\LanmanServer\0".getBytes(StandardCharsets.UTF_16LE)),
                Value.bytes(words(0x40000, 0x540001, 0, 0xc0000000 | id, 0, 0xc000009a, 0, 0, 0, 0, 0xb)));
    }

    static byte[] words(int... words) {
        ByteBuffer bytes = little(4 * words.length);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    /** Goes on in a new chunk. */
    EvtxFile chunk() {
        chunks.add(new Chunk(next));
        return this;
    }

    /** As a copy of a log in use: the file's header has not been written for long. */
    EvtxFile dirty() {
        dirty = true;
        return this;
    }

    /** A record with any content, whole in its frame. */
    EvtxFile raw(byte[] content) {
        chunks.getLast().raw(next++, content);
        return this;
    }

    byte[] bytes() {
        ByteBuffer file = little(FILE_HEADER + chunks.size() * CHUNK);
        file.put("ElfFile\0".getBytes(StandardCharsets.ISO_8859_1));
        int counted = dirty ? 1 : chunks.size();
        file.putLong(0).putLong(counted - 1).putLong(next).putInt(128).putShort((short) 1).putShort((short) 3)
                .putShort((short) FILE_HEADER).putShort((short) counted);
        file.putInt(120, dirty ? 1 : 0).putInt(124, checksum(file.array(), 0, 120, 0, 0));
        for (int i = 0; i < chunks.size(); i++) {
            file.put(FILE_HEADER + i * CHUNK, chunks.get(i).finished());
        }
        return file.array();
    }

    Path write(Path path) throws IOException {
        return Files.write(path, bytes());
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long fileTime(Instant time) {
        return (time.getEpochSecond() + EPOCH_1601) * 10_000_000 + time.getNano() / 100;
    }

    private static int checksum(byte[] bytes, int from, int length, int again, int more) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes, from, length);
        checksum.update(bytes, again, more);
        return (int) checksum.getValue();
    }

    /** One chunk, written from front to end. */
    private static final class Chunk {
        private final ByteBuffer bytes = little(CHUNK).position(CHUNK_HEADER);
        private final Map<String, Integer> names = new HashMap<>();
        private final Map<Element, Integer> templates = new HashMap<>();
        private final long first;
        private long last;
        private int lastAt;

        private Chunk(long first) {
            this.first = first;
            this.last = first - 1;
        }

        private void event(long number, Instant time, String provider, int id, Element part, Value[] values) {
            int start = begin(number, fileTime(time));
            Map<String, Object> schema = Map.of("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event");
            Element event = new Element("Event", schema, List.of(
                    element("System", new Element("Provider", Map.of("Name", hole(0, 1)), List.of()),
                            new Element("EventID", Map.of("Qualifiers", optional(1, 6)), List.of(hole(2, 6))),
                            element("Level", optional(3, 4)),
                            new Element("TimeCreated", Map.of("SystemTime", hole(4, 0x11)), List.of()),
                            element("EventRecordID", hole(5, 10)), element("Channel", "System"), element("Computer", hole(6, 1))),
                    hole(7, 0x21)));
            template(event, List.of(Value.text(provider), Value.u16(0xc000), Value.u16(id), Value.none(), Value.time(time),
                    Value.u64(number), Value.text("SERVER18")), part, List.of(values));
            end(start);
        }

        private void raw(long number, byte[] content) {
            int start = begin(number, fileTime(Instant.parse("2020-01-01T00:00:00Z")));
            bytes.put(content);
            end(start);
        }

        private int begin(long number, long time) {
            int start = bytes.position();
            bytes.putInt(0x2a2a).putInt(0).putLong(number).putLong(time);
            last = number;
            lastAt = start;
            return start;
        }

        private void end(int start) {
            while ((bytes.position() - start + 4) % 8 != 0) {
                bytes.put((byte) 0);
            }
            int size = bytes.position() - start + 4;
            bytes.putInt(size).putInt(start + 4, size);
        }

        /** Fragment, template (where it is first used), values; the last of the outer ones is the inner fragment. */
        private void template(Element root, List<Value> values, Element inner, List<Value> innerValues) {
            definition(root);
            int count = values.size() + (inner == null ? 0 : 1);
            bytes.putInt(count);
            int descriptors = bytes.position();
            bytes.position(descriptors + 4 * count);
            for (int i = 0; i < values.size(); i++) {
                describe(descriptors + 4 * i, values.get(i).bytes.length, values.get(i).type);
                bytes.put(values.get(i).bytes);
            }
            if (inner != null) {
                int from = bytes.position();
                template(inner, innerValues, null, List.of());
                describe(descriptors + 4 * values.size(), bytes.position() - from, 0x21);
            }
            if (inner != null) {
                bytes.put((byte) 0);
            }
        }

        private void describe(int at, int length, int type) {
            bytes.putShort(at, (short) length).put(at + 2, (byte) type).put(at + 3, (byte) 0);
        }

        private void definition(Element root) {
            bytes.put(new byte[] {0x0f, 1, 1, 0, 0x0c, 1}).putInt(root.hashCode());
            Integer known = templates.get(root);
            bytes.putInt(known == null ? bytes.position() + 4 : known);
            if (known == null) {
                templates.put(root, bytes.position());
                bytes.putInt(0).putInt(root.hashCode()).putLong(4).putInt(5);
                int length = bytes.position();
                bytes.putInt(0).put(new byte[] {0x0f, 1, 1, 0});
                markup(root);
                bytes.put((byte) 0);
                bytes.putInt(length, bytes.position() - length - 4);
            }
        }

        private void markup(Element element) {
            boolean attributes = !element.attributes.isEmpty();
            bytes.put((byte) (attributes ? 0x41 : 0x01)).putShort((short) -1);
            int length = bytes.position();
            bytes.putInt(0);
            name(element.name);
            if (attributes) {
                int list = bytes.position();
                bytes.putInt(0);
                int left = element.attributes.size();
                for (Map.Entry<String, Object> attribute : element.attributes.entrySet()) {
                    bytes.put((byte) (--left > 0 ? 0x46 : 0x06));
                    name(attribute.getKey());
                    content(attribute.getValue());
                }
                bytes.putInt(list, bytes.position() - list - 4);
            }
            if (element.content.isEmpty()) {
                bytes.put((byte) 0x03);
            } else {
                bytes.put((byte) 0x02);
                element.content.forEach(this::content);
                bytes.put((byte) 0x04);
            }
            bytes.putInt(length, bytes.position() - length - 4);
        }

        private void content(Object content) {
            switch (content) {
                case Element child -> markup(child);
                case Hole hole -> bytes.put((byte) (hole.optional ? 0x0e : 0x0d)).putShort((short) hole.index)
                        .put((byte) hole.type);
                default -> bytes.put(new byte[] {0x05, 1}).putShort((short) content.toString().length())
                        .put(content.toString().getBytes(StandardCharsets.UTF_16LE));
            }
        }

        private void name(String name) {
            Integer known = names.get(name);
            bytes.putInt(known == null ? bytes.position() + 4 : known);
            if (known == null) {
                names.put(name, bytes.position());
                int hash = 0;
                for (char c : name.toCharArray()) {
                    hash = hash * 65599 + c;
                }
                bytes.putInt(0).putShort((short) hash).putShort((short) name.length())
                        .put(name.getBytes(StandardCharsets.UTF_16LE)).putShort((short) 0);
            }
        }

        private byte[] finished() {
            int free = bytes.position();
            byte[] all = bytes.array();
            ByteBuffer header = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
            header.put("ElfChnk\0".getBytes(StandardCharsets.ISO_8859_1))
                    .putLong(first).putLong(last).putLong(first).putLong(last)
                    .putInt(128).putInt(lastAt).putInt(free).putInt(checksum(all, CHUNK_HEADER, free - CHUNK_HEADER, 0, 0));
            header.putInt(124, checksum(all, 0, 120, 128, CHUNK_HEADER - 128));
            return all;
        }
    }
}
