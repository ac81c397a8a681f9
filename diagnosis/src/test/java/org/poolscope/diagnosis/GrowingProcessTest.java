package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.Provenance;

/** Counters of processes in a log of hourly samples: who leaks is named, and who does not is not. */
class GrowingProcessTest {

    private static final long START = CounterSeries.millis(LocalDateTime.of(2009, 3, 1, 8, 0));

    private final Random random = new Random(3);

    private CounterSeries series(Counter counter, String process, int samples, IntToDoubleFunction form, double noise) {
        long[] times = new long[samples];
        double[] values = new double[samples];
        Arrays.setAll(times, i -> START + i * 3_600_000L);
        Arrays.setAll(values, i -> Math.max(0, form.applyAsDouble(i) + noise * random.nextGaussian()));
        return new CounterSeries(new Provenance("log.csv", "line 1", "\\Process(" + process + ")"), "PerfMon counter log", "S", counter, process,
                null, times, values);
    }

    private static List<Finding> told(CounterSeries... series) {
        Facts facts = new Facts();
        for (CounterSeries one : series) {
            facts.fact(one);
        }
        return facts.findings().stream().filter(finding -> finding.rule().equals(GrowingProcessRule.ID)).toList();
    }

    @Test
    void aProcessThatOpensHandlesAndClosesNoneIsNamedWithItsPace() {
        List<Finding> found = told(series(Counter.PROCESS_HANDLES, "hleak", 48, h -> 300 + 120.0 * h, 15),
                series(Counter.PROCESS_HANDLES, "svchost#3", 48, h -> 2400, 60),
                series(Counter.PROCESS_HANDLES, "_Total", 48, h -> 20_000 + 120.0 * h, 15));
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.title()).contains("Process hleak leaks").containsPattern("by 1[12]\\d handles an hour since 2009-03-01 08:00");
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.confidence().level()).isEqualTo(Confidence.Level.HIGH);
            assertThat(finding.evidence().getFirst().file()).isEqualTo("log.csv");
        });
    }

    @Test
    void poolChargedToAProcessCountsInBytes() {
        assertThat(told(series(Counter.PROCESS_POOL_NONPAGED_BYTES, "agent", 48, h -> 40_000 + 90_000.0 * h, 9000)))
                .singleElement().satisfies(finding -> assertThat(finding.title()).contains("the nonpaged pool charged to it grows by", "KB an hour"));
    }

    @Test
    void whatComesToRestOrGrowsALittleIsNoLeak() {
        assertThat(told(series(Counter.PROCESS_HANDLES, "w3wp", 72, h -> 9000 * (1 - Math.exp(-h / 8.0)), 80),
                series(Counter.PROCESS_HANDLES, "lsass", 72, h -> 1500 + 400 * Math.sin(h * Math.PI / 12), 30),
                series(Counter.PROCESS_HANDLES, "explorer", 72, h -> 900 + 3.0 * h, 5),
                series(Counter.PROCESS_POOL_PAGED_BYTES, "big", 72, h -> 200e6 + 20_000.0 * h, 2000))).isEmpty();
    }

    @Test
    void aRestartedProgramIsJudgedByItsLongestRun() {
        List<Finding> found = told(series(Counter.PROCESS_HANDLES, "pool", 60, h -> 200 + 150.0 * (h < 12 ? h : h - 12), 10));
        assertThat(found).singleElement().satisfies(finding -> assertThat(finding.title()).contains("since 2009-03-01 20:00"));
    }
}
