package org.poolscope.kernel;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Architecture;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.KernelVersion;
import org.poolscope.symbols.StructLayout;

/**
 * Which kernel this is.
 *
 * @param version build and service pack or revision
 * @param servicePack the service pack; {@code null} when not known
 * @param lab the kernel's own name for its build; {@code null} when not known
 * @param assumed whether the build was guessed from the version of the system alone
 */
record KernelIdentity(KernelVersion version, Integer servicePack, String lab, boolean assumed) {

    private static final int LAB_LIMIT = 128;
    private static final Pattern LAB_BUILD = Pattern.compile("(\\d{4,5})\\..*");
    private static final Pattern LAB_SERVICE_PACK = Pattern.compile(".*(?:_sp|sp)(\\d)(?:[_.].*|$)");
    private static final int FIRST_BUILD = 2195;
    private static final int BUILD_LIMIT = 100_000;

    /**
     * Puts together what header, debugger data and shared page say. The build number comes from the first that has it: the dump's
     * header, the version block the debugger reads, the name of the build, the shared page of Windows 10; failing all, from the
     * version of the system, whose builds differ little.
     *
     * @param headerBuild the build number in the dump's header, if there is one
     */
    static KernelIdentity of(VirtualMemory memory, Architecture architecture, KernelVariables variables,
            Optional<DebuggerData> debuggerData, OptionalInt headerBuild, Optional<KernelVersion> symbols) {
        String lab = variables.told("NtBuildLab").stream().boxed()
                .flatMap(address -> Values.asciiString(memory, address, LAB_LIMIT).stream()).findFirst().orElse(null);
        Matcher named = LAB_BUILD.matcher(lab == null ? "" : lab);
        SharedData shared = new SharedData(memory, architecture);
        OptionalInt build = sensible(headerBuild);
        build = build.isPresent() ? build : sensible(versionBlock(memory, architecture, variables, debuggerData));
        build = build.isPresent() ? build
                : sensible(named.matches() ? OptionalInt.of(Integer.parseInt(named.group(1))) : OptionalInt.empty());
        build = build.isPresent() ? build : sensible(shared.build());
        boolean assumed = build.isEmpty();
        int number = build.orElseGet(() ->
                usualBuild(shared.majorVersion().orElse(0), shared.minorVersion().orElse(0), architecture));
        Integer servicePack = servicePack(variables, lab);
        if (symbols.isPresent() && symbols.get().build() == number) {
            return new KernelIdentity(symbols.get(), servicePack, lab, assumed);
        }
        KernelVersion version = servicePack == null ? KernelVersion.build(number)
                : KernelVersion.servicePack(number, servicePack);
        return new KernelIdentity(version, servicePack, lab, assumed);
    }

    private static OptionalInt sensible(OptionalInt build) {
        return build.isPresent() && build.getAsInt() >= FIRST_BUILD && build.getAsInt() < BUILD_LIMIT ? build
                : OptionalInt.empty();
    }

    /**
     * {@code DBGKD_GET_VERSION64.MinorVersion}, found as the debugger finds it: from the first processor's block back to its
     * control region, which leads to the version block. The block must name the same kernel.
     */
    private static OptionalInt versionBlock(VirtualMemory memory, Architecture architecture, KernelVariables variables,
            Optional<DebuggerData> debuggerData) {
        BuiltInLayouts layouts = BuiltInLayouts.forBuild(architecture, KernelVersion.build(KernelVersion.NEWEST));
        StructLayout block = layouts.get("_DBGKD_GET_VERSION64");
        OptionalLong address = variables.symbol("KdVersionBlock");
        OptionalLong prcb = variables.pointerIn("KiProcessorBlock");
        Optional<FieldLayout> pointer = layouts.find("_KPCR").flatMap(control -> control.find("KdVersionBlock"));
        OptionalInt contained = debuggerData.isPresent() ? debuggerData.get().number("OffsetPcrContainedPrcb")
                : OptionalInt.empty();
        if (address.isEmpty() && prcb.isPresent() && pointer.isPresent() && contained.isPresent()) {
            address = variables.pointerAt(OptionalLong.of(prcb.getAsLong() - contained.getAsInt() + pointer.get().offset()));
        }
        if (address.isEmpty() || !memory.isReadable(address.getAsLong(), block.size())) {
            return OptionalInt.empty();
        }
        long base = memory.canonical(memory.u64(address.getAsLong() + block.offset("KernBase")));
        boolean same = debuggerData.isEmpty() || debuggerData.get().kernelBase().orElse(0) == base;
        return same ? OptionalInt.of(memory.u16(address.getAsLong() + block.offset("MinorVersion"))) : OptionalInt.empty();
    }

    /** {@code CmNtCSDVersion}: service pack in the second byte. Failing that, what the build's name says. */
    private static Integer servicePack(KernelVariables variables, String lab) {
        OptionalLong version = variables.wordIn("CmNtCSDVersion");
        if (version.isPresent() && version.getAsLong() >>> 8 <= 0xff) {
            return (int) (version.getAsLong() >>> 8);
        }
        Matcher named = LAB_SERVICE_PACK.matcher(lab == null ? "" : lab);
        return named.matches() ? Integer.valueOf(named.group(1)) : null;
    }

    /** The last build of a version of Windows. */
    private static int usualBuild(int major, int minor, Architecture architecture) {
        return switch (major * 10 + minor) {
            case 50 -> 2195;
            case 51 -> 2600;
            case 60 -> 6002;
            case 61 -> 7601;
            case 62 -> 9200;
            case 63 -> 9600;
            case 100 -> 19041;
            default -> architecture == Architecture.X86 || major == 5 ? 3790 : 7601;
        };
    }
}
