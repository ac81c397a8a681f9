package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.MemoryCounters.PagedPoolUse;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.RealEvidence;
import org.poolscope.model.TagUsage;

/** Listings from public pages. The figures here were read off them by eye. */
class RealTranscriptsTest {

    private static final long PAGE = 4096;

    /** Listings of other commands stand in the same folder; nobody takes them for ours. */
    private static final List<String> OTHERS = List.of("irpfind-windows7-x64.txt", "pool-e1001050-flags-1.txt",
            "pool-e1001050.txt", "poolfind-windows10.txt", "poolfind-x86.txt");

    private static Collected read(String path) {
        return Collected.from(RealEvidence.path(path));
    }

    private static TagUsage row(PoolSnapshot snapshot, String tag) {
        PoolTag wanted = PoolTag.parse(tag);
        return snapshot.rows().stream().filter(row -> row.tag().equals(wanted)).findFirst().orElseThrow();
    }

    private static List<Path> samples() throws IOException {
        List<Path> samples = new ArrayList<>();
        for (String folder : List.of("debugger", "poolmon", "events", "tags")) {
            try (Stream<Path> files = Files.list(RealEvidence.path(folder))) {
                files.filter(file -> !OTHERS.contains(file.getFileName().toString())).sorted().forEach(samples::add);
            }
        }
        for (String name : List.of("event-2020.txt", "kd-poolused.txt", "kd-vm.txt", "poolmon.txt")) {
            samples.add(RealEvidence.path("cases/photo-upload/" + name));
        }
        return samples;
    }

    @Test
    void noLineOfAnySampleIsLost() throws IOException {
        for (Path sample : samples()) {
            Collected collected = Collected.from(sample);
            assertThat(collected.formats()).as(sample.toString()).hasSize(1);
            assertThat(collected.facts()).as(sample.toString()).isNotEmpty();
            assertThat(collected.lost()).as(sample.toString())
                    .allMatch(line -> line.startsWith("#") || line.equals("[excerpt ends here]"));
        }
    }

    @Test
    void listingsOfOtherCommandsAreNotTakenForOurs() {
        for (String other : OTHERS) {
            assertThat(read("debugger/" + other).formats()).as(other).isEmpty();
        }
        assertThat(read("cases/io-leak/facts.txt").formats()).isEmpty();
    }

    @Test
    void everyEncodingAndLineEndReadsTheSame() throws IOException {
        for (Path sample : samples()) {
            String text = Files.readString(sample, StandardCharsets.UTF_8);
            List<String> plain = Collected.from(text).content();
            for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE,
                    Charset.forName("windows-1252"))) {
                assertThat(Collected.from(text, charset).content()).as(sample + " in " + charset).isEqualTo(plain);
            }
            assertThat(Collected.from("\ufeff" + text.replace("\n", "\r\n") + "\u001a", StandardCharsets.UTF_16LE).content())
                    .as(sample + " as Windows writes it").isEqualTo(plain);
        }
    }

    @Test
    void totalsOfThePublishedCase() {
        MemoryCounters vm = read("cases/photo-upload/kd-vm.txt").one(MemoryCounters.class);
        assertThat(vm.source()).isEqualTo("!vm");
        assertThat(vm.seenAt()).hasToString("kd-vm.txt, line 1");
        assertThat(vm.physicalBytes()).isEqualTo(524014 * PAGE);
        assertThat(vm.availableBytes()).isEqualTo(351447 * PAGE);
        assertThat(vm.residentAvailableBytes()).isEqualTo(479699 * PAGE);
        assertThat(vm.nonPagedUsedBytes()).isEqualTo(2778 * PAGE);
        assertThat(vm.nonPagedMaximumBytes()).isEqualTo(32328 * PAGE);
        assertThat(vm.pagedUsedBytes()).isEqualTo(66629 * PAGE);
        assertThat(vm.pagedMaximumBytes()).isEqualTo(67072 * PAGE);
        assertThat(vm.pagedPools()).containsExactly(new PagedPoolUse(0, 3396 * PAGE), new PagedPoolUse(1, 15774 * PAGE),
                new PagedPoolUse(2, 15804 * PAGE), new PagedPoolUse(3, 15834 * PAGE), new PagedPoolUse(4, 15821 * PAGE));
        assertThat(vm.excessive()).containsExactly(PoolKind.PAGED);
        assertThat(vm.committedBytes()).isNull();
        assertThat(vm.impossible()).isEmpty();
    }

    @Test
    void totalsOfWindows2000() {
        MemoryCounters vm = read("debugger/vm-1-windows2000.txt").one(MemoryCounters.class);
        assertThat(vm.nonPagedUsedBytes()).isEqualTo(877 * PAGE);
        assertThat(vm.nonPagedMaximumBytes()).isEqualTo(6252 * PAGE);
        assertThat(vm.pagedUsedBytes()).isEqualTo(1597 * PAGE);
        assertThat(vm.pagedMaximumBytes()).isEqualTo(13312 * PAGE);
        assertThat(vm.pagedPools()).hasSize(3);
        assertThat(vm.committedBytes()).isEqualTo(21949 * PAGE);
        assertThat(vm.commitLimitBytes()).isEqualTo(36256 * PAGE);
    }

    @Test
    void totalsOfWindows10AddBothNonpagedPools() {
        MemoryCounters vm = read("debugger/vm-windows10-1809.txt").one(MemoryCounters.class);
        assertThat(vm.nonPagedUsedBytes()).isEqualTo((0 + 14108) * PAGE);
        assertThat(vm.pagedPools()).extracting(PagedPoolUse::usedBytes)
                .containsExactly(27632 * PAGE, 2344 * PAGE, 2402 * PAGE, 2393 * PAGE, 2308 * PAGE);
        assertThat(vm.pagedUsedBytes()).isEqualTo(37079 * PAGE);
        assertThat(vm.pagedMaximumBytes()).isEqualTo(4294967296L * PAGE);
        assertThat(vm.impossible()).isEmpty();
    }

    @Test
    void figuresThatCannotBeTrueAreNamedAndNotUsed() {
        Collected collected = read("debugger/vm-1-windows11-impossible-figure.txt");
        MemoryCounters vm = collected.one(MemoryCounters.class);
        assertThat(vm.nonPagedUsedBytes()).isEqualTo((268 + 36623) * PAGE);
        assertThat(vm.pagedUsedBytes()).isEqualTo(68600 * PAGE);
        // 2037490 pages of memory; page files of 20971520, 10129836 and 27724744 Kb.
        long most = 2037490 + (20971520L + 10129836 + 27724744) / 4;
        assertThat(vm.impossible()).containsExactly("PagedPool Commit: 18446735300397918280 pages cannot be true, at most " + most
                + " can be (physical memory and page files together)");
        assertThat(collected.one(AllocationFailures.class).what()).isEqualTo("kernel stack PTE");
        assertThat(collected.one(AllocationFailures.class).count()).isEqualTo(351175);
        assertThat(read("debugger/vm-1-windows11.txt").one(MemoryCounters.class).impossible()).hasSize(1);
    }

    @Test
    void tagsOfThePublishedCase() {
        PoolSnapshot used = read("cases/photo-upload/kd-poolused.txt").one(PoolSnapshot.class);
        assertThat(used.source()).isEqualTo("!poolused");
        assertThat(used.complete()).isFalse();
        assertThat(used.rows()).extracting(row -> row.tag().toString())
                .containsExactly("Mu37", "Mu46", "Mu36", "Mu2c", "IoNm", "Mu39", "Mu38", "Mu4c", "Mu4b", "Mu04");
        assertThat(row(used, "Mu37").paged()).isEqualTo(new PoolUse(494273L, 46L, 494227L, 100966192L));
        assertThat(row(used, "Mu37").nonPaged()).isEqualTo(PoolUse.NONE);
        assertThat(row(used, "Mu37").binary()).isNull();
        assertThat(row(used, "IoNm").binary()).isEqualTo("nt!io");
        assertThat(row(used, "IoNm").description()).isEqualTo("Io parsing names");
        assertThat(row(used, "Mu04").paged()).isEqualTo(new PoolUse(128272L, 4666L, 123606L, 10877328L));
        assertThat(row(used, "Mu04").seenAt().at()).isEqualTo("line 17");
        assertThat(row(used, "Mu04").seenAt().text())
                .isEqualTo("Mu04 0 0 0 0 128272 4666 123606 10877328 UNKNOWN pooltag 'Mu04'");

        PoolSnapshot published = read("cases/photo-upload/poolmon.txt").one(PoolSnapshot.class);
        assertThat(row(published, "Mup ").nonPaged()).isEqualTo(PoolUse.outstanding(5, 408));
        assertThat(row(published, "Mup ").paged()).isEqualTo(PoolUse.outstanding(3004178, 316760536));
        assertThat(row(published, "Mup ").binary()).isEqualTo("mup.sys");
        assertThat(row(published, "Mup ").description()).isEqualTo("Multiple UNC provider allocations, generic");
        assertThat(row(published, "IoNm").paged()).isEqualTo(PoolUse.outstanding(169056, 21647120));
    }

    @Test
    void descriptionsRunTogetherWithTheLastNumber() {
        PoolSnapshot used = read("debugger/poolused-by-tag.txt").one(PoolSnapshot.class);
        assertThat(used.complete()).isFalse();
        assertThat(used.rows()).hasSize(35);
        assertThat(row(used, "1394").nonPaged()).isEqualTo(PoolUse.outstanding(1, 520));
        assertThat(row(used, "AGP ").paged()).isEqualTo(PoolUse.outstanding(2, 384));
        assertThat(row(used, "8042").binary()).isEqualTo("i8042prt.sys");
        assertThat(row(used, "8042").description()).isEqualTo("PS/2 kb and mouse");
        // "01394 OHCI host controller driver": the number is 0.
        assertThat(row(used, "ohci").paged()).isEqualTo(PoolUse.outstanding(0, 0));
        assertThat(row(used, "ohci").description()).isEqualTo("1394 OHCI host controller driver");
        assertThat(row(used, "usbp").nonPaged()).isEqualTo(PoolUse.outstanding(18, 77056));
        assertThat(row(used, "usbp").paged()).isEqualTo(PoolUse.outstanding(2, 96));
        // Shown as "rx..", quoted as "  rx": a string of two characters and two zero bytes.
        assertThat(row(used, "rx\\x00\\x00").nonPaged()).isEqualTo(PoolUse.outstanding(3, 1248));
    }

    @Test
    void listingsSortedByPool() {
        PoolSnapshot healthy = read("debugger/poolused-2-windows10-healthy.txt").one(PoolSnapshot.class);
        assertThat(healthy.rows()).hasSize(9);
        assertThat(row(healthy, "ConT").nonPaged()).isEqualTo(PoolUse.outstanding(535, 5935104));
        assertThat(row(healthy, "EtwB").paged()).isEqualTo(PoolUse.outstanding(16, 442368));
        assertThat(row(healthy, "EtwB").binary()).isEqualTo("nt!etw");
        assertThat(row(healthy, "Vad ").description()).isEqualTo("Mm virtual address descriptors");
        assertThat(healthy.seenAt().text()).isEqualTo("kd> !poolused 2");

        PoolSnapshot documented = read("debugger/poolused-4.txt").one(PoolSnapshot.class);
        assertThat(documented.rows()).extracting(row -> row.tag().toString())
                .containsExactly("Abc ", "Tron", "IoN7", "Gla5", "Ggb ");
        assertThat(row(documented, "Gla5").nonPaged()).isEqualTo(PoolUse.outstanding(1, 128));
        assertThat(row(documented, "Abc ").paged()).isEqualTo(PoolUse.outstanding(36405, 33930272));
    }

    @Test
    void poolMonScreensOf32BitWindows() {
        Collected first = read("poolmon/x86-screen-drsd-1.txt");
        MemoryCounters totals = first.one(MemoryCounters.class);
        assertThat(totals.source()).isEqualTo("poolmon");
        assertThat(totals.taken()).isNull();
        assertThat(totals.physicalBytes()).isEqualTo(130480L * 1024);
        assertThat(totals.availableBytes()).isEqualTo(91856L * 1024);
        assertThat(totals.committedBytes()).isEqualTo(30104L * 1024);
        assertThat(totals.commitLimitBytes()).isEqualTo(248432L * 1024);
        assertThat(totals.peakCommitBytes()).isEqualTo(34028L * 1024);
        // "Pool N" is nonpaged, the "P" behind it paged; the "P" of the first line is something else.
        assertThat(totals.nonPagedUsedBytes()).isEqualTo(2224L * 1024);
        assertThat(totals.pagedUsedBytes()).isEqualTo(8004L * 1024);
        assertThat(row(first.one(PoolSnapshot.class), "Drsd").paged()).isEqualTo(new PoolUse(560L, 539L, 21L, 17472L));
        assertThat(row(first.one(PoolSnapshot.class), "Drsd").nonPaged()).isNull();
        assertThat(row(read("poolmon/x86-screen-drsd-2.txt").one(PoolSnapshot.class), "Drsd").paged())
                .isEqualTo(new PoolUse(737L, 710L, 27L, 22464L));
    }

    @Test
    void poolMonScreensThatNameDrivers() {
        PoolSnapshot ntfs = read("poolmon/x86-screen-g-ntfs.txt").one(PoolSnapshot.class);
        assertThat(ntfs.rows()).hasSize(13);
        assertThat(row(ntfs, "NtFs").nonPaged()).isEqualTo(new PoolUse(48825L, 47226L, 1599L, 64536L));
        assertThat(row(ntfs, "NtFs").binary()).isEqualTo("ntfs.sys");
        assertThat(row(ntfs, "NtFs").description()).isEqualTo("StrucSup.c");

        // Local scan and tag database run together: [ipsec][ipsec.sys - …], [ipsec].
        PoolSnapshot ip = read("poolmon/x86-screen-g-ip.txt").one(PoolSnapshot.class);
        assertThat(ip.rows()).hasSize(8).allMatch(row -> row.binary().equals("ipsec.sys"));
        assertThat(row(ip, "IpSI").nonPaged()).isEqualTo(new PoolUse(1027L, 0L, 1027L, 53272L));
        assertThat(row(ip, "IpSI").description()).isEqualTo("initial allcoations");
        assertThat(row(ip, "IpIO").description()).isNull();

        PoolSnapshot unknown = read("poolmon/x86-rows-unknown-driver.txt").one(PoolSnapshot.class);
        assertThat(row(unknown, "3MEM").nonPaged()).isEqualTo(new PoolUse(3L, 0L, 3L, 248L));
        assertThat(unknown.rows()).allMatch(row -> row.binary() == null);
    }

    @Test
    void poolMonOf64BitWindows() {
        PoolSnapshot screen = read("poolmon/x64-screen.txt").one(PoolSnapshot.class);
        assertThat(screen.rows()).hasSize(2);
        assertThat(row(screen, "HidC").paged()).isEqualTo(new PoolUse(1667L, 1659L, 8L, 896L));
        assertThat(row(screen, "HidC").nonPaged()).isEqualTo(new PoolUse(17375L, 17256L, 119L, 19808L));
        assertThat(row(screen, "HidC").binary()).isEqualTo("hidclass.sys");

        Collected snapshot = read("poolmon/x64-n-snapshot.txt");
        assertThat(snapshot.one(PoolSnapshot.class).rows()).hasSize(13);
        assertThat(snapshot.one(PoolSnapshot.class).complete()).isFalse();
        assertThat(row(snapshot.one(PoolSnapshot.class), "MmSt").paged())
                .isEqualTo(new PoolUse(2269405L, 2095404L, 174001L, 156097152L));
        assertThat(row(snapshot.one(PoolSnapshot.class), "CM25").paged()).isEqualTo(new PoolUse(4849L, 0L, 4849L, 21708800L));
        assertThat(snapshot.one(MemoryCounters.class).nonPagedUsedBytes()).isEqualTo(710920L * 1024);
        assertThat(snapshot.one(MemoryCounters.class).pagedUsedBytes()).isEqualTo(983564L * 1024);

        PoolSnapshot rows = read("poolmon/x64-g-rows.txt").one(PoolSnapshot.class);
        assertThat(row(rows, "ConT").nonPaged()).isEqualTo(new PoolUse(3097L, 2409L, 688L, 42770432L));
        assertThat(row(rows, "ConT").binary()).isNull();
        assertThat(row(rows, "Thre").binary()).isEqualTo("nt!ps");
    }

    @Test
    void poolMonOfNt4KeepsLeadingBlanksOfTags() {
        PoolSnapshot screen = read("poolmon/x86-nt4-screen.txt").one(PoolSnapshot.class);
        assertThat(screen.rows()).extracting(row -> row.tag().toString()).containsExactly(" CM ", "Strg", " Fat", "MmSt");
        assertThat(row(screen, " CM ").paged()).isEqualTo(new PoolUse(1283L, 1002L, 281L, 1377312L));
    }

    @Test
    void poolMonOfSessions() {
        PoolSnapshot screen = read("poolmon/x86-screen-session.txt").one(PoolSnapshot.class);
        assertThat(screen.source()).isEqualTo("poolmon, session pool");
        assertThat(screen.complete()).isFalse();
        assertThat(screen.rows()).hasSize(16);
        assertThat(row(screen, "Dh 1").paged()).isEqualTo(new PoolUse(24L, 24L, 0L, 0L));
        assertThat(row(screen, "Gcac").paged()).isEqualTo(new PoolUse(3761L, 3706L, 55L, 288968L));
    }

    @Test
    void poolMonRowsOfSupportScripts() {
        List<MemoryCounters> totals = read("poolmon/summary-rows.txt").all(MemoryCounters.class);
        assertThat(totals).hasSize(2);
        assertThat(totals.get(0).taken()).isNull();
        assertThat(totals.get(1).taken()).isEqualTo("2020-05-22T22:35:55");
        for (MemoryCounters one : totals) {
            assertThat(one.physicalBytes()).isEqualTo(33356024L * 1024);
            assertThat(one.availableBytes()).isEqualTo(19399488L * 1024);
            assertThat(one.committedBytes()).isEqualTo(15680004L * 1024);
            assertThat(one.commitLimitBytes()).isEqualTo(40433912L * 1024);
            assertThat(one.peakCommitBytes()).isEqualTo(15917968L * 1024);
            assertThat(one.nonPagedUsedBytes()).isEqualTo(629240L * 1024);
            assertThat(one.pagedUsedBytes()).isEqualTo(1004712L * 1024);
        }
    }

    @Test
    void eventTextOfThePublishedCase() {
        LoggedEvent event = read("cases/photo-upload/event-2020.txt").one(LoggedEvent.class);
        assertThat(event.source()).isEqualTo("Srv");
        assertThat(event.id()).isEqualTo(2020);
        assertThat(event.time()).isEqualTo("2006-12-14T02:26:46");
        assertThat(event.zone()).isNull();
        assertThat(event.computer()).isEqualTo("Server18");
        assertThat(event.message())
                .isEqualTo("The server was unable to allocate from the system paged pool because the pool was empty.");
        assertThat(event.data()).containsEntry("Event Type", "Error").containsEntry("User", "N/A");
        KnownEvent known = KnownEvent.of(event).orElseThrow();
        assertThat(known.kind()).isEqualTo(KnownEvent.Kind.POOL_EMPTY);
        assertThat(known.pool()).isEqualTo(PoolKind.PAGED);
    }

    @Test
    void eventTextWithDataWords() {
        LoggedEvent event = read("events/srv-2020-with-data-words.txt").one(LoggedEvent.class);
        assertThat(event.time()).isNull();
        assertThat(event.words()).containsExactly(0x40000L, 0x540001L, 0L, 0xc00007e4L, 0L, 0xc000009aL, 0L, 0L, 0L, 0L, 0xbL);
        KnownEvent known = KnownEvent.of(event).orElseThrow();
        EventIdentifier identifier = known.identifier(event).orElseThrow();
        assertThat(identifier.id()).isEqualTo(2020);
        assertThat(identifier.severity()).isEqualTo(EventIdentifier.Severity.ERROR);
        assertThat(NtStatus.of(known.status(event).orElseThrow()).orElseThrow().name())
                .isEqualTo("STATUS_INSUFFICIENT_RESOURCES");
        assertThat(known.callSite(event)).hasValue(0xb);
    }

    @Test
    void resourceExhaustionListsTags() {
        Collected collected = read("events/resource-exhaustion-2004-with-tags.xml");
        ResourceExhaustion exhaustion = collected.one(ResourceExhaustion.class);
        assertThat(exhaustion.computer()).isEqualTo("len20");
        assertThat(exhaustion.commitLimitBytes()).isEqualTo(28285681664L);
        assertThat(exhaustion.pagedPoolBytes()).isEqualTo(843325440L);
        assertThat(exhaustion.nonPagedPoolBytes()).isEqualTo(732229632L);
        assertThat(exhaustion.processes()).isEqualTo(402);
        assertThat(exhaustion.tags(PoolKind.PAGED)).extracting(tag -> tag.tag() + " " + tag.bytes() + " " + tag.seenAt().at())
                .containsExactly("Gpbm 75059936 line 22", "MmSt 48371392 line 23", "FMfn 31035120 line 24");
        assertThat(exhaustion.tags(PoolKind.NONPAGED)).extracting(tag -> tag.tag() + " " + tag.bytes())
                .containsExactly("smNp 64679936", "EtwB 54911232", "ConT 47378432");
        assertThat(exhaustion.processUses()).extracting(process -> process.name() + " " + process.handles())
                .containsExactly("explorer.exe 359617", "vmmemWSL 0", "mms_mini.exe 2583");
        LoggedEvent event = collected.one(LoggedEvent.class);
        assertThat(event.id()).isEqualTo(2004);
        assertThat(event.time()).isEqualTo("2023-12-27T11:17:15.578547900");
        assertThat(event.zone()).hasToString("Z");
        assertThat(KnownEvent.of(event).orElseThrow().kind()).isEqualTo(KnownEvent.Kind.MEMORY_LOW);
    }

    @Test
    void tagDatabaseOf2003() {
        TagDatabase database = read("tags/pooltag-2003.txt").one(TagDatabase.class);
        assertThat(database.entries()).hasSize(1754);
        // Tags with blanks, wildcards, broken columns, no blank behind the dash, two rows for one tag, a pattern behind them.
        assertThat(describe(database, "Dh 1")).containsExactly("Dh 1 null DirectDraw/3D DirectDraw object");
        assertThat(describe(database, "Mmpv")).containsExactly("Mmpv nt!mm Physical view VAD info");
        assertThat(describe(database, "CMAl")).containsExactly("CMAl nt!cm internal registry memory allocator pool tag",
                "CM?? nt!cm Internal Configuration manager allocations");
        assertThat(describe(database, "Irps")).containsExactly("Irps nt!vf I/O verifier per-IRP session tracking data",
                "Irps nt!io system small IRP lookaside list");
        assertThat(describe(database, "AcpX")).containsExactly("Acp* acpi.sys ACPI Pooltags");
        assertThat(describe(database, "Mup ")).containsExactly("Mup null Multiple UNC provider allocations");
        assertThat(describe(database, "Mu37")).isEmpty();
        assertThat(describe(database, "Scs$")).hasSizeGreaterThan(0);
    }

    private static List<String> describe(TagDatabase database, String tag) {
        return database.lookup(PoolTag.parse(tag)).stream()
                .map(entry -> entry.pattern() + " " + entry.binary() + " " + entry.description()).toList();
    }
}
