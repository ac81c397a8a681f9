package org.poolscope.lab.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.Architecture;
import org.poolscope.symbols.BuiltInGlobals;

/**
 * The kernel's global variables by name. From Windows 7 on they stand where that very kernel keeps them. Of older kernels no symbols are
 * published: there the variables around {@code PoolTrackTable} keep the known distances from it, all others stand in the order of their
 * first use.
 */
final class KernelVariables {

    private static final int WIDEST = 16;

    /** The variables of an x64 kernel whose places are in the readers' table. */
    private static final String PUBLISHED = """
            PoolTrackTable PoolTrackTableSize PoolTrackTableMask PoolTrackTableExpansion PoolTrackTableExpansionSize
            PoolBigPageTable PoolBigPageTableSize ExpPoolBigEntriesInUse ExPoolTagTables MmVerifierData
            KdDebuggerDataBlock PsLoadedModuleList ObTypeIndexTable KdVersionBlock VfSuspectDriversList
            ViTargetDriversAvl ExNPagedLookasideListHead ExPagedLookasideListHead ExPoolLookasideListHead
            PsActiveProcessHead NtBuildLab KeNumberProcessors HandleTableListHead ExpPagedPoolDescriptor
            ExpNumberOfPagedPools NonPagedPoolDescriptor PoolVector ObpRootDirectoryObject MmUnloadedDrivers
            MmAvailablePages MmNumberOfPhysicalPages MmAllocatedNonPagedPool MmMaximumNonPagedPoolInBytes
            MmMaximumNonPagedPoolInPages MmTotalCommittedPages KiBugCheckData MmPfnDatabase
            """.strip();

    private final KernelSpace space;
    private final KernelModule kernel;
    private final Map<String, Long> places = new HashMap<>();

    KernelVariables(KernelSpace space, WindowsVersion version, KernelModule kernel) {
        this.space = space;
        this.kernel = kernel;
        if (version.isModern()) {
            version.table().variables().forEach((name, place) -> places.put(name, kernel.base() + place));
        } else if (version == WindowsVersion.WINDOWS_7_SP1) {
            places.putAll(published(kernel.base()));
            BuiltInGlobals globals = BuiltInGlobals.find(version.version()).orElseThrow();
            for (String name : PUBLISHED.split("\\s+")) {
                globals.offset(name).ifPresent(rva -> places.put(name, kernel.base() + rva));
            }
        } else {
            trackerNeighbours(version);
        }
    }

    /**
     * The distances of the big page table's pointer and size are those Volatility 2 uses (XP: 8 and 12 bytes before the tracker's
     * pointer, Server 2003: 24 and 28; of its 64-bit kernel the same number of variables is assumed); the places of the tracker's own size, mask and expansion follow the order of Windows 7.
     */
    private void trackerNeighbours(WindowsVersion version) {
        int step = version.architecture() == Architecture.X64 ? 8 : 4;
        long tracker = kernel.variable(16 * step) + 12 * step;
        places.put("PoolTrackTable", tracker);
        if (version == WindowsVersion.XP_SP2) {
            places.put("PoolTrackTableMask", tracker - 4);
            places.put("PoolBigPageTable", tracker - 8);
            places.put("PoolBigPageTableSize", tracker - 12);
            places.put("PoolTrackTableSize", tracker + 4);
            places.put("PoolTrackTableExpansion", tracker + 8);
            places.put("PoolTrackTableExpansionSize", tracker + 12);
        } else {
            places.put("PoolTrackTableSize", tracker - step);
            places.put("PoolTrackTableMask", tracker - 2 * step);
            places.put("PoolTrackTableExpansion", tracker - 3 * step);
            places.put("PoolTrackTableExpansionSize", tracker - 4 * step);
            places.put("ExpPoolBigEntriesInUse", tracker - 5 * step);
            places.put("PoolBigPageTable", tracker - 6 * step);
            places.put("PoolBigPageTableSize", tracker - 7 * step);
        }
    }

    /** Whether this kernel is known to have a variable of that name. */
    boolean has(String name) {
        return places.containsKey(name);
    }

    /** Where a variable stands. */
    long at(String name) {
        return at(name, switch (name) {
            case "KiProcessorBlock" -> 32 * 8;
            case "MmVerifierData" -> 0xc0;
            case "MmPagingFile" -> 16 * 8;
            case "KiBugCheckData" -> 5 * 8;
            default -> WIDEST;
        });
    }

    /** Where a variable of so many bytes stands. */
    long at(String name, int bytes) {
        Long known = places.get(name);
        if (known == null) {
            known = kernel.variable(bytes);
            places.put(name, known);
        }
        space.mapMissing(known, bytes, Access.DATA);
        return known;
    }

    private static Map<String, Long> published(long base) {
        try (InputStream in = KernelVariables.class.getResourceAsStream("variables-windows-7.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            Map<String, Long> places = new HashMap<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] columns = line.strip().split("\\s+");
                    places.put(columns[0], base + Long.decode(columns[1]));
                }
            }
            return places;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
