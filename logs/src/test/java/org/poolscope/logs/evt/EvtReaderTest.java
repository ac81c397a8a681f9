package org.poolscope.logs.evt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.logs.EventLog;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.logs.evtx.Facts;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.RealEvidence;

/** The facts that come out of EVT logs. */
class EvtReaderTest {

    @TempDir
    Path folder;

    @Test
    void aPoolThatRanEmpty() throws Exception {
        ByteBuffer data = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : new int[] {0x40000, 0x540001, 0, 0xc00007e4, 0, 0xc000009a, 0, 0, 0, 0, 0xb}) {
            data.putInt(word);
        }
        Facts facts = Facts.of(new EvtReader(), new EvtFile(4096)
                .event(1_166_106_406L, "Srv", 0xc00007e4, data.array(), "\\Device\\LanmanServer")
                .write(folder.resolve("SysEvent.Evt")));
        LoggedEvent event = facts.one(LoggedEvent.class);
        assertThat(event.time()).isEqualTo(LocalDateTime.parse("2006-12-14T14:26:46"));
        assertThat(event.zone()).isEqualTo(ZoneOffset.UTC);
        assertThat(event.data()).containsEntry("Level", "2").containsEntry("Qualifiers", "49152")
                .containsEntry("UserID", "S-1-5-18").containsEntry("%1", "\\Device\\LanmanServer")
                .containsEntry("EventRecordID", "1");
        assertThat(event.seenAt()).hasToString("SysEvent.Evt, record 1 (offset 0x30)");
        KnownEvent known = KnownEvent.of(event).orElseThrow();
        assertThat(known.status(event)).hasValue(0xc000009aL);
        assertThat(known.callSite(event)).hasValue(0xb);
        assertThat(facts.warnings()).isEmpty();
    }

    @Test
    void theLogOfARealMachine() throws Exception {
        Facts facts = Facts.of(new EvtReader(), RealEvidence.path("evtx/SysEvent-xp.evt"));
        EventLog log = facts.one(EventLog.class);
        assertThat(log.records()).isEqualTo(6063);
        assertThat(log.deleted()).isEqualTo(437);
        assertThat(log.unreadable()).isZero();
        Map<String, Long> counts = facts.all(LoggedEvent.class).stream()
                .collect(Collectors.groupingBy(event -> event.source() + " " + event.id(), Collectors.counting()));
        // Counted in what evtexport prints.
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.of("EventLog 6005", 24L, "EventLog 6009", 24L,
                "EventLog 6006", 18L, "USER32 1074", 14L, "Windows Update Agent 19", 236L, "NtServicePack 4377", 266L,
                "NtServicePack 4371", 1L,
                "Application Popup 26", 1L));
        LoggedEvent memory = facts.all(LoggedEvent.class).stream().filter(event -> event.id() == 26).findFirst().orElseThrow();
        assertThat(memory.computer()).isEqualTo("WKS-WINXP32BIT");
        assertThat(memory.data()).containsEntry("%1", "Windows - Virtual Memory Minimum Too Low");
        assertThat(facts.all(LoggedEvent.class).stream().flatMap(event -> KnownEvent.of(event).orElseThrow().named(event).stream()).toList())
                .contains("KB898461 (Windows XP)", "Update for Windows XP (KB898461)", "Service Pack 3 (Windows XP)").hasSize(503);
        assertThat(facts.warnings()).isEmpty();
    }

    @Test
    void otherFilesAreLeftAlone() throws Exception {
        Path text = Files.writeString(folder.resolve("a"), "0   LfLe and more text");
        assertThat(new EvtReader().recognises(EvidenceFile.open(text))).isFalse();
    }
}
