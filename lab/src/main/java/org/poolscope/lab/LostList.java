package org.poolscope.lab;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.DriverVerifier;
import org.poolscope.lab.machine.KernelDevice;
import org.poolscope.lab.machine.KernelDriver;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.ModuleSpec;
import org.poolscope.lab.machine.Pools;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;

/**
 * fastcache.sys (x64) keeps its entries in a doubly linked list. When its cache is reset it makes the list head new before it has
 * freed the entries: they still point to each other and to the head, but nothing points to them any more. After the reset it
 * began a new list, which is intact. The image comes in four formats, and once with Driver Verifier watching.
 *
 * <p>An entry ({@code FcEn}, nonpaged): links, key, pointer to its buffer ({@code FcDb}, paged), pointer to the device, length,
 * state, time of last use.
 */
final class LostList extends MachineCase {

    private static final int LOST = 240_000;
    private static final int KEPT = 12_000;
    private static final int ENTRY = 0x58;

    /** Data bytes of an entry's block, which is a multiple of 16 with its header. */
    private static final int BLOCK_DATA = 0x60;
    /** Blocks are multiples of this; a buffer's length is one too, so that a trailer takes one more. */
    private static final int GRAIN = 16;
    /** The places in the driver that allocate. */
    private static final int ENTRY_SITE = 17;
    private static final int BUFFER_SITE = 23;
    private static final int LIST_AT = 0x20;
    private static final int COUNT_AT = 0x30;
    private static final int FILE_DEVICE_UNKNOWN = 0x22;
    private static final Instant STOP = Instant.parse("2013-11-19T14:05:33Z");
    private static final long UP_SECONDS = 5 * 86_400 + 999;

    @Override
    public String name() {
        return "lost-list";
    }

    @Override
    public String description() {
        return "A 64-bit driver loses the head of a list: blocks that point to each other and that nobody else points to";
    }

    @Override
    public List<String> variants() {
        return variants(List.of("kernel-dump", "full-dump", "bitmap-dump", "raw", "verifier", "2003-x64", "2003-x64-verifier"), "", "-raw",
                "-verifier");
    }

    @Override
    MachineSpec spec(Making making) {
        ImageFormat format = switch (making.variant()) {
            case "full-dump" -> ImageFormat.FULL_DUMP;
            case "bitmap-dump" -> ImageFormat.BITMAP_DUMP;
            case "raw" -> ImageFormat.RAW;
            default -> making.variant().endsWith("-raw") ? ImageFormat.RAW
                    : making.isModern() ? ImageFormat.BITMAP_DUMP : ImageFormat.KERNEL_DUMP;
        };
        int pages = making.count(40_000, 0);
        // Full and raw images hold all of memory: no more of it than is needed.
        WindowsVersion version = making.variant().startsWith("2003-x64") ? WindowsVersion.SERVER_2003_SP1_X64
                : WindowsVersion.modern(making.variant()).orElse(WindowsVersion.WINDOWS_7_SP1);
        int nonPaged = 16_384 + making.count(20_000, 0);
        MachineSpec spec = MachineSpec.of(version, pages + 3_000).withFormat(format).withMegabytes(256 + pages / 200)
                .withPaged(16_384 + making.count(60_000, 0)).withNonPaged(nonPaged, nonPaged / 2);
        // The verifier's books take whole pages.
        return making.variant().endsWith("verifier") ? spec.withBigPageSlots(8_192) : spec;
    }

    @Override
    void build(Machine machine, Making making) throws IOException {
        StandardSystem system = new StandardSystem(machine, Math.min(1, making.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        KernelModule module = machine.load(new ModuleSpec("fastcache.sys", 0x1a000, 0x5260_11f3,
                "\\SystemRoot\\system32\\drivers\\fastcache.sys"));
        KernelDriver driver = machine.io().createDriver("\\Driver", "FastCache", module);
        KernelDevice device = machine.io().createDevice(driver, "FastCache", FILE_DEVICE_UNKNOWN, 0x100);
        machine.space().putPointer(module.variable(16), device.address());
        Filler nonPaged = Filler.everydayNonPaged(machine);
        Filler paged = Filler.everydayPaged(machine);
        int lost = making.count(LOST, 1_500);
        int kept = making.count(KEPT, 60);
        Entries entries = new Entries(machine, device, paged, nonPaged);
        if (making.variant().endsWith("verifier")) {
            entries.verified = machine.verifier().verify(module, 2 * (lost + kept));
        }
        long head = device.extension() + LIST_AT;
        machine.space().initList(head);
        entries.add(lost, making.options().progress(), lost + kept);
        // The reset: a new head where the old one was.
        machine.space().initList(head);
        entries.add(kept, Progress.NONE, lost + kept);
        machine.space().put32(device.extension() + COUNT_AT, kept);
        making.progress(lost + kept, lost + kept);
        paged.add(making.bytes(6_000_000));
        nonPaged.add(making.bytes(6_000_000));
        paged.drain();
        nonPaged.drain();
        paged.addPast(machine);
        nonPaged.addPast(machine);
        system.addPast(Set.of());
        Truth cause = making.truth().object("cause");
        cause.put("exhausted", "none").put("verdict", "lost blocks").put("driver", driver.name()).put("module", "fastcache.sys");
        cause.put("device", Address.text(device.address())).put("tags", List.of("FcEn", "FcDb"));
        cause.put("unreachable", lost).put("reachable", kept).put("listHead", Address.text(head));
        if (entries.verified != null) {
            cause.object("verifier").put("driver", "fastcache.sys").put("allocations", entries.verified.tracked())
                    .put("bytes", entries.verified.bytes()).put("caller", Address.text(module.code(ENTRY_SITE) + 9))
                    .put("bufferCaller", Address.text(module.code(BUFFER_SITE) + 9));
        }
        PoolmonLog.growth(making.out(), machine, Set.of("FcEn", "FcDb"), making.dated("2013-11-18 09:00:00"),
                making.dated("2013-11-19 09:00:00"));
        machine.stop(StopState.requested(making.dated(STOP), UP_SECONDS), MemoryFigures.relaxed(machine));
    }

    /** Makes entries of the driver's list. */
    private static final class Entries {
        private final Machine machine;
        private final KernelSpace space;
        private final Pools pools;
        private final KernelDevice device;
        private final long head;
        private final Filler paged;
        private final Filler nonPaged;
        private final TagAccount entries;
        private final TagAccount buffers;
        private DriverVerifier.VerifiedDriver verified;

        private Entries(Machine machine, KernelDevice device, Filler paged, Filler nonPaged) {
            this.machine = machine;
            this.space = machine.space();
            this.pools = machine.pools();
            this.device = device;
            this.head = device.extension() + LIST_AT;
            this.paged = paged;
            this.nonPaged = nonPaged;
            this.entries = pools.tag("FcEn");
            this.buffers = pools.tag("FcDb");
        }

        void add(int count, Progress progress, int total) {
            Dice dice = machine.dice().named("entries " + count);
            for (int i = 0; i < count; i++) {
                add(dice, i);
                if (i % 32 == 0) {
                    paged.passThrough(120);
                    nonPaged.passThrough(120);
                }
                if ((i & 0xfff) == 0) {
                    progress.at(LabOptions.MAKING, i, total);
                }
            }
        }

        private void add(Dice dice, int number) {
            int length = 96 + 16 * dice.below(40);
            int trailer = verified == null ? 0 : machine.verifier().trailer();
            long buffer = pools.allocate(PoolKind.PAGED, buffers, length + trailer);
            for (int at = 0; at < length; at += 8) {
                space.put64(buffer + at, 0x2020_6174_6164_2020L + number);
            }
            long entry = pools.allocateZeroed(PoolKind.NONPAGED, entries, ENTRY);
            space.insertTail(head, entry);
            space.put64(entry + 0x10, dice.nextLong());
            space.put64(entry + 0x18, buffer);
            space.put64(entry + 0x20, device.address());
            space.put32(entry + 0x28, length);
            space.put32(entry + 0x2c, 1);
            space.put64(entry + 0x30, 130_293_000_000_000_000L + number * 12_345_678L);
            if (verified != null) {
                KernelModule module = device.driver().module();
                machine.verifier().track(verified, PoolKind.PAGED, buffer, buffer + length + GRAIN, length, buffers, module.code(BUFFER_SITE) + 9);
                machine.verifier().track(verified, PoolKind.NONPAGED, entry, entry + BLOCK_DATA, ENTRY - trailer, entries, module.code(ENTRY_SITE) + 9);
            }
        }
    }
}
