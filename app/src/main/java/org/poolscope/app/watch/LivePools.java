package org.poolscope.app.watch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/**
 * The pools of the machine Poolscope runs on, which must run Windows: {@code NtQuerySystemInformation} of ntdll, class 22, and
 * {@code K32GetPerformanceInfo} of kernel32 for the totals, called through the Foreign Function API.
 *
 * <p>Only what these calls return is tested ({@link PoolTagBuffer}, for both layouts); the calls themselves need Windows.
 */
public final class LivePools implements SampleSource {

    private static final int SYSTEM_POOL_TAG_INFORMATION = 22;
    private static final int STATUS_INFO_LENGTH_MISMATCH = 0xc000_0004;
    private static final int FIRST_BYTES = 256 << 10;
    private static final int MOST_BYTES = 64 << 20;

    private final MethodHandle query;
    private final MethodHandle performance;

    private LivePools(MethodHandle query, MethodHandle performance) {
        this.query = query;
        this.performance = performance;
    }

    /**
     * The machine's pools.
     *
     * @throws EvidenceException when this is not Windows
     */
    @SuppressWarnings("restricted")
    public static LivePools open() throws EvidenceException {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
            throw new EvidenceException(Path.of("live"), "", "the pools of the running system can be watched on Windows only",
                    "Name a log to replay, for instance one recorded there with watch --live --log poolsnap.log");
        }
        Linker linker = Linker.nativeLinker();
        SymbolLookup ntdll = SymbolLookup.libraryLookup("ntdll", Arena.global());
        SymbolLookup kernel32 = SymbolLookup.libraryLookup("kernel32", Arena.global());
        MethodHandle query = linker.downcallHandle(ntdll.findOrThrow("NtQuerySystemInformation"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        MethodHandle performance = linker.downcallHandle(kernel32.findOrThrow("K32GetPerformanceInfo"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        return new LivePools(query, performance);
    }

    @Override
    public String name() {
        return "this machine";
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public int count() {
        return -1;
    }

    @Override
    public Optional<PoolSample> next() throws EvidenceException {
        LocalDateTime now = LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS);
        Provenance here = new Provenance("live", now.toString());
        try (Arena arena = Arena.ofConfined()) {
            List<TagUsage> rows = rows(arena);
            MemorySegment info = arena.allocate(PerformanceBuffer.BYTES, 8);
            info.set(ValueLayout.JAVA_INT, 0, PerformanceBuffer.BYTES);
            MemoryCounters totals = (int) performance.invokeExact(info, PerformanceBuffer.BYTES) == 0 ? null
                    : PerformanceBuffer.totals(info, here, now);
            return Optional.of(new PoolSample(now, new PoolSnapshot(here, "live", now, true, rows), totals));
        } catch (EvidenceException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private List<TagUsage> rows(Arena arena) throws Throwable {
        MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
        for (int size = FIRST_BYTES; size <= MOST_BYTES; size *= 2) {
            MemorySegment buffer = arena.allocate(size, 8);
            int status = (int) query.invokeExact(SYSTEM_POOL_TAG_INFORMATION, buffer, size, length);
            if (status >= 0) {
                long filled = Math.min(size, length.get(ValueLayout.JAVA_INT, 0) & 0xffff_ffffL);
                PoolTagBuffer layout = ValueLayout.ADDRESS.byteSize() == 8 ? PoolTagBuffer.BITS_64 : PoolTagBuffer.BITS_32;
                return layout.rows(buffer.asSlice(0, filled));
            }
            if (status != STATUS_INFO_LENGTH_MISMATCH) {
                throw new EvidenceException(Path.of("live"), "", "Windows refuses to list its pool tags (status 0x"
                        + Integer.toHexString(status) + ")",
                        status == 0xc000_0022 ? "Run as administrator" : "");
            }
        }
        throw new EvidenceException(Path.of("live"), "", "Windows lists more pool tags than fit " + (MOST_BYTES >> 20) + " MB",
                "");
    }
}
