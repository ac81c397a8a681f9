package org.poolscope.lab;

import java.util.List;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.WindowsVersion;

/** Small machines for tests. */
final class Specs {

    private Specs() {
    }

    static MachineSpec small() {
        return of(WindowsVersion.SERVER_2003_SP1, false, ImageFormat.KERNEL_DUMP);
    }

    static MachineSpec of(WindowsVersion version, boolean pae, ImageFormat format) {
        return new MachineSpec(version, pae, format, List.of(new MemoryRun(1, 0x9e), new MemoryRun(0x100, 0x3f00)), 6000, 2, 5,
                2048,
                2048, 1024, 2049, 1024);
    }
}
