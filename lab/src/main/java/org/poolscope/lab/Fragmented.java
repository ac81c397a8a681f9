package org.poolscope.lab;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.ModuleSpec;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;

/**
 * Nonpaged pool at its limit with most of it free: a network driver allocates small records with its packet buffers, frees the
 * buffers and keeps most of the records, so that nearly every page is held by a block or two. No tag holds much.
 */
final class Fragmented extends MachineCase {

    private static final int PAGES = 30_000;
    private static final int SPARE_PAGES = 12;
    private static final Instant STOP = Instant.parse("2005-05-30T20:00:00Z");
    private static final long UP_SECONDS = 30 * 86_400;

    @Override
    public String name() {
        return "fragmented";
    }

    @Override
    public String description() {
        return "Nonpaged pool fails although most of it is free: no page is free as a whole";
    }

    @Override
    public List<String> variants() {
        return List.of("x86");
    }

    private static int limit(Making making) {
        return making.count(PAGES, 0) + 900;
    }

    @Override
    MachineSpec spec(Making making) {
        int limit = limit(making);
        return MachineSpec.of(WindowsVersion.SERVER_2003_SP1, limit + 2_000).withMegabytes(1024).withNonPaged(limit, limit / 2);
    }

    @Override
    void build(Machine machine, Making making) throws IOException {
        StandardSystem system = new StandardSystem(machine, Math.min(0.5, making.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        machine.load(new ModuleSpec("netacc.sys", 0x16000, 0x4277_a0c1, "\\SystemRoot\\system32\\drivers\\netacc.sys"));
        Filler nonPaged = Filler.everydayNonPaged(machine);
        nonPaged.add(making.bytes(6_000_000));
        machine.settle();
        LinkedBlocks records = new LinkedBlocks(machine, machine.module("netacc.sys"), "NaRc");
        LinkedBlocks buffers = new LinkedBlocks(machine, machine.module("netacc.sys"), "NaPk");
        Dice dice = machine.dice().named("packets");
        ArrayDeque<Long> packets = new ArrayDeque<>();
        ArrayDeque<Long> passing = new ArrayDeque<>();
        int limit = limit(making);
        int kept = 0;
        while (machine.poolPages(PoolKind.NONPAGED) < limit - SPARE_PAGES) {
            packets.add(buffers.add(PoolKind.NONPAGED, 1_944 + 4 * dice.below(8)));
            // Two packets leave room for two or three records in their page: enough are made to fill every such gap.
            for (int i = 0; i <= (packets.size() & 1); i++) {
                long record = records.add(PoolKind.NONPAGED, 40 + 8 * dice.below(3));
                if (dice.oneIn(6)) {
                    passing.add(record);
                } else {
                    kept++;
                }
            }
            if ((packets.size() & 0x3ff) == 0) {
                making.progress(machine.poolPages(PoolKind.NONPAGED), limit);
            }
        }
        // Quiet comes: the packets are gone, and with them every sixth record.
        making.truth().object("cause").put("exhausted", "nonpaged").put("verdict", "fragmented").put("module", "netacc.sys")
                .put("tag", "NaRc").put("records", kept).put("packetsFreed", packets.size()).put("unreachable", 0);
        packets.forEach(buffers::remove);
        passing.forEach(records::remove);
        making.progress(limit, limit);
        nonPaged.addPast(machine);
        system.addPast(Set.of());
        machine.stop(StopState.requested(STOP, UP_SECONDS), MemoryFigures.relaxed(machine));
    }

    @Override
    void texts(Making making) throws IOException {
        EventText.write(making.out(), EventText.NONPAGED_EMPTY, "5/30/2005", "9:55:31 PM", "GATE1");
    }
}
