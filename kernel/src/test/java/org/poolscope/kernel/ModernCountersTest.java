package org.poolscope.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.RealEvidence;

/**
 * The counters of Windows 10, written into a copy of the raw 19041 image at the places the symbols of that kernel (19041.1165)
 * give.
 */
class ModernCountersTest {

    private static final int PAGE = 4096;
    private static final int DIRECTORY = 0x1ad000;
    private static final long KERNEL = 0xffff_f803_1000_0000L;
    private static final long MI_STATE = KERNEL + 0xc4_c580;

    /** A page of the image that nothing uses. */
    private static final int FREE_PAGE = 0x2000;

    @TempDir
    Path folder;

    private ByteBuffer memory;
    private int nextFree = FREE_PAGE;

    @BeforeEach
    void copy() throws IOException {
        memory = ByteBuffer.wrap(Files.readAllBytes(RealEvidence.image("layout-19041-raw"))).order(ByteOrder.LITTLE_ENDIAN);
    }

    private KernelImage open() throws IOException, EvidenceException {
        return KernelImage.open(Files.write(folder.resolve("image"), memory.array()));
    }

    /** Writes a number at a virtual address, mapping its page where the image does not. */
    private void put(long va, long value) {
        int table = DIRECTORY;
        for (int shift = 39; shift > 12; shift -= 9) {
            table = (int) (memory.getLong(table + 8 * (int) (va >>> shift & 511)) & 0xfffff000L);
            assertThat(table).isNotZero();
        }
        int entry = table + 8 * (int) (va >>> 12 & 511);
        if ((memory.getLong(entry) & 1) == 0) {
            memory.putLong(entry, (long) nextFree++ * PAGE | 3);
        }
        memory.putLong((int) (memory.getLong(entry) & 0xfffff000L) + (int) (va & 0xfff), value);
    }

    @Test
    void poolTotalsAreReadWhereTheSymbolsSay() throws IOException, EvidenceException {
        put(MI_STATE + 0x8, 3_000);
        put(MI_STATE + 0x2630, 4_294_967_296L);
        put(MI_STATE + 0x2628, 250_000);
        put(MI_STATE + 0x2638, 262_144);
        try (KernelImage image = open()) {
            MemoryCounters counters = image.counters().value().orElseThrow();
            assertThat(counters.nonPagedUsedBytes()).isEqualTo(3_000L * PAGE);
            assertThat(counters.nonPagedMaximumBytes()).as("16 TB, as the debugger prints it").isEqualTo(1L << 44);
            assertThat(counters.pagedUsedBytes()).isEqualTo(250_000L * PAGE);
            assertThat(counters.pagedMaximumBytes()).isEqualTo(262_144L * PAGE);
            assertThat(counters.excessive()).containsExactly(PoolKind.PAGED);
            assertThat(counters.impossible()).isEmpty();
        }
    }

    @Test
    void whatTheDebuggerItselfGetsWrongIsNotShown() throws IOException, EvidenceException {
        put(MI_STATE + 0x8, 3_000);
        put(MI_STATE + 0x2628, -8_773_311_633_736L);
        put(MI_STATE + 0x2638, 262_144);
        try (KernelImage image = open()) {
            MemoryCounters counters = image.counters().value().orElseThrow();
            assertThat(counters.pagedUsedBytes()).isNull();
            assertThat(counters.pagedMaximumBytes()).isEqualTo(262_144L * PAGE);
            assertThat(counters.impossible()).singleElement().asString().contains("paged pool in use");
        }
    }
}
