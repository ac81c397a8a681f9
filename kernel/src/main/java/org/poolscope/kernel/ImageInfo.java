package org.poolscope.kernel;

import java.time.Duration;
import java.time.Instant;
import org.poolscope.model.Architecture;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * What an image is, and of what machine: the answer of {@code poolscope info}. What the image does not say is {@code null}.
 *
 * @param seenAt the image
 * @param format the file format: {@code crash-dump-32}, {@code crash-dump-64}, {@code elf-core}, {@code vmware},
 *               {@code raw}
 * @param dumpType the kind of crash dump: {@code full}, {@code bitmap-kernel}, {@code triage} …
 * @param architecture the processor architecture
 * @param pae whether a 32-bit kernel used PAE; {@code null} for other architectures
 * @param build the build number
 * @param servicePack the service pack, 0 for none
 * @param buildLab the build's own name for itself, for instance {@code 3790.srv03_sp1_rtm.050324-1447}
 * @param processors how many processors the system used
 * @param directoryTableBase physical address of the top page table
 * @param kernelBase where the kernel is loaded
 * @param bugCheck why the system stopped; {@code null} when it did not
 * @param physicalPages pages of physical memory the system used
 * @param presentPages pages the image holds, 4096 bytes each; {@code null} for small dumps, which hold pieces
 * @param systemTime when the image was taken
 * @param upTime how long the system had run
 */
public record ImageInfo(
        Provenance seenAt,
        String format,
        String dumpType,
        Architecture architecture,
        Boolean pae,
        Integer build,
        Integer servicePack,
        String buildLab,
        Integer processors,
        Long directoryTableBase,
        Long kernelBase,
        BugCheck bugCheck,
        Long physicalPages,
        Long presentPages,
        Instant systemTime,
        Duration upTime) implements Fact {
}
