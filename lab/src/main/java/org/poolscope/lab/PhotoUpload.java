package org.poolscope.lab;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.PoolArena;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;

/**
 * The first of the two cases the program was written for: a Server 2003 SP1 to which a web server uploads photos by way of DFS.
 * The referrals it gets name each file, not the link above it, so its referral cache gets an entry for every file and eats paged
 * pool. The driver in the dump is one built with a tag of its own for each place that allocates; in the logs, taken before, all
 * is {@code Mup }.
 *
 * <p>At scale 1 pools and tags have the published figures, page for page and block for block. At other scales counts and limits
 * are scaled; the machine's 2 GB of memory and its commit figures are not.
 */
final class PhotoUpload extends MachineCase {

    private static final int[] PUBLISHED_POOLS = {3396, 15774, 15804, 15834, 15821};
    private static final int PUBLISHED_LIMIT = 67072;
    private static final int SMALLEST_PAGED = 1024;
    private static final int PUBLISHED_NONPAGED = 2778;
    private static final int PUBLISHED_NONPAGED_LIMIT = 32328;
    private static final int NONPAGED_INITIAL = 2048;
    private static final int PUBLISHED_MEMORY = 524_014;
    private static final MemoryFigures PUBLISHED_FIGURES =
            new MemoryFigures(351_447, 479_699, 340, 178_404, 1_039_271, 181_530, 767, 1_204, 61_730);
    private static final int LISTED_ENTRIES = 10_432;
    private static final int CAPTURED_PHOTOS = 240;
    private static final Instant STOP = Instant.parse("2007-01-14T01:31:19Z");

    /** Since the restart with the other mup.sys. */
    private static final long UP_SECONDS = 2 * 86_400 + 75_053;

    /** A tag in the first snapshot, and how much it grew until the second. */
    private record Growth(String tag, PoolKind pool, long allocs, long frees, long bytes, long moreAllocs, long moreFrees,
            long moreBytes) {
    }

    private static final Growth[] GROWTH = {
        new Growth("Mup ", PoolKind.PAGED, 1_191_044, 18_220, 123_737_256, 848_317, 9_406, 88_460_432),
        new Growth("IoNm", PoolKind.PAGED, 4_518_830, 4_447_213, 9_168_912, 961_044, 912_330, 6_234_880),
        new Growth("MmSt", PoolKind.PAGED, 91_377, 72_604, 9_931_240, 20_118, 20_054, 34_112),
        new Growth("CM31", PoolKind.PAGED, 1_804, 1_219, 6_471_680, 12, 11, 4_096),
        new Growth("Ntff", PoolKind.PAGED, 51_022, 47_619, 2_722_400, 9_230, 9_244, -11_200),
        new Growth("NtfF", PoolKind.PAGED, 40_121, 37_808, 1_018_720, 7_731, 7_702, 12_760),
        new Growth("Gh05", PoolKind.PAGED, 18_430, 17_101, 1_532_088, 2_210, 2_204, 7_392),
        new Growth("Toke", PoolKind.PAGED, 303_877, 303_240, 940_816, 60_410, 60_402, 12_160),
        new Growth("FMfn", PoolKind.PAGED, 3_190_244, 3_186_804, 770_352, 712_044, 711_960, 19_040),
        new Growth("LSwi", PoolKind.NONPAGED, 2, 0, 1_048_576, 0, 0, 0),
        new Growth("MmCa", PoolKind.NONPAGED, 88_311, 80_147, 979_648, 19_877, 19_850, 3_240),
        new Growth("File", PoolKind.NONPAGED, 6_204_119, 6_199_830, 663_312, 1_230_004, 1_229_951, 8_056),
        new Growth("Thre", PoolKind.NONPAGED, 9_882, 9_461, 269_440, 1_904, 1_901, 1_920),
        new Growth("Irp ", PoolKind.NONPAGED, 8_104_406, 8_104_010, 118_952, 1_730_221, 1_730_213, 2_416),
        new Growth("Even", PoolKind.NONPAGED, 2_019_944, 2_016_377, 171_216, 422_801, 422_788, 624),
        new Growth("Mup ", PoolKind.NONPAGED, 5, 0, 408, 0, 0, 0),
    };

    @Override
    public String name() {
        return "photo-upload";
    }

    @Override
    public String description() {
        return "Server 2003 SP1 runs out of paged pool: file-level DFS referrals fill the referral cache of mup.sys";
    }

    @Override
    public List<String> variants() {
        return List.of("default", "pae");
    }

    private static int entries(Making making) {
        return making.count(ReferralCache.PUBLISHED_ENTRIES, 60);
    }

    @Override
    MachineSpec spec(Making making) {
        return MachineSpec.of(WindowsVersion.SERVER_2003_SP1, making.count(70_000, 0)).withPae(making.is("pae"))
                .withRuns(List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100, PUBLISHED_MEMORY - 0x9e)))
                .withPaged(making.count(PUBLISHED_LIMIT, SMALLEST_PAGED))
                .withNonPaged(PUBLISHED_NONPAGED_LIMIT, NONPAGED_INITIAL);
    }

    @Override
    void build(Machine machine, Making making) throws IOException {
        StopState stop = StopState.requested(STOP, UP_SECONDS);
        int entries = entries(making);
        ReferralCache cache = new ReferralCache(machine, entries, making.scale(), stop.fileTime());
        StandardSystem system = new StandardSystem(machine, making.scale());
        system.build(namesOf(cache));
        Filler paged = pagedFiller(machine);
        Filler nonPaged = nonPagedFiller(machine);
        paged.add(making.bytes(1_000_000));
        for (int i = 0; i < entries; i++) {
            cache.addEntry();
            if (i % 16 == 0) {
                paged.passThrough(48);
            }
            if ((i & 0x3ff) == 0) {
                making.progress(i, entries);
            }
        }
        cache.addOtherRequests();
        paged.drain();
        machine.settle();
        memoryManagerPages(machine, making.count(PUBLISHED_POOLS[0], 0));
        for (int i = 1; i < PUBLISHED_POOLS.length; i++) {
            paged.fill(machine.pools().paged().get(i), making.count(PUBLISHED_POOLS[i], 0));
        }
        nonPaged.fill(machine.pools().nonPaged(), making.count(PUBLISHED_NONPAGED, 0));
        cache.addPast();
        system.addPast(Set.of("IoNm"));
        paged.addPast(machine);
        nonPaged.addPast(machine);
        making.progress(entries, entries);
        // In a very small case the system's own share is larger than the scaled limit.
        machine.limitPagedPool(Math.max(making.count(PUBLISHED_LIMIT, 0), machine.poolPages(PoolKind.PAGED) + 1));
        machine.stop(stop, PUBLISHED_FIGURES);
    }

    @Override
    void texts(Making making) throws IOException {
        EventText.write(making.out(), EventText.PAGED_EMPTY, "1/14/2007", "1:26:46 AM", "Server18");
        writePoolmon(making.out(), making.scale());
        int listed = Math.min(entries(making), LISTED_ENTRIES);
        PktListing.write(making.out(), listed);
        int captured = Math.min(listed - 2, CAPTURED_PHOTOS);
        ReferralTraffic.write(making.out(), captured);
        describe(making.truth(), entries(making), listed, captured);
    }

    /** Open files take the names the published table leaves for them; when these are used up, the rest have none. */
    private static StandardSystem.FileNames namesOf(ReferralCache cache) {
        return new StandardSystem.FileNames() {
            @Override
            public long buffer(String path) {
                return cache.nextOtherName(path);
            }

            @Override
            public int room(String path) {
                return cache.otherNameRoom();
            }
        };
    }

    /** The first paged pool, which the memory manager and the registry use. */
    private static void memoryManagerPages(Machine machine, int pages) {
        PoolArena first = machine.pools().paged().getFirst();
        Filler tables = new Filler(machine, PoolKind.PAGED, "prototype tables")
                .with(machine, "MmSt", "ntoskrnl.exe", 40, 2000, 20, 14).with(machine, "MmSm", "ntoskrnl.exe", 48, 48, 3, 30);
        tables.fill(first, pages / 2);
        Filler registry = new Filler(machine, PoolKind.PAGED, "registry")
                .with(machine, "CM31", "ntoskrnl.exe", 4096, 16384, 1, 0);
        registry.fill(first, pages - pages / 12);
        tables.fill(first, pages);
        tables.addPast(machine);
    }

    private static Filler pagedFiller(Machine machine) {
        return new Filler(machine, PoolKind.PAGED, "paged").with(machine, "Ntff", "Ntfs.sys", 792, 792, 5, 40)
                .with(machine, "NtfF", "Ntfs.sys", 400, 432, 4, 60).with(machine, "ObSq", "ntoskrnl.exe", 60, 60, 1, 90)
                .with(machine, "SeTd", "ntoskrnl.exe", 120, 1200, 2, 30).with(machine, "Gla1", "win32k.sys", 400, 1200, 4, 3)
                .with(machine, "Gh05", "win32k.sys", 80, 2400, 4, 8).with(machine, "FMfn", "fltMgr.sys", 160, 320, 2, 900)
                .with(machine, "LfsI", "Ntfs.sys", 40, 64, 1, 4000).with(machine, "RxM4", "rdbss.sys", 400, 1000, 3, 50)
                .with(machine, "CMkb", "ntoskrnl.exe", 96, 140, 2, 1500).with(machine, "UlHT", "HTTP.sys", 2048, 2048, 1, 0);
    }

    private static Filler nonPagedFiller(Machine machine) {
        return new Filler(machine, PoolKind.NONPAGED, "nonpaged").with(machine, "MmCa", "ntoskrnl.exe", 120, 200, 6, 12)
                .with(machine, "NtFs", "Ntfs.sys", 40, 150, 2, 40).with(machine, "AfdC", "afd.sys", 160, 360, 2, 40)
                .with(machine, "TCPc", "tcpip.sys", 40, 400, 2, 300).with(machine, "LSwi", "srv.sys", 2048, 2560, 1, 0)
                .with(machine, "Vad ", "ntoskrnl.exe", 48, 48, 3, 100).with(machine, "Ddk ", "e1000325.sys", 300, 1500, 1, 0)
                .with(machine, "NDpb", "NDIS.sys", 64, 256, 1, 1);
    }

    /** Two snapshots six hours apart, taken while mup.sys still drew all its memory under one tag. */
    private static void writePoolmon(CaseFolder out, double scale) throws IOException {
        String[] names = {"poolmon-1.txt", "poolmon-2.txt"};
        String[] times = {"2007-01-10 09:02:11", "2007-01-10 15:02:14"};
        for (int i = 0; i < names.length; i++) {
            List<PoolmonLog.Row> rows = new ArrayList<>();
            for (Growth row : GROWTH) {
                rows.add(new PoolmonLog.Row(row.tag(), row.pool(), scaled(row.allocs() + i * row.moreAllocs(), scale),
                        scaled(row.frees() + i * row.moreFrees(), scale), scaled(row.bytes() + i * row.moreBytes(), scale)));
            }
            // The pools hold some more than the tags shown: free blocks, and tags too small to be listed here.
            long paged = PoolmonLog.bytes(rows, PoolKind.PAGED) * 13 / 12 >> 10;
            long nonPaged = PoolmonLog.bytes(rows, PoolKind.NONPAGED) * 4 / 3 >> 10;
            PoolmonLog.Head head = new PoolmonLog.Head(2_096_056, 1_491_212 - i * 81_344L, 604_112 + i * 92_130L, 4_157_084,
                    nonPaged, paged);
            PoolmonLog.write(out, names[i], times[i], head, rows);
        }
    }

    private static long scaled(long value, double scale) {
        return value < 10 ? value : Math.round(value * scale);
    }

    private static void describe(Truth truth, int entries, int listed, int captured) {
        Truth cause = truth.object("cause");
        cause.put("exhausted", "paged").put("driver", "Mup.sys").put("entries", entries).put("targetsPerEntry", 4);
        cause.put("tags", List.of("Mu37", "Mu46", "Mu36", "Mu2c", "Mu39", "Mu38", "Mu4c", "Mu4b", "Mu04"));
        cause.put("genericTag", "Mup ").put("namespaceRoot", "\\FileServer\\Root").put("fileLevelReferrals", true);
        cause.put("unreachableBlocks", 0);
        truth.object("pktinfo").put("file", "pktinfo.txt").put("entries", listed).put("fileEntries", listed - 2)
                .put("timeToLiveSeconds", ReferralTraffic.LONG_TTL);
        truth.object("capture").put("file", ReferralTraffic.FILE).put("exchanges", captured + 3).put("badExchanges", captured)
                .put("goodExchanges", 3);
        truth.object("poolmon").put("first", "poolmon-1.txt").put("second", "poolmon-2.txt").put("growingTag", "Mup ")
                .put("pool", "paged");
    }
}
