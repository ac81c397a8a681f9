package org.poolscope.app;

import static org.poolscope.report.JsonDocument.flag;
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
import org.poolscope.fleet.FleetOutlier;
import org.poolscope.fleet.FleetOutlier.Thing;
import org.poolscope.fleet.FleetOutliers;
import org.poolscope.report.Listing;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code poolscope fleet outliers}: what sets the leaking machines apart. */
@Command(name = "outliers", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "What sets the leaking machines apart: drivers, versions, devices, updates, settings.",
        description = {"Compares the inventories of the machines on which a tag leaks with all others: how many of either have a thing, how likely",
            "chance would make so uneven a share (Fisher's exact test, Holm's correction for all the comparisons), and how much more",
            "common the leak is where it is."},
        footer = {"", "Examples:", "  poolscope fleet outliers fleet.data", "  poolscope fleet outliers fleet.data --all --format json",
            "Exit status: 0 the fleet was looked at, whatever was found."})
final class FleetOutliersCommand implements Callable<Integer> {

    @Mixin
    private FleetDataset dataset;

    @Option(names = "--least", paramLabel = "BYTES", defaultValue = "1048576",
            description = "Leave out leaks that grew by less (default: ${DEFAULT-VALUE}).")
    private long least;

    @Option(names = "--all", description = "Also what chance explains.")
    private boolean all;

    @Mixin
    private Output output;

    private static final Listing<FleetOutlier> OUTLIERS = new Listing<>(FleetOutliersCommand::write)
            .text("Tag", FleetOutlier::tag)
            .text("Pool", FleetOutlier::pool)
            .text("What", outlier -> (outlier.has() ? "" : "without ") + outlier.what().getFirst()
                    + (outlier.what().size() > 1 ? " (and " + (outlier.what().size() - 1) + " more)" : ""))
            .number("Leaking", outlier -> outlier.leakingWith() + " of " + outlier.leaking())
            .number("Others", outlier -> outlier.healthyWith() + " of " + outlier.healthy())
            .number("Lift", outlier -> String.format(Locale.ROOT, "%.1f", outlier.lift()))
            .number("Chance", outlier -> String.format(Locale.ROOT, "%.1e", outlier.probability()))
            .number("Corrected", outlier -> String.format(Locale.ROOT, "%.1e", outlier.corrected()));

    private static void write(FleetOutlier outlier, JsonGenerator json) throws IOException {
        text(json, "tag", outlier.tag());
        text(json, "pool", outlier.pool());
        flag(json, "has", outlier.has());
        json.writeArrayFieldStart("what");
        for (Thing thing : outlier.what()) {
            json.writeStartObject();
            text(json, "kind", thing.kind());
            text(json, "name", thing.name());
            text(json, "value", thing.value());
            json.writeEndObject();
        }
        json.writeEndArray();
        number(json, "leakingWith", outlier.leakingWith());
        number(json, "leaking", outlier.leaking());
        number(json, "healthyWith", outlier.healthyWith());
        number(json, "healthy", outlier.healthy());
        json.writeNumberField("lift", outlier.lift());
        json.writeNumberField("probability", outlier.probability());
        json.writeNumberField("corrected", outlier.corrected());
        flag(json, "significant", outlier.isSignificant());
        flag(json, "exact", outlier.isExact());
    }

    @Override
    public Integer call() throws Exception {
        List<FleetOutlier> outliers;
        List<FleetLeak> leaks;
        try (FleetEngine engine = dataset.open()) {
            leaks = FleetLeaks.find(engine, least);
            outliers = FleetOutliers.find(engine, leaks);
        }
        boolean found = outliers.stream().anyMatch(FleetOutlier::isSignificant);
        List<FleetOutlier> shown = outliers.stream().filter(outlier -> all || outlier.isSignificant()).toList();
        if (output.isJson()) {
            output.list(OUTLIERS, shown.iterator());
        } else {
            print(leaks, outliers, shown);
        }
        output.flush();
        return 0;
    }

    private void print(List<FleetLeak> leaks, List<FleetOutlier> outliers, List<FleetOutlier> shown) throws IOException {
        if (leaks.isEmpty()) {
            output.line("No machine leaks, so there is nothing to set apart.");
            return;
        }
        if (outliers.isEmpty()) {
            output.line("The leaking machines cannot be compared: there is no inventory of them and of others, or most of the fleet leaks the"
                    + " same. Take in driverquery, systeminfo or Win32_PnPSignedDriver listings of all machines.");
            return;
        }
        for (FleetOutlier outlier : shown) {
            if (outlier.isExact() && outlier.isSignificant()) {
                output.line(sentence(outlier));
            }
        }
        if (shown.isEmpty()) {
            output.line("Nothing in the inventories sets the leaking machines apart: of " + outliers.size()
                    + " comparisons chance explains each (--all shows them).");
            return;
        }
        output.line("");
        output.list(OUTLIERS, shown.iterator());
    }

    private static String sentence(FleetOutlier outlier) {
        StringBuilder text = new StringBuilder("All " + outlier.leaking() + " machines that leak '" + outlier.tag() + "' ("
                + outlier.pool() + " pool) " + (outlier.has() ? "have" : "lack") + ", and none of the " + outlier.healthy()
                + " others " + (outlier.has() ? "has" : "lacks") + ":");
        for (Thing thing : outlier.what()) {
            text.append("\n  ").append(Plain.text(thing.toString()));
        }
        return text.append(String.format(Locale.ROOT, "%n  (chance would do that with probability %.1e, all comparisons considered)",
                outlier.corrected())).toString();
    }
}
