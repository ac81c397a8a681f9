package org.poolscope.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Event logs of Server 2003 that were closed in order and never had to go on at their start: {@code ELF_LOGFILE_HEADER}, records
 * ({@code EVENTLOGRECORD}), {@code ELF_EOF_RECORD}, zeros. The layouts are those of [MS-EVEN] and of "Event Log File Format" in the
 * Windows SDK.
 */
final class EvtFileWriter {

    private static final int HEADER = 48;
    private static final int FIXED = 56;
    private static final int END = 40;
    private static final int SIGNATURE = 0x654c664c;
    /** Logs grow by so much. */
    private static final int STEP = 0x10000;

    private EvtFileWriter() {
    }

    /** Writes a log, the oldest event first, by a machine whose clock is so far from UTC. */
    static void write(Path file, String computer, ZoneOffset zone, List<PastEvent> events) throws IOException {
        List<byte[]> records = new ArrayList<>();
        int end = HEADER;
        for (PastEvent event : events) {
            byte[] record = record(event, records.size() + 1, computer, zone);
            records.add(record);
            end = Math.addExact(end, record.length);
        }
        int size = Math.ceilDiv(Math.addExact(end, END), STEP) * STEP;
        int next = records.size() + 1;
        int oldest = records.isEmpty() ? 0 : 1;
        ByteBuffer log = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        log.putInt(HEADER).putInt(SIGNATURE).putInt(1).putInt(1).putInt(HEADER).putInt(end).putInt(next).putInt(oldest).putInt(size)
                .putInt(0).putInt(0).putInt(HEADER);
        records.forEach(log::put);
        log.putInt(END).putInt(0x11111111).putInt(0x22222222).putInt(0x33333333).putInt(0x44444444).putInt(HEADER).putInt(end)
                .putInt(next).putInt(oldest).putInt(END);
        Files.write(file, log.array());
    }

    private static byte[] record(PastEvent event, int number, String computer, ZoneOffset zone) {
        byte[] names = text(List.of(event.source(), computer));
        byte[] strings = text(event.strings());
        byte[] data = event.data();
        int stringsAt = FIXED + Math.ceilDiv(names.length, 4) * 4;
        int dataAt = stringsAt + strings.length;
        int length = Math.ceilDiv(dataAt + data.length, 4) * 4 + 4;
        int seconds = (int) event.time().toEpochSecond(zone);
        ByteBuffer record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(length).putInt(SIGNATURE).putInt(number).putInt(seconds).putInt(seconds).putInt(event.identifier())
                .putShort((short) (event.isError() ? 1 : 4)).putShort((short) event.strings().size()).putShort((short) event.category())
                .putShort((short) 0).putInt(0).putInt(stringsAt);
        // Nobody's account.
        record.putInt(0).putInt(stringsAt);
        record.putInt(data.length).putInt(dataAt).put(names);
        record.put(stringsAt, strings).put(dataAt, data).putInt(length - 4, length);
        return record.array();
    }

    /** Texts one behind the other, each with a zero at its end. */
    private static byte[] text(List<String> texts) {
        StringBuilder all = new StringBuilder();
        texts.forEach(text -> all.append(text).append('\0'));
        return all.toString().getBytes(StandardCharsets.UTF_16LE);
    }
}
