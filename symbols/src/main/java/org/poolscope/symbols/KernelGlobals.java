package org.poolscope.symbols;

import java.util.Optional;
import java.util.OptionalLong;

/** Where one kernel build keeps its global variables. */
public interface KernelGlobals {

    /** Offset of a variable from the kernel's base; empty when this build has none of that name, or its place is not known. */
    OptionalLong offset(String variable);

    /** The version these places are for, where the source knows it. */
    Optional<KernelVersion> version();
}
