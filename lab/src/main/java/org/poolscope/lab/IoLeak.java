package org.poolscope.lab;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;

/**
 * The second of the two cases the program was written for: nonpaged pool full of 2,442,801 blocks of {@code Io  }, 0x40 bytes
 * each, 36 of them used (0x50 and 48 on 64-bit systems). A file system driver that talks to its server over UDP leaks one for every datagram that a filter below
 * it completes in an unusual way; so only machines with that filter leak. The variants are Server 2003 and XP, without and with
 * Driver Verifier's pool tracking, and {@code control}: the same driver on a machine without the filter, with nothing wrong; and these
 * three of each later system, named after its build.
 */
final class IoLeak extends MachineCase {

    /** Blocks in the published dump. */
    private static final int PUBLISHED_BLOCKS = 2_442_801;

    private static final int CONTROL_BLOCKS = 212;
    private static final int FILLED_PAGES = 44_288;
    private static final int VERIFIER_PAGES = 9_728;
    private static final int SPARE_PAGES = 24;
    private static final Instant STOP = Instant.parse("2004-07-14T16:42:09Z");
    private static final long UP_SECONDS = 11 * 86_400 + 4_000;

    @Override
    public String name() {
        return "io-leak";
    }

    @Override
    public String description() {
        return "Nonpaged pool exhausted by small blocks tagged 'Io  ' that a file system driver leaks";
    }

    @Override
    public List<String> variants() {
        return variants(List.of("2003", "2003-verifier", "xp", "xp-verifier", "control"), "", "-verifier", "-control");
    }

    private static boolean verified(Making making) {
        return making.variant().endsWith("-verifier");
    }

    private static boolean isControl(Making making) {
        return making.variant().endsWith("control");
    }

    @Override
    MachineSpec spec(Making making) {
        int limit = (making.isModern() ? making.count(FILLED_PAGES, 0) * 5 / 4 + 1_500 : making.count(FILLED_PAGES, 0) + 800) + (verified(making) ? making.count(VERIFIER_PAGES, 0) * (making.isModern() ? 2 : 1) + 64 : 0);
        WindowsVersion version = making.variant().startsWith("xp") ? WindowsVersion.XP_SP2
                : WindowsVersion.ofVariant(making.variant());
        return MachineSpec.of(version, limit + making.count(9_000, 0)).withNonPaged(limit, limit / 2)
                .withBigPageSlots(making.isModern() && making.scale() > 0.5 ? 32_768 : 16_384);
    }

    @Override
    void build(Machine machine, Making making) throws IOException {
        boolean control = isControl(making);
        StandardSystem system = new StandardSystem(machine, Math.min(1, making.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        RemoteFileSystem driver = new RemoteFileSystem(machine, system, !control, verified(making));
        Filler nonPaged = Filler.everydayNonPaged(machine).with(machine, "RemC", "remfs.sys", 72, 640, 1, 60);
        driver.build(control ? CONTROL_BLOCKS : making.count(PUBLISHED_BLOCKS, 500), nonPaged, making.options().progress());
        Filler paged = Filler.everydayPaged(machine);
        paged.add(making.bytes(9_000_000));
        machine.settle();
        int limit = machine.spec().nonPagedLimitPages();
        nonPaged.fill(machine.pools().nonPaged(), control ? limit / 5 : limit - SPARE_PAGES);
        paged.addPast(machine);
        nonPaged.addPast(machine);
        system.addPast(Set.of("Io  "));
        driver.describe(making.truth());
        StopState stop = StopState.requested(making.dated(STOP), UP_SECONDS);
        if (!control) {
            PoolmonLog.growth(making.out(), machine, Set.of("Io  ", "Vfpt"), making.dated("2004-07-12 08:00:05"),
                    making.dated("2004-07-13 08:00:04"));
            stop = driver.crash(making.dated(STOP), UP_SECONDS);
        }
        machine.stop(stop, MemoryFigures.relaxed(machine));
    }

    @Override
    void texts(Making making) throws IOException {
        if (!isControl(making)) {
            EventText.write(making.out(), EventText.NONPAGED_EMPTY, making.dated("7/14/2004"), "4:31:55 PM", "KIOSK217");
        }
    }
}
