package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Provenance;

/** What the chart of growth says of the time to come. */
class GrowthCurvesTest {

    private static final LocalDateTime NOON = LocalDateTime.of(2007, 1, 10, 12, 0);
    private static final long MB = Facts.MB;

    private final Facts facts = new Facts();

    /** Hourly tables, and totals with them. */
    private GrowthCurvesTest tables(int hours) {
        Random random = new Random(5);
        for (int h = 0; h < hours; h++) {
            long used = (60 + 2 * h) * MB + Math.round(MB * random.nextGaussian());
            facts.paged("Leak", 10_000L * (h + 3), 10, used - 40 * MB).paged("CM31", 90_000L * (h + 1), 90_000L * h, 40 * MB).table(NOON.plusHours(h));
            facts.fact(new MemoryCounters(new Provenance("snap.log", "table " + h), "poolmon", NOON.plusHours(h), 2048 * MB, null, null, null, null,
                    used, 300 * MB, List.of(), null, null, null, List.of(), List.of()));
        }
        return this;
    }

    private GrowthCurves.Chart chart() {
        return GrowthCurves.of(facts.verdict()).orElseThrow().charts().getFirst();
    }

    private GrowthCurves.Forecast forecast() {
        return chart().lines().stream().filter(line -> line.tag().toString().equals("Leak")).findFirst().orElseThrow().forecast();
    }

    @Test
    void twoTablesGiveAPaceAndNoEnd() {
        tables(2);
        assertThat(forecast().bytesPerHour()).isPositive();
        assertThat(forecast().lowBytesPerHour()).isNull();
        assertThat(chart().exhaustedAt()).isNull();
    }

    @Test
    void theEndIsTheRangeThatTheTrendTells() {
        tables(48);
        TagTrend.Exhaustion end = PoolTrends.of(facts.open()).total(PoolKind.PAGED).orElseThrow().exhaustedAt();
        assertThat(end.latest()).isNotNull();
        assertThat(chart().exhaustedAt()).isEqualTo(end);
        assertThat(end.sentence("paged pool")).matches("At this pace paged pool reaches 300 MB \\(.+\\) between 2007-01-1\\d \\d\\d:\\d\\d and 2007.+\\.");
    }

    @Test
    void aRangeOfOneMinuteIsNone() {
        TagTrend.Exhaustion end = new TagTrend.Exhaustion(NOON, NOON, NOON, new PoolLimits.Limit(300 * MB, "the limit given"));
        assertThat(end.sentence("paged pool")).isEqualTo("At this pace paged pool reaches 300 MB (the limit given) about 2007-01-10 12:00.");
    }

    @Test
    void nothingGoesOnOnceTheMachineWasStartedAgain() {
        tables(48);
        facts.fact(new LoggedEvent(new Provenance("system.evtx", "record 1"), "EventLog", 6005, NOON.plusDays(3), null, "S", "", Map.of()));
        assertThat(forecast()).isNull();
        assertThat(chart().exhaustedAt()).isNull();
        assertThat(facts.findings()).noneMatch(finding -> finding.explanation().contains("At this pace"));
    }
}
