package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;

/**
 * The second of the two cases the program was written for: nonpaged pool full of 2,442,801 blocks of {@code Io  }, 0x40 bytes
 * each, 36 of them used. A file system driver that talks to its server over UDP leaks one for every datagram that a filter below
 * it completes in an unusual way; so only machines with that filter leak. The variants are Server 2003 and XP, without and with
 * Driver Verifier's pool tracking, and {@code control}: the same driver on a machine without the filter, with nothing wrong.
 */
final class IoLeak implements LabCase {

    /** Blocks in the published dump. */
    static final int PUBLISHED_BLOCKS = 2_442_801;

    private static final int CONTROL_BLOCKS = 212;
    private static final int FILL_PAGES = 44_288;
    private static final int VERIFIER_PAGES = 9_728;
    private static final Instant STOP = Instant.parse("2004-07-14T16:42:09Z");

    @Override
    public String name() {
        return "io-leak";
    }

    @Override
    public String description() {
        return "Nonpaged pool exhausted by 0x40-byte blocks tagged 'Io  ' that a file system driver leaks";
    }

    @Override
    public List<String> variants() {
        return List.of("2003", "2003-verifier", "xp", "xp-verifier", "control");
    }

    @Override
    public LabResult write(Path folder, LabOptions options) throws IOException {
        String variant = Variants.choose(this, options);
        boolean control = variant.equals("control");
        boolean verifier = variant.endsWith("-verifier");
        CaseFolder out = new CaseFolder(folder);
        Dice dice = new Dice(options.seed());
        Truth truth = MachineTruth.of(this, options, variant);
        MachineSpec spec = spec(variant.startsWith("xp") ? WindowsVersion.XP_SP2 : WindowsVersion.SERVER_2003_SP1,
                options.scale(), verifier);
        truth.put("image", out.image("MEMORY.DMP", spec, dice.named("machine"), machine -> {
            StandardSystem system = new StandardSystem(machine, Math.min(1, options.scale() * 4));
            system.build(StandardSystem.ownNames(machine));
            RemoteFileSystem driver = new RemoteFileSystem(machine, system, !control, verifier);
            Filler nonPaged = nonPagedFiller(machine);
            int blocks = control ? CONTROL_BLOCKS : (int) options.scaled(PUBLISHED_BLOCKS, 500);
            driver.build(blocks, nonPaged, options.progress());
            otherUse(machine, system, nonPaged, options.scale(), control);
            driver.describe(truth);
            if (!control) {
                PoolmonLog.growth(out, machine, Set.of("Io  ", "Vfpt"), "2004-07-12 08:00:05", "2004-07-13 08:00:04");
            }
            machine.stop(control ? StopState.requested(STOP, 11 * 86_400 + 4_000) : driver.crash(STOP, 11 * 86_400 + 4_000),
                    figures(machine));
        }));
        if (!control) {
            EventText.write(out, EventText.NONPAGED_EMPTY, "7/14/2004", "6:31:55 PM", "KIOSK217");
        }
        return out.finish(truth);
    }

    private static MachineSpec spec(WindowsVersion version, double scale, boolean verifier) {
        int limit = limit(scale) + (verifier ? (int) Math.round(VERIFIER_PAGES * scale) + 64 : 0);
        return new MachineSpec(version, false, ImageFormat.KERNEL_DUMP, List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100,
                0x7fe00)),
                limit + Math.round(9_000 * scale) + 3_000, version == WindowsVersion.XP_SP2 ? 1 : 2,
                version == WindowsVersion.XP_SP2 ? 2 : 5,
                8_192, limit, limit / 2, 2049, 16_384);
    }

    /** The limit of nonpaged pool in pages, which the leak has reached. */
    private static int limit(double scale) {
        return (int) Math.round(FILL_PAGES * scale) + 800;
    }

    private static Filler nonPagedFiller(Machine machine) {
        return new Filler(machine, PoolKind.NONPAGED, "nonpaged").with(machine, "MmCa", "ntoskrnl.exe", 120, 200, 6, 40)
                .with(machine, "NtFs", "Ntfs.sys", 40, 150, 2, 40).with(machine, "AfdC", "afd.sys", 160, 360, 2, 40)
                .with(machine, "TCPc", "tcpip.sys", 40, 400, 3, 300).with(machine, "Vad ", "ntoskrnl.exe", 48, 64, 3, 100)
                .with(machine, "NDpb", "NDIS.sys", 64, 256, 2, 30).with(machine, "RemC", "remfs.sys", 72, 640, 1, 60);
    }

    private static void otherUse(Machine machine, StandardSystem system, Filler nonPaged, double scale, boolean control) {
        Filler paged = new Filler(machine, PoolKind.PAGED, "paged").with(machine, "NtfF", "Ntfs.sys", 400, 432, 4, 60)
                .with(machine, "Gla1", "win32k.sys", 400, 1200, 4, 3).with(machine, "Gh05", "win32k.sys", 80, 2400, 4, 8)
                .with(machine, "CMkb", "ntoskrnl.exe", 96, 140, 2, 1500).with(machine, "MmSt", "ntoskrnl.exe", 40, 2000, 4, 22);
        paged.add(Math.round(9_000_000 * Math.min(1, scale)));
        machine.settle();
        int limit = machine.spec().nonPagedLimitPages();
        nonPaged.fill(machine.pools().nonPaged(), control ? limit / 5 : limit - 24);
        paged.addPast(machine);
        nonPaged.addPast(machine);
        system.addPast(Set.of("Io  "));
    }

    private static MemoryFigures figures(Machine machine) {
        long pages = machine.space().memory().totalPages();
        return new MemoryFigures(pages / 2, pages * 7 / 10, 611, pages / 3, pages * 2, pages * 2 / 5, 921, 1_777, pages / 6);
    }
}
