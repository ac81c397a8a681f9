package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.model.Fact;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.RealEvidence;
import org.poolscope.model.TagUsage;

/** {@code !vm} and {@code !poolused} in logs that hold more than one listing, and in forms the samples do not show. */
class DebuggerLogTest {

    private static final long PAGE = 4096;

    @Test
    void oneFileMayHoldListingsOfEveryKindOneAfterAnother() {
        List<String> names = List.of("cases/photo-upload/kd-vm.txt", "debugger/poolfind-x86.txt",
                "cases/photo-upload/kd-poolused.txt",
                "debugger/vm-windows10-1809.txt", "debugger/irpfind-windows7-x64.txt", "debugger/poolused-by-tag.txt",
                "poolmon/x86-screen-drsd-1.txt", "poolmon/x86-screen-g-ntfs.txt", "cases/photo-upload/event-2020.txt",
                "cases/photo-upload/poolmon.txt", "events/resource-exhaustion-2004-with-tags.xml", "poolmon/x64-screen.txt",
                "debugger/poolused-2-windows10-healthy.txt", "debugger/vm-1-windows2000.txt", "debugger/poolused-4.txt");
        StringBuilder log = new StringBuilder();
        List<String> expected = new ArrayList<>();
        int lost = 0;
        for (String name : names) {
            String text = RealEvidence.text(name);
            Collected alone = Collected.from(text);
            alone.facts().forEach(fact -> expected.add(figures(fact)));
            lost += alone.lost().size();
            log.append(text).append("\n");
        }
        Collected together = Collected.from(log.toString());
        List<String> found = new ArrayList<>(together.facts().stream().map(DebuggerLogTest::figures).toList());
        assertThat(found).hasSameSizeAs(expected);
        found.removeAll(expected);
        assertThat(found).isEmpty();
        assertThat(together.lost()).hasSize(lost);
    }

    /** A fact without its places. */
    private static String figures(Fact fact) {
        return fact.toString().replaceAll("evidence, line \\d+", "");
    }

    @Test
    void everyDebuggerPromptIsKnown() {
        assertThat(DebuggerPrompt.of("0: kd> !poolused 5")).contains(new DebuggerPrompt("!poolused", "5"));
        assertThat(DebuggerPrompt.of("lkd> !VM")).contains(new DebuggerPrompt("!vm", ""));
        assertThat(DebuggerPrompt.of("  kd>")).contains(new DebuggerPrompt("", ""));
        assertThat(DebuggerPrompt.of("12: kd:x86> !poolused /t5 2  Mu* "))
                .contains(new DebuggerPrompt("!poolused", "/t5 2  Mu*"));
        assertThat(DebuggerPrompt.of("<kd>")).isEmpty();
        assertThat(DebuggerPrompt.of("->")).isEmpty();
        assertThat(DebuggerPrompt.of("C:\\>dir")).isEmpty();
    }

    @Test
    void vmWithProcessesAndPoolFailures() {
        Collected collected = Collected.from("""
                1: kd> !vm

                *** Virtual Memory Usage ***
                \tPhysical Memory:      261886 (   1047544 Kb)
                \tPage File: \\??\\C:\\pagefile.sys
                \t  Current:   1572864 Kb  Free Space:   1484968 Kb
                \t  Minimum:   1572864 Kb  Maximum:      3145728 Kb
                \tAvailable Pages:      87364 (    349456 Kb)
                \tNonPagedPool Usage:   64000 (    256000 Kb)
                \tNonPagedPool Max:     65536 (    262144 Kb)
                \t********** Excessive NonPaged Pool Usage *****
                \tPagedPool 0 Usage:    12000 (     48000 Kb)
                \tPagedPool Usage:      12000 (     48000 Kb)
                \tPagedPool Maximum:    90112 (    360448 Kb)

                \t********** 28 pool allocations have failed **********

                \tCommitted pages:     301221 (   1204884 Kb)
                \tCommit limit:        640217 (   2560868 Kb)

                \tTotal Private:       122876 (    491504 Kb)
                         0f44 store.exe       42874 (    171496 Kb)
                         0388 svchost.exe      9631 (     38524 Kb)
                1: kd> .logclose
                Closing open log file c:\\log.txt
                """);
        MemoryCounters vm = collected.one(MemoryCounters.class);
        assertThat(vm.excessive()).containsExactly(PoolKind.NONPAGED);
        assertThat(vm.nonPagedUsedBytes()).isEqualTo(64000 * PAGE);
        assertThat(vm.committedBytes()).isEqualTo(301221 * PAGE);
        assertThat(vm.commitLimitBytes()).isEqualTo(640217 * PAGE);
        assertThat(collected.one(AllocationFailures.class).what()).isEqualTo("pool");
        assertThat(collected.one(AllocationFailures.class).count()).isEqualTo(28);
        assertThat(collected.lost()).containsExactly("1: kd> .logclose", "Closing open log file c:\\log.txt");
    }

    @Test
    void vmFiguresThatDisagreeWithThemselvesAreNotUsed() {
        MemoryCounters vm = Collected.from("""
                Physical Memory: 524014 ( 2096056 Kb)
                NonPagedPool Usage: 900000 ( 3600000 Kb)
                NonPagedPool Max: 32328 ( 129312 Kb)
                PagedPool Usage: 66629 ( 266517 Kb)
                PagedPool Maximum: -1 ( -4 Kb)
                """).one(MemoryCounters.class);
        assertThat(vm.nonPagedUsedBytes()).isNull();
        assertThat(vm.nonPagedMaximumBytes()).isEqualTo(32328 * PAGE);
        assertThat(vm.pagedUsedBytes()).isNull();
        assertThat(vm.pagedMaximumBytes()).isNull();
        assertThat(vm.impossible()).containsExactly(
                "NonPagedPool Usage: 900000 pages cannot be true, at most 524014 can be (all of physical memory)",
                "PagedPool Usage: 66629 pages are not 266517 Kb",
                "PagedPool Maximum: -1 pages cannot be true, at most 68719476736 can be (no Windows holds more)");
    }

    @Test
    void otherMemoryListingsAreNotTakenForVm() {
        assertThat(Collected.from("""
                kd> !memusage
                             Zeroed:      218 (     872 kb)
                               Free:      831 (    3324 kb)
                              TOTAL:   503644 ( 2014576 kb)
                """).formats()).isEmpty();
    }

    @Test
    void twoVmListingsInARowAreTwo() {
        String one = """
                Page File: \\??\\C:\\pagefile.sys
                  Current:   1179648 Kb  Free Space:   1179648 Kb
                  Minimum:   1179648 Kb  Maximum:      6291456 Kb
                Physical Memory:           524157 (    2096628 Kb)
                NonPagedPool Usage:             0 (          0 Kb)
                NonPagedPoolNx Usage:       14108 (      56432 Kb)
                """;
        Collected twice = Collected.from(one + one.replace("14108 (      56432", "20000 (      80000"));
        assertThat(twice.all(MemoryCounters.class)).extracting(MemoryCounters::nonPagedUsedBytes)
                .containsExactly(14108 * PAGE, 20000 * PAGE);
        assertThat(twice.lost()).isEmpty();
    }

    @Test
    void aWholeListingIsKnownByItsTotals() {
        String listing = """
                0: kd> !poolused
                   Sorting by  Tag

                  Pool Used:
                            NonPaged            Paged
                 Tag    Allocs     Used    Allocs     Used
                 File     9386  3741536         0        0File objects
                 MmSt        0        0    174001 15609715Mm section object prototype ptes , Binary: nt!mm
                 TOTAL         9386   3741536    174001 15609715
                """;
        PoolSnapshot whole = Collected.from(listing).one(PoolSnapshot.class);
        assertThat(whole.complete()).isTrue();
        assertThat(whole.rows()).hasSize(2);
        assertThat(Collected.from(listing.replace("15609715\n", "15609716\n")).one(PoolSnapshot.class).complete()).isFalse();
        for (String command : List.of("!poolused 0 F*", "!poolused /t2 2", "!poolused 8")) {
            assertThat(Collected.from(listing.replace("!poolused", command)).one(PoolSnapshot.class).complete()).as(command)
                    .isFalse();
        }
        assertThat(Collected.from(listing.replace("!poolused", "!poolused 8")).one(PoolSnapshot.class).source())
                .isEqualTo("!poolused, session pool");
    }

    @Test
    void tagsWithBlanksAreToldFromTagsAndNumbers() {
        PoolSnapshot aligned = Collected.from("""
                 Tag    Allocs     Used    Allocs     Used
                 CM         72    28672     19195  3114352
                 Dh 1        0        0        24     5000DirectDraw object
                 Io          5      400         0        0
                   rx        1      136         0        0
                 AB 1        7       56         3       24
                """).one(PoolSnapshot.class);
        assertThat(aligned.rows()).extracting(row -> row.tag().toString())
                .containsExactly("CM  ", "Dh 1", "Io  ", "  rx", "AB 1");
        PoolSnapshot collapsed = Collected.from("""
                Tag Allocs Used Allocs Used
                CM 72 28672 19195 3114352
                Dh 1 0 0 24 5000 DirectDraw object
                Io 5 400 0 0
                Abc 1 136 0 0 1394 OHCI host controller
                """).one(PoolSnapshot.class);
        assertThat(collapsed.rows()).extracting(TagUsage::tag).containsExactly(PoolTag.parse("CM"), PoolTag.parse("Dh 1"),
                PoolTag.parse("Io"), PoolTag.parse("Abc"));
        assertThat(collapsed.rows().get(1).paged()).isEqualTo(PoolUse.outstanding(24, 5000));
        assertThat(collapsed.rows().get(3).description()).isEqualTo("1394 OHCI host controller");
    }

    @Test
    void aDescriptionThatBeginsWithDigitsIsCutWhereTheColumnEnds() {
        PoolSnapshot used = Collected.from("""
                 Tag    Allocs     Used    Allocs     Used
                 ohci        1      136         1      4801394 OHCI host controller driver
                """).one(PoolSnapshot.class);
        assertThat(used.rows().getFirst().paged()).isEqualTo(PoolUse.outstanding(1, 480));
        assertThat(used.rows().getFirst().description()).isEqualTo("1394 OHCI host controller driver");
    }

    @Test
    void aNumberLongerThanItsColumnKeepsAllItsDigits() {
        PoolSnapshot used = Collected.from("""
                 Tag    Allocs     Used    Allocs     Used
                 Mup         5      408   3004178 316760536Multiple UNC provider allocations
                 IoNm        0        0   3004178 316760536
                """).one(PoolSnapshot.class);
        assertThat(used.rows()).extracting(row -> row.paged().bytes()).containsExactly(316760536L, 316760536L);
        assertThat(used.rows().getFirst().description()).isEqualTo("Multiple UNC provider allocations");
    }

    @Test
    void aFigureThatCannotBeToldFromItsDescriptionIsLeftOut() {
        Collected collected = Collected.from("""
                 Tag    Allocs     Used    Allocs     Used
                 ohci        1      136      1200 316760531394 OHCI host controller driver
                """);
        assertThat(collected.one(PoolSnapshot.class).rows().getFirst().paged()).isEqualTo(new PoolUse(null, null, 1200L, null));
        assertThat(collected.warnings()).hasSize(1).first().asString().contains("runs together");
    }

    @Test
    void bytesThatCannotBePrintedAreNotInvented() {
        Collected collected = Collected.from("""
                 Tag    Allocs     Used    Allocs     Used
                 a.b.        3     1248         0        0UNKNOWN pooltag 'a\u00e9b.', please update pooltag.txt
                 Vpm.        1       64         0        0Some description
                """);
        assertThat(collected.one(PoolSnapshot.class).rows().getFirst().tag()).hasToString("a\\xe9b.");
        assertThat(collected.warnings()).containsExactly(
                "evidence, line 1: 1 of the tags hold a dot that may stand for a byte that cannot be printed");
    }

    @Test
    void countersThatWrapStillAgree() {
        Collected collected = Collected.from("""
                Tag Allocs Frees Diff Used Allocs Frees Diff Used
                Irp  100 4294967290 106 12345 0 0 0 0
                File 10 4 5 800 0 0 0 0
                Huge 99999999999999999999 0 5 18446744073709551615 0 0 0 0
                """);
        PoolSnapshot used = collected.one(PoolSnapshot.class);
        assertThat(used.rows().getFirst().nonPaged()).isEqualTo(new PoolUse(100L, 4294967290L, 106L, 12345L));
        assertThat(used.rows().get(2).nonPaged()).isEqualTo(new PoolUse(null, 0L, 5L, null));
        assertThat(collected.warnings()).containsExactly("evidence, line 1: 2 of the figures cannot be true and are left out",
                "evidence, line 1: in 1 rows allocations less frees are not the difference printed");
    }

    @Test
    void aTableOfOnePoolSaysWhich() {
        String table = "NonPaged\nTag Allocs Used\nIrp 10 4800\n";
        TagUsage row = Collected.from(table).one(PoolSnapshot.class).rows().getFirst();
        assertThat(row.nonPaged()).isEqualTo(PoolUse.outstanding(10, 4800));
        assertThat(row.paged()).isNull();
        Collected unnamed = Collected.from(table.substring("NonPaged\n".length()));
        assertThat(unnamed.facts()).isEmpty();
        assertThat(unnamed.warnings()).hasSize(1);
    }
}
