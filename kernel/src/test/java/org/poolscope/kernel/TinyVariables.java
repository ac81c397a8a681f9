package org.poolscope.kernel;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.KernelGlobals;
import org.poolscope.symbols.KernelVersion;

/** Global variables at places a test chooses. */
public final class TinyVariables {

    private TinyVariables() {
    }

    /** Variables by their addresses. */
    public static KernelVariables of(VirtualMemory memory, Map<String, Long> addresses) {
        KernelGlobals globals = new KernelGlobals() {
            @Override
            public OptionalLong offset(String variable) {
                return addresses.containsKey(variable) ? OptionalLong.of(addresses.get(variable)) : OptionalLong.empty();
            }

            @Override
            public Optional<KernelVersion> version() {
                return Optional.empty();
            }
        };
        return new KernelVariables(memory, Optional.empty(), globals, 0, Map.of());
    }
}
