package org.poolscope.logs.evt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.logs.RecordState;
import org.poolscope.model.RealEvidence;

/** Records of the ring, whole and damaged. */
class EvtLogTest {

    private static final byte[] NO_DATA = {};

    @TempDir
    Path folder;

    private Seen read(byte[] log) throws Exception {
        return read(Files.write(folder.resolve("log.evt"), log));
    }

    private static Seen read(Path path) throws Exception {
        Seen seen = new Seen();
        try (EvtLog log = EvtLog.open(path)) {
            log.visit(seen);
        }
        return seen;
    }

    private static EvtFile log(int size, int events) {
        EvtFile file = new EvtFile(size);
        for (int i = 1; i <= events; i++) {
            file.event(1_166_106_400L + 60 * i, "Srv", 0xc00007e4, new byte[] {0, 0, 4, 0, 1}, "\\Device\\LanmanServer",
                    "x".repeat(i % 50));
        }
        return file;
    }

    @Test
    void aRealLogInUse() throws Exception {
        Path path = RealEvidence.path("evtx/SysEvent-xp.evt");
        try (EvtLog log = EvtLog.open(path)) {
            assertThat(log.header().dirty()).isTrue();
            assertThat(log.header().wrapped()).isTrue();
            assertThat(log.header().nextNumber()).isEqualTo(7430);
        }
        Seen seen = read(path);
        assertThat(seen.numbers(RecordState.IN_LOG)).containsExactlyElementsOf(from(1392, 7454));
        assertThat(seen.numbers(RecordState.DELETED)).containsExactlyElementsOf(from(1135, 1571));
        assertThat(seen.damage).isEmpty();
        assertThat(seen.records).noneMatch(EvtRecord::isDamaged);
        // Disk drivers repeat the event's identifier in the fourth word of their data.
        List<EvtRecord> disk = seen.records.stream()
                .filter(record -> record.source().equals("atapi") || record.source().equals("Disk")).toList();
        assertThat(disk).hasSizeGreaterThan(60).allMatch(record ->
                ByteBuffer.wrap(record.data()).order(ByteOrder.LITTLE_ENDIAN).getInt(12) == (int) record.identifier().value());
    }

    private static List<Long> from(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void partsOfARecord() throws Exception {
        EvtRecord record = read(log(4096, 1).bytes()).records.getFirst();
        assertThat(record.number()).isEqualTo(1);
        assertThat(record.generated()).hasValue(Instant.ofEpochSecond(1_166_106_460));
        assertThat(record.written()).hasValue(Instant.ofEpochSecond(1_166_106_460));
        assertThat(record.source()).isEqualTo("Srv");
        assertThat(record.computer()).isEqualTo("SERVER18");
        assertThat(record.account()).hasValue("S-1-5-18");
        assertThat(record.identifier().id()).isEqualTo(2020);
        assertThat(record.type()).isEqualTo(1);
        assertThat(record.category()).isZero();
        assertThat(record.strings()).containsExactly("\\Device\\LanmanServer", "x");
        assertThat(record.data()).containsExactly(0, 0, 4, 0, 1);
        assertThat(record.isDamaged()).isFalse();
    }

    @Test
    void emptyLogs() throws Exception {
        assertThat(read(new EvtFile(4096).bytes()).records).isEmpty();
        assertThat(read(new EvtFile(4096).bytes()).damage).isEmpty();
        assertThat(read(Arrays.copyOf(new EvtFile(4096).bytes(), 48)).damage)
                .containsExactly("0x0: the file is too short to hold a record");
    }

    @Property(tries = 150)
    void aroundTheRingNothingIsLost(@ForAll @IntRange(min = 500, max = 3000) int size, @ForAll @IntRange(max = 60) int events,
            @ForAll boolean inUse) throws Exception {
        EvtFile file = log(size & ~3, events / 2);
        if (inUse) {
            file.inUse();
        }
        for (int i = events / 2 + 1; i <= events; i++) {
            file.event(1_166_106_400L + 60 * i, "Srv", 0xc00007e4, NO_DATA, "x".repeat(i % 50));
        }
        Path path = Files.createTempFile("ring", ".evt");
        try {
            Seen seen = read(file.write(path));
            List<Long> numbers = seen.numbers(RecordState.IN_LOG);
            assertThat(seen.damage).isEmpty();
            if (events > 0) {
                assertThat(numbers).last().isEqualTo((long) events);
                assertThat(numbers).containsExactlyElementsOf(from(numbers.getFirst(), events));
            }
        } finally {
            Files.delete(path);
        }
    }

    @Test
    void whereTheLogEndsMayBeLost() throws Exception {
        byte[] log = log(4096, 5).inUse().bytes();
        ByteBuffer bytes = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        int end = bytes.getInt(20);
        bytes.putInt(end + 4, 0);
        Seen seen = read(log);
        assertThat(seen.numbers(RecordState.RECOVERED)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(seen.damage).hasSize(1).first().asString().contains("cannot be told");
    }

    @Test
    void aDamagedRecordCostsOnlyItself() throws Exception {
        byte[] log = log(4096, 5).bytes();
        int second = 48 + ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).getInt(48);
        log[second] ^= 4;
        Seen seen = read(log);
        assertThat(seen.numbers(RecordState.IN_LOG)).containsExactly(1L);
        assertThat(seen.numbers(RecordState.RECOVERED)).containsExactly(3L, 4L, 5L);
        assertThat(seen.damage).hasSize(2).last().asString().contains("counts 5 records, 4 are whole");
    }

    @Test
    void aFileThatWasCutOff() throws Exception {
        byte[] log = log(4096, 5).bytes();
        Seen seen = read(Arrays.copyOf(log, 48 + 2 * ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).getInt(48) + 30));
        assertThat(seen.numbers(RecordState.RECOVERED)).containsExactly(1L, 2L);
        assertThat(seen.damage).hasSize(1);
    }

    @Test
    void partsThatLieOutsideAreLeftOut() throws Exception {
        for (int field : new int[] {36, 44, 52}) {
            for (int value : new int[] {-1, 0x7fff_ffff, 100_000, 0}) {
                byte[] log = log(4096, 1).bytes();
                ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).putInt(48 + field, value);
                EvtRecord record = read(log).records.getFirst();
                assertThat(record.isDamaged()).isTrue();
                assertThat(record.source()).isEqualTo("Srv");
                assertThat(record.strings()).hasSizeLessThanOrEqualTo(2);
                assertThat(record.data()).hasSizeLessThanOrEqualTo(5);
            }
        }
        byte[] log = log(4096, 1).bytes();
        ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).putShort(48 + 26, (short) -1);
        assertThat(read(log).records.getFirst().strings()).hasSizeLessThan(100);
    }

    /** The files these tests write are judged by a reader that is not ours. */
    @Test
    void writtenAsWindowsWrites() throws Exception {
        int wrapped = 0;
        for (int size = 2400; size < 2700; size += 24) {
            EvtFile file = log(size, 30);
            if (file.isFilled()) {
                // The tool stops at the filler.
                continue;
            }
            wrapped += file.isWrapped() ? 1 : 0;
            Path path = file.write(folder.resolve("written.evt"));
            List<String> numbers = evtExport(path).lines().filter(line -> line.startsWith("Event number"))
                    .map(line -> line.substring(line.indexOf(':') + 2)).toList();
            assertThat(read(path).numbers(RecordState.IN_LOG)).extracting(Object::toString).containsExactlyElementsOf(numbers);
        }
        assertThat(wrapped).isPositive();
    }

    private String evtExport(Path log) throws IOException, InterruptedException {
        Path output = folder.resolve("written.txt");
        try {
            Process process = new ProcessBuilder("evtexport", log.toString()).redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            assertThat(process.waitFor()).isZero();
        } catch (IOException e) {
            assumeTrue(false, "evtexport is not installed (Debian package libevt-utils)");
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** All that was read, and what was said about damage. */
    static final class Seen implements EvtLog.Visitor {
        private final List<EvtRecord> records = new ArrayList<>();
        private final List<String> damage = new ArrayList<>();

        @Override
        public void record(EvtRecord record) {
            records.add(record);
        }

        @Override
        public void damaged(long offset, String problem) {
            damage.add("0x" + Long.toHexString(offset) + ": " + problem);
        }

        private List<Long> numbers(RecordState state) {
            return records.stream().filter(record -> record.state() == state).map(EvtRecord::number).toList();
        }
    }
}
