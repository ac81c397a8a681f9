package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;

/**
 * A busy file server with nothing wrong: large pools with room left, tags with many allocations and as many frees, the file
 * cache's tables ({@code MmSt}) and the registry ({@code CM31}) on top. The dump was taken on request, two PoolMon snapshots
 * hours apart go up and down but do not grow. Nothing may be accused.
 */
final class HealthyFileServer implements LabCase {

    private static final Instant STOP = Instant.parse("2012-05-08T09:30:00Z");

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
        return List.of("x86", "x64", "pae", "x86-trimmed");
    }

    @Override
    public LabResult write(Path folder, LabOptions options) throws IOException {
        String variant = Variants.choose(this, options);
        CaseFolder out = new CaseFolder(folder);
        Dice dice = new Dice(options.seed());
        MachineSpec spec = spec(variant, options.scale());
        Truth truth = MachineTruth.of(this, options, variant);
        truth.put("image", out.image("MEMORY.DMP", spec, dice.named("machine"), machine -> {
            FileServerLoad.build(machine, options);
            if (variant.equals("x86-trimmed")) {
                machine.pageOut(30);
            }
            FileServerLoad.poolmon(out, dice.named("poolmon"), PoolmonLog.rowsOf(machine), machine);
            machine.stop(StopState.requested(STOP, 41 * 86_400 + 7_201), figures(machine));
        }));
        EventText.write(out, EventText.UP_TIME, "5/8/2012", "12:00:00 PM", "FILES02");
        truth.object("cause").put("exhausted", "none").put("verdict", "no leak");
        return out.finish(truth);
    }

    private static MachineSpec spec(String variant, double scale) {
        if (variant.equals("x64")) {
            long frames = Math.max(0x40000, Math.round(0x100000 * scale));
            return new MachineSpec(WindowsVersion.WINDOWS_7_SP1, false, ImageFormat.KERNEL_DUMP,
                    List.of(new MemoryRun(0x1, 0x9b), new MemoryRun(0x100, 0xbff00), new MemoryRun(0x100000, frames)),
                    Math.round(62_000 * scale) + 9_000, 4, 5, Math.max(8_192, (int) Math.round(260_000 * scale)),
                    Math.max(8_192, (int) Math.round(190_000 * scale)), 0, 4097, 8192);
        }
        return new MachineSpec(WindowsVersion.SERVER_2003_SP1, variant.equals("pae"), ImageFormat.KERNEL_DUMP,
                List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100, 0x7fe00)), Math.round(50_000 * scale) + 5_000, 4, 5,
                Math.max(4_096, (int) Math.round(86_016 * scale)), 32_328, 2_048, 2049, 4096);
    }

    private static MemoryFigures figures(Machine machine) {
        long pages = machine.space().memory().totalPages();
        return new MemoryFigures(pages * 4 / 10, pages * 8 / 10, 2_117, pages * 3 / 10, pages * 2, pages * 4 / 10, 1_804, 2_222,
                pages / 5);
    }
}
