package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.IoManager;
import org.poolscope.lab.machine.KernelDevice;
import org.poolscope.lab.machine.KernelDriver;
import org.poolscope.lab.machine.KernelIrp;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.KernelProcess;
import org.poolscope.lab.machine.KernelThread;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.ModuleSpec;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;

/**
 * A virus scanner's driver, scanq.sys, takes requests and does not complete them while its service hangs: requests pile up, each
 * with a system buffer ({@code Io  }) or with a memory descriptor list ({@code Mdl }). Every block belongs to an outstanding
 * request.
 */
final class SlowIrps implements LabCase {

    private static final int REQUESTS = 42_000;
    private static final int BUFFER = 1_960;
    private static final int CONTROL_CODE = 0x0022_2404;
    private static final Instant STOP = Instant.parse("2006-09-21T11:47:00Z");

    @Override
    public String name() {
        return "slow-irps";
    }

    @Override
    public String description() {
        return "Requests pile up at a driver that does not complete them, each with its buffer in nonpaged pool";
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
        int requests = (int) options.scaled(REQUESTS, 300);
        truth.put("image", out.image("MEMORY.DMP", spec(variant.equals("x64"), requests), dice.named("machine"), machine -> {
            build(machine, requests, options, truth);
            PoolmonLog.growth(out, machine, Set.of("Io  ", "Irp ", "Mdl "), "2006-09-21 08:00:00", "2006-09-21 11:00:00");
            long pages = machine.space().memory().totalPages();
            machine.stop(StopState.requested(STOP, 6 * 86_400), new MemoryFigures(pages / 2, pages * 6 / 10, 330, pages / 3,
                    pages * 2,
                    pages * 2 / 5, 700, 1_400, pages / 6));
        }));
        EventText.write(out, EventText.NONPAGED_EMPTY, "9/21/2006", "1:40:12 PM", "SCAN3");
        return out.finish(truth);
    }

    private static MachineSpec spec(boolean wide, int requests) {
        int limit = requests * 7 / 12 + 1_500;
        if (wide) {
            return new MachineSpec(WindowsVersion.WINDOWS_7_SP1, false, ImageFormat.KERNEL_DUMP,
                    List.of(new MemoryRun(0x1, 0x9b), new MemoryRun(0x100, 0x7fe00)), limit + 8_000L, 2, 5, 8_192, limit, 0,
                    4097, 4096);
        }
        return new MachineSpec(WindowsVersion.SERVER_2003_SP1, false, ImageFormat.KERNEL_DUMP,
                List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100, 0x7fe00)), limit + 6_000L, 2, 5, 8_192, limit, limit / 2,
                2049, 4096);
    }

    private static void build(Machine machine, int requests, LabOptions options, Truth truth) {
        StandardSystem system = new StandardSystem(machine, Math.min(0.5, options.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        KernelModule module = machine.load(new ModuleSpec("scanq.sys", 0x13000, 0x44f0_0a21,
                "\\SystemRoot\\system32\\drivers\\scanq.sys"));
        IoManager io = machine.io();
        KernelDriver driver = io.createDriver("\\Driver", "ScanQ", module);
        KernelDevice device = io.createDevice(driver, "ScanQ", 0x22, 0xc0);
        KernelSpace space = machine.space();
        space.putPointer(module.variable(16), device.address());
        TagAccount buffers = machine.pools().tag("Io  ");
        KernelProcess service = machine.processes().create("mailstore.exe", machine.processes().all().get(4));
        for (int i = 0; i < Math.min(160, Math.max(4, requests / 250)); i++) {
            machine.processes().createThread(service, machine.kernel());
        }
        long file = io.createFile(device, "\\");
        machine.processes().open(service, "File", file, 0x12019f);
        Filler nonPaged = new Filler(machine, PoolKind.NONPAGED, "nonpaged").with(machine, "MmCa", "ntoskrnl.exe", 120, 200, 6,
                40)
                .with(machine, "NtFs", "Ntfs.sys", 40, 150, 2, 40).with(machine, "AfdC", "afd.sys", 160, 360, 2, 40)
                .with(machine, "TCPc", "tcpip.sys", 40, 400, 3, 300);
        Filler paged = new Filler(machine, PoolKind.PAGED, "paged").with(machine, "NtfF", "Ntfs.sys", 400, 432, 4, 60)
                .with(machine, "CMkb", "ntoskrnl.exe", 96, 140, 2, 1500).with(machine, "MmSt", "ntoskrnl.exe", 40, 2000, 4, 22);
        int withMdl = 0;
        long waiting = device.extension() + 0x20;
        for (int i = 0; i < requests; i++) {
            KernelThread thread = service.threads().get(i % service.threads().size());
            KernelIrp irp;
            if (i % 16 == 15) {
                // A read into a buffer of the driver's own, described page by page.
                irp = io.send(thread, device, IoManager.Request.read(file, io.createMdl(waiting & -4096L, 2_048)));
                withMdl++;
            } else {
                long buffer = machine.pools().allocate(PoolKind.NONPAGED, buffers, BUFFER);
                space.put32(buffer, 0x4e414353);
                space.put32(buffer + 4, i);
                irp = io.send(thread, device, IoManager.Request.control(CONTROL_CODE, file, buffer));
            }
            io.enqueue(waiting, irp);
            if (i % 8 == 0) {
                nonPaged.passThrough(100);
            }
            if ((i & 0x3ff) == 0) {
                options.progress().at(i, requests);
            }
        }
        options.progress().at(requests, requests);
        paged.add(Math.round(3_000_000 * options.scale()));
        nonPaged.drain();
        machine.settle();
        nonPaged.fill(machine.pools().nonPaged(), machine.spec().nonPagedLimitPages() - 30);
        paged.addPast(machine);
        nonPaged.addPast(machine);
        system.addPast(Set.of("Io  ", "Irp ", "Mdl "));
        machine.pools().past(PoolKind.NONPAGED, buffers, requests * 20L);
        machine.pools().past(PoolKind.NONPAGED, machine.pools().tag("Irp "), requests * 60L);
        truth.object("cause").put("exhausted", "nonpaged").put("verdict", "requests not completed").put("driver", driver.name())
                .put("module", "scanq.sys").put("tag", "Io  ").put("requests", requests).put("withSystemBuffer",
                requests - withMdl)
                .put("withMdl", withMdl).put("process", service.name()).put("pid", service.id()).put("unreachable", 0);
    }
}
