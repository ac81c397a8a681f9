package org.poolscope.logs.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.MachineInventory;
import org.poolscope.model.MachineInventory.Item;
import org.poolscope.model.MachineInventory.Kind;
import org.poolscope.model.Provenance;

/** Listings of what a machine consists of, in the forms the Windows tools print them. */
class InventoryReadersTest {

    /** What came out of one file. */
    private static final class Read implements FactSink {
        private final List<Fact> facts = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final BitSet understood = new BitSet();

        @Override
        public void add(Fact fact) {
            facts.add(fact);
        }

        @Override
        public void understood(int line) {
            understood.set(line);
        }

        @Override
        public void warn(Provenance where, String message) {
            warnings.add(message);
        }

        private MachineInventory one() {
            assertThat(facts).hasSize(1);
            return (MachineInventory) facts.getFirst();
        }
    }

    private static Read read(EvidenceReader reader, String text, Charset charset) throws Exception {
        Path file = Files.createTempFile("inventory", ".txt");
        try {
            Files.write(file, text.getBytes(charset));
            EvidenceFile evidence = EvidenceFile.open(file);
            Read read = new Read();
            if (reader.recognises(evidence)) {
                reader.read(evidence, read);
            }
            return read;
        } finally {
            Files.delete(file);
        }
    }

    private static Read table(String text) throws Exception {
        return read(new InventoryTableReader(), text, StandardCharsets.UTF_8);
    }

    @Test
    void driverqueryGivesTheFileAndWhenItWasLinked() throws Exception {
        Read read = table("""
                "Module Name","Display Name","Description","Driver Type","Start Mode","State","Status","Accept Stop","Accept Pause","Paged Pool(bytes)","Code(bytes)","BSS(bytes)","Link Date","Path","Init(bytes)"
                "ACPI","Microsoft ACPI Driver","Microsoft ACPI Driver","Kernel ","Boot","Running","OK","TRUE","FALSE","61,440","118,784","0","3/24/2005 6:27:38 PM","C:\\WINDOWS\\system32\\DRIVERS\\ACPI.sys","8,192"
                "nfs, old","Driver ""with"" quotes","","File System ","Manual","Stopped","OK","FALSE","FALSE","0","4,096","0","","","0"
                """);
        assertThat(read.one().items()).containsExactly(new Item(Kind.DRIVER, "acpi.sys", "linked 3/24/2005 6:27:38 PM"),
                new Item(Kind.DRIVER, "nfs, old.sys", null));
        assertThat(read.understood.cardinality()).isEqualTo(3);
        assertThat(read.warnings).isEmpty();
    }

    @Test
    void devicesComeWithTheVersionOfTheirDriver() throws Exception {
        Read read = read(new InventoryTableReader(), """
                \ufeff#TYPE Selected.Microsoft.Management.Infrastructure.CimInstance
                "DeviceName","DriverVersion","PSComputerName"
                "Northwind Gigabit Adapter","5.1.0.2","WEB-17"
                "Größter Adapter","10.0.1","WEB-17"
                "","1.0","WEB-17"
                """, StandardCharsets.UTF_16LE);
        assertThat(read.one().machine()).isEqualTo("WEB-17");
        assertThat(read.one().items()).containsExactly(new Item(Kind.DEVICE, "Northwind Gigabit Adapter", "5.1.0.2"),
                new Item(Kind.DEVICE, "Größter Adapter", "10.0.1"));
    }

    @Test
    void updatesAndPlainTables() throws Exception {
        assertThat(table("\"PSComputerName\",\"InstalledBy\",\"HotFixID\"\n\"S\",\"NT AUTHORITY\\SYSTEM\",\"KB4012212\"\n").one().items())
                .containsExactly(new Item(Kind.HOTFIX, "KB4012212", null));
        assertThat(table("Kind,Name,Value\ndriver,x.sys,5.1\nDEVICE,NIC, 2 \ncolour,case,red\nos,build,\n").one().items()).containsExactly(
                new Item(Kind.DRIVER, "x.sys", "5.1"), new Item(Kind.DEVICE, "NIC", "2"), new Item(Kind.SETTING, "case", "red"),
                new Item(Kind.OS, "build", null));
    }

    @Test
    void systeminfoTellsOfSystemHardwareSettingsAndUpdates() throws Exception {
        Read read = read(new SystemInfoReader(), """

                Host Name:                 SERVER18
                OS Name:                   Microsoft(R) Windows(R) Server 2003, Standard Edition
                OS Version:                5.2.3790 Service Pack 1 Build 3790
                Registered Owner:          Somebody
                System Up Time:            1 Days, 2 Hours, 3 Minutes, 4 Seconds
                System Model:              ProLiant DL380 G4
                Processor(s):              2 Processor(s) Installed.
                                           [01]: x86 Family 15 Model 4 Stepping 3 GenuineIntel ~3200 Mhz
                Total Physical Memory:     2,047 MB
                Time Zone:                 (GMT+01:00) Amsterdam, Berlin
                Hotfix(s):                 2 Hotfix(s) Installed.
                                           [01]: KB890046 - Update
                                           [02]: Q147222
                """, StandardCharsets.US_ASCII);
        assertThat(read.one().machine()).isEqualTo("SERVER18");
        assertThat(read.one().items()).containsExactly(
                new Item(Kind.OS, "OS Name", "Microsoft(R) Windows(R) Server 2003, Standard Edition"),
                new Item(Kind.OS, "OS Version", "5.2.3790 Service Pack 1 Build 3790"),
                new Item(Kind.HARDWARE, "System Model", "ProLiant DL380 G4"), new Item(Kind.HARDWARE, "Total Physical Memory", "2,047 MB"),
                new Item(Kind.SETTING, "Time Zone", "(GMT+01:00) Amsterdam, Berlin"), new Item(Kind.HOTFIX, "KB890046", null),
                new Item(Kind.HOTFIX, "Q147222", null));
        assertThat(read.understood.cardinality()).isEqualTo(13);
    }

    @Test
    void otherTablesAndTextsAreNotTakenForInventories() throws Exception {
        for (String text : List.of("a,b,c\n1,2,3\n", "kind of name and value, as text\n", "", " Memory: 1K Avail: 2K\n",
                "\"(PDH-CSV 4.0)\",\"\\\\S\\Memory\\Pool Paged Bytes\"\n", "Host Name: x\nno version\n")) {
            if (!text.isEmpty()) {
                assertThat(table(text).facts).as(text).isEmpty();
                assertThat(read(new SystemInfoReader(), text, StandardCharsets.UTF_8).facts).as(text).isEmpty();
            }
        }
    }

    @Test
    void aTableWithoutRowsSaysSo() {
        assertThatThrownBy(() -> table("kind,name,value\n")).isInstanceOf(EvidenceException.class).hasMessageContaining("has no rows");
    }

    @Test
    void aTableThatBreaksOffGivesWhatItHas() throws Exception {
        Read read = table("kind,name,value\ndriver,x.sys,5.1\ndriver,\"y.sys,2\n");
        assertThat(read.one().items()).contains(new Item(Kind.DRIVER, "x.sys", "5.1"));
    }

    /** Whatever stands in a cell comes back, when it is quoted as the tables are. */
    @Property(tries = 200)
    void cellsOfAnyTextComeBack(@ForAll @Size(min = 1, max = 20) List<String> names) throws Exception {
        StringBuilder text = new StringBuilder("kind,name,value\n");
        List<String> expected = new ArrayList<>();
        for (String name : names) {
            String cell = name.replaceAll("[\\p{Cntrl}\\p{Cs}\\ufeff\\ufffe\\uffff]", "").strip();
            if (!cell.isBlank()) {
                expected.add(cell);
                text.append("driver,\"").append(cell.replace("\"", "\"\"")).append("\",\"1\"\n");
            }
        }
        if (!expected.isEmpty()) {
            assertThat(table(text.toString()).one().items()).extracting(Item::name).isEqualTo(expected);
        }
    }
}
