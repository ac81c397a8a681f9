package org.poolscope.memory;

/**
 * What page table entries that are not valid say, where that depends on the kernel build and not on the processor. With
 * {@linkplain #UNKNOWN unknown} rules translation follows what is certain for every build and calls the rest absent.
 *
 * @param build the build number, for instance 3790; {@code null} when not known. Non-PAE x86 kernels changed the form of
 *     prototype entries with Vista (6000).
 * @param prototypeBase the address those of older kernels are counted from, which is {@code MmPagedPoolStart}; {@code null} when
 *     not known, and they cannot be followed
 * @param invalidPteMask {@code MiState.Hardware.InvalidPteMask} of x64 kernels serviced since August 2018 (against the L1TF
 *     flaw), which is mixed into entries whose swizzle bit is clear; {@code null} when not known
 */
public record PteRules(Integer build, Long prototypeBase, Long invalidPteMask) {

    /** Rules for a kernel of which nothing is known. */
    public static final PteRules UNKNOWN = new PteRules(null, null, null);
}
