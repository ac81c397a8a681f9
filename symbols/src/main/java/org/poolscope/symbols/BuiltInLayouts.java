package org.poolscope.symbols;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.poolscope.model.Architecture;

/**
 * The layouts that come with the program, for kernels of which no symbol file is at hand. A build that is not listed (19045, say)
 * has the layouts of the listed one before it (19041): Windows ships many builds with the kernel of an older one. Thread-safe.
 */
public final class BuiltInLayouts implements TypeLayouts {

    private final Architecture architecture;
    private final KernelVersion version;
    private final LayoutFile own;
    private final ConcurrentMap<String, Optional<StructLayout>> known = new ConcurrentHashMap<>();

    private BuiltInLayouts(Architecture architecture, KernelVersion version, LayoutFile own) {
        this.architecture = architecture;
        this.version = version;
        this.own = own;
    }

    /** The layouts of a build. A build newer than all that are known gets the layouts of the last, and a {@link #caveat()}. */
    public static BuiltInLayouts forBuild(Architecture architecture, KernelVersion version) {
        return new BuiltInLayouts(architecture, version, switch (architecture) {
            case X86 -> X86.FILE;
            case X64 -> X64.FILE;
            case ARM64 -> Arm64.FILE;
        });
    }

    /**
     * The layout of a structure that is the same for every processor and only grows at its end from build to build, with all its
     * known fields: {@code _KDDEBUGGER_DATA64}. Whether a field is there, the structure's own size field says.
     *
     * @throws UnknownLayoutException when there is none of that name
     */
    public static StructLayout common(String type) {
        StructLayout layout = Common.FILE.layout(type, KernelVersion.build(Common.FILE.newest()));
        if (layout == null) {
            throw new UnknownLayoutException("structure " + type);
        }
        return layout;
    }

    @Override
    public Optional<StructLayout> find(String type) {
        return known.computeIfAbsent(type, t -> Optional.ofNullable(own.layout(t, own.nearest(version))));
    }

    /** The processor these layouts are for. */
    public Architecture architecture() {
        return architecture;
    }

    /** The build these layouts are for. */
    public KernelVersion version() {
        return version;
    }

    @Override
    public Optional<String> caveat() {
        return version.build() <= own.newest() ? Optional.empty()
                : Optional.of("build " + version.build() + " is newer than build " + own.newest()
                        + ", the newest " + architecture.word()
                        + " kernel whose structures are known; its structures may differ");
    }

    @Override
    public String toString() {
        return architecture.word() + " build " + version;
    }

    /** Each file is read when a kernel of its kind is first met. */
    private static final class X86 {
        static final LayoutFile FILE = LayoutFile.resource("x86.layout", Architecture.X86.pointerSize());
    }

    private static final class X64 {
        static final LayoutFile FILE = LayoutFile.resource("x64.layout", Architecture.X64.pointerSize());
    }

    private static final class Arm64 {
        static final LayoutFile FILE = LayoutFile.resource("arm64.layout", Architecture.ARM64.pointerSize());
    }

    private static final class Common {
        static final LayoutFile FILE = LayoutFile.resource("debugger.layout", Long.BYTES);
    }
}
