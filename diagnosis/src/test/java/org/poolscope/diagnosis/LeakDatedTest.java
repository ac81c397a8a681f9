package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.Provenance;

/** Logs and tables of one machine together: when it began, after what, and when the pool ran empty. */
class LeakDatedTest {

    private static final LocalDateTime START = LocalDateTime.of(2007, 1, 10, 8, 0);

    private final Facts facts = new Facts();

    /** Hourly tables; the leak begins {@code after} hours. */
    private LeakDatedTest samples(int hours, int after) {
        Random random = new Random(2);
        for (int h = 0; h < hours; h++) {
            long leak = 100 + 8000L * Math.max(0, h - after);
            long load = 40_000 + Math.round(3000 * Math.sin(h * Math.PI / 12) + 500 * random.nextGaussian());
            long calls = 5_000_000L * (h + 1);
            facts.paged("Mup ", leak + 10, 10, leak * 400).paged("NtfF", calls, calls - load, load * 1600).paged("CM31", 500, 0,
                    500_000)
                    .table(START.plusHours(h));
        }
        return this;
    }

    private LeakDatedTest event(String source, int id, LocalDateTime at, ZoneOffset zone, Map<String, String> data) {
        facts.fact(new LoggedEvent(new Provenance("system.evtx", "record " + id), source, id, at, zone, "S", "", data));
        return this;
    }

    private List<Finding> dated() {
        return facts.findings().stream().filter(finding -> finding.rule().equals(LeakDatedRule.ID)).toList();
    }

    @Test
    void theLeakBeganAfterItsDriverWasInstalledAndThePoolRanEmptyLater() {
        samples(96, 30).event("Service Control Manager", 7045, START.plusHours(29), null,
                        Map.of("ServiceName", "mup", "ImagePath", "system32\\drivers\\mup.sys", "ServiceType",
                                "kernel mode driver"))
                .event("Service Control Manager", 7045, START.plusHours(28), null,
                        Map.of("ServiceName", "mupfix", "ImagePath", "system32\\drivers\\mupfix.sys"))
                .event("EventLog", 6005, START.minusHours(20), null, Map.of())
                .event("Srv", 2020, START.plusHours(90), null, Map.of());
        assertThat(dated()).singleElement().satisfies(finding -> {
            assertThat(finding.title()).startsWith("Tag 'Mup ' of mup.sys leaks 3.0 MB an hour of paged pool, since about ")
                    .containsPattern("since about 2007-01-11 1[345]:")
                            .containsPattern("(49|50|51) hours|2\\.1 days after the machine was started");
            assertThat(finding.explanation())
                    .contains("its own driver was installed: a service or driver was installed: mup (system32\\drivers\\mup.sys)")
                    .contains("that: a service or driver was installed: mupfix")
                            .contains("The pool first ran empty at 2007-01-14 02:00, 2.5 days after");
            assertThat(finding.evidence()).extracting(Provenance::file).contains("system.evtx");
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.driver()).isEqualTo("mup.sys");
        });
        // The trend speaks; what only compares first and last is silent.
        assertThat(facts.findings()).noneMatch(finding -> finding.rule().equals(GrowingTagRule.ID));
    }

    @Test
    void whatWasInstalledIsNamedByTheLogsOwnStrings() {
        samples(48, 0).event("Windows Update Agent", 19, START.minusHours(3), ZoneOffset.UTC,
                        Map.of("%1", "Contoso Gigabit driver,\n version 5.1"))
                .event("NtServicePack", 4377, START.minusHours(2), ZoneOffset.UTC, Map.of("%1", "Windows Server 2003", "%2", "KB936357"))
                .event("Microsoft-Windows-WindowsUpdateClient", 19, START.minusHours(4), ZoneOffset.UTC,
                        Map.of("updateTitle", "Update (KB2647518)", "updateGuid", "{A3576E2F}"));
        assertThat(dated()).singleElement().satisfies(finding -> {
            assertThat(finding.explanation()).contains("an update was installed: Contoso Gigabit driver, version 5.1 (2007-01-10 05:00)")
                    .contains("a hotfix was installed: KB936357 (Windows Server 2003) (2007-01-10 06:00)")
                    .contains("an update was installed: Update (KB2647518) (").contains("nothing tells the machine's zone");
            assertThat(finding.nextSteps().getFirst().text()).contains("shortly before it began (KB936357 (Windows Server 2003); Contoso Gigabit driver,"
                    + " version 5.1; Update (KB2647518)), and see");
            assertThat(finding.evidence()).extracting(Provenance::text).anyMatch(text -> text.contains("KB936357"));
        });
    }

    private static Map<String, String> upTime(String zone) {
        return Map.of("%1", "", "%2", "", "%3", "", "%4", "", "%5", "1039089", "%6", "60", "%7", zone);
    }

    @Test
    void theZoneThatTheLogNamesBringsUtcToTheMachinesClock() {
        samples(48, 0).event("EventLog", 6005, START.plusHours(3), ZoneOffset.UTC, Map.of())
                .event("EventLog", 6013, START.plusHours(12), ZoneOffset.UTC, upTime("300 Eastern Standard Time"));
        assertThat(dated()).singleElement().satisfies(finding -> {
            assertThat(finding.title()).endsWith("since the machine was started at 2007-01-10 06:00");
            assertThat(finding.explanation()).contains("in the machine's zone, Eastern Standard Time by event 6013. Where daylight saving time "
                    + "was in force they are an hour early.").doesNotContain("nothing tells");
            assertThat(finding.evidence()).extracting(Provenance::text).contains("event 6013 of EventLog: zone 300 Eastern Standard Time");
        });
        // Two zones in one log are none.
        event("EventLog", 6013, START.plusHours(36), ZoneOffset.UTC, upTime("0 GMT Standard Time"));
        assertThat(dated()).singleElement().satisfies(finding -> assertThat(finding.explanation()).contains("nothing tells the machine's zone"));
    }

    @Test
    void eventsInUtcAreBroughtToTheMachinesClock() {
        samples(48, 0).event("EventLog", 6005, START.minusHours(2), ZoneOffset.UTC, Map.of());
        facts.fact(new CounterSeries(new Provenance("c.csv", "line 1"), "PerfMon counter log", "S", Counter.AVAILABLE_BYTES, null,
                ZoneOffset.ofHours(1), new long[] {0}, new double[] {1}));
        assertThat(dated()).singleElement().satisfies(finding -> {
            assertThat(finding.title()).endsWith("since the machine was started at 2007-01-10 07:00");
            assertThat(finding.explanation()).doesNotContain("UTC");
        });
    }

    @Test
    void whereTheZoneIsNotKnownThatIsSaid() {
        samples(48, 0).event("EventLog", 6005, START.minusHours(2), ZoneOffset.UTC, Map.of());
        assertThat(dated()).singleElement().satisfies(finding -> assertThat(finding.explanation())
                .contains("its times may be off by some hours"));
    }

    @Test
    void whatHappenedInALaterRunOfTheMachineIsNotSetAgainstTheGrowth() {
        samples(48, 0).event("EventLog", 6005, START.minusHours(2), null, Map.of())
                .event("EventLog", 6005, START.plusDays(20), null, Map.of())
                .event("EventLog", 6005, START.plusDays(40), null, Map.of())
                .event("EventLog", 6008, START.plusDays(40), null, Map.of())
                .event("Srv", 2020, START.plusDays(30), null, Map.of());
        assertThat(dated()).singleElement().satisfies(finding -> assertThat(finding.explanation())
                .contains("Event 2020 of 2007-02-09 08:00 is from after the next start of the machine")
                .doesNotContain("first ran empty").doesNotContain("stopped and came back"));
    }

    @Test
    void howLongAPoolLastsIsNotToldFromTablesOfAnEarlierRun() {
        facts.pagedPool(200 << 20, 300L << 20);
        for (int h = 0; h < 6; h++) {
            facts.paged("Mup ", 100_010 + 20_000L * h + h % 2, 10, 40_000_000 + 8_000_000L * h + 1000 * (h % 2)).paged("CM31", 500, 0, 500_000)
                    .table(START.plusHours(h));
        }
        Finding same = facts.findings().stream().filter(finding -> finding.rule().equals(GrowingTagRule.ID)).findFirst().orElseThrow();
        assertThat(same.explanation()).contains("At this pace the pool reaches 300 MB");
        event("EventLog", 6005, START.plusHours(20), null, Map.of());
        Finding other = facts.findings().stream().filter(finding -> finding.rule().equals(GrowingTagRule.ID)).findFirst().orElseThrow();
        assertThat(other.explanation()).doesNotContain("At this pace").contains("100,001 blocks were allocated");
    }

    @Test
    void theStopThatEndedTheRunIsTold() {
        samples(48, 0).event("EventLog", 6005, START.plusDays(3), null, Map.of())
                .event("EventLog", 6008, START.plusDays(3).plusSeconds(1), null, Map.of())
                .event("Srv", 2020, START.plusDays(2), null, Map.of());
        assertThat(dated()).singleElement().satisfies(finding -> assertThat(finding.explanation())
                .contains("The pool first ran empty at 2007-01-12 08:00").contains("stopped and came back at 2007-01-13 08:00"));
    }

    @Test
    void aCacheThatFilledIsNotAccused() {
        for (int h = 0; h < 48; h++) {
            long cache = Math.round(100_000 * (1 - Math.exp(-h / 5.0)));
            facts.paged("MmSt", cache + 1, 0, cache * 900).paged("CM31", 500, 0, 500_000).table(START.plusHours(h));
        }
        assertThat(facts.findings()).noneMatch(finding -> finding.rule().equals(LeakDatedRule.ID)
                || finding.rule().equals(GrowingTagRule.ID));
    }

    @Test
    void aBusyTagThatGrowsAllTheTimeIsNotCalledACache() {
        Random random = new Random(3);
        for (int h = 0; h < 60; h++) {
            long calls = 5_000_000L * (h + 1);
            long held = 20_000 + 8_000L * h + Math.round(200 * random.nextGaussian());
            facts.paged("MmSt", calls, calls - held, held * 400).paged("CM31", 500, 0, 500_000).table(START.plusHours(h));
        }
        facts.event("Srv", 2020);
        assertThat(dated()).singleElement().satisfies(finding -> assertThat(finding.title()).contains("'MmSt'").contains(" leaks "));
        assertThat(facts.findings()).filteredOn(finding -> finding.rule().equals(TagHoldsPoolRule.ID)).singleElement()
                .satisfies(finding -> {
                    assertThat(finding.explanation()).doesNotContain("not of a leak").contains("what stays grows from sample to sample");
                    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
                });
    }

    @Test
    void aLongSeriesIsOneAccusationNotOneForEachTable() {
        samples(60, 0);
        facts.event("Srv", 2020);
        assertThat(facts.findings()).filteredOn(finding -> finding.rule().equals(TagHoldsPoolRule.ID)
                && finding.severity().isProblem()).singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).hasSizeLessThan(6));
    }

    @Test
    void aPoolThatGrowsAsAWholeIsSaidThoughNoTableTellsTheTag() {
        long[] times = new long[72];
        double[] bytes = new double[72];
        Random random = new Random(4);
        for (int h = 0; h < 72; h++) {
            times[h] = CounterSeries.millis(START.plusHours(h));
            bytes[h] = 120e6 + 1.2e6 * h + 5e6 * random.nextGaussian();
        }
        facts.fact(new CounterSeries(new Provenance("c.csv", "line 1"), "PerfMon counter log", "S", Counter.POOL_PAGED_BYTES,
                null, null, times, bytes));
        assertThat(dated()).singleElement().satisfies(finding -> {
            assertThat(finding.title()).startsWith("Paged pool grows steadily by 1.")
                    .contains("since 2007-01-10 08:00 or earlier")
                    .endsWith("which tag it is, is not in the evidence");
            assertThat(finding.evidence()).containsExactly(new Provenance("c.csv", "line 1"));
            assertThat(finding.severity().isProblem()).isTrue();
        });
    }
}
