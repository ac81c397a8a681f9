package org.poolscope.diagnosis;

import java.util.Locale;
import java.util.Set;
import org.poolscope.model.LoadedModule;

/**
 * What the kernel debuggers (KD, WinDbg) call a module in expressions such as {@code module+0x1234}. Source: the debuggers' documentation of
 * {@code lm}: as a rule the file's name without its extension, and in a few cases another. The kernel, whatever its file is called, is {@code nt}
 * ({@code nt!KeBugCheckEx}). What no name of an expression may hold is an underscore.
 */
final class DebuggerName {

    private static final String KERNEL = "nt";
    /** The names a kernel has in the list of modules: those of its files, for one processor or several, with and without PAE. */
    private static final Set<String> KERNEL_FILES = Set.of("ntoskrnl.exe", "ntkrnlmp.exe", "ntkrnlpa.exe", "ntkrpamp.exe");

    private DebuggerName() {
    }

    /**
     * The name of a module.
     *
     * @param kernelBase where the kernel is loaded; {@code null} when that is not known
     */
    static String of(LoadedModule module, Long kernelBase) {
        boolean kernel = kernelBase != null ? module.base() == kernelBase : KERNEL_FILES.contains(module.name().toLowerCase(Locale.ROOT));
        return kernel ? KERNEL : module.name().replaceFirst("\\.[^.]*$", "").replaceAll("[^A-Za-z0-9_]", "_");
    }
}
