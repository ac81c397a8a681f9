package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.poolscope.diagnosis.trend.Shape;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.Fact;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/** The trends of a machine, from its samples. */
class PoolTrendsTest {

    private static final LocalDateTime START = LocalDateTime.of(2007, 1, 10, 8, 0);
    private static final long MB = 1 << 20;

    private final List<Fact> facts = new ArrayList<>();
    private final Random random = new Random(17);

    private record Tag(String name, IntToDoubleFunction bytes, int bytesEach) {
    }

    /** Hourly tables; where {@code boot} lies, everything begins anew. */
    private PoolTrendsTest tables(int hours, int boot, Tag... tags) {
        for (int h = 0; h < hours; h++) {
            int up = h < boot ? h : h - boot;
            List<TagUsage> rows = new ArrayList<>();
            long total = 0;
            for (Tag tag : tags) {
                long bytes = Math.max(0, Math.round(tag.bytes.applyAsDouble(up)));
                long blocks = bytes / tag.bytesEach;
                long allocs = 5_000_000L * (up + 1);
                rows.add(new TagUsage(PoolTag.parse(tag.name), PoolUse.NONE, PoolUse.counted(allocs, allocs - blocks, bytes)));
                total += bytes;
            }
            Provenance at = new Provenance("poolsnap.log", "line " + (h * 100 + 1));
            facts.add(new PoolSnapshot(at, "poolmon", START.plusHours(h), true, rows));
            facts.add(new MemoryCounters(at, "poolmon", START.plusHours(h), 2048 * MB, null, null, null, null, total, null,
                    List.of(), null,
                    4096 * MB, null, List.of(), List.of()));
        }
        return this;
    }

    private double noise(double sd) {
        return sd * random.nextGaussian();
    }

    private Tag leak(String name, int each) {
        return new Tag(name, h -> 2.0 * MB + h * 0.5 * MB * each / 200, each);
    }

    private Tag cache(String name) {
        return new Tag(name, h -> 60 * MB * (1 - Math.exp(-h / 6.0)) + noise(MB), 900);
    }

    private Tag load(String name) {
        return new Tag(name, h -> 20.0 * MB + 5 * MB * Math.sin(h * Math.PI / 12) + noise(MB), 1600);
    }

    private PoolTrends trends(PoolLimits limits) {
        return PoolTrends.of(new Case("test", List.of(), List.of(), facts, List.of()), limits);
    }

    private static TagTrend row(PoolTrends trends, String tag) {
        return trends.rows().stream().filter(row -> !row.isTotal() && row.tag().equals(PoolTag.parse(tag))).findFirst()
                .orElseThrow();
    }

    @Test
    void theTagThatExplainsTheGrowthIsNamedAndTheOthersAreNot() {
        PoolTrends trends = tables(96, 1000, leak("Mu37", 200), cache("MmSt"), load("NtfF"))
                .trends(PoolLimits.of(Map.of(PoolKind.PAGED, 360 * MB), null));
        assertThat(trends.leaks()).singleElement().satisfies(leak -> {
            assertThat(leak.tag()).isEqualTo(PoolTag.parse("Mu37"));
            assertThat(leak.trend().perHour()).isCloseTo(0.5 * MB, within(0.01 * MB));
            assertThat(leak.confidence().level()).isEqualTo(Confidence.Level.HIGH);
            assertThat(leak.seenAt()).extracting(Provenance::at).containsExactly("line 1", "line 9501");
        });
        assertThat(row(trends, "MmSt").trend().shape()).isEqualTo(Shape.WARM_UP);
        assertThat(row(trends, "NtfF").trend().shape()).isEqualTo(Shape.RHYTHM);
        assertThat(trends.samples()).isEqualTo(96);
        assertThat(trends.starts()).isEmpty();
    }

    @Test
    void thePoolRunsOutWithinARange() {
        PoolTrends trends = tables(96, 1000, new Tag("Leak", h -> 50 * MB + h * MB + noise(4 * MB), 64), load("NtfF"))
                .trends(PoolLimits.of(Map.of(PoolKind.PAGED, 360 * MB), null));
        TagTrend.Exhaustion end = trends.total(PoolKind.PAGED).orElseThrow().exhaustedAt();
        // After 95 hours 165 MB are used; the 195 MB left last 195 hours at 1 MB an hour.
        assertThat(end.expected()).isBetween(START.plusHours(95 + 180), START.plusHours(95 + 210));
        assertThat(end.earliest()).isBefore(end.expected());
        assertThat(end.latest()).isAfter(end.expected()).isBefore(START.plusHours(95 + 260));
        assertThat(end.limit().source()).isEqualTo("the limit given");
        assertThat(row(trends, "Leak").shareOfGrowth()).isCloseTo(1, within(0.15));
    }

    @Test
    void theVersionOfWindowsGivesTheLimitAndMemoryBoundsIt() {
        PoolLimits old = PoolLimits.of(Map.of(), "2003-x86");
        tables(48, 1000, leak("Leak", 200));
        assertThat(trends(old).total(PoolKind.PAGED).orElseThrow().exhaustedAt().limit().bytes()).isEqualTo(530 * MB);
        // 15.5 TB of paged pool cannot be had where only 4 GB can be committed.
        assertThat(trends(PoolLimits.of(Map.of(), "8.1-x64")).total(PoolKind.PAGED).orElseThrow().exhaustedAt().limit())
                .isEqualTo(new PoolLimits.Limit(4096 * MB, "the commit limit"));
        // Without either, memory as a whole is no limit to go by: old systems run out of pool long before.
        assertThat(trends(PoolLimits.BY_EVIDENCE).total(PoolKind.PAGED).orElseThrow().exhaustedAt()).isNull();
    }

    @Test
    void companionsGrowInAFixedRatio() {
        PoolTrends trends = tables(48, 1000, new Tag("Mu37", h -> 204.0 * 4 * (5000 + 4000 * h), 204), new Tag("Mu46", h -> 208.0
                * (5000 + 4000 * h), 208),
                new Tag("Mu2c", h -> 168.0 * (5000 + 4000 * h), 168), load("NtfF")).trends(PoolLimits.BY_EVIDENCE);
        assertThat(row(trends, "Mu37").companions()).extracting(Object::toString).containsExactlyInAnyOrder("Mu46", "Mu2c");
        assertThat(row(trends, "NtfF").companions()).isEmpty();
    }

    @Test
    void seriesAreSplitWhereCountsBeginAnew() {
        PoolTrends trends = tables(100, 40, leak("Leak", 200), cache("MmSt"), load("NtfF")).trends(PoolLimits.BY_EVIDENCE);
        assertThat(trends.starts()).containsExactly(START.plusHours(40));
        TagTrend leak = row(trends, "Leak");
        assertThat(leak.trend().isLeak()).isTrue();
        assertThat(leak.from()).isEqualTo(START.plusHours(40));
        assertThat(leak.boot()).isEqualTo(START.plusHours(40));
        assertThat(leak.otherLeaks()).isEqualTo(1);
        assertThat(row(trends, "MmSt").trend().isLeak()).isFalse();
    }

    @Test
    void startsAreToldByEventsAndBySecondsSinceTheStartOnceEach() {
        tables(10, 1000, load("NtfF"));
        long[] times = new long[10];
        double[] up = new double[10];
        for (int h = 0; h < 10; h++) {
            times[h] = CounterSeries.millis(START.plusHours(h));
            up[h] = h < 5 ? 100_000 + 3600 * h : 3600 * (h - 5) + 600;
        }
        facts.add(new CounterSeries(new Provenance("c.csv", "line 1"), "PerfMon counter log", "S", Counter.SYSTEM_UP_TIME, null,
                ZoneOffset.ofHours(1),
                times, up));
        // Event logs hold UTC: 11:49 there is 12:49 on the machine's clock, a minute before the counter says.
        facts.add(new LoggedEvent(new Provenance("system.evtx", "record 1"), "EventLog", 6005,
                START.plusHours(4).minusMinutes(11), ZoneOffset.UTC, "S",
                "", Map.of()));
        assertThat(trends(PoolLimits.BY_EVIDENCE).starts()).containsExactly(START.minusSeconds(100_000),
                START.plusHours(5).minusMinutes(11));
    }

    @Test
    void counterLogsAloneTellOfThePool() {
        long[] times = new long[72];
        double[] bytes = new double[72];
        for (int h = 0; h < 72; h++) {
            times[h] = CounterSeries.millis(START.plusHours(h));
            bytes[h] = 100 * MB + h * MB + noise(5 * MB);
        }
        facts.add(new CounterSeries(new Provenance("c.csv", "line 1"), "PerfMon counter log", "S", Counter.POOL_PAGED_BYTES, null,
                null, times, bytes));
        PoolTrends trends = trends(PoolLimits.BY_EVIDENCE);
        assertThat(trends.rows()).singleElement().satisfies(row -> {
            assertThat(row.isTotal()).isTrue();
            assertThat(row.trend().isLeak()).isTrue();
        });
    }
}
