package org.poolscope.app.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/** The buffers Windows returns, byte by byte as published; the calls themselves need Windows. */
class PoolTagBufferTest {

    private static MemorySegment bytes(String hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }

    @Test
    void as64BitWindowsFillsIt() {
        List<TagUsage> rows = PoolTagBuffer.BITS_64.rows(bytes("""
                02000000 00000000
                4d753337 f9030000 2e000000 00000000  0040020001000000  05000000 02000000 8000000000000000
                496f20a0 00000000 00000000 00000000  0000000000000000  ffffffff feffffff 4000000000000000
                """));
        assertThat(rows).extracting(row -> row.tag().toString()).containsExactly("Mu37", "Io  ");
        assertThat(rows.getFirst().paged()).isEqualTo(new PoolUse(1017L, 46L, 971L, 0x1_0002_4000L));
        assertThat(rows.getFirst().nonPaged()).isEqualTo(new PoolUse(5L, 2L, 3L, 128L));
        // Bit 31 of the second tag's number marks it as protected; its counters are about to wrap.
        assertThat(rows.get(1).nonPaged()).isEqualTo(new PoolUse(0xffff_ffffL, 0xffff_fffeL, 1L, 64L));
        assertThat(rows.get(1).paged().isUnused()).isTrue();
    }

    @Test
    void as32BitWindowsFillsIt() {
        List<TagUsage> rows = PoolTagBuffer.BITS_32.rows(bytes("""
                01000000
                4d753337 f9030000 2e000000 00400280 05000000 02000000 80000000
                """));
        assertThat(rows).singleElement().satisfies(row -> {
            assertThat(row.tag()).hasToString("Mu37");
            assertThat(row.paged()).isEqualTo(new PoolUse(1017L, 46L, 971L, 0x8002_4000L));
            assertThat(row.nonPaged()).isEqualTo(new PoolUse(5L, 2L, 3L, 128L));
        });
    }

    @Test
    void theDifferenceIsRightThoughACounterWrapped() {
        TagUsage row = PoolTagBuffer.BITS_32.rows(bytes("01000000 41414141 05000000 fbffffff 00010000 00000000 00000000 00000000")).getFirst();
        assertThat(row.paged().outstanding()).isEqualTo(10);
    }

    @Test
    void aBufferThatCountsMoreThanItHoldsIsRefused() {
        assertThatThrownBy(() -> PoolTagBuffer.BITS_64.rows(bytes("ffffffff 00000000 00000000")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot hold the 4294967295 entries");
        assertThatThrownBy(() -> PoolTagBuffer.BITS_64.rows(bytes("01000000"))).isInstanceOf(IllegalArgumentException.class);
        assertThat(PoolTagBuffer.BITS_64.rows(bytes("00000000 00000000"))).isEmpty();
    }

    @Test
    void theTotals() {
        MemorySegment info = bytes("68000000 00000000"
                + "0100000000000000 0200000000000000 0300000000000000 0400000000000000 0500000000000000"
                + "0600000000000000 0700000000000000 0800000000000000 0900000000000000 0010000000000000 000000000000000000000000 00000000");
        MemoryCounters totals = PerformanceBuffer.totals(info, new Provenance("live", ""), LocalDateTime.MIN);
        assertThat(totals.committedBytes()).isEqualTo(1 * 4096);
        assertThat(totals.commitLimitBytes()).isEqualTo(2 * 4096);
        assertThat(totals.peakCommitBytes()).isEqualTo(3 * 4096);
        assertThat(totals.physicalBytes()).isEqualTo(4 * 4096);
        assertThat(totals.availableBytes()).isEqualTo(5 * 4096);
        assertThat(totals.pagedUsedBytes()).isEqualTo(8 * 4096);
        assertThat(totals.nonPagedUsedBytes()).isEqualTo(9 * 4096);
    }
}
