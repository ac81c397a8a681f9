package org.poolscope.lab;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.KernelSpace;
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
 * with a system buffer ({@code Io  }) or with a memory descriptor list ({@code Mdl }). Every such block belongs to an outstanding
 * request.
 */
final class SlowIrps extends MachineCase {

    private static final int REQUESTS = 42_000;
    private static final int BUFFER = 1_960;
    private static final int CONTROL_CODE = 0x0022_2404;
    private static final int FILE_DEVICE_UNKNOWN = 0x22;
    private static final int WAITING_AT = 0x20;
    private static final int ONE_MDL_IN = 16;
    private static final Instant STOP = Instant.parse("2006-09-21T13:47:00Z");
    private static final long UP_SECONDS = 6 * 86_400;

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
        return variants(List.of("x86", "x64", "2003-x64"), "");
    }

    private static int requests(Making making) {
        return making.count(REQUESTS, 300);
    }

    @Override
    MachineSpec spec(Making making) {
        int limit = requests(making) * 7 / 12 + (making.isModern() ? requests(making) / 16 + 1_900 : 1_500);
        return MachineSpec.of(WindowsVersion.ofVariant(making.variant()), limit + 3_000)
                .withNonPaged(limit, limit / 2);
    }

    @Override
    void build(Machine machine, Making making) throws IOException {
        StandardSystem system = new StandardSystem(machine, Math.min(0.5, making.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        KernelModule module = machine.load(new ModuleSpec("scanq.sys", 0x13000, 0x44f0_0a21,
                "\\SystemRoot\\system32\\drivers\\scanq.sys"));
        KernelDriver driver = machine.io().createDriver("\\Driver", "ScanQ", module);
        KernelDevice device = machine.io().createDevice(driver, "ScanQ", FILE_DEVICE_UNKNOWN, 0xc0);
        machine.space().putPointer(module.variable(16), device.address());
        int requests = requests(making);
        KernelProcess service = machine.processes().create("mailstore.exe", machine.processes().all().get(4));
        for (int i = 0; i < Math.min(160, Math.max(4, requests / 250)); i++) {
            machine.processes().createThread(service, machine.kernel());
        }
        Filler nonPaged = Filler.everydayNonPaged(machine);
        Filler paged = Filler.everydayPaged(machine);
        int withMdl = send(machine, making, service, device, nonPaged);
        paged.add(making.bytes(3_000_000));
        nonPaged.drain();
        machine.settle();
        nonPaged.fill(machine.pools().nonPaged(), machine.spec().nonPagedLimitPages() - 30);
        paged.addPast(machine);
        nonPaged.addPast(machine);
        system.addPast(Set.of("Io  ", "Irp ", "Mdl "));
        machine.pools().past(PoolKind.NONPAGED, machine.pools().tag("Io  "), requests * 20L);
        machine.pools().past(PoolKind.NONPAGED, machine.pools().tag("Irp "), requests * 60L);
        making.truth().object("cause").put("exhausted", "nonpaged").put("verdict", "requests not completed")
                .put("driver", driver.name()).put("module", "scanq.sys").put("tag", "Io  ").put("requests", requests)
                .put("withSystemBuffer", requests - withMdl).put("withMdl", withMdl).put("process", service.name())
                .put("pid", service.id()).put("unreachable", 0);
        PoolmonLog.growth(making.out(), machine, Set.of("Io  ", "Irp ", "Mdl "), making.dated("2006-09-21 08:00:00"),
                making.dated("2006-09-21 11:00:00"));
        machine.stop(StopState.requested(making.dated(STOP), UP_SECONDS), MemoryFigures.relaxed(machine));
    }

    /** Sends the requests, some of them with a memory descriptor list; how many these are. */
    private static int send(Machine machine, Making making, KernelProcess service, KernelDevice device, Filler others) {
        IoManager io = machine.io();
        KernelSpace space = machine.space();
        TagAccount buffers = machine.pools().tag("Io  ");
        long waiting = device.extension() + WAITING_AT;
        space.initList(waiting);
        long file = io.createFile(device, "\\");
        machine.processes().open(service, "File", file, 0x12019f);
        int requests = requests(making);
        int withMdl = 0;
        for (int i = 0; i < requests; i++) {
            KernelThread thread = service.threads().get(i % service.threads().size());
            KernelIrp irp;
            if (i % ONE_MDL_IN == ONE_MDL_IN - 1) {
                // A read into a buffer of the driver's own, described page by page.
                irp = io.send(thread, device, IoManager.Request.read(file, io.createMdl(waiting & -4096L, 2_048)));
                withMdl++;
            } else {
                long buffer = machine.pools().allocate(PoolKind.NONPAGED, buffers, BUFFER);
                space.putAscii(buffer, "SCAN");
                space.put32(buffer + 4, i);
                irp = io.send(thread, device, IoManager.Request.control(CONTROL_CODE, file, buffer));
            }
            io.enqueue(waiting, irp);
            if (i % 8 == 0) {
                others.passThrough(100);
            }
            if ((i & 0x3ff) == 0) {
                making.progress(i, requests);
            }
        }
        making.progress(requests, requests);
        return withMdl;
    }

    @Override
    void texts(Making making) throws IOException {
        EventText.write(making.out(), EventText.NONPAGED_EMPTY, making.dated("9/21/2006"), "1:40:12 PM", "SCAN3");
    }
}
