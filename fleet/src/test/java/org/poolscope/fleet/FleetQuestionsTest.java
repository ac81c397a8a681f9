package org.poolscope.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.fleet.FleetOutlier.Thing;

/** The questions against the truth the lab wrote, and both engines against each other. */
class FleetQuestionsTest {

    private static final long LEAST = 1 << 20;

    @TempDir
    static Path shared;

    private static FleetStore store;
    private static FleetEngine duck;
    private static JsonNode truth;

    @BeforeAll
    static void make() throws Exception {
        Path machines = SmallFleet.evidence(shared);
        SmallFleet.ingest(machines, shared.resolve("data"));
        store = FleetStore.open(shared.resolve("data"));
        duck = DuckEngine.on(store);
        truth = new ObjectMapper().readTree(shared.resolve("machines.truth.json").toFile());
    }

    @AfterAll
    static void close() {
        duck.close();
    }

    @Test
    void exactlyTheLeakingMachinesAreFoundAtTheirPace() throws Exception {
        List<FleetLeak> leaks = FleetLeaks.find(duck, LEAST);

        assertThat(leaks).hasSize(SmallFleet.LEAKING);
        for (JsonNode sick : truth.get("leaking")) {
            FleetLeak leak = leaks.stream().filter(one -> one.key().machine().equals(sick.get("machine").asText())).findFirst().orElseThrow();
            assertThat(leak.key().tag()).isEqualTo(truth.get("leakTag").asText());
            assertThat(leak.key().pool()).isEqualTo(truth.get("pool").asText());
            assertThat(leak.bytesPerHour()).isBetween(sick.get("bytesPerHour").asDouble() * 0.95, sick.get("bytesPerHour").asDouble() * 1.05);
        }
    }

    @Test
    void theCulpritSetsThemApartAndTheDecoysDoNot() throws Exception {
        List<FleetOutlier> outliers = FleetOutliers.find(duck, FleetLeaks.find(duck, LEAST));

        FleetOutlier first = outliers.getFirst();
        assertThat(first.isExact()).isTrue();
        assertThat(first.isSignificant()).isTrue();
        assertThat(first.what()).contains(new Thing("device", truth.get("culprit").asText(), truth.get("culpritVersion").asText()));
        assertThat(outliers).filteredOn(FleetOutlier::isSignificant)
                .allSatisfy(outlier -> assertThat(outlier.what().toString()).contains(truth.get("culprit").asText()));
        // Three machines out of 24: one in 2,024 ways to choose three.
        assertThat(first.probability()).isCloseTo(1 / 2024.0, org.assertj.core.api.Assertions.within(1e-9));
        assertThat(first.lift()).isEqualTo(8);
    }

    @Test
    void theForecastIsARangeAroundTheTruth() throws Exception {
        long limit = 256L << 20;
        List<PoolForecast> forecasts = FleetForecast.of(duck, Map.of("nonpaged", limit));

        assertThat(forecasts).hasSize(SmallFleet.MACHINES * 2);
        for (JsonNode sick : truth.get("leaking")) {
            PoolForecast forecast = forecasts.stream().filter(one -> one.machine().equals(sick.get("machine").asText())
                    && one.pool().equals("nonpaged")).findFirst().orElseThrow();
            assertThat(forecast.leader()).isEqualTo("Io  ");
            assertThat(forecast.maximumBytes()).isEqualTo(limit);
            double hours = (limit - forecast.bytes()) / sick.get("bytesPerHour").asDouble();
            java.time.LocalDateTime full = java.time.LocalDateTime.of(2007, 3, 20, 18, 0).plusMinutes(Math.round(hours * 60));
            assertThat(forecast.earliest()).isBefore(full.plusHours(Math.round(hours / 20) + 1));
            assertThat(forecast.latest()).isAfter(full.minusHours(Math.round(hours / 20) + 1));
        }
    }

    @Test
    void metricsAreInTheTextFormOfPrometheus() throws Exception {
        StringWriter out = new StringWriter();

        FleetExport.prometheus(duck, FleetLeaks.find(duck, LEAST), out);

        List<String> metrics = out.toString().lines().filter(line -> !line.startsWith("#")).toList();
        assertThat(metrics).allMatch(line -> line.matches("poolscope_[a-z_]+\\{([a-z]+=\"[^\"\\\\]*\",?)+} -?\\d+"));
        assertThat(metrics).filteredOn(line -> line.startsWith("poolscope_pool_leak_bytes_per_hour{")).hasSize(SmallFleet.LEAKING);
        assertThat(metrics).filteredOn(line -> line.startsWith("poolscope_pool_bytes{")).hasSize(SmallFleet.MACHINES * 2);
    }

    @Test
    void rowsForSpreadsheetsAreAllThere() throws Exception {
        StringWriter out = new StringWriter();

        FleetExport.csv(duck, out);

        assertThat(out.toString().lines().count()).isEqualTo(1 + (long) SmallFleet.MACHINES * SmallFleet.TAGS * SmallFleet.SAMPLES);
    }

    @Test
    void sparkGivesTheSameAnswers() throws Exception {
        List<FleetLeak> leaks = FleetLeaks.find(duck, 0);
        List<FleetOutlier> outliers = FleetOutliers.find(duck, leaks);
        List<PoolForecast> forecasts = FleetForecast.of(duck, Map.of());
        StringWriter metrics = new StringWriter();
        FleetExport.prometheus(duck, leaks, metrics);

        try (FleetEngine spark = FleetEngines.open(store, "spark", "local[2]")) {
            List<FleetLeak> sparkLeaks = FleetLeaks.find(spark, 0);
            StringWriter sparkMetrics = new StringWriter();
            FleetExport.prometheus(spark, sparkLeaks, sparkMetrics);
            assertThat(sparkLeaks).isEqualTo(leaks);
            assertThat(FleetOutliers.find(spark, sparkLeaks)).isEqualTo(outliers);
            assertThat(FleetForecast.of(spark, Map.of())).isEqualTo(forecasts);
            assertThat(sparkMetrics).hasToString(metrics.toString());
        }
    }
}
