package org.poolscope.memory;

import java.util.List;
import java.util.Optional;
import org.poolscope.model.Architecture;

/**
 * The header of a crash dump. A field the writer left unfilled (Windows fills the page with the letters {@code PAGE} first), or
 * that lies beyond the end of a truncated file, is {@code null}.
 *
 * <p>Addresses of 32-bit kernels are zero-extended.
 *
 * @param wide whether it is the 64-bit form ({@code PAGEDU64}, 0x2000 bytes) and not the 32-bit one ({@code PAGEDUMP}, 0x1000
 *     bytes)
 * @param majorVersion 15 for a free build, 12 for a checked one
 * @param build the build number ("MinorVersion")
 * @param directoryTableBase register CR3: physical address of the top page table
 * @param pfnDatabase virtual address of {@code MmPfnDatabase}
 * @param loadedModules virtual address of {@code PsLoadedModuleList}
 * @param activeProcesses virtual address of {@code PsActiveProcessHead}
 * @param machine {@code IMAGE_FILE_MACHINE_…}
 * @param processors number of processors
 * @param bugCheckCode the stop code
 * @param bugCheckParameters its four parameters, or empty when they are not there
 * @param pae whether a 32-bit kernel used PAE; {@code null} for 64-bit
 * @param debuggerData virtual address of {@code KDDEBUGGER_DATA64}
 * @param dumpType the number of the dump's type; see {@link #type()}
 * @param productType 1 workstation, 2 domain controller, 3 server
 * @param suiteMask product suites, a bit set
 * @param requiredDumpSpace bytes the writer planned for the file
 * @param systemTime when the dump was taken: 100 ns since 1601-01-01 UTC
 * @param systemUpTime how long the system had run: 100 ns
 * @param attributes flags of the writer, a bit set; see {@link #ENCRYPTED} and {@link #INCOMPLETE}
 * @param exceptionCode the status code of the exception record
 * @param exceptionAddress where the exception happened
 * @param comment the comment, without control characters; empty when there is none
 * @param memoryRuns the machine's physical memory as the header lists it; empty when it does not
 */
public record CrashDumpHeader(boolean wide, Integer majorVersion, Integer build, Long directoryTableBase, Long pfnDatabase,
        Long loadedModules, Long activeProcesses, Integer machine, Integer processors, Integer bugCheckCode,
        List<Long> bugCheckParameters, Boolean pae, Long debuggerData, Integer dumpType, Integer productType, Integer suiteMask,
        Long requiredDumpSpace, Long systemTime, Long systemUpTime, Integer attributes, Integer exceptionCode,
        Long exceptionAddress, String comment,
        List<MemoryRun> memoryRuns) {

    /** The flag of {@link #attributes()} that says that everything behind the header is encrypted. */
    public static final int ENCRYPTED = 0x100;

    /** The flag of {@link #attributes()} that says that the file had no room for all of the dump. */
    public static final int INCOMPLETE = 0x4;

    /**
     * A run of physical pages.
     *
     * @param firstPage its first page
     * @param pages its length in pages
     */
    public record MemoryRun(long firstPage, long pages) {
    }

    /** Copies the lists. */
    public CrashDumpHeader {
        bugCheckParameters = List.copyOf(bugCheckParameters);
        memoryRuns = List.copyOf(memoryRuns);
    }

    /** Bytes of the header; what the dump holds begins after it. */
    public int size() {
        return wide ? 0x2000 : 0x1000;
    }

    /** What the dump holds, when the number is a known one. */
    public Optional<DumpType> type() {
        return dumpType == null ? Optional.empty() : DumpType.of(dumpType);
    }

    /** The architecture of the machine, when it is one of the known. */
    public Optional<Architecture> architecture() {
        if (machine == null) {
            return Optional.empty();
        }
        for (Architecture architecture : Architecture.values()) {
            if (architecture.machine() == machine) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }

    /** Whether a flag is known to be set. */
    public boolean has(int attribute) {
        return attributes != null && (attributes & attribute) != 0;
    }

    /** Pages of the machine's physical memory as the header lists it, {@code null} when it does not. */
    public Long physicalPages() {
        return memoryRuns.isEmpty() ? null : memoryRuns.stream().mapToLong(MemoryRun::pages).sum();
    }
}
