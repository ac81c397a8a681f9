package org.poolscope.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.Address;

/**
 * The cases with something inside their blocks, followed from structure to structure with {@link ImageProbe}. Offsets that the
 * fact sheets do not have (processes and handle tables of 32-bit systems) are those of Microsoft's types as Volatility 2
 * publishes them.
 */
class LeakCasesTest {

    private static final int PROCESS_LINKS = 0x98;
    private static final int PROCESS_NAME = 0x164;
    private static final int PROCESS_TABLE = 0xd4;
    private static final int PROCESS_THREADS = 0x180;
    private static final int THREAD_ENTRY = 0x224;
    private static final int THREAD_IRPS = 0x208;

    @TempDir
    Path folder;

    private ImageProbe make(String name, String variant, double scale) throws IOException {
        LabResult made = LabCases.find(name).orElseThrow().write(folder.resolve(name), LabOptions.scale(scale)
                .withVariant(variant));
        return ImageProbe.open(made.files().getFirst());
    }

    private String truth(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".truth.json"));
    }

    private static long number(String json, String field) {
        return Long.parseLong(json.replaceAll("(?s).*?\"" + field + "\" : (\\d+).*", "$1"));
    }

    private static String text(String json, String field) {
        return json.replaceAll("(?s).*?\"" + field + "\" : \"([^\"]*)\".*", "$1");
    }

    /** All blocks of nonpaged pool of a 32-bit image with this tag and size; addresses of their data. */
    private static List<Long> blocks(ImageProbe image, int tag, int size) {
        List<Long> found = new ArrayList<>();
        long expansion = (image.pointer(image.debugger(0xd0)) - 0xc0000000L) / 4 * 4096;
        long end = image.pointer(image.debugger(0x118));
        long start = image.pointer(image.debugger(0x110));
        long initialEnd = start + (image.u32(image.debugger(0x100)) & 0xffffffffL) - (end - expansion);
        for (long page = start; page < end; page = page + 4096 == initialEnd ? expansion : page + 4096) {
            int at = image.place(page);
            if (at < 0 || (image.file.getShort(at) & 0x1ff) != 0) {
                continue;
            }
            for (int offset = 0, units; offset < 4096; offset += 8 * units) {
                units = image.file.getShort(at + offset + 2) & 0x1ff;
                if (units == 0) {
                    break;
                }
                if (8 * units == size && image.file.getInt(at + offset + 4) == tag && image.file.getShort(at + offset
                        + 2) >> 9 != 0) {
                    found.add(page + offset + 8);
                }
            }
        }
        return found;
    }

    private static Map<String, Long> processes(ImageProbe image) {
        Map<String, Long> processes = new TreeMap<>();
        long head = image.debugger(0x50);
        for (long link = image.pointer(head); link != head; link = image.pointer(link)) {
            String name = new String(image.bytes(link - PROCESS_LINKS + PROCESS_NAME, 15), StandardCharsets.US_ASCII);
            processes.putIfAbsent(name.substring(0, name.indexOf(0)), link - PROCESS_LINKS);
        }
        return processes;
    }

    /** IRPs on the lists of all threads. */
    private static List<Long> irps(ImageProbe image) throws IOException {
        FactSheet irp = FactSheet.of("vol2-x86.txt", "_IRP", "win2003_sp1_x86");
        List<Long> irps = new ArrayList<>();
        long head = image.debugger(0x50);
        for (long link = image.pointer(head); link != head; link = image.pointer(link)) {
            long threads = link - PROCESS_LINKS + PROCESS_THREADS;
            for (long entry = image.pointer(threads); entry != threads; entry = image.pointer(entry)) {
                long list = entry - THREAD_ENTRY + THREAD_IRPS;
                for (long at = image.pointer(list); at != list; at = image.pointer(at)) {
                    long address = at - irp.at("ThreadListEntry");
                    assertThat(image.u16(address)).as("IRP type").isEqualTo(6);
                    assertThat(image.pointer(address + irp.at("Tail.Overlay.Thread"))).isEqualTo(entry - THREAD_ENTRY);
                    irps.add(address);
                }
            }
        }
        return irps;
    }

    @Test
    void leakedBlocksHoldWhatTheCaseSays() throws IOException {
        ImageProbe image = make("io-leak", "2003", 0.01);
        String truth = truth("io-leak");
        long device = Address.parse(text(truth, "device"));
        FactSheet deviceObject = FactSheet.of("vol2-x86.txt", "_DEVICE_OBJECT", "win2003_sp1_x86");
        assertThat(image.u16(device)).isEqualTo(3);
        long extension = image.pointer(device + deviceObject.at("DeviceExtension"));
        Set<Long> events = new HashSet<>();
        Set<Long> tails = new HashSet<>();
        List<Long> blocks = blocks(image, 0x20206f49, 0x40);
        int ofDriver = 0;
        for (long block : blocks) {
            if (image.pointer(block + 0x10) == device) {
                ofDriver++;
                events.add(image.pointer(block + 4));
                tails.add(image.u64(block + 0x30));
            }
        }
        assertThat(blocks).hasSize(24_428);
        assertThat(ofDriver).isEqualTo((int) number(truth, "driversBlocks"));
        assertThat(events).hasSize(6).allSatisfy(event -> {
            assertThat(event).isBetween(extension, extension + 0x180);
            assertThat(image.pointer(event + 8)).as("an event's empty wait list points to itself").isEqualTo(event + 8);
        });
        assertThat(tails).as("what lies behind the 36 bytes differs").hasSizeGreaterThan(blocks.size() / 4);
        int chained = 0;
        for (long block = image.pointer(extension + 0x10); block != 0; block = image.pointer(block)) {
            chained++;
        }
        assertThat(chained).isEqualTo(64);
        FactSheet irp = FactSheet.of("vol2-x86.txt", "_IRP", "win2003_sp1_x86");
        Set<Long> known = new HashSet<>(blocks);
        assertThat(irps(image).stream().filter(i -> known.contains(image.pointer(i + irp.at("AssociatedIrp.SystemBuffer")))))
                .hasSize(3);
        assertThat(image.file.getInt(0x28)).as("bug check").isEqualTo(0x8e);
    }

    @Test
    void theVerifierKnowsEachBlockAndEachBlockItsEntry() throws IOException {
        ImageProbe image = make("io-leak", "2003-verifier", 0.01);
        String truth = truth("io-leak");
        Set<Long> blocks = new HashSet<>(blocks(image, 0x20206f49, 0x40));
        FactSheet entry = FactSheet.of("vol2-x86.txt", "_VI_POOL_ENTRY_INUSE", "win2003_sp1_x86");
        FactSheet driver = FactSheet.of("vol2-x86.txt", "_MI_VERIFIER_DRIVER_ENTRY", "win2003_sp1_x86");
        FactSheet header = FactSheet.of("vol2-x86.txt", "_VI_POOL_PAGE_HEADER", "win2003_sp1_x86");
        FactSheet data = FactSheet.of("vol2-x86.txt", "_MM_DRIVER_VERIFIER_DATA", "win2003_sp1_x86");
        assertThat(image.u32(image.debugger(0x248) + data.at("Level")) & 8).as("pool tracking").isEqualTo(8);
        // From any block to its entry, from that to the page's header, from that to the driver.
        long block = blocks.iterator().next();
        long page = image.pointer(block + 56 - 4) & ~0xfffL;
        long verified = image.pointer(page + header.at("VerifierEntry"));
        int known = 0;
        for (long at = image.pointer(verified + driver.at("PoolPageHeaders")); at != 0; at = image.pointer(at
                + header.at("NextPage"))) {
            for (long one = at + entry.size; one < at + 4096; one += entry.size) {
                long address = image.pointer(one + entry.at("VirtualAddress"));
                if (address != 0) {
                    assertThat(blocks).contains(address);
                    assertThat(image.pointer(address + 56 - 4)).isEqualTo(one);
                    known++;
                }
            }
        }
        assertThat(known).isEqualTo(image.u32(verified + driver.at("CurrentNonPagedPoolAllocations")))
                .isEqualTo((int) number(truth, "allocations"));
        long name = image.pointer(verified + driver.at("BaseName") + 4);
        assertThat(new String(image.bytes(name, 18), StandardCharsets.UTF_16LE)).isEqualTo("remfs.sys");
    }

    @Test
    void theServiceHoldsTheLeakedHandles() throws IOException {
        ImageProbe image = make("handle-leak", "x86", 0.01);
        FactSheet header = FactSheet.of("vol2-x86.txt", "_OBJECT_HEADER", "win2003_sp1_x86");
        FactSheet type = FactSheet.of("vol2-x86.txt", "_OBJECT_TYPE", "win2003_sp1_x86");
        long table = image.pointer(processes(image).get("thumbsvc.exe") + PROCESS_TABLE);
        long code = image.pointer(table);
        assertThat(code & 3).as("two levels").isEqualTo(1);
        int events = 0;
        int open = 0;
        for (long middle = code & ~3L; middle < (code & ~3L) + 4096 && image.pointer(middle) != 0; middle += 4) {
            for (int i = 0; i < 512; i++) {
                long object = image.pointer(image.pointer(middle) + 8L * i);
                if (object != 0) {
                    assertThat(object & 7).as("not locked").isEqualTo(1);
                    long typeObject = image.pointer((object & ~7L) + header.at("Type"));
                    long name = image.pointer(typeObject + type.at("Name") + 4);
                    events += new String(image.bytes(name, 10), StandardCharsets.UTF_16LE).equals("Event") ? 1 : 0;
                    open++;
                }
            }
        }
        assertThat(events).isEqualTo(14_000);
        assertThat(open).isEqualTo(image.u32(table + 0x3c));
    }

    @Test
    void nobodyPointsToTheLostEntries() throws IOException {
        ImageProbe image = make("lost-list", "full-dump", 0.001);
        String truth = truth("lost-list");
        long head = Address.parse(text(truth, "listHead"));
        Set<Long> kept = new HashSet<>();
        for (long link = image.pointer(head); link != head; link = image.pointer(link)) {
            kept.add(link);
        }
        assertThat(kept).hasSize((int) number(truth, "reachable"));
        long start = image.pointer(image.debugger(0x110));
        long end = image.pointer(image.debugger(0x118));
        Set<Long> lost = new HashSet<>();
        for (long page = start; page < end; page += 4096) {
            int at = image.place(page);
            if (at < 0 || image.file.get(at) != 0) {
                continue;
            }
            for (int offset = 0, units; offset < 4096; offset += 16 * units) {
                units = image.file.get(at + offset + 2) & 0xff;
                if (units == 0) {
                    break;
                }
                boolean allocated = (image.file.get(at + offset + 3) & 2) != 0;
                if (allocated && image.file.getInt(at + offset + 4) == 0x6e456346 && !kept.contains(page + offset + 16)) {
                    lost.add(page + offset + 16);
                }
            }
        }
        assertThat(lost).hasSize((int) number(truth, "unreachable"));
        int pointers = 0;
        for (int at = 0x2000; at < image.file.limit() - 8; at += 8) {
            pointers += lost.contains(image.file.getLong(at)) ? 1 : 0;
        }
        // Each entry but the first and the last is named twice, by its neighbours; nothing else in memory names one.
        assertThat(pointers).isEqualTo(2 * lost.size() - 2);
    }

    @Test
    void allDumpFormatsHoldTheSameMemory() throws IOException {
        ImageProbe kernel = make("lost-list", "kernel-dump", 0.001);
        ImageProbe bitmap = make("lost-list", "bitmap-dump", 0.001);
        ImageProbe full = make("lost-list", "full-dump", 0.001);
        assertThat(kernel.file.getInt(0xf98)).isEqualTo(2);
        assertThat(bitmap.file.getInt(0xf98)).isEqualTo(6);
        assertThat(full.file.getInt(0xf98)).isEqualTo(1);
        assertThat(bitmap.storedPages()).isEqualTo(kernel.storedPages()).isLessThan(full.storedPages());
        long start = kernel.debugger(0x18);
        for (long page = start; page < start + 0x5e5000; page += 4096) {
            byte[] content = kernel.bytes(page, 4096);
            assertThat(bitmap.bytes(page, 4096)).isEqualTo(content);
            assertThat(full.bytes(page, 4096)).isEqualTo(content);
        }
    }

    @Test
    void theVerifierOfWindows7LeadsFromItsTreeToTheBlocks() throws IOException {
        ImageProbe image = make("lost-list", "verifier", 0.001);
        String truth = truth("lost-list");
        String build = "6.1.7601";
        FactSheet tree = FactSheet.of("verifier.txt", "_VF_AVL_TREE", build);
        FactSheet target = FactSheet.of("verifier.txt", "_VF_TARGET_DRIVER", build);
        FactSheet data = FactSheet.of("verifier.txt", "_VF_TARGET_VERIFIED_DRIVER_DATA", build);
        FactSheet links = FactSheet.of("verifier.txt", "_RTL_BALANCED_LINKS", build);
        FactSheet suspect = FactSheet.of("verifier.txt", "_VF_SUSPECT_DRIVER_ENTRY", build);
        FactSheet entry = FactSheet.of("verifier.txt", "_VI_POOL_ENTRY_INUSE", build);
        // Where this very kernel keeps the tree: its public symbols (layouts/pool-symbol-rvas has the tables, the ISF file this
        // one).
        long avl = image.debugger(0x18) + 0x1fa6c0;
        long table = image.pointer(avl + tree.at("Tables"));
        long node = image.pointer(table + links.at("RightChild"));
        long books = image.pointer(node + links.size + target.at("VerifiedData"));
        long named = image.pointer(books + data.at("SuspectDriverEntry")) + suspect.at("BaseName");
        assertThat(new String(image.bytes(image.pointer(named + 8), image.u16(named)), StandardCharsets.UTF_16LE))
                .isEqualTo("fastcache.sys");
        int known = 0;
        for (long page = image.u64(books + data.at("PoolPageHeaders") + 8) & ~15L; page != 0; page = image.pointer(page)) {
            for (long one = page + entry.size; one < page + 4096; one += entry.size) {
                long address = image.pointer(one + entry.at("VirtualAddress"));
                if (address != 0) {
                    assertThat(image.u32(address - 12)).as("tag of the block").isEqualTo(image.u32(one + entry.at("Tag")));
                    long end = address - 16 + 16 * (image.u32(address - 16) >>> 16 & 0xff);
                    assertThat(image.pointer(end - 8)).as("the block leads back").isEqualTo(one);
                    known++;
                }
            }
        }
        // The entries in nonpaged pool, their buffers in paged pool.
        assertThat(known).isEqualTo((int) number(truth, "allocations")).isEqualTo(2 * image.u32(books + data.at("CurrentNonPagedPoolAllocations")))
                .isEqualTo(2 * image.u32(books + data.at("CurrentPagedPoolAllocations")));
    }

    @Test
    void requestsThatWaitHoldTheBlocks() throws IOException {
        ImageProbe image = make("slow-irps", "x86", 0.01);
        String truth = truth("slow-irps");
        FactSheet irp = FactSheet.of("vol2-x86.txt", "_IRP", "win2003_sp1_x86");
        Set<Long> buffers = new HashSet<>(blocks(image, 0x20206f49, 1_968));
        Set<Long> held = new HashSet<>();
        for (long request : irps(image)) {
            held.add(image.pointer(request + irp.at("AssociatedIrp.SystemBuffer")));
        }
        held.remove(0L);
        assertThat(buffers).hasSize((int) number(truth, "withSystemBuffer")).isEqualTo(held);
    }

    @Test
    void theFragmentedPoolIsNearlyFullAndMostlyFree() throws IOException {
        ImageProbe image = make("fragmented", "x86", 0.02);
        FactSheet descriptor = FactSheet.of("vol2-x86.txt", "_POOL_DESCRIPTOR", "win2003_sp1_x86");
        long pages = image.u32(image.debugger(0x1c0) + descriptor.at("TotalPages"));
        long limit = (image.u32(image.debugger(0x100)) & 0xffffffffL) / 4096;
        assertThat(image.u32(image.debugger(0x250))).isBetween((int) (limit * 95 / 100), (int) limit);
        long free = 0;
        int largest = 0;
        for (int units = 2; units <= 512; units++) {
            long head = image.debugger(0x1c0) + descriptor.at("ListHeads") + 8L * (units - 1);
            for (long link = image.pointer(head); link != head; link = image.pointer(link)) {
                free += 8L * units;
                largest = units * 8;
            }
        }
        assertThat(free).isGreaterThan(pages * 4096 * 6 / 10);
        assertThat(largest).isLessThan(4096);
    }
}
