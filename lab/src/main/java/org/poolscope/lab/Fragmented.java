package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.ModuleSpec;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;

/**
 * Nonpaged pool at its limit with most of it free: a network driver allocates a small record with each packet buffer, frees the
 * buffers and keeps some of the records, so that nearly every page is held by a block or two. No tag holds much.
 */
final class Fragmented implements LabCase {

    private static final int PAGES = 30_000;
    private static final Instant STOP = Instant.parse("2005-05-30T20:00:00Z");

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

    @Override
    public LabResult write(Path folder, LabOptions options) throws IOException {
        String variant = Variants.choose(this, options);
        CaseFolder out = new CaseFolder(folder);
        Dice dice = new Dice(options.seed());
        Truth truth = MachineTruth.of(this, options, variant);
        int limit = (int) Math.round(PAGES * options.scale()) + 900;
        MachineSpec spec = new MachineSpec(WindowsVersion.SERVER_2003_SP1, false, ImageFormat.KERNEL_DUMP,
                List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100, 0x3fe00)), limit + 5_000L, 2, 5, 8_192, limit, limit / 2,
                2049, 1024);
        truth.put("image", out.image("MEMORY.DMP", spec, dice.named("machine"), machine -> {
            build(machine, limit, options, truth);
            long pages = machine.space().memory().totalPages();
            machine.stop(StopState.requested(STOP, 30 * 86_400), new MemoryFigures(pages / 3, pages / 2, 90, pages / 3, pages * 2,
                    pages * 2 / 5, 600, 1_300, pages / 6));
        }));
        EventText.write(out, EventText.NONPAGED_EMPTY, "5/30/2005", "9:55:31 PM", "GATE1");
        return out.finish(truth);
    }

    private static void build(Machine machine, int limit, LabOptions options, Truth truth) {
        StandardSystem system = new StandardSystem(machine, Math.min(0.5, options.scale() * 4));
        system.build(StandardSystem.ownNames(machine));
        machine.load(new ModuleSpec("netacc.sys", 0x16000, 0x4277_a0c1, "\\SystemRoot\\system32\\drivers\\netacc.sys"));
        Filler nonPaged = new Filler(machine, PoolKind.NONPAGED, "nonpaged").with(machine, "MmCa", "ntoskrnl.exe", 120, 200, 6,
                40)
                .with(machine, "NtFs", "Ntfs.sys", 40, 150, 2, 40).with(machine, "TCPc", "tcpip.sys", 40, 400, 3, 300);
        nonPaged.add(Math.round(6_000_000 * options.scale()));
        machine.settle();
        LinkedBlocks records = new LinkedBlocks(machine, machine.module("netacc.sys"), "NaRc");
        LinkedBlocks buffers = new LinkedBlocks(machine, machine.module("netacc.sys"), "NaPk");
        Dice dice = machine.dice().named("packets");
        ArrayDeque<Long> packets = new ArrayDeque<>();
        ArrayDeque<Long> passing = new ArrayDeque<>();
        int kept = 0;
        while (machine.poolPages(PoolKind.NONPAGED) < limit - 12) {
            packets.add(buffers.add(PoolKind.NONPAGED, 1_944 + 4 * dice.below(8)));
            // Two packets leave room for two or three records in their page: enough are made to fill every such gap.
            for (int i = 0; i <= (packets.size() & 1); i++) {
                long record = records.add(PoolKind.NONPAGED, 40 + 8 * dice.below(3));
                if (dice.below(6) > 0) {
                    kept++;
                } else {
                    passing.add(record);
                }
            }
            if ((packets.size() & 0x3ff) == 0) {
                options.progress().at(machine.poolPages(PoolKind.NONPAGED), limit);
            }
        }
        // Quiet comes: the packets are gone, and with them every sixth record.
        int packetCount = packets.size();
        packets.forEach(buffers::remove);
        passing.forEach(records::remove);
        options.progress().at(limit, limit);
        nonPaged.addPast(machine);
        system.addPast(Set.of());
        truth.object("cause").put("exhausted", "nonpaged").put("verdict", "fragmented").put("module", "netacc.sys").put("tag",
                "NaRc")
                .put("records", kept).put("packetsFreed", packetCount).put("unreachable", 0);
    }
}
