package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.model.LoadedModule;

class DebuggerNameTest {

    private static final long KERNEL = 0xfffff80000400000L;

    @ParameterizedTest
    @CsvSource({"ntoskrnl.exe, nt", "NTKRNLPA.EXE, nt", "ntkrpamp.exe, nt", "remfs.sys, remfs", "my-filter.x64.sys, my_filter_x64", "hal.dll, hal"})
    void modulesHaveNoExtensionAndTheKernelIsNt(String file, String name) {
        assertThat(DebuggerName.of(module(file, 0xf8000000L), null)).isEqualTo(name);
    }

    @Test
    void whereTheKernelIsLoadedCountsMoreThanWhatItIsCalled() {
        assertThat(DebuggerName.of(module("kernel42.exe", KERNEL), KERNEL)).isEqualTo("nt");
        assertThat(DebuggerName.of(module("ntoskrnl.exe", KERNEL + 0x1000000), KERNEL)).isEqualTo("ntoskrnl");
    }

    private static LoadedModule module(String name, long base) {
        return new LoadedModule(name, base, 0x1000L, null, null);
    }
}
