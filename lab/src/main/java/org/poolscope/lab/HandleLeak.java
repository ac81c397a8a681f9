package org.poolscope.lab;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
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
final class HandleLeak extends MachineCase {

    private static final int HANDLES = 1_400_000;

    /** Bytes of an event with its headers, on 32-bit and 64-bit systems. */
    private static final int EVENT = 48;
    private static final int EVENT_64 = 96;
    private static final Instant STOP = Instant.parse("2009-03-02T07:12:40Z");
    private static final long UP_SECONDS = 17 * 86_400 + 11_111;

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
        return variants(List.of("x86", "x64", "2003-x64"), "");
    }

    private static int handles(Making making) {
        return making.count(HANDLES, 2_000);
    }

    @Override
    MachineSpec spec(Making making) {
        boolean wide = making.variant().endsWith("x64") || making.isModern();
        int handles = handles(making);
        int limit = (int) ((long) handles * (wide ? EVENT_64 : EVENT) / 4096 * 106 / 100) + (wide ? 1_400 : 1_000) + (making.isModern() ? 400 : 0);
        int paged = 8_192 + handles / 128;
        return MachineSpec.of(WindowsVersion.ofVariant(making.variant()), limit + paged / 2)
                .withPaged(paged).withNonPaged(limit, limit / 2).withBigPageSlots(16_384);
    }

    @Override
    void build(Machine machine, Making making) throws IOException {
        StandardSystem system = new StandardSystem(machine, Math.min(0.5, making.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        KernelProcess service = machine.processes().create("thumbsvc.exe", machine.processes().all().get(4));
        for (int i = 0; i < 6; i++) {
            machine.processes().createThread(service, machine.kernel());
        }
        Filler nonPaged = Filler.everydayNonPaged(machine);
        Filler paged = Filler.everydayPaged(machine);
        paged.add(making.bytes(4_000_000));
        int handles = handles(making);
        for (int i = 0; i < handles; i++) {
            system.openEvent(service, false);
            if (i % 64 == 0) {
                nonPaged.passThrough(200);
            }
            if ((i & 0x3fff) == 0) {
                making.progress(i, handles);
            }
        }
        making.progress(handles, handles);
        nonPaged.drain();
        machine.settle();
        nonPaged.fill(machine.pools().nonPaged(), machine.spec().nonPagedLimitPages() - 40);
        paged.addPast(machine);
        nonPaged.addPast(machine);
        system.addPast(Set.of("Even", "Obtb"));
        machine.pools().past(PoolKind.NONPAGED, machine.objects().type("Event").account(), handles / 2);
        making.truth().object("cause").put("exhausted", "nonpaged").put("verdict", "handle leak").put("process", service.name())
                .put("pid", service.id()).put("type", "Event").put("tag", "Even").put("handles", service.handles().open())
                .put("leaked", handles).put("driver", "").put("unreachable", 0);
        PoolmonLog.growth(making.out(), machine, Set.of("Even", "Obtb"), making.dated("2009-02-28 07:00:01"),
                making.dated("2009-03-01 07:00:03"));
        machine.stop(StopState.requested(making.dated(STOP), UP_SECONDS), MemoryFigures.relaxed(machine));
    }

    @Override
    void texts(Making making) throws IOException {
        EventText.write(making.out(), EventText.NONPAGED_EMPTY, making.dated("3/2/2009"), "7:02:10 AM", "THUMBS1");
    }
}
