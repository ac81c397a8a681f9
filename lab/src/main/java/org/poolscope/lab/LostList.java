package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.DriverVerifier;
import org.poolscope.lab.machine.IoManager;
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

/**
 * fastcache.sys (x64) keeps its entries in a doubly linked list. When its cache is reset it makes the list head new before it has
 * freed the entries: they still point to each other and to the head, but nothing points to them any more. After the reset it
 * began a new list, which is intact.
 *
 * <p>An entry ({@code FcEn}, nonpaged): links, key, pointer to its buffer ({@code FcDb}, paged), pointer to the device, length,
 * time of last use.
 */
final class LostList implements LabCase {

    private static final int LOST = 240_000;
    private static final int KEPT = 12_000;
    private static final int ENTRY = 0x58;

    /** Data bytes of an entry's block, which is a multiple of 16 with its header. */
    private static final int BLOCK_DATA = 0x60;
    private static final Instant STOP = Instant.parse("2013-11-19T14:05:33Z");

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
        return List.of("kernel-dump", "full-dump", "bitmap-dump", "raw", "verifier");
    }

    @Override
    public LabResult write(Path folder, LabOptions options) throws IOException {
        String variant = Variants.choose(this, options);
        CaseFolder out = new CaseFolder(folder);
        Dice dice = new Dice(options.seed());
        Truth truth = MachineTruth.of(this, options, variant);
        ImageFormat format = switch (variant) {
            case "full-dump" -> ImageFormat.FULL_DUMP;
            case "bitmap-dump" -> ImageFormat.BITMAP_DUMP;
            case "raw" -> ImageFormat.RAW;
            default -> ImageFormat.KERNEL_DUMP;
        };
        String file = format == ImageFormat.RAW ? "memory.raw" : "MEMORY.DMP";
        truth.put("image", out.image(file, spec(format, options.scale()), dice.named("machine"), machine -> {
            build(machine, options, truth, variant.equals("verifier"));
            PoolmonLog.growth(out, machine, Set.of("FcEn", "FcDb"), "2013-11-18 09:00:00", "2013-11-19 09:00:00");
            long pages = machine.space().memory().totalPages();
            machine.stop(StopState.requested(STOP, 5 * 86_400 + 999), new MemoryFigures(pages / 3, pages / 2, 512, pages / 2,
                    pages * 2,
                    pages * 3 / 5, 800, 1_500, pages / 4));
        }));
        return out.finish(truth);
    }

    private static MachineSpec spec(ImageFormat format, double scale) {
        int used = (int) Math.round(40_000 * scale) + 9_000;
        // The hole below 4 GB is left out in small machines; what a raw image does with it is a matter of its maker.
        List<MemoryRun> runs = List.of(new MemoryRun(0x1, 0x9b), new MemoryRun(0x100, Math.max(0x10000, used * 5L / 4)));
        return new MachineSpec(WindowsVersion.WINDOWS_7_SP1, false, format, runs, used, 2, 5, 16_384
                + (int) Math.round(60_000 * scale),
                16_384 + (int) Math.round(20_000 * scale), 0, 4097, 4096);
    }

    private static void build(Machine machine, LabOptions options, Truth truth, boolean verify) {
        StandardSystem system = new StandardSystem(machine, Math.min(1, options.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        KernelModule module = machine.load(new ModuleSpec("fastcache.sys", 0x1a000, 0x5260_11f3,
                "\\SystemRoot\\system32\\drivers\\fastcache.sys"));
        IoManager io = machine.io();
        KernelDriver driver = io.createDriver("\\Driver", "FastCache", module);
        KernelDevice device = io.createDevice(driver, "FastCache", 0x22, 0x100);
        machine.space().putPointer(module.variable(16), device.address());
        Filler nonPaged = new Filler(machine, PoolKind.NONPAGED, "nonpaged").with(machine, "MmCa", "ntoskrnl.exe", 120, 240, 6,
                40)
                .with(machine, "AfdC", "afd.sys", 160, 360, 2, 40).with(machine, "TCPc", "tcpip.sys", 40, 400, 3, 300);
        Filler paged = new Filler(machine, PoolKind.PAGED, "paged").with(machine, "NtfF", "Ntfs.sys", 400, 432, 4, 60)
                .with(machine, "CMkb", "ntoskrnl.exe", 96, 140, 2, 1500).with(machine, "MmSt", "ntoskrnl.exe", 40, 2000, 4, 22);
        long head = device.extension() + 0x20;
        int lost = (int) options.scaled(LOST, 1_500);
        int kept = (int) options.scaled(KEPT, 60);
        Entries entries = new Entries(machine, device, head, paged, nonPaged);
        if (verify) {
            entries.verified = machine.verifier().verify(module, lost + kept);
        }
        machine.space().initList(head);
        entries.add(lost, options.progress(), lost + kept);
        // The reset: a new head where the old one was.
        machine.space().initList(head);
        entries.add(kept, LabProgress.NONE, lost + kept);
        options.progress().at(lost + kept, lost + kept);
        machine.space().put32(device.extension() + 0x30, kept);
        paged.add(Math.round(6_000_000 * options.scale()));
        nonPaged.add(Math.round(6_000_000 * options.scale()));
        paged.drain();
        nonPaged.drain();
        paged.addPast(machine);
        nonPaged.addPast(machine);
        system.addPast(Set.of());
        Truth cause = truth.object("cause");
        cause.put("exhausted", "none").put("verdict", "lost blocks").put("driver", driver.name()).put("module", "fastcache.sys");
        cause.put("device", Address.text(device.address())).put("tags", List.of("FcEn", "FcDb"));
        if (verify) {
            cause.object("verifier").put("driver", "fastcache.sys").put("allocations", entries.verified.tracked())
                    .put("bytes", entries.verified.bytes()).put("caller", Address.text(module.code(17) + 9));
        }
        cause.put("unreachable", lost).put("reachable", kept).put("listHead", Address.text(head));
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

        private Entries(Machine machine, KernelDevice device, long head, Filler paged, Filler nonPaged) {
            this.machine = machine;
            this.space = machine.space();
            this.pools = machine.pools();
            this.device = device;
            this.head = head;
            this.paged = paged;
            this.nonPaged = nonPaged;
            this.entries = pools.tag("FcEn");
            this.buffers = pools.tag("FcDb");
        }

        void add(int count, LabProgress progress, int total) {
            Dice dice = machine.dice().named("entries " + count);
            for (int i = 0; i < count; i++) {
                int length = 96 + 16 * dice.below(40);
                long buffer = pools.allocate(PoolKind.PAGED, buffers, length);
                for (int at = 0; at < length; at += 8) {
                    space.put64(buffer + at, 0x2020_6174_6164_2020L + i);
                }
                long entry = pools.allocateZeroed(PoolKind.NONPAGED, entries, ENTRY);
                space.insertTail(head, entry);
                space.put64(entry + 0x10, dice.nextLong());
                space.put64(entry + 0x18, buffer);
                space.put64(entry + 0x20, device.address());
                space.put32(entry + 0x28, length);
                space.put32(entry + 0x2c, 1);
                space.put64(entry + 0x30, 130_293_000_000_000_000L + i * 12_345_678L);
                if (verified != null) {
                    machine.verifier().track(verified, entry, entry + BLOCK_DATA, ENTRY - 8, entries,
                            device.driver().module().code(17) + 9);
                }
                if (i % 32 == 0) {
                    paged.passThrough(120);
                    nonPaged.passThrough(120);
                }
                if ((i & 0xfff) == 0) {
                    progress.at(i, total);
                }
            }
        }
    }
}
