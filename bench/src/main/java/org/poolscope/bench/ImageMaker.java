package org.poolscope.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.poolscope.lab.Dice;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.lab.image.DumpHeader;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.PoolKind;

/**
 * Makes what the benchmarks look at: {@code ImageMaker x64-8g FILE} an image, with {@code FILE.json} beside it that says what must be
 * found in it; {@code ImageMaker photo-upload FOLDER} a case of the lab. The same name gives the same bytes.
 */
public final class ImageMaker {

    private static final long SEED = 1;
    private static final Instant STOP = Instant.parse("2007-01-11T01:31:19Z");
    private static final long UP_SECONDS = 794_653;

    private ImageMaker() {
    }

    /** Makes one image or case; its name and its place are the arguments. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("two arguments are needed: a name and a file");
        }
        Path target = Path.of(arguments[1]).toAbsolutePath();
        Files.createDirectories(target.getParent());
        var labCase = LabCases.find(arguments[0]);
        if (labCase.isPresent()) {
            labCase.get().write(target, LabOptions.scale(1));
        } else {
            BenchImage image = BenchImage.named(arguments[0]);
            make(image.spec(), image.blocks(), target);
        }
    }

    /**
     * Makes an image.
     *
     * @param blocks how many pool blocks to put into it
     */
    static void make(MachineSpec spec, int blocks, Path file) throws IOException {
        Dice dice = new Dice(SEED);
        try (Machine machine = Machine.create(file, spec, dice.named("machine"))) {
            new PoolLoad(machine).fill(blocks);
            machine.stop(StopState.requested(STOP, UP_SECONDS), figures(machine));
            long firstPage = DumpHeader.firstPageOffset(spec.version().architecture(), spec.format(), spec.runs());
            new OtherPages(machine.space().memory(), firstPage, dice.named("other pages")).fill(file);
            writeFacts(machine, Path.of(file + ".json"));
        }
    }

    /** Figures a machine of that size could have: half of what the kernel does not use is available. */
    private static MemoryFigures figures(Machine machine) {
        long all = machine.space().memory().totalPages();
        long pools = machine.poolPages(PoolKind.PAGED) + (long) machine.poolPages(PoolKind.NONPAGED);
        long rest = Math.max(0, all - pools);
        return new MemoryFigures(rest / 2, rest / 2, rest / 16, all - rest / 2, all * 2, all, rest / 64, rest / 64, rest / 4);
    }

    private static void writeFacts(Machine machine, Path file) throws IOException {
        long tags = 0;
        long outstanding = 0;
        long bytes = 0;
        for (TagAccount account : machine.pools().accounts()) {
            tags += account.allocs(PoolKind.PAGED) + account.allocs(PoolKind.NONPAGED) > 0 ? 1 : 0;
            for (PoolKind pool : PoolKind.values()) {
                outstanding += account.outstanding(pool);
                bytes += account.bytes(pool);
            }
        }
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            out.write("""
                    {"tags": %d, "outstandingBlocks": %d, "outstandingBytes": %d, "profiledTag": "%s", "profiledBlocks": %d,
                     "lostTag": "%s", "lostBlocks": %d}
                    """.formatted(tags, outstanding, bytes, PoolLoad.PROFILED,
                    machine.pools().tag(PoolLoad.PROFILED).outstanding(PoolKind.NONPAGED), PoolLoad.LOST,
                    machine.pools().tag(PoolLoad.LOST).outstanding(PoolKind.PAGED)
                            + machine.pools().tag(PoolLoad.LOST).outstanding(PoolKind.NONPAGED)));
        }
    }
}
