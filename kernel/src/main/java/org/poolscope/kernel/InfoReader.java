package org.poolscope.kernel;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.CrashDumpHeader;
import org.poolscope.memory.ImageFormat;
import org.poolscope.memory.MemoryImage;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Architecture;
import org.poolscope.model.Provenance;

/** Says what an image is: by its header where it has one, by what the kernel itself says where not. */
final class InfoReader {

    /** 32-bit Windows runs on at most 32 processors, 64-bit Windows on at most 2048. */
    private static final int PROCESSORS_32 = 32;
    private static final int PROCESSORS_64 = 2048;

    private static final int NANOSECONDS_PER_TICK = 100;

    private final MemoryImage image;
    private final Architecture architecture;
    private final Optional<CrashDumpHeader> header;
    private final VirtualMemory memory;
    private final KernelVariables variables;

    /**
     * Prepares to read.
     *
     * @param memory the kernel's memory, or {@code null} when the image has none
     * @param variables the kernel's variables, or {@code null} as well
     */
    InfoReader(MemoryImage image, Architecture architecture, VirtualMemory memory, KernelVariables variables) {
        this.image = image;
        this.architecture = architecture;
        this.header = image.header();
        this.memory = memory;
        this.variables = variables;
    }

    ImageInfo info(Provenance seenAt, KernelIdentity identity, Long kernelBase) {
        int build = identity.version().build();
        return new ImageInfo(seenAt, image.format().word(), header.map(InfoReader::dumpType).orElse(null), architecture, pae(),
                build == 0 ? null : Integer.valueOf(build), identity.servicePack(), identity.lab(), processors(),
                directoryTableBase(), kernelBase, bugCheck().orElse(null), physicalPages(),
                image.physical().map(PhysicalMemory::presentPages).orElse(null), systemTime().orElse(null),
                upTime().orElse(null));
    }

    private static String dumpType(CrashDumpHeader header) {
        return header.type().map(type -> type.word()).orElse(header.dumpType() == null ? null : "type " + header.dumpType());
    }

    private Boolean pae() {
        if (architecture != Architecture.X86) {
            return null;
        }
        return memory instanceof PagedMemory paged ? Boolean.valueOf(paged.directory().mode().entrySize() == Long.BYTES)
                : header.map(CrashDumpHeader::pae).orElse(null);
    }

    private Long directoryTableBase() {
        return memory instanceof PagedMemory paged ? Long.valueOf(paged.directory().base())
                : header.map(CrashDumpHeader::directoryTableBase).orElse(null);
    }

    private Integer processors() {
        Optional<Integer> told = header.map(CrashDumpHeader::processors);
        int counted = told.isPresent() ? told.get() : processorBlocks().size();
        return counted == 0 ? null : Integer.valueOf(counted);
    }

    /** Addresses of the processor control blocks ({@code KPRCB}), in the order of the processors' numbers. */
    List<Long> processorBlocks() {
        List<Long> blocks = new ArrayList<>();
        OptionalLong array = variables == null ? OptionalLong.empty() : variables.told("KiProcessorBlock");
        int limit = architecture == Architecture.X86 ? PROCESSORS_32 : PROCESSORS_64;
        for (int i = 0; array.isPresent() && i < limit; i++) {
            OptionalLong block = variables.pointerAt(OptionalLong.of(array.getAsLong() + (long) i * memory.pointerSize()));
            if (block.isEmpty()) {
                break;
            }
            blocks.add(block.getAsLong());
        }
        return blocks;
    }

    /** Why the system stopped: from the header, or from what the kernel kept of its own stop; empty when it did not. */
    private Optional<BugCheck> bugCheck() {
        Optional<CrashDumpHeader> stopped = header.filter(known -> known.bugCheckCode() != null);
        if (stopped.isPresent()) {
            int code = stopped.get().bugCheckCode();
            return code == 0 ? Optional.empty() : Optional.of(BugCheck.of(code, stopped.get().bugCheckParameters()));
        }
        OptionalLong kept = variables == null ? OptionalLong.empty() : variables.told("KiBugcheckData");
        if (kept.isEmpty() || !memory.isReadable(kept.getAsLong(), 5L * memory.pointerSize())
                || memory.u32(kept.getAsLong()) == 0) {
            return Optional.empty();
        }
        List<Long> parameters = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            parameters.add(memory.pointer(kept.getAsLong() + (long) i * memory.pointerSize()));
        }
        return Optional.of(BugCheck.of(memory.u32(kept.getAsLong()), parameters));
    }

    /** Pages of physical memory the system used; {@code null} when the image does not say. */
    Long physicalPages() {
        Optional<Long> told = header.map(CrashDumpHeader::physicalPages);
        if (told.isPresent()) {
            return told.get();
        }
        OptionalLong counted = variables == null ? OptionalLong.empty() : variables.wordIn("MmNumberOfPhysicalPages");
        return counted.orElse(0) == 0 ? null : Long.valueOf(counted.getAsLong());
    }

    /**
     * Pages that the image should hold and does not, because it is cut short or damaged. Raw memory does not say itself how much it should be;
     * the kernel in it does.
     */
    long missingPages() {
        Optional<PhysicalMemory> physical = image.physical();
        long told = physical.map(PhysicalMemory::missingPages).orElse(0L);
        return told > 0 || variables == null || physical.isEmpty() || image.format() != ImageFormat.RAW ? told
                : new MachineMemory(variables, memory.pointerSize()).lackingIn(physical.get(), physicalPages());
    }

    private Optional<Instant> systemTime() {
        Optional<Instant> told = header.map(CrashDumpHeader::systemTime).flatMap(FileTime::instant);
        return told.isPresent() || memory == null ? told : FileTime.instant(shared().systemTime().orElse(0));
    }

    private Optional<Duration> upTime() {
        Optional<Duration> told = header.map(CrashDumpHeader::systemUpTime).flatMap(FileTime::duration);
        return told.isPresent() || memory == null ? told : FileTime.duration(shared().upTime().orElse(0));
    }

    /** When the image was taken, in the machine's own time; {@code null} when time or time zone are not in the image. */
    LocalDateTime localTime() {
        OptionalLong bias = memory == null ? OptionalLong.empty() : shared().timeZoneBias();
        Optional<Instant> time = systemTime();
        if (bias.isEmpty() || time.isEmpty()) {
            return null;
        }
        return LocalDateTime.ofInstant(time.get().minusNanos(bias.getAsLong() * NANOSECONDS_PER_TICK), ZoneOffset.UTC);
    }

    private SharedData shared() {
        return new SharedData(memory, architecture);
    }
}
