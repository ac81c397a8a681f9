package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.poolscope.fleet.FleetEngine;
import org.poolscope.fleet.FleetForecast;
import org.poolscope.fleet.PoolForecast;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code poolscope fleet forecast}: until when the machines last. */
@Command(name = "forecast", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "When the pools of the machines run out, as a range.",
        description = {"From the growth since each machine's last boot and the limit the evidence gives (!vm listings, dumps), or the one given",
            "here. A pool that does not grow without rest has no date."},
        footer = {"", "Examples:", "  poolscope fleet forecast fleet.data", "  poolscope fleet forecast fleet.data --limit nonpaged=256MB --limit paged=360MB --all"})
final class FleetForecastCommand implements Callable<Integer> {

    @Mixin
    private FleetDataset dataset;

    @Option(names = "--limit", paramLabel = "POOL=SIZE", description = "The limit of paged or nonpaged pool where the evidence has none: a size "
            + "such as 256MB, or a number of bytes. May be given for each pool.")
    private Map<PoolKind, String> limits = new EnumMap<>(PoolKind.class);

    @Option(names = "--all", description = "Also pools that do not grow.")
    private boolean all;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    private static final Listing<PoolForecast> FORECASTS = new Listing<>(FleetForecastCommand::write)
            .text("Machine", PoolForecast::machine)
            .text("Pool", PoolForecast::pool)
            .number("Holds", forecast -> Quantity.bytes(forecast.bytes()))
            .number("Of", forecast -> forecast.maximumBytes() == null ? "unknown" : Quantity.bytes(forecast.maximumBytes()))
            .text("Shape", PoolForecast::shape)
            .number("An hour", forecast -> Quantity.bytes(Math.round(forecast.bytesPerHour())))
            .text("Full from", forecast -> day(forecast.earliest()))
            .text("to", forecast -> forecast.earliest() != null && forecast.latest() == null ? "never" : day(forecast.latest()))
            .text("Most of it", forecast -> forecast.leader() == null ? "" : forecast.leader() + " +" + Quantity.bytes(forecast.leaderBytes()));

    private static String day(LocalDateTime time) {
        return time == null ? "" : time.truncatedTo(ChronoUnit.HOURS).toString();
    }

    private static void write(PoolForecast forecast, JsonGenerator json) throws IOException {
        text(json, "machine", forecast.machine());
        text(json, "pool", forecast.pool());
        number(json, "bytes", forecast.bytes());
        number(json, "maximumBytes", forecast.maximumBytes());
        text(json, "shape", forecast.shape());
        number(json, "bytesPerHour", Math.round(forecast.bytesPerHour()));
        number(json, "bytesPerHourLow", Math.round(forecast.bytesPerHourLow()));
        number(json, "bytesPerHourHigh", Math.round(forecast.bytesPerHourHigh()));
        text(json, "exhaustedEarliest", forecast.earliest() == null ? null : forecast.earliest().toString());
        text(json, "exhaustedLatest", forecast.latest() == null ? null : forecast.latest().toString());
        text(json, "leader", forecast.leader());
        number(json, "leaderBytes", forecast.leaderBytes());
    }

    @Override
    public Integer call() throws Exception {
        List<PoolForecast> forecasts;
        try (FleetEngine engine = dataset.open()) {
            forecasts = FleetForecast.of(engine, bytes());
        }
        List<PoolForecast> shown = forecasts.stream().filter(forecast -> all || forecast.shape().equals("leak")).toList();
        if (shown.isEmpty() && !output.isJson()) {
            output.line("No pool of any machine grows without coming to rest.");
        } else {
            output.list(FORECASTS, shown.iterator());
        }
        if (!output.isJson() && shown.stream().anyMatch(forecast -> forecast.leader() != null)) {
            output.line("'Most of it' is the tag that grew most since the last boot, from the first sample to the last as they stand; leaks gives its pace.");
        }
        if (!output.isJson() && shown.stream().anyMatch(forecast -> forecast.shape().equals("leak") && forecast.maximumBytes() == null)) {
            output.line("Where the limit is unknown no date can be told. Give it: --limit nonpaged=256MB (the least of the machine's memory and");
            output.line("what its Windows allows; trend --windows VERSION knows those), or take in a !vm listing or a dump of the machine.");
        }
        output.flush();
        return 0;
    }

    private Map<String, Long> bytes() {
        Map<String, Long> bytes = new HashMap<>();
        limits.forEach((pool, size) -> bytes.put(pool.word(), Sizes.parse(size).orElseThrow(() -> new ParameterException(command.commandLine(),
                "Invalid value for option '--limit': '" + size + "' is no size; write for instance " + pool.word() + "=256MB"))));
        return bytes;
    }
}
