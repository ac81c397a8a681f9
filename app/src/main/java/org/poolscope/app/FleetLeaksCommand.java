package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.poolscope.fleet.FleetEngine;
import org.poolscope.fleet.FleetLeak;
import org.poolscope.fleet.FleetLeaks;
import org.poolscope.model.ProgramName;
import org.poolscope.model.Quantity;
import org.poolscope.model.ShellWord;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code poolscope fleet leaks}: which machines leak what. */
@Command(name = "leaks", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Which machines leak what, the fastest first.",
        description = {"A tag leaks on a machine when it grows from one boot to the next without coming to rest: no cache that fills, no step,",
            "no rhythm of the day explains it better. The growth is the median slope, with its 95%% interval."},
        footer = {"", "Examples:", "  poolscope fleet leaks fleet.data", "  poolscope fleet leaks fleet.data --format json",
            "  poolscope fleet leaks fleet.data --engine spark --master 'local[2]'",
            "Exit status: 0 the fleet was looked at, whatever was found."})
final class FleetLeaksCommand implements Callable<Integer> {

    @Mixin
    private FleetDataset dataset;

    @Option(names = "--least", paramLabel = "BYTES", defaultValue = "1048576",
            description = "Leave out what grew by less (default: ${DEFAULT-VALUE}).")
    private long least;

    @Mixin
    private Output output;

    private static final Listing<FleetLeak> LEAKS = new Listing<>(FleetLeaksCommand::write)
            .text("Machine", leak -> leak.key().machine())
            .text("Tag", leak -> leak.key().tag())
            .text("Pool", leak -> leak.key().pool())
            .number("An hour", leak -> Quantity.bytes(Math.round(leak.bytesPerHour())))
            .text("95% interval", leak -> Quantity.bytes(Math.round(leak.bytesPerHourLow())) + " to "
                    + Quantity.bytes(Math.round(leak.bytesPerHourHigh())))
            .number("Grew by", leak -> Quantity.bytes(leak.growthBytes()))
            .number("To", leak -> Quantity.bytes(leak.bytes()))
            .text("Since", leak -> leak.began().toString())
            .number("Runs", leak -> leak.runs() + " of " + leak.runsSeen());

    private static void write(FleetLeak leak, JsonGenerator json) throws IOException {
        text(json, "machine", leak.key().machine());
        text(json, "tag", leak.key().tag());
        text(json, "pool", leak.key().pool());
        number(json, "samples", leak.samples());
        number(json, "bytesPerHour", Math.round(leak.bytesPerHour()));
        number(json, "bytesPerHourLow", Math.round(leak.bytesPerHourLow()));
        number(json, "bytesPerHourHigh", Math.round(leak.bytesPerHourHigh()));
        number(json, "growthBytes", leak.growthBytes());
        number(json, "bytes", leak.bytes());
        text(json, "began", leak.began().toString());
        json.writeNumberField("significance", Math.round(leak.significance() * 100) / 100.0);
        number(json, "runs", leak.runs());
        number(json, "runsSeen", leak.runsSeen());
    }

    @Override
    public Integer call() throws Exception {
        List<FleetLeak> leaks;
        try (FleetEngine engine = dataset.open()) {
            leaks = FleetLeaks.find(engine, least);
        }
        if (leaks.isEmpty() && !output.isJson()) {
            output.line("No tag of any machine grows without coming to rest.");
        } else {
            output.list(LEAKS, leaks.iterator());
        }
        if (!leaks.isEmpty() && !output.isJson()) {
            long machines = leaks.stream().map(leak -> leak.key().machine()).distinct().count();
            output.line(String.format(Locale.ROOT, "%s on %s. What sets these apart: %s %s",
                    Quantity.count(leaks.size(), "leak", "leaks"), Quantity.count(machines, "machine", "machines"),
                    ProgramName.called("poolscope fleet outliers"), ShellWord.of(dataset.root().toString())));
            output.line("Figures are of the run since a boot in which the leak is plainest: 'Grew by' is its pace over the time of the samples, 'To' where that ends.");
        }
        output.flush();
        return 0;
    }
}
