package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolUse;

/** PoolMon snapshots in series, and where their times come from. */
class PoolMonLogTest {

    private static final String SNAPSHOT = """
             Memory: 2096056K Avail: 1405788K  PageFlts:  1220   InRam Krnl: 2484K P: 7988K
             Commit:  801040K Limit: 4042484K Peak:  940280K            Pool N:11112K P:266516K

             Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc

             Mu37 Paged     494273        46    494227 100966192        204
             Irp  Nonp     1000010   1000000        10      4800        480
             Tiny Nonp           2         1         1        16         16
            """;

    @TempDir
    Path folder;

    private Collected named(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.from(Collected.WRITTEN));
        return Collected.from(file);
    }

    @Test
    void snapshotsInOneFileTakeTheTimeAboveThem() {
        Collected log = Collected.from("Thu 12/14/2006  2:26:46.10\n" + SNAPSHOT + "\n=== 2006-12-14 14:26:46 ===\n\n"
                + SNAPSHOT.replace("494227 100966192", "494227 110966192") + "20.01.2007 08:15\n" + SNAPSHOT);
        assertThat(log.all(PoolSnapshot.class)).extracting(PoolSnapshot::taken)
                .containsExactly(LocalDateTime.of(2006, 12, 14, 2, 26, 46),
                LocalDateTime.of(2006, 12, 14, 14, 26, 46), LocalDateTime.of(2007, 1, 20, 8, 15));
        assertThat(log.all(MemoryCounters.class)).extracting(MemoryCounters::taken).doesNotContainNull();
        assertThat(log.all(PoolSnapshot.class).get(1).rows().getFirst().paged().bytes()).isEqualTo(110966192);
        assertThat(log.lost()).isEmpty();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void aSnapshotThatPoolMonWroteIsWhole() {
        PoolSnapshot snapshot = Collected.from("2006-12-14 02:26\n" + SNAPSHOT).one(PoolSnapshot.class);
        assertThat(snapshot.complete()).isTrue();
        assertThat(snapshot.rows().getFirst().nonPaged()).isEqualTo(PoolUse.NONE);
        PoolSnapshot top = Collected.from("2006-12-14 02:26\n" + SNAPSHOT.substring(0, SNAPSHOT.indexOf(" Irp")))
                .one(PoolSnapshot.class);
        assertThat(top.complete()).isFalse();
        assertThat(top.rows().getFirst().nonPaged()).isNull();
    }

    @Test
    void theNameOfTheFileMayHoldTheTime() throws IOException {
        for (String name : List.of("poolsnap-20070110-0800.log", "SERVER18_2007-01-10_08-00-00.txt", "pm200701100800.log")) {
            assertThat(named(name, SNAPSHOT).one(PoolSnapshot.class).taken()).as(name).isEqualTo("2007-01-10T08:00");
        }
        assertThat(named("poolsnap-99991399-9999.log", SNAPSHOT).warnings()).hasSize(1);
    }

    @Test
    void theDateOfTheFileIsTheLastResortAndSaysSo() throws IOException {
        Collected snapshot = named("poolsnap.log", SNAPSHOT);
        assertThat(snapshot.one(PoolSnapshot.class).taken()).isEqualTo(LocalDateTime.ofInstant(Collected.WRITTEN,
                ZoneId.systemDefault()));
        assertThat(snapshot.warnings()).hasSize(1).first().asString().contains("the date of its file");
        // A screen was not written by PoolMon, so the date of its file says nothing; of two snapshots nobody knows which was
        // when.
        Collected screen = named("screen.txt", SNAPSHOT.replace("     46 ", "     46 (  0) "));
        assertThat(screen.one(PoolSnapshot.class).taken()).isNull();
        Collected two = named("poolsnap-20070110-0800.log", SNAPSHOT + "\n" + SNAPSHOT);
        assertThat(two.all(PoolSnapshot.class)).extracting(PoolSnapshot::taken).containsOnlyNulls();
        assertThat(two.warnings()).hasSize(1);
    }

    @Test
    void dayAndMonthAreNotGuessed() {
        Collected unclear = Collected.from("03/04/2007 08:00\n" + SNAPSHOT);
        assertThat(unclear.one(PoolSnapshot.class).taken()).isNotEqualTo(LocalDateTime.of(2007, 3, 4, 8, 0))
                .isNotEqualTo(LocalDateTime.of(2007, 4, 3, 8, 0));
        assertThat(unclear.warnings()).anyMatch(warning -> warning.contains("03/04/2007"));
        // Another date of the same file tells.
        assertThat(Collected.from("03/04/2007 08:00\n" + SNAPSHOT + "13/04/2007 08:00\n" + SNAPSHOT).all(PoolSnapshot.class))
                .extracting(PoolSnapshot::taken).containsExactly(LocalDateTime.of(2007, 4, 3, 8, 0),
                LocalDateTime.of(2007, 4, 13, 8, 0));
        // So does the day of the week: 4 March 2007 was a Sunday, 3 April a Tuesday.
        assertThat(Collected.from("Sun 03/04/2007 08:00\n" + SNAPSHOT).one(PoolSnapshot.class).taken())
                .isEqualTo("2007-03-04T08:00");
        assertThat(Collected.from("Tue 03/04/2007 08:00\n" + SNAPSHOT).one(PoolSnapshot.class).taken())
                .isEqualTo("2007-04-03T08:00");
    }

    @Test
    void rowsCutOutOfALogAreRead() {
        Collected rows = Collected.from(" Mup  Paged    5   2    3  1200   400\nMup Paged 6 2 4 1600 400\n");
        // The same tag twice: added together, and said.
        assertThat(rows.one(PoolSnapshot.class).rows().getFirst().paged()).isEqualTo(new PoolUse(11L, 4L, 7L, 2800L));
        assertThat(rows.warnings()).hasSize(1);
        assertThat(rows.one(PoolSnapshot.class).complete()).isFalse();
    }

    @Test
    void tagRowsOfSupportScriptsBelongToTheSummaryAboveThem() {
        Collected log = Collected.from("""
                Summary1,22/05/2020 22:35:55.53,33356024,19399488,400263915,12672,935188
                Summary2,22/05/2020 22:35:55.53,15680004,40433912,15917968,629240,1004712
                Ntfx,Nonp,1127072,1037111,89961,26955808,299
                Io  ,Nonp,10,4,6,600,100
                Io  ,Paged,3,3,0,0,0
                Summary1,22/05/2020 22:40:55.61,33356024,19399488,400263915,12672,935188
                Summary2,22/05/2020 22:40:55.61,15680004,40433912,15917968,629240,1004712
                Ntfx,Nonp,1127079,1037111,89968,26957808,299
                """);
        assertThat(log.all(PoolSnapshot.class)).extracting(PoolSnapshot::taken)
                .containsExactly(LocalDateTime.of(2020, 5, 22, 22, 35, 55), LocalDateTime.of(2020, 5, 22, 22, 40, 55));
        PoolSnapshot first = log.all(PoolSnapshot.class).getFirst();
        assertThat(first.rows()).extracting(row -> row.tag().toString()).containsExactly("Ntfx", "Io  ");
        assertThat(first.rows().getLast().paged()).isEqualTo(new PoolUse(3L, 3L, 0L, 0L));
        assertThat(log.all(MemoryCounters.class)).hasSize(2);
        assertThat(log.lost()).isEmpty();
    }

    @Test
    void headFiguresThatCannotBeTrueAreLeftOut() {
        MemoryCounters totals = Collected.from("""
                Memory:1000K Avail:2000K PageFlts:1 InRam Krnl:1K P:1K
                Commit:5000K Limit:4000K Peak:4000K Pool N:3000K P:99999999999999999999K
                """).one(MemoryCounters.class);
        assertThat(totals.availableBytes()).isNull();
        assertThat(totals.nonPagedUsedBytes()).isNull();
        assertThat(totals.pagedUsedBytes()).isNull();
        assertThat(totals.committedBytes()).isNull();
        assertThat(totals.commitLimitBytes()).isEqualTo(4000 * 1024);
        assertThat(totals.impossible()).hasSize(3);
    }

    @Test
    void driversBehindRows() {
        assertThat(PoolMonDriver.of("[mydrv other][ntfs.sys - StrucSup.c]")).contains(
                new PoolMonDriver("ntfs.sys", "StrucSup.c; the tag stands in mydrv.sys, other.sys on that machine"));
        assertThat(PoolMonDriver.of("[mydrv][<unknown>    - Event objects]"))
                .contains(new PoolMonDriver("mydrv.sys", "Event objects"));
        assertThat(PoolMonDriver.of("[nt!mm]")).contains(new PoolMonDriver("nt!mm", null));
        assertThat(PoolMonDriver.of("[hidclass.sys - HID Cl")).contains(new PoolMonDriver("hidclass.sys", "HID Cl"));
        assertThat(PoolMonDriver.of("[")).contains(PoolMonDriver.UNKNOWN);
        assertThat(PoolMonDriver.of("words")).isEmpty();
    }
}
