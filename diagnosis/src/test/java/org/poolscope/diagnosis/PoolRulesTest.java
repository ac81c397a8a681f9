package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.poolscope.diagnosis.Facts.MB;

import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.model.PoolKind;

class PoolRulesTest {

    private static final LocalDateTime NOON = LocalDateTime.of(2006, 12, 14, 12, 0);

    @Test
    void anEventAloneSaysThatThePoolRanEmpty() {
        assertThat(new Facts().event("Srv", 2020).findings()).first().satisfies(finding -> {
            assertThat(finding.rule()).isEqualTo(PoolExhaustedRule.ID);
            assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(finding.pool()).isEqualTo(PoolKind.PAGED);
        });
        assertThat(new Facts().event("Srv", 2019).findings()).first().satisfies(finding ->
                assertThat(finding.pool()).isEqualTo(PoolKind.NONPAGED));
    }

    @Test
    void totalsThatTellNoLimitAreNoSecondWitness() {
        assertThat(new Facts().event("Srv", 2019).nonPagedPool(160 * MB, null, 4095 * MB).findings()).first().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("Nonpaged pool is exhausted: 163,840 KB used");
            assertThat(finding.confidence().reason()).isEqualTo(
                    "the file server logged that the pool was empty; the totals do not tell how much it may hold");
        });
        assertThat(new Facts().event("Srv", 2019).nonPagedPool(60 * MB, 256 * MB, 4095 * MB).findings()).first().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("Nonpaged pool ran empty; 61,440 KB of 262,144 KB used (23%) in the totals at hand");
            assertThat(finding.confidence().reason()).isEqualTo(
                    "the file server logged that the pool was empty; the totals are of another moment, when it was not");
        });
        assertThat(new Facts().event("Srv", 2019).nonPagedPool(250 * MB, 256 * MB, 4095 * MB).findings()).first().satisfies(finding ->
                assertThat(finding.confidence().reason()).isEqualTo("the event log says so and the memory manager's totals agree"));
    }

    @Test
    void aLimitAboveAllMemoryIsNotToldAsAShare() {
        Verdict verdict = new Facts().event("Srv", 2019).nonPagedPool(300 * MB, 16L << 40, 8000 * MB).verdict();
        assertThat(verdict.sentence()).isEqualTo("Nonpaged pool is exhausted.");
    }

    @Test
    void theSameNumberFromAnotherSourceSaysNothing() {
        assertThat(new Facts().event("MyService", 2020).verdict().isProblem()).isFalse();
    }

    @Test
    void aFullPoolIsExhaustedAndAHalfFullOneIsNot() {
        assertThat(new Facts().pagedPool(266 * MB, 268 * MB).findings()).first().satisfies(finding ->
                assertThat(finding.severity()).isEqualTo(Severity.CRITICAL));
        assertThat(new Facts().pagedPool(230 * MB, 268 * MB).findings()).first().satisfies(finding ->
                assertThat(finding.severity()).isEqualTo(Severity.WARNING));
        assertThat(new Facts().pagedPool(134 * MB, 268 * MB).verdict().isProblem()).isFalse();
    }

    @Test
    void nonPagedPoolFarBelowAHugeLimitMayStillEatTheMemory() {
        long sixteenTerabytes = 16L << 40;
        assertThat(new Facts().nonPagedPool(4000 * MB, sixteenTerabytes, 8000 * MB).findings()).first().satisfies(finding ->
                assertThat(finding.title()).contains("takes up much of physical memory").contains("50%"));
        assertThat(new Facts().nonPagedPool(800 * MB, sixteenTerabytes, 8000 * MB).verdict().isProblem()).isFalse();
    }

    @Test
    void aTagThatHoldsAFullPoolAndFreesNothingIsAccused() {
        Verdict verdict = new Facts().pagedPool(266 * MB, 268 * MB).paged("Mup ", 3_000_000, 4_000, 220 * MB)
                .paged("MmSt", 900_000, 860_000, 20 * MB).verdict();
        assertThat(verdict.findings()).filteredOn(finding -> finding.rule().equals(TagHoldsPoolRule.ID)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(finding.driver()).isEqualTo("mup.sys");
            assertThat(finding.tags()).extracting(Object::toString).containsExactly("Mup ");
        });
        assertThat(verdict.sentence()).contains("Paged pool is exhausted").contains("'Mup '").contains("mup.sys");
    }

    @Test
    void bigButBalancedUseIsNotAccused() {
        assertThat(new Facts().pagedPool(180 * MB, 460 * MB).paged("MmSt", 9_000_000, 8_800_000, 110 * MB)
                .paged("CM31", 4_849, 0, 40 * MB).paged("NtfF", 700_000, 660_000, 20 * MB).verdict().isProblem()).isFalse();
    }

    @Test
    void inAFullPoolACacheIsNamedButNotAccused() {
        Verdict verdict = new Facts().pagedPool(266 * MB, 268 * MB).paged("MmSt", 9_000_000, 8_800_000, 200 * MB).verdict();
        assertThat(verdict.findings()).filteredOn(finding -> finding.rule().equals(TagHoldsPoolRule.ID)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.NOTE);
            assertThat(finding.explanation()).contains("a cache or of load");
        });
    }

    @Test
    void aTagWithBlanksIsLookedForAsOneWord() {
        assertThat(new Facts().pagedPool(266 * MB, 268 * MB).paged("Io  ", 3_000_000, 4_000, 220 * MB).findings()).flatExtracting(Finding::nextSteps)
                .extracting(NextStep::command).contains("findstr /m /l /c:\"Io  \" %SystemRoot%\\System32\\drivers\\*.sys")
                // Without an image the debugger is asked, and samples may tell more.
                .contains("!poolused 5", "poolmon -n poolsnap.log");
    }

    /** Nobody is sent for what would not be read. */
    @Test
    void withoutADumpOneIsAskedForAndNoListOfBlocks() {
        List<NextStep> steps = new Facts().pagedPool(266 * MB, 268 * MB).paged("Mup ", 3_000_000, 4_000, 220 * MB).findings().stream()
                .filter(finding -> finding.rule().equals(TagHoldsPoolRule.ID)).flatMap(finding -> finding.nextSteps().stream()).toList();
        assertThat(steps).noneMatch(step -> step.command() != null && step.command().startsWith("!poolfind"))
                .anySatisfy(step -> {
                    assertThat(step.text()).startsWith("Give the dump that the debugger looked at to diagnose");
                    assertThat(step.command()).isEqualTo(".dump /f MEMORY.DMP");
                });
    }

    @Test
    void growthNamesTheTagAndThePaceButOfTwoTablesNoTimeLeft() {
        Verdict verdict = new Facts().pagedPool(100 * MB, 300 * MB)
                .paged("Mup ", 100_000, 90, 10 * MB).paged("MmSt", 500_000, 470_000, 60 * MB).table(NOON)
                .paged("Mup ", 600_000, 110, 60 * MB).paged("MmSt", 900_000, 868_000, 62 * MB).table(NOON.plusHours(5))
                .verdict();
        assertThat(verdict.findings()).filteredOn(finding -> finding.rule().equals(GrowingTagRule.ID)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).contains("'Mup ' of mup.sys grew by 50.0 MB").contains("5.0 hours").contains("10.0 MB an hour");
            assertThat(finding.explanation()).doesNotContain("At this pace");
        });
    }

    @Test
    void growthAmongMuchTrafficIsToldAndNotJudged() {
        Verdict verdict = new Facts().paged("MmSt", 5_000_000, 4_900_000, 10 * MB).paged("CM31", 500, 0, 20 * MB).table(NOON)
                .paged("MmSt", 15_000_000, 14_100_000, 82 * MB).paged("CM31", 500, 0, 20 * MB).table(NOON.plusHours(24)).verdict();
        assertThat(verdict.isProblem()).isFalse();
        assertThat(verdict.sentence()).contains("'MmSt'").contains("grew by 72.0 MB of paged pool in 24.0 hours, 3.0 MB an hour,"
                + " though it frees 92% of what it allocates");
        assertThat(verdict.findings()).filteredOn(finding -> finding.rule().equals(NothingFoundRule.ID)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).startsWith("No leak is certain, yet 'MmSt' grows by 3.0 MB an hour");
            assertThat(finding.confidence().level()).isEqualTo(Confidence.Level.LOW);
        });
    }

    @Test
    void tablesOfTwoRunsOfTheMachineAreNotSubtracted() {
        Facts facts = new Facts().paged("Xyz1", 9_000_000, 8_900_000, 10 * MB).paged("CM31", 900_000, 0, 20 * MB).table(NOON)
                .paged("Xyz1", 300_000, 10_000, 28 * MB).paged("CM31", 500, 0, 20 * MB).table(NOON.plusHours(24));
        assertThat(facts.findings()).noneMatch(finding -> finding.rule().equals(GrowingTagRule.ID));
        facts.paged("Xyz1", 700_000, 20_000, 68 * MB).paged("CM31", 510, 0, 20 * MB).table(NOON.plusHours(30));
        assertThat(facts.findings()).filteredOn(finding -> finding.rule().equals(GrowingTagRule.ID)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).contains("grew by 40.0 MB of paged pool in 6.0 hours");
            assertThat(finding.explanation()).contains("400,000 blocks were allocated and 10,000 freed");
        });
    }

    @Test
    void overSecondsNoRateIsTold() {
        Verdict verdict = new Facts().paged("Mup ", 100_000, 90, 10 * MB).table(NOON)
                .paged("Mup ", 600_000, 110, 60 * MB).table(NOON.plusSeconds(80)).verdict();
        assertThat(verdict.findings()).filteredOn(finding -> finding.rule().equals(GrowingTagRule.ID)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).endsWith("grew by 50.0 MB of paged pool in 80 seconds");
            assertThat(finding.clause()).isEqualTo("'Mup ' grows by 50.0 MB in 80 seconds");
        });
    }

    @Test
    void growthThatIsFreedAgainIsNoLeak() {
        assertThat(new Facts().paged("MmSt", 500_000, 470_000, 60 * MB).table(NOON)
                .paged("MmSt", 1_500_000, 1_420_000, 120 * MB).table(NOON.plusHours(5)).verdict().isProblem()).isFalse();
    }

    @Test
    void aLogOfManyTablesIsToldInOneClause() {
        Facts facts = new Facts().pagedPool(100 * MB, 300 * MB);
        for (int hour = 0; hour < 30; hour++) {
            facts.paged("MmSt", 500_000 + 1000L * hour, 470_000 + 1000L * hour, 60 * MB).table(NOON.plusHours(hour));
        }
        assertThat(facts.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.explanation()).contains("30 tables of 1 tag (!poolused, 2006-12-14 12:00 to 2006-12-15 17:00)");
            assertThat(finding.evidence()).hasSizeLessThan(5);
            assertThat(finding.nextSteps()).isEmpty();
        });
    }

    @Test
    void aFewHoursDoNotShowSlowGrowth() {
        assertThat(hourly(0, 3, 6).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.confidence()).isEqualTo(Confidence.medium("no tag only grows, but 3 tables within 6 hours do not show slow growth"));
            assertThat(finding.nextSteps()).singleElement().satisfies(step -> assertThat(step.text()).contains("take snapshots for a day"));
        });
        assertThat(hourly(0, 2, 4, 6, 8, 10, 12, 15, 18, 21, 24).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.confidence()).isEqualTo(Confidence.high("tables of a day or more show no tag that only grows"));
            assertThat(finding.nextSteps()).isEmpty();
        });
    }

    /** Tables of a machine that is well, so many hours after noon. */
    private static Facts hourly(int... hours) {
        Facts facts = new Facts().pagedPool(100 * MB, 300 * MB);
        for (int hour : hours) {
            for (int tag = 10; tag < 60; tag++) {
                facts.paged("Ta" + tag, 500_000 + 1000L * hour, 470_000 + 1000L * hour, MB);
            }
            facts.table(NOON.plusHours(hour));
        }
        return facts;
    }

    @Test
    void withoutTroubleItSaysWhatWasLookedAt() {
        assertThat(new Facts().pagedPool(100 * MB, 300 * MB).paged("MmSt", 500_000, 470_000, 60 * MB).findings()).singleElement()
                .satisfies(finding -> {
                    assertThat(finding.rule()).isEqualTo(NothingFoundRule.ID);
                    assertThat(finding.explanation()).contains("paged pool 100 MB of 300 MB (33%)").contains("1 tag (!poolused)");
                });
    }
}
