package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.WindowsVersion;

/** A case whose main evidence is the memory of one machine. */
abstract class MachineCase implements LabCase {

    private static final String MODERN_YEAR = "2022";

    /**
     * One making of a case.
     *
     * @param out where the evidence goes
     * @param options how it was asked for
     * @param variant the variant that was chosen
     * @param dice decides what is left to chance
     * @param truth what is so in the case
     */
    record Making(CaseFolder out, LabOptions options, String variant, Dice dice, Truth truth) {

        double scale() {
            return options.scale();
        }

        /** A count at this scale, at least {@code least}. */
        int count(int atFullScale, int least) {
            return (int) Math.max(least, Math.round(atFullScale * scale()));
        }

        /** Bytes at this scale. */
        long bytes(long atFullScale) {
            return Math.round(atFullScale * scale());
        }

        /** Tells how far the making is. */
        void progress(long done, long total) {
            options.progress().at(LabOptions.MAKING, done, total);
        }

        boolean is(String name) {
            return variant.equals(name);
        }

        /** Whether the variant is one of a system from Windows 8.1 on. */
        boolean isModern() {
            return WindowsVersion.modern(variant).isPresent();
        }

        /** A date of the case as its variant has it: later systems were not there in the case's own year. */
        String dated(String text) {
            return isModern() ? text.replaceAll("20[01][0-9]", MODERN_YEAR) : text;
        }

        /** The same of a time. */
        Instant dated(Instant time) {
            return Instant.parse(dated(time.toString()));
        }
    }

    @Override
    public final LabResult write(Path folder, LabOptions options) throws IOException {
        String variant = Variants.choose(this, options);
        Making making = new Making(new CaseFolder(folder), options, variant, new Dice(options.seed()),
                MachineTruth.of(this, options, variant));
        Truth image = making.out().image(imageName(making), spec(making), making.dice().named("machine"), m -> build(m, making));
        making.truth().put("image", image);
        texts(making);
        return making.out().finish(making.truth());
    }

    /** The earlier variants of a case, and for each system from Windows 8.1 on one named after its build, with each ending. */
    static List<String> variants(List<String> earlier, String... endings) {
        List<String> all = new ArrayList<>(earlier);
        for (WindowsVersion version : WindowsVersion.modern()) {
            for (String ending : endings) {
                all.add(version.build() + ending);
            }
        }
        return List.copyOf(all);
    }

    /** The image's file name. */
    String imageName(Making making) {
        return making.variant().endsWith("raw") ? "memory.raw" : "MEMORY.DMP";
    }

    /** The machine to make. */
    abstract MachineSpec spec(Making making);

    /** Builds what the case is about, up to and with the machine's stop, and tells the truth about it. */
    abstract void build(Machine machine, Making making) throws IOException;

    /** Writes what else was collected. */
    void texts(Making making) throws IOException {
        // A case may have nothing but its image.
    }
}
