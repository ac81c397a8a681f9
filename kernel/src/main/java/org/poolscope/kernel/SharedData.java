package org.poolscope.kernel;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Architecture;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.KernelVersion;
import org.poolscope.symbols.StructLayout;

/** {@code KUSER_SHARED_DATA}: the page with version and time that every system maps at the same address. */
final class SharedData {

    private static final long ADDRESS_32 = 0xffdf_0000L;
    private static final long ADDRESS_64 = 0xffff_f780_0000_0000L;

    /** Above this the 64-bit time would lie beyond the year 3000. */
    private static final long LATEST = 0x0600_0000_0000_0000L;

    /** No time zone is a day away. */
    private static final long LARGEST_BIAS = 24L * 3600 * 10_000_000;

    private final VirtualMemory memory;
    private final long address;
    private final StructLayout layout;

    /**
     * Looks at the shared page. The fields asked for here never moved; those of Windows 10 stand where there was nothing before.
     */
    SharedData(VirtualMemory memory, Architecture architecture) {
        this.memory = memory;
        this.address = architecture == Architecture.X86 ? ADDRESS_32 : ADDRESS_64;
        this.layout = BuiltInLayouts.forBuild(architecture, KernelVersion.build(KernelVersion.NEWEST)).get("_KUSER_SHARED_DATA");
    }

    /** {@code NtMajorVersion}, 5 for Server 2003. */
    OptionalInt majorVersion() {
        return number(layout.field("NtMajorVersion"));
    }

    /** {@code NtMinorVersion}, 2 for Server 2003. */
    OptionalInt minorVersion() {
        return number(layout.field("NtMinorVersion"));
    }

    /** {@code NtBuildNumber}, which Windows 10 added, without the flag for a free build. */
    OptionalInt build() {
        OptionalInt build = number(layout.field("NtBuildNumber"));
        return build.orElse(0) == 0 ? OptionalInt.empty() : OptionalInt.of(build.getAsInt() & 0xffff);
    }

    /** The time of day, in 100 ns since 1601 UTC. */
    OptionalLong systemTime() {
        return time("SystemTime");
    }

    /** The time since the system started, in 100 ns. */
    OptionalLong upTime() {
        return time("InterruptTime");
    }

    /**
     * The clock that waits are measured by. XP and Server 2003 keep the ticks where later systems keep them, or in the first
     * word; where the ticks stand is not known of every architecture.
     */
    Optional<TickClock> tickClock() {
        if (!layout.has("TickCountMultiplier") || !layout.has("TickCountLowDeprecated")) {
            return Optional.empty();
        }
        long ticks = 0;
        if (layout.has("TickCount")) {
            long at = address + layout.offset("TickCount");
            ticks = memory.isReadable(at, 8) ? memory.u64(at) : 0;
        }
        if (ticks == 0) {
            ticks = Integer.toUnsignedLong(number(layout.field("TickCountLowDeprecated")).orElse(0));
        }
        return TickClock.of(ticks, Integer.toUnsignedLong(number(layout.field("TickCountMultiplier")).orElse(0)),
                FileTime.duration(upTime().orElse(0)));
    }

    /** What must be added to local time to get UTC, in 100 ns. */
    OptionalLong timeZoneBias() {
        long at = address + layout.offset("TimeZoneBias");
        return memory.isReadable(at, 8) && Math.abs(memory.u64(at)) <= LARGEST_BIAS ? OptionalLong.of(memory.u64(at))
                : OptionalLong.empty();
    }

    private OptionalInt number(FieldLayout field) {
        return memory.isReadable(address + field.offset(), field.bytes())
                ? OptionalInt.of((int) Values.read(memory, address, field)) : OptionalInt.empty();
    }

    /** A {@code KSYSTEM_TIME}: low part, high part, high part again. */
    private OptionalLong time(String field) {
        long at = address + layout.offset(field);
        if (!memory.isReadable(at, 8)) {
            return OptionalLong.empty();
        }
        long time = memory.u64(at);
        return time <= 0 || time > LATEST ? OptionalLong.empty() : OptionalLong.of(time);
    }
}
