package org.poolscope.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.Architecture;

/**
 * The machines the benchmarks look at. The first three differ only in size: what an answer costs must not follow it. Names in the
 * command line are those of the constants in lower case with {@code -} for {@code _}.
 */
enum BenchImage {

    /** A small Server 2003. */
    X86_64M(WindowsVersion.SERVER_2003_SP1, ImageFormat.FULL_DUMP, 64, 40_000),
    /** A middling one. */
    X86_1G(WindowsVersion.SERVER_2003_SP1, ImageFormat.FULL_DUMP, 1024, 600_000),
    /** As much as a 32-bit machine can have without its pools growing further; above 3.5 GB memory needs PAE. */
    X86_4G(WindowsVersion.SERVER_2003_SP1, ImageFormat.FULL_DUMP, 4096, 1_200_000),
    /** The same amount without a header: page directory and kernel must be found. */
    RAW_X64_4G(WindowsVersion.WINDOWS_7_SP1, ImageFormat.RAW, 4096, 4_000_000),
    /** A 64-bit machine with half of its memory in pool blocks. */
    X64_8G(WindowsVersion.WINDOWS_7_SP1, ImageFormat.FULL_DUMP, 8192, 20_000_000);

    private static final int FRAMES_PER_MEBIBYTE = 256;

    /** Where memory stops below the devices that answer under 4 GB; what is left over appears above 4 GB. */
    private static final long DEVICES_BEGIN = 0xe0000;
    private static final long DEVICES_END = 0x10_0000;

    private final WindowsVersion version;
    private final ImageFormat format;
    private final int mebibytes;
    private final int blocks;

    BenchImage(WindowsVersion version, ImageFormat format, int mebibytes, int blocks) {
        this.version = version;
        this.format = format;
        this.mebibytes = mebibytes;
        this.blocks = blocks;
    }

    /** The image of this name in the command line. */
    static BenchImage named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** How many pool blocks are put into it, on top of those of its drivers and processes. */
    int blocks() {
        return blocks;
    }

    /** The machine. */
    MachineSpec spec() {
        boolean wide = version.architecture() == Architecture.X64;
        List<MemoryRun> runs = runs();
        boolean pae = !wide && runs.getLast().end() > DEVICES_END;
        // Blocks take about 300 bytes on average; page tables, modules and large pages come on top.
        int expected = (int) (blocks * 300L / 4096) + 6_000;
        int most = mebibytes * FRAMES_PER_MEBIBYTE / 2;
        return wide ? new MachineSpec(version, false, format, runs, expected, 4, 5, most, most, 0, 4097, 32768)
                : new MachineSpec(version, pae, format, runs, expected, 2, 5, 67_072, 32_328, 2048, 2049, 4096);
    }

    /** Physical memory as a personal computer has it: nothing in frame 0, none between 640 KB and 1 MB. */
    private List<MemoryRun> runs() {
        long frames = (long) mebibytes * FRAMES_PER_MEBIBYTE;
        List<MemoryRun> runs = new ArrayList<>();
        runs.add(new MemoryRun(0x1, 0x9e));
        if (format == ImageFormat.RAW) {
            // The file holds every address up to the last, so its size is the highest address.
            runs.add(new MemoryRun(0x100, frames - 0x100));
            return runs;
        }
        long low = Math.min(frames - 0x9e, DEVICES_BEGIN - 0x100);
        runs.add(new MemoryRun(0x100, low));
        if (low + 0x9e < frames) {
            runs.add(new MemoryRun(DEVICES_END, frames - low - 0x9e));
        }
        return runs;
    }
}
