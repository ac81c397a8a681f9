package org.poolscope.kernel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.symbols.BuiltInGlobals;
import org.poolscope.symbols.KernelGlobals;

/**
 * Where a kernel keeps variables, as its debugger data block says: enough to know one build from all others, and to notice
 * symbols that are not this kernel's.
 *
 * @param offsets of variables, from the kernel's base
 */
record KernelFingerprint(Map<String, Long> offsets) {

    /** Nothing is known. */
    static final KernelFingerprint NONE = new KernelFingerprint(Map.of());

    /** Variables that the block and the symbols of every version call by the same name. */
    private static final List<String> NAMES = List.of("PsLoadedModuleList", "PsActiveProcessHead", "PspCidTable",
            "ExpSystemResourcesList", "ObpRootDirectoryObject", "ObpTypeObjectType", "MmPfnDatabase", "PoolTrackTable",
            "MmHighestUserAddress", "MmSystemRangeStart", "KiProcessorBlock", "MmUnloadedDrivers", "MmLastUnloadedDriver",
            "MmSpecialPoolTag", "KernelVerifier", "MmVerifierData", "MmPhysicalMemoryBlock", "CmNtCSDVersion");

    /** The block itself. */
    static final String BLOCK = "KdDebuggerDataBlock";

    /** Builds of one month may differ in a few variables only; fewer than these prove nothing. */
    private static final int ENOUGH = 6;

    static KernelFingerprint of(Optional<DebuggerData> data) {
        if (data.isEmpty() || data.get().kernelBase().isEmpty()) {
            return NONE;
        }
        long base = data.get().kernelBase().getAsLong();
        Map<String, Long> offsets = new LinkedHashMap<>();
        offsets.put(BLOCK, data.get().address() - base);
        for (String name : NAMES) {
            OptionalLong address = data.get().address(name);
            if (address.isPresent()) {
                offsets.put(name, address.getAsLong() - base);
            }
        }
        return new KernelFingerprint(offsets);
    }

    /** The one kernel of those the program knows that has all variables where this one has them. */
    Optional<BuiltInGlobals> builtIn() {
        List<BuiltInGlobals> matching = offsets.size() < ENOUGH ? List.of() : BuiltInGlobals.all(this::matches);
        return matching.size() == 1 ? Optional.of(matching.getFirst()) : Optional.empty();
    }

    /** Whether a kernel's symbols agree with this one in enough places, and nowhere differ. */
    boolean matches(KernelGlobals globals) {
        return agreements(globals) >= ENOUGH;
    }

    /** Whether a kernel's symbols say anything that is not true of this one. */
    boolean contradicts(KernelGlobals globals) {
        return agreements(globals) < 0;
    }

    private int agreements(KernelGlobals globals) {
        int agreements = 0;
        for (Map.Entry<String, Long> place : offsets.entrySet()) {
            OptionalLong theirs = globals.offset(place.getKey());
            if (theirs.isPresent() && theirs.getAsLong() != place.getValue()) {
                return -1;
            }
            agreements += theirs.isPresent() ? 1 : 0;
        }
        return agreements;
    }
}
