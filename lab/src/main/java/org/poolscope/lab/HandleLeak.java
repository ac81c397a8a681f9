package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.KernelProcess;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;

/**
 * A service, {@code thumbsvc.exe}, makes an event for each thumbnail and never closes the handle: nonpaged pool fills with
 * {@code Even}, paged pool with the service's handle table ({@code Obtb}). No driver is to blame. All blocks are reachable.
 */
final class HandleLeak implements LabCase {

    private static final int HANDLES = 1_400_000;
    private static final Instant STOP = Instant.parse("2009-03-02T06:12:40Z");

    @Override
    public String name() {
        return "handle-leak";
    }

    @Override
    public String description() {
        return "A service leaks event handles until nonpaged pool is nearly full";
    }

    @Override
    public List<String> variants() {
        return List.of("x86", "x64");
    }

    @Override
    public LabResult write(Path folder, LabOptions options) throws IOException {
        String variant = Variants.choose(this, options);
        CaseFolder out = new CaseFolder(folder);
        Dice dice = new Dice(options.seed());
        Truth truth = MachineTruth.of(this, options, variant);
        int handles = (int) options.scaled(HANDLES, 2_000);
        truth.put("image", out.image("MEMORY.DMP", spec(variant.equals("x64"), handles), dice.named("machine"), machine -> {
            build(machine, handles, options, truth);
            PoolmonLog.growth(out, machine, Set.of("Even", "Obtb"), "2009-02-28 07:00:01", "2009-03-01 07:00:03");
            long pages = machine.space().memory().totalPages();
            machine.stop(StopState.requested(STOP, 17 * 86_400 + 11_111), new MemoryFigures(pages / 2, pages * 6 / 10, 1_040,
                    pages / 3,
                    pages * 2, pages * 2 / 5, 800, 1_500, pages / 6));
        }));
        EventText.write(out, EventText.NONPAGED_EMPTY, "3/2/2009", "7:02:10 AM", "THUMBS1");
        return out.finish(truth);
    }

    private static MachineSpec spec(boolean wide, int handles) {
        // An event with its headers takes 48 bytes on 32-bit systems, 96 on 64-bit ones.
        int limit = (int) ((long) handles * (wide ? 96 : 48) / 4096 * 106 / 100) + (wide ? 1_400 : 1_000);
        int paged = 8_192 + handles / 128;
        if (wide) {
            return new MachineSpec(WindowsVersion.WINDOWS_7_SP1, false, ImageFormat.KERNEL_DUMP,
                    List.of(new MemoryRun(0x1, 0x9b), new MemoryRun(0x100, 0xbff00), new MemoryRun(0x100000, 0x40000)),
                    limit + paged / 2 + 6_000L, 2, 5, paged, limit, 0, 4097, 16_384);
        }
        return new MachineSpec(WindowsVersion.SERVER_2003_SP1, false, ImageFormat.KERNEL_DUMP,
                List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100, 0x7fe00)), limit + paged / 2 + 4_000L, 2, 5, paged, limit,
                limit / 2,
                2049, 16_384);
    }

    private static void build(Machine machine, int handles, LabOptions options, Truth truth) {
        StandardSystem system = new StandardSystem(machine, Math.min(0.5, options.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        KernelProcess service = machine.processes().create("thumbsvc.exe", machine.processes().all().get(4));
        for (int i = 0; i < 6; i++) {
            machine.processes().createThread(service, machine.kernel());
        }
        Filler nonPaged = new Filler(machine, PoolKind.NONPAGED, "nonpaged").with(machine, "MmCa", "ntoskrnl.exe", 120, 200, 6,
                40)
                .with(machine, "NtFs", "Ntfs.sys", 40, 150, 2, 40).with(machine, "AfdC", "afd.sys", 160, 360, 2, 40)
                .with(machine, "TCPc", "tcpip.sys", 40, 400, 3, 300).with(machine, "NDpb", "NDIS.sys", 64, 256, 2, 30);
        Filler paged = new Filler(machine, PoolKind.PAGED, "paged").with(machine, "NtfF", "Ntfs.sys", 400, 432, 4, 60)
                .with(machine, "Gh05", "win32k.sys", 80, 2400, 4, 8).with(machine, "CMkb", "ntoskrnl.exe", 96, 140, 2, 1500)
                .with(machine, "MmSt", "ntoskrnl.exe", 40, 2000, 4, 22);
        paged.add(Math.round(4_000_000 * options.scale()));
        for (int i = 0; i < handles; i++) {
            system.openEvent(service, false);
            if (i % 64 == 0) {
                nonPaged.passThrough(200);
            }
            if ((i & 0x3fff) == 0) {
                options.progress().at(i, handles);
            }
        }
        options.progress().at(handles, handles);
        nonPaged.drain();
        machine.settle();
        nonPaged.fill(machine.pools().nonPaged(), machine.spec().nonPagedLimitPages() - 40);
        paged.addPast(machine);
        nonPaged.addPast(machine);
        system.addPast(Set.of("Even", "Obtb"));
        machine.pools().past(PoolKind.NONPAGED, machine.objects().type("Event").account(), handles / 2);
        truth.object("cause").put("exhausted", "nonpaged").put("verdict", "handle leak").put("process", service.name())
                .put("pid", service.id()).put("type", "Event").put("tag", "Even").put("handles", service.handles().open())
                .put("leaked", handles).put("driver", "").put("unreachable", 0);
    }
}
