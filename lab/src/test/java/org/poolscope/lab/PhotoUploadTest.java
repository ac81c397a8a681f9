package org.poolscope.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.PoolTag;
import org.poolscope.model.RealEvidence;

/** The full-size case, read with {@link ImageProbe} and compared with what was published. */
class PhotoUploadTest {

    private static final String PROFILE = "win2003_sp1_x86";

    @TempDir
    static Path folder;
    static ImageProbe image;
    static FactSheet tracker;

    @BeforeAll
    static void make() throws IOException {
        LabResult made = LabCases.find("photo-upload").orElseThrow().write(folder.resolve("case"), LabOptions.scale(1));
        assertThat(made.truth()).isEqualTo(folder.resolve("case.truth.json").toAbsolutePath()).exists();
        assertThat(made.files()).allSatisfy(file -> assertThat(file).exists());
        image = ImageProbe.open(made.folder().resolve("MEMORY.DMP"));
        tracker = FactSheet.of("vol2-x86.txt", "_POOL_TRACKER_TABLE", PROFILE);
    }

    /** One row of the tracker table: allocs, frees, bytes of nonpaged, then of paged pool. */
    private static Map<String, long[]> trackerRows() {
        Map<String, long[]> rows = new TreeMap<>();
        long table = image.pointer(image.debugger(0x1b8));
        String[] fields = {"NonPagedAllocs", "NonPagedFrees", "NonPagedBytes", "PagedAllocs", "PagedFrees", "PagedBytes"};
        for (int i = 0; i < 2049; i++) {
            long row = table + (long) i * tracker.size;
            int key = image.u32(row + tracker.at("Key"));
            if (key != 0) {
                long[] values = new long[6];
                for (int f = 0; f < 6; f++) {
                    values[f] = image.u32(row + tracker.at(fields[f])) & 0xffffffffL;
                }
                assertThat(rows.put(new PoolTag(key).toString(), values)).as("tag twice").isNull();
            }
        }
        return rows;
    }

    @Test
    void theTagTableIsThePublishedOneRowForRow() throws IOException {
        Pattern published = Pattern.compile("(\\S{4}) 0 0 0 0 (\\d+) (\\d+) (\\d+) (\\d+) .*");
        Map<String, long[]> rows = trackerRows();
        long smallest = Long.MAX_VALUE;
        Set<String> listed = new HashSet<>();
        for (String line : Files.readAllLines(RealEvidence.path("cases/photo-upload/kd-poolused.txt"))) {
            Matcher row = published.matcher(line);
            if (row.matches()) {
                long[] values = rows.get(row.group(1));
                assertThat(values).as(row.group(1)).containsExactly(0, 0, 0, Long.parseLong(row.group(2)),
                        Long.parseLong(row.group(3)),
                        Long.parseLong(row.group(5)));
                assertThat(values[3] - values[4]).isEqualTo(Long.parseLong(row.group(4)));
                smallest = Math.min(smallest, values[5]);
                listed.add(row.group(1));
            }
        }
        assertThat(listed).hasSize(10);
        for (Map.Entry<String, long[]> row : rows.entrySet()) {
            if (!listed.contains(row.getKey())) {
                assertThat(row.getValue()[5]).as(row.getKey() + " must rank below the published rows").isLessThan(smallest);
            }
        }
    }

    @Test
    void poolsAndLimitsAreThePublishedOnes() throws IOException {
        FactSheet descriptor = FactSheet.of("vol2-x86.txt", "_POOL_DESCRIPTOR", PROFILE);
        FactSheet info = FactSheet.of("vol2-x86.txt", "_MM_PAGED_POOL_INFO", PROFILE);
        List<Long> pools = new ArrayList<>();
        for (int i = 0; i <= image.u32(image.debugger(0x70)); i++) {
            pools.add(pages(descriptor, image.pointer(image.debugger(0x68) + 4L * i)));
        }
        List<Long> published = new ArrayList<>();
        long[] totals = new long[4];
        Pattern pool = Pattern.compile("PagedPool \\d Usage: (\\d+) .*");
        String[] lines = {"NonPagedPool Usage", "NonPagedPool Max", "PagedPool Usage", "PagedPool Maximum"};
        for (String line : Files.readAllLines(RealEvidence.path("cases/photo-upload/kd-vm.txt"))) {
            Matcher one = pool.matcher(line);
            if (one.matches()) {
                published.add(Long.parseLong(one.group(1)));
            }
            for (int i = 0; i < 4; i++) {
                if (line.startsWith(lines[i] + ":")) {
                    totals[i] = Long.parseLong(line.replaceAll(".*: (\\d+) .*", "$1"));
                }
            }
        }
        assertThat(pools).isEqualTo(published);
        assertThat(pages(descriptor, image.debugger(0x1c0))).isEqualTo(totals[0]);
        assertThat(image.u32(image.debugger(0x250))).isEqualTo((int) totals[0]);
        assertThat((image.u32(image.debugger(0x100)) & 0xffffffffL) / 4096).isEqualTo(totals[1]);
        assertThat(image.u32(image.debugger(0x130) + info.at("AllocatedPagedPool"))).isEqualTo((int) totals[2]);
        assertThat((image.u32(image.debugger(0x140)) & 0xffffffffL) / 4096).isEqualTo(totals[3]);
        assertThat(image.u32(image.debugger(0xf8))).isEqualTo(524_014);
        assertThat(image.u32(image.debugger(0x1a8))).isEqualTo(351_447);
        assertThat(image.u32(image.debugger(0x1b0))).isEqualTo(479_699);
        assertThat(image.u32(image.debugger(0x198))).as("modified pages").isEqualTo(340);
        assertThat(image.u32(image.debugger(0x158))).as("shared commit").isEqualTo(767);
    }

    private static long pages(FactSheet descriptor, long address) {
        return image.u32(address + descriptor.at("TotalPages")) + image.u32(address + descriptor.at("TotalBigPages"));
    }

    @Test
    void blocksInPoolPagesAddUpToTheTagTable() {
        Map<String, long[]> found = new TreeMap<>();
        Set<Long> big = bigPages(found);
        long pagedStart = image.pointer(image.debugger(0x120));
        long pagedEnd = image.pointer(image.debugger(0x128)) + 1;
        walk(found, big, pagedStart, pagedEnd, 3);
        long expansion = (image.pointer(image.debugger(0xd0)) - 0xc0000000L) / 4 * 4096;
        walk(found, big, expansion, image.pointer(image.debugger(0x118)), 0);
        long start = image.pointer(image.debugger(0x110));
        long initial = (image.u32(image.debugger(0x100)) & 0xffffffffL) - (image.pointer(image.debugger(0x118)) - expansion);
        walk(found, big, start, start + initial, 0);
        int parked = subtractParked(found);
        assertThat(parked).as("blocks on the processors' lists").isPositive();
        for (Map.Entry<String, long[]> row : trackerRows().entrySet()) {
            long[] books = row.getValue();
            long[] blocks = found.getOrDefault(row.getKey(), new long[6]);
            assertThat(blocks[0]).as(row.getKey() + " nonpaged blocks").isEqualTo(books[0] - books[1]);
            assertThat(blocks[2]).as(row.getKey() + " nonpaged bytes").isEqualTo(books[2]);
            assertThat(blocks[3]).as(row.getKey() + " paged blocks").isEqualTo(books[3] - books[4]);
            assertThat(blocks[5]).as(row.getKey() + " paged bytes").isEqualTo(books[5]);
        }
    }

    private static Set<Long> bigPages(Map<String, long[]> found) {
        // The pointer and the size stand 24 and 28 bytes before the tracker's pointer (distances of Volatility 2 for NT 5.2,
        // 32-bit).
        long table = image.pointer(image.debugger(0x1b8) - 24);
        int slots = image.u32(image.debugger(0x1b8) - 28);
        long pagedStart = image.pointer(image.debugger(0x120));
        Set<Long> pages = new HashSet<>();
        for (int i = 0; i < slots; i++) {
            long address = image.pointer(table + 16L * i);
            if ((address & 1) == 0 && address != 0) {
                int count = image.u32(table + 16L * i + 8);
                boolean paged = address >= pagedStart && address < 0xf8000000L;
                add(found, new PoolTag(image.u32(table + 16L * i + 4)).toString(), paged ? 3 : 0, 1, count * 4096L);
                for (int p = 0; p < count; p++) {
                    pages.add(address + 4096L * p);
                }
            }
        }
        return pages;
    }

    private static void walk(Map<String, long[]> found, Set<Long> big, long start, long end, int column) {
        PageWalk walk = new PageWalk(image, 0x7f);
        for (long page = start; page < end; page += 4096) {
            if (!big.contains(page) && image.place(page) >= 0) {
                walk.page(page);
            }
        }
        assertThat(walk.broken).isZero();
        assertThat(walk.freeBytes).isPositive();
        walk.blocks.forEach((key, count) -> add(found, key.substring(0, key.lastIndexOf(' ')), column, count,
                Long.parseLong(key.substring(key.lastIndexOf(' ') + 1)) * count));
    }

    /**
     * Blocks on the processors' lists look allocated but are free in the books. The arrays of list pointers stand at 660
     * (nonpaged) and 760 (paged) in the KPRCB of Server 2003 SP1, 8 bytes a list, that of the processor first (Microsoft's types,
     * as in Volatility 2).
     */
    private static int subtractParked(Map<String, long[]> found) {
        FactSheet lookaside = assertLayout("_GENERAL_LOOKASIDE");
        int parked = 0;
        for (int processor = 0; processor < 2; processor++) {
            long block = image.pointer(image.debugger(0x218) + 4L * processor);
            for (int list = 0; list < 64; list++) {
                long head = image.pointer(block + 0x660 + 8L * list) + lookaside.at("ListHead");
                for (long data = image.pointer(head); data != 0; data = image.pointer(data)) {
                    int size = (image.u16(data - 6) & 0x1ff) * 8;
                    assertThat(size).as("blocks of one list are of one size").isEqualTo(8 * (list % 32 + 1));
                    add(found, new PoolTag(image.u32(data - 4)).toString(), list < 32 ? 0 : 3, -1, -size);
                    parked++;
                }
            }
        }
        return parked;
    }

    private static void add(Map<String, long[]> found, String tag, int column, long blocks, long bytes) {
        long[] sums = found.computeIfAbsent(tag, t -> new long[6]);
        sums[column] += blocks;
        sums[column + 2] += bytes;
    }

    @Test
    void referralCacheHangsTogether() {
        // The list of entries is found as anybody would: from an entry's own links back to a head inside Mup.sys.
        long head = module("Mup.sys") + dataOf("Mup.sys");
        long first = image.pointer(head);
        int entries = 0;
        int targets = 0;
        for (long link = first; link != head; link = image.pointer(link)) {
            assertThat(image.u32(link - 4 - 4)).isEqualTo(0x6332754d);
            targets += image.u32(link - 4 + 0x24);
            entries++;
        }
        assertThat(entries).isEqualTo(123_558);
        assertThat(targets).isEqualTo(494_227);
    }

    private static long module(String name) {
        FactSheet entry = assertLayout("_LDR_DATA_TABLE_ENTRY");
        long head = image.debugger(0x48);
        for (long link = image.pointer(head); link != head; link = image.pointer(link)) {
            long text = image.pointer(link + entry.at("BaseDllName") + 4);
            int length = image.u16(link + entry.at("BaseDllName"));
            if (new String(image.bytes(text, length), java.nio.charset.StandardCharsets.UTF_16LE).equals(name)) {
                return image.pointer(link + entry.at("DllBase"));
            }
        }
        throw new AssertionError("not loaded: " + name);
    }

    private static int dataOf(String name) {
        long base = module(name);
        long pe = base + image.u32(base + 0x3c);
        long sections = pe + 24 + image.u16(pe + 20);
        for (int i = 0; i < image.u16(pe + 6); i++) {
            if (image.u32(sections + 40L * i) == 0x7461642e) {
                return image.u32(sections + 40L * i + 12);
            }
        }
        throw new AssertionError("no .data");
    }

    private static FactSheet assertLayout(String type) {
        try {
            return FactSheet.of("vol2-x86.txt", type, PROFILE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
