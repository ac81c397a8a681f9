package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.poolscope.diagnosis.Facts.MB;

import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.Provenance;

class PoolGaugesTest {

    private static final LocalDateTime NOON = LocalDateTime.of(2004, 7, 14, 12, 0);

    @Test
    void committedMemoryIsThatOfTheLastMomentAndPoolsAreAtTheirFullest() {
        assertThat(gauges(totals("poolmon", NOON, 90, 700), totals("kernel counters", NOON.plusDays(2), 60, 690)))
                .satisfiesExactly(pool -> {
                    assertThat(pool.what()).isEqualTo("paged pool");
                    assertThat(pool.usedBytes()).isEqualTo(90 * MB);
                    assertThat(pool.source()).isEqualTo("poolmon");
                }, committed -> {
                    assertThat(committed.what()).isEqualTo("committed memory");
                    assertThat(committed.usedBytes()).isEqualTo(690 * MB);
                    assertThat(committed.source()).isEqualTo("kernel counters");
                    assertThat(committed.taken()).isEqualTo(NOON.plusDays(2));
                });
        // Which comes first in the evidence does not matter.
        assertThat(gauges(totals("kernel counters", NOON.plusDays(2), 60, 690), totals("poolmon", NOON, 90, 700)).get(1).source())
                .isEqualTo("kernel counters");
        // Of a listing without a time nobody knows whether it is later.
        assertThat(gauges(totals("!vm", null, 60, 800), totals("poolmon", NOON, 90, 700)).get(1).source()).isEqualTo("poolmon");
    }

    @Test
    void memoryThatRanShortIsShownThoughItWasFreeAgainLater() {
        assertThat(gauges(totals("poolmon", NOON, 90, 980), totals("kernel counters", NOON.plusDays(2), 60, 690)).get(1)).satisfies(committed -> {
            assertThat(committed.high()).isTrue();
            assertThat(committed.source()).isEqualTo("poolmon");
        });
    }

    private static List<PoolGauges.Gauge> gauges(MemoryCounters... totals) {
        Facts facts = new Facts();
        for (MemoryCounters one : totals) {
            facts.fact(one);
        }
        try (Case subject = facts.open()) {
            return PoolGauges.of(subject).orElseThrow().gauges();
        }
    }

    private static MemoryCounters totals(String source, LocalDateTime taken, long pagedMb, long committedMb) {
        return new MemoryCounters(new Provenance(source + ".txt", ""), source, taken, null, null, null, null, null, pagedMb * MB, 200 * MB, List.of(),
                committedMb * MB, 1000 * MB, null, List.of(), List.of());
    }
}
