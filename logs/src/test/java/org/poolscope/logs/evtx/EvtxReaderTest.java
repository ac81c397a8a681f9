package org.poolscope.logs.evtx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.poolscope.logs.evtx.EvtxFile.element;
import static org.poolscope.logs.evtx.EvtxFile.hole;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.logs.EventLog;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.logs.MachineZone;
import org.poolscope.logs.ResourceExhaustion;
import org.poolscope.logs.evtx.EvtxFile.Value;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.RealEvidence;

/** The facts that come out of EVTX logs. */
class EvtxReaderTest {

    private static final Instant NIGHT = Instant.parse("2013-05-08T02:11:12.345Z");

    @TempDir
    Path folder;

    private Facts read(EvtxFile file) throws Exception {
        return Facts.of(new EvtxReader(), file.write(folder.resolve("System.evtx")));
    }

    @Test
    void aPoolThatRanEmpty() throws Exception {
        Facts facts = read(new EvtxFile().poolEmpty(NIGHT, 2020));
        LoggedEvent event = facts.one(LoggedEvent.class);
        assertThat(event.source()).isEqualTo("Srv");
        assertThat(event.time()).isEqualTo(LocalDateTime.parse("2013-05-08T02:11:12.345"));
        assertThat(event.zone()).isEqualTo(ZoneOffset.UTC);
        assertThat(event.computer()).isEqualTo("SERVER18");
        assertThat(event.message()).isEmpty();
        assertThat(event.data()).containsEntry("%1", "\\Device\\LanmanServer").containsEntry("Qualifiers", "49152");
        assertThat(event.seenAt()).hasToString("System.evtx, record 1 (offset 0x1200)");
        KnownEvent known = KnownEvent.of(event).orElseThrow();
        assertThat(known.pool()).isEqualTo(PoolKind.PAGED);
        assertThat(known.status(event)).hasValue(0xc000009aL);
        assertThat(known.callSite(event)).hasValue(0xb);
        assertThat(facts.warnings()).isEmpty();
    }

    @Test
    void figuresOfAnExhaustion() throws Exception {
        EvtxFile.Element info = new EvtxFile.Element("MemoryExhaustionInfo", Map.of("xmlns", "urn:detector"), List.of(
                element("SystemInfo", element("SystemCommitLimit", hole(0, 10)), element("PagedPoolUsage", hole(1, 10))),
                element("PagedPoolInfo", element("Tag_1", element("Name", hole(2, 1)), element("PoolUsed", hole(3, 10)))),
                element("NonPagedPoolInfo"),
                element("ProcessInfo", element("Process_1", element("Name", hole(4, 1)), element("HandleCount", hole(5, 8))))));
        Facts facts = read(new EvtxFile().event(NIGHT, "Microsoft-Windows-Resource-Exhaustion-Detector", 2004,
                element("UserData", info), Value.u64(1L << 34), Value.u64(400_000_000), Value.text("MmSt"), Value.u64(48_371_392),
                Value.text("a.exe"),
                Value.u32(359_617)));
        ResourceExhaustion exhaustion = facts.one(ResourceExhaustion.class);
        assertThat(exhaustion.commitLimitBytes()).isEqualTo(1L << 34);
        assertThat(exhaustion.pagedPoolBytes()).isEqualTo(400_000_000);
        assertThat(exhaustion.nonPagedPoolBytes()).isNull();
        assertThat(exhaustion.pagedTags()).hasSize(1);
        assertThat(exhaustion.pagedTags().getFirst().tag()).isEqualTo(PoolTag.parse("MmSt"));
        assertThat(exhaustion.pagedTags().getFirst().seenAt().text()).isEqualTo("MmSt 48371392");
        assertThat(exhaustion.processUses()).containsExactly(new ResourceExhaustion.ProcessUse("a.exe", null, null, 359_617L));
        assertThat(facts.one(LoggedEvent.class).id()).isEqualTo(2004);
    }

    @Test
    void ofAFloodTheFirstAndTheLastAreKept() throws Exception {
        EvtxFile file = new EvtxFile();
        for (int i = 0; i < 1200; i++) {
            if (i % 100 == 99) {
                file.chunk();
            }
            file.poolEmpty(NIGHT.plusSeconds(60L * i), 2019);
        }
        Facts facts = read(file.event(NIGHT, "EventLog", 6005, element("EventData")));
        List<LoggedEvent> events = facts.all(LoggedEvent.class).stream().filter(event -> event.id() == 2019).toList();
        assertThat(events).hasSize(500).isSortedAccordingTo(java.util.Comparator.comparing(LoggedEvent::time));
        assertThat(events.getLast().time()).isEqualTo(LocalDateTime.ofInstant(NIGHT.plusSeconds(60L * 1199), ZoneOffset.UTC));
        EventLog log = facts.one(EventLog.class);
        assertThat(log.records()).isEqualTo(1201);
        assertThat(log.count(KnownEvent.Kind.POOL_EMPTY)).isEqualTo(1200);
        assertThat(log.count(KnownEvent.Kind.BOOT)).isEqualTo(1);
        assertThat(facts.warnings()).containsExactly(
                "System.evtx: event 2019 of srv is there 1,200 times; the first 250 and the last 250 of those read are used");
    }

    @Test
    void theLogOfARealMachine() throws Exception {
        Facts facts = Facts.of(new EvtxReader(), RealEvidence.path("evtx/system-windows7.evtx"));
        EventLog log = facts.one(EventLog.class);
        assertThat(log.records()).isEqualTo(1601);
        assertThat(log.unreadable()).isZero();
        assertThat(log.from()).isEqualTo(LocalDateTime.parse("2012-03-14T04:17:38.276340200"));
        assertThat(log.to()).isEqualTo(LocalDateTime.parse("2012-04-08T01:28:13.923482800"));
        Map<Integer, Long> counts = facts.all(LoggedEvent.class).stream()
                .collect(Collectors.groupingBy(LoggedEvent::id, Collectors.counting()));
        // Counted in what evtxexport prints.
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(Map.entry(6, 10L), Map.entry(12, 5L),
                Map.entry(13, 3L), Map.entry(19, 8L), Map.entry(41, 2L), Map.entry(1001, 1L), Map.entry(1074, 3L),
                Map.entry(6005, 5L), Map.entry(6006, 3L), Map.entry(6008, 2L), Map.entry(6009, 5L), Map.entry(6013, 32L), Map.entry(7045, 12L)));
        LoggedEvent crash = facts.all(LoggedEvent.class).stream().filter(event -> event.id() == 1001).findFirst().orElseThrow();
        assertThat(crash.time()).isEqualTo(LocalDateTime.parse("2012-04-06T14:07:52"));
        assertThat(crash.data()).containsEntry("param2", "C:\\Windows\\MEMORY.DMP").containsEntry("EventRecordID", "13423");
        LoggedEvent driver = facts.all(LoggedEvent.class).stream().filter(event -> event.id() == 7045).findFirst().orElseThrow();
        assertThat(driver.data()).containsEntry("ImagePath", "C:\\Windows\\system32\\drivers\\BCSWAP.sys");
        assertThat(named(facts, 7045)).contains("BCSWAP (C:\\Windows\\system32\\drivers\\BCSWAP.sys)");
        assertThat(named(facts, 19)).contains(
                "Update Rollup for ActiveX Killbits for Windows 7 for x64-based Systems (KB2647518)");
        assertThat(named(facts, 6)).contains("FileInfo");
        assertThat(named(facts, 6005)).isEmpty();
        assertThat(facts.all(LoggedEvent.class).stream().filter(event -> event.id() == 6013).map(MachineZone::of)).allSatisfy(zone ->
                assertThat(zone).hasValueSatisfying(found -> {
                    assertThat(found.name()).isEqualTo("Eastern Standard Time");
                    assertThat(found.standard()).isEqualTo(ZoneOffset.ofHours(-5));
                }));
        assertThat(facts.warnings()).isEmpty();
    }

    private static List<String> named(Facts facts, int id) {
        return facts.all(LoggedEvent.class).stream().filter(event -> event.id() == id)
                .flatMap(event -> KnownEvent.of(event).orElseThrow().named(event).stream()).toList();
    }

    @Test
    void whatAFilterDidNotSelectIsNotInvented() throws Exception {
        Facts facts = Facts.of(new EvtxReader(), RealEvidence.path("evtx/odd-1.evtx"));
        EventLog log = facts.one(EventLog.class);
        assertThat(log.records()).isEqualTo(1);
        assertThat(log.deleted()).isEqualTo(38);
        assertThat(facts.all(LoggedEvent.class)).isEmpty();
        assertThat(facts.warnings()).isEmpty();
    }

    @Test
    void otherFilesAreLeftAlone() throws Exception {
        EvtxReader reader = new EvtxReader();
        assertThat(reader.recognises(EvidenceFile.open(Files.writeString(folder.resolve("a"), "ElfFile")))).isFalse();
        assertThat(reader.recognises(EvidenceFile.open(Files.write(folder.resolve("b"), new byte[70_000])))).isFalse();
    }

    /** The files these tests write are judged by a reader that is not ours. */
    @Test
    void writtenAsWindowsWrites() throws Exception {
        EvtxFile file = new EvtxFile().poolEmpty(NIGHT, 2020).poolEmpty(NIGHT.plusSeconds(1), 2019).chunk()
                .poolEmpty(NIGHT.plusSeconds(2), 2020);
        Path log = file.write(folder.resolve("written.evtx"));
        String xml = evtxExport(log);
        assertThat(xml.split("<Event ")).hasSize(4);
        assertThat(xml).contains("<TimeCreated SystemTime=\"2013-05-08T02:11:14.345000000Z\"/>",
                "<EventID Qualifiers=\"49152\">2020</EventID>",
                "<Data>\\Device\\LanmanServer</Data>",
                "<Binary>00000400010054000000000" + "0E40700C0000000009A0000C0000000000000000000000000000000000B000000</Binary>");
        List<String> computers = xml.lines().filter(line -> line.contains("<Computer>")).map(String::strip).toList();
        assertThat(computers).hasSize(3).containsOnly("<Computer>SERVER18</Computer>");
    }

    private String evtxExport(Path log) throws IOException, InterruptedException {
        Path output = folder.resolve("written.xml");
        try {
            Process process = new ProcessBuilder("evtxexport", "-f", "xml", log.toString()).redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            assertThat(process.waitFor()).isZero();
        } catch (IOException e) {
            assumeTrue(false, "evtxexport is not installed (Debian package libevtx-utils)");
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
