package org.poolscope.lab;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;

/**
 * A busy file server with nothing wrong: large pools with room left, tags with many allocations and as many frees, the file
 * cache's tables ({@code MmSt}) and the registry ({@code CM31}) on top. The dump was taken on request, three PoolMon snapshots
 * hours apart go up and down but do not grow. Nothing may be accused. In the variants {@code -trimmed} part of paged pool is in
 * the page file, so that not every pointer can be seen.
 */
final class HealthyFileServer extends MachineCase {

    private static final Instant STOP = Instant.parse("2012-05-08T11:30:00Z");
    private static final long UP_SECONDS = 41 * 86_400 + 7_201;
    private static final int ONE_IN_PAGE_FILE = 30;

    @Override
    public String name() {
        return "healthy-file-server";
    }

    @Override
    public String description() {
        return "A busy file server with large, balanced pool use and nothing wrong: a control case";
    }

    @Override
    public List<String> variants() {
        return variants(List.of("x86", "x64", "pae", "x86-trimmed", "17763-trimmed"), "");
    }

    @Override
    MachineSpec spec(Making making) {
        if (making.is("x64") || making.isModern()) {
            MemoryRun above4G = new MemoryRun(0x100000, making.count(0x100000, 0x40000));
            return MachineSpec.of(WindowsVersion.ofVariant(making.variant()), making.count(62_000, 0) + 3_000).withProcessors(4)
                    .withRuns(List.of(new MemoryRun(0x1, 0x9b), new MemoryRun(0x100, 0xbff00), above4G))
                    .withPaged(making.count(260_000, 8_192)).withNonPaged(making.count(190_000, 8_192), 0).withBigPageSlots(8192);
        }
        return MachineSpec.of(WindowsVersion.SERVER_2003_SP1, making.count(50_000, 0) + 2_000).withProcessors(4)
                .withPae(making.is("pae")).withPaged(making.count(86_016, 4_096)).withNonPaged(32_328, 2_048);
    }

    @Override
    void build(Machine machine, Making making) throws IOException {
        FileServerLoad.build(machine, making);
        if (making.variant().endsWith("-trimmed")) {
            machine.pageOut(ONE_IN_PAGE_FILE);
        }
        FileServerLoad.poolmon(making, machine);
        making.truth().object("cause").put("exhausted", "none").put("verdict", "no leak");
        machine.stop(StopState.requested(making.dated(STOP), UP_SECONDS), MemoryFigures.relaxed(machine));
    }

    @Override
    void texts(Making making) throws IOException {
        EventText.write(making.out(), EventText.UP_TIME, making.dated("5/8/2012"), "12:00:00 PM", "FILES02");
    }
}
