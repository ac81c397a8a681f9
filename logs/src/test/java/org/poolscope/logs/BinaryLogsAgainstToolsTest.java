package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.logs.evt.EvtLog;
import org.poolscope.logs.evt.EvtRecord;
import org.poolscope.logs.evtx.DamagedRecordException;
import org.poolscope.logs.evtx.EvtxLog;
import org.poolscope.logs.evtx.EvtxRecord;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.RealEvidence;
import org.poolscope.model.TextLines;

/**
 * The binary logs read as Debian's own tools read them (packages {@code libevtx-utils} and {@code libevt-utils}): the same
 * records, with the same content to the last attribute.
 */
class BinaryLogsAgainstToolsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"system-windows7", "system-2", "odd-1", "malformed"})
    void sameXmlAsEvtxExport(String name) throws Exception {
        Path log = RealEvidence.path("evtx/" + name + ".evtx");
        Path xml = folder.resolve("tool.xml");
        run(xml, "libevtx-utils", "evtxexport", "-f", "xml", log.toString());
        List<String> expected = new ArrayList<>();
        for (EventFragments.Fragment fragment : EventFragments.of(text(xml), new FewWarnings(Ignore.ALL, 0))) {
            expected.add(canonical(XmlElement.parse(fragment.xml(), XmlElement.factory())));
        }
        List<String> read = new ArrayList<>();
        try (EvtxLog opened = EvtxLog.open(log)) {
            opened.visit(new EvtxLog.Visitor() {
                @Override
                public void record(EvtxRecord record) {
                    if (record.state() == RecordState.IN_LOG) {
                        read.add(canonical(record));
                    }
                }

                @Override
                public void damaged(long offset, String problem) {
                    // the tool leaves out what is damaged
                }
            });
        }
        same(read, expected);
    }

    @Test
    void sameRecordsAsEvtExport() throws Exception {
        Path log = RealEvidence.path("evtx/SysEvent-xp.evt");
        Path text = folder.resolve("tool.txt");
        run(text, "libevt-utils", "evtexport", log.toString());
        Path deletedText = folder.resolve("deleted.txt");
        run(deletedText, "libevt-utils", "evtexport", "-m", "recovered", log.toString());
        List<String> read = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        try (EvtLog opened = EvtLog.open(log)) {
            opened.visit(new EvtLog.Visitor() {
                @Override
                public void record(EvtRecord record) {
                    (record.state() == RecordState.DELETED ? deleted : read).add(asTheToolWritesIt(record));
                }

                @Override
                public void damaged(long offset, String problem) {
                    throw new AssertionError(offset + ": " + problem);
                }
            });
        }
        assertThat(read).hasSize(6063);
        same(read, toolRecords(text));
        // The last one is half overwritten; the tool takes what stands behind it for its strings.
        assertThat(deleted).hasSize(437);
        same(deleted, toolRecords(deletedText).subList(0, 437));
    }

    /** One by one: a message with all of them would be megabytes long. */
    private static void same(List<String> read, List<String> expected) {
        assertThat(read.size()).isEqualTo(expected.size());
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.get(i)).isEqualTo(expected.get(i));
        }
    }

    private static List<String> toolRecords(Path text) throws IOException {
        String all = Files.readString(text);
        return Arrays.stream(all.substring(all.indexOf("Event number")).split("\n\n(?=Event number)"))
                .map(String::stripTrailing).toList();
    }

    private static String asTheToolWritesIt(EvtRecord record) {
        DateTimeFormatter time = DateTimeFormatter.ofPattern("MMM dd, yyyy HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
        long identifier = record.identifier().value();
        StringBuilder text = new StringBuilder("Event number\t\t\t: " + record.number())
                .append("\nCreation time\t\t\t: ").append(time.format(record.generated().orElseThrow()))
                .append("\nWritten time\t\t\t: ").append(time.format(record.written().orElseThrow()))
                .append("\nEvent type\t\t\t: ").append(Map.of(1, "Error", 2, "Warning", 4, "Information").get(record.type()))
                .append(" event (").append(record.type()).append(')');
        record.account().ifPresent(account -> text.append("\nUser security identifier\t: ").append(account));
        text.append("\nComputer name\t\t\t: ").append(record.computer())
                .append("\nSource name\t\t\t: ").append(record.source())
                .append("\nEvent category\t\t\t: ").append(record.category())
                .append("\nEvent identifier\t\t: 0x").append(HexFormat.of().toHexDigits((int) identifier))
                .append(" (").append(identifier).append(')');
        List<String> strings = record.strings();
        text.append("\nNumber of strings\t\t: ").append(strings.size());
        for (int i = 0; i < strings.size(); i++) {
            text.append("\nString: ").append(i + 1).append("\t\t\t: ").append(strings.get(i));
        }
        return text.toString().stripTrailing();
    }

    private static TextLines text(Path path) throws EvidenceException {
        return EvidenceFile.open(path).text().orElseThrow();
    }

    private static void run(Path output, String debianPackage, String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            assumeTrue(false, command[0] + " is not installed (Debian package " + debianPackage + ")");
            return;
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static String canonical(EvtxRecord record) {
        try {
            return canonical(record.xml());
        } catch (DamagedRecordException e) {
            return "record " + record.number() + ": " + e.getMessage();
        }
    }

    private static String canonical(XmlElement element) {
        StringBuilder text = new StringBuilder();
        write(element, "", text);
        return text.toString();
    }

    private static void write(XmlElement element, String indent, StringBuilder text) {
        text.append(indent).append(element.name());
        Map<String, String> attributes = new TreeMap<>(element.attributes());
        attributes.forEach((name, value) -> text.append(' ').append(name).append('=').append(same(value)));
        text.append(element.children().isEmpty() ? ": " + same(element.text()) : "").append('\n');
        element.children().forEach(child -> write(child, indent + " ", text));
    }

    /** The tool pads hexadecimal numbers and fractions of seconds with zeros, and writes GUIDs in capitals; Windows does not. */
    private static String same(String value) {
        if (value.matches("0x[0-9a-f]+")) {
            return "0x" + Long.toHexString(Long.parseUnsignedLong(value.substring(2), 16));
        }
        if (value.matches("\\d{4}-\\d\\d-\\d\\dT.*Z")) {
            return Instant.parse(value).toString();
        }
        return value.matches("\\{[-0-9A-Fa-f]{36}}") ? value.toLowerCase(Locale.ROOT) : value.replace("\r\n", "\n");
    }
}
