package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.AllocationSite;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.VerifiedAllocation;
import org.poolscope.kernel.objects.VerifiedDriver;
import org.poolscope.kernel.objects.VerifierBooks;
import org.poolscope.kernel.objects.VerifierSettings;
import org.poolscope.model.Address;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code poolscope verifier}: Driver Verifier's settings and books, as the debugger's {@code !verifier 3}. */
@Command(name = "verifier", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Driver Verifier's books: who allocated what was never freed (as !verifier 3).",
        description = {"", "The settings and the verified drivers; then, where pool tracking was on, the outstanding "
                + "allocations, or the places in code that made them. As JSON, the settings and drivers are on the first line."},
        footer = {"", "Examples:", "  poolscope verifier MEMORY.DMP", "  poolscope verifier MEMORY.DMP --by allocation"})
final class VerifierCommand extends ObjectsCommand {

    private static final Listing<VerifiedDriver> DRIVERS = new Listing<VerifiedDriver>(VerifierCommand::driver)
            .text("Driver", VerifiedDriver::name)
            .number("Loads", driver -> count(driver.loads()))
            .number("Paged", driver -> count(driver.pagedAllocations()))
            .number("bytes", driver -> count(driver.pagedBytes()))
            .number("peak", driver -> count(driver.peakPagedBytes()))
            .number("Nonpaged", driver -> count(driver.nonPagedAllocations()))
            .number("bytes", driver -> count(driver.nonPagedBytes()))
            .number("peak", driver -> count(driver.peakNonPagedBytes()));

    private static final Listing<AllocationSite> SITES = new Listing<AllocationSite>((site, json) -> {
        text(json, "driver", site.driver());
        text(json, "tag", site.tag());
        text(json, "caller", address(site.caller()));
        text(json, "callerSymbol", site.callerSymbol());
        number(json, "allocations", site.allocations());
        number(json, "bytes", site.bytes());
    })
            .number("Allocations", site -> count(site.allocations()))
            .number("Bytes", site -> count(site.bytes()))
            .text("Tag", site -> site.tag().toString())
            .text("Driver", AllocationSite::driver)
            .text("Caller", site -> site.callerSymbol() == null ? address(site.caller()) : site.callerSymbol());

    /** What the outstanding allocations are listed by. */
    enum By {
        allocation,
        caller
    }

    @Option(names = "--by", paramLabel = "allocation|caller",
            description = "Each allocation, or added up by the place in code that made them (default: allocation as JSON, "
                    + "caller as text).")
    private By by;

    @Override
    void answer(KernelImage image, KernelObjects objects, Progress progress, Output output) throws Exception {
        VerifierBooks books = objects.verifier(progress).orThrow(path());
        if (output.isJson()) {
            output.list(new Listing<VerifierBooks>(VerifierCommand::head), List.of(books).iterator());
        } else {
            settings(books.settings(), output);
            if (books.drivers().isEmpty()) {
                return;
            }
            output.line("");
            output.list(DRIVERS, books.drivers().iterator());
            output.line("");
            if (!books.settings().tracksPool()) {
                output.line("Pool tracking is off: outstanding allocations are not written down.");
                return;
            }
        }
        if (by == By.caller || by == null && !output.isJson()) {
            output.list(SITES, books.sites().iterator());
        } else {
            output.list(allocations(books), books.allocations());
        }
        if (!output.isJson()) {
            output.line("Bytes are those the drivers asked for; blocks, as other commands add them up, count headers and rounding besides.");
        }
    }

    private static void settings(VerifierSettings settings, Output output) throws IOException {
        if (settings.level() == 0) {
            output.line("Driver Verifier is off.");
            return;
        }
        output.line("Level        " + Address.text(settings.level()) + ": " + String.join(", ", settings.options()));
        output.line("Allocations  " + Quantity.count(settings.allocationsAttempted()) + " attempted, "
                + Quantity.count(settings.allocationsSucceeded()) + " succeeded, " + Quantity.count(settings.allocationsFailed())
                + " failed (" + Quantity.count(settings.allocationsFailedDeliberately()) + " of them on purpose)");
        output.line("Outstanding  " + Quantity.count(settings.nonPagedAllocations()) + " nonpaged, "
                + Quantity.bytes(settings.nonPagedBytes()) + "; " + Quantity.count(settings.pagedAllocations()) + " paged, "
                + Quantity.bytes(settings.pagedBytes()));
        if (settings.untrackedPool() > 0) {
            output.line("Not tracked  " + Quantity.count(settings.untrackedPool(), "allocation", "allocations"));
        }
    }

    private static void head(VerifierBooks books, JsonGenerator json) throws IOException {
        VerifierSettings settings = books.settings();
        json.writeObjectFieldStart("settings");
        number(json, "level", settings.level());
        json.writeArrayFieldStart("options");
        for (String option : settings.options()) {
            json.writeString(option);
        }
        json.writeEndArray();
        number(json, "allocationsAttempted", settings.allocationsAttempted());
        number(json, "allocationsSucceeded", settings.allocationsSucceeded());
        number(json, "allocationsInSpecialPool", settings.allocationsInSpecialPool());
        number(json, "allocationsWithoutTag", settings.allocationsWithoutTag());
        number(json, "allocationsFailed", settings.allocationsFailed());
        number(json, "allocationsFailedDeliberately", settings.allocationsFailedDeliberately());
        number(json, "untrackedPool", settings.untrackedPool());
        number(json, "pagedAllocations", settings.pagedAllocations());
        number(json, "pagedBytes", settings.pagedBytes());
        number(json, "nonPagedAllocations", settings.nonPagedAllocations());
        number(json, "nonPagedBytes", settings.nonPagedBytes());
        json.writeEndObject();
        json.writeArrayFieldStart("drivers");
        for (VerifiedDriver driver : books.drivers()) {
            json.writeStartObject();
            driver(driver, json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void driver(VerifiedDriver driver, JsonGenerator json) throws IOException {
        text(json, "driver", driver.name());
        number(json, "loads", driver.loads());
        number(json, "unloads", driver.unloads());
        number(json, "pagedAllocations", driver.pagedAllocations());
        number(json, "pagedBytes", driver.pagedBytes());
        number(json, "peakPagedBytes", driver.peakPagedBytes());
        number(json, "nonPagedAllocations", driver.nonPagedAllocations());
        number(json, "nonPagedBytes", driver.nonPagedBytes());
        number(json, "peakNonPagedBytes", driver.peakNonPagedBytes());
    }

    private static Listing<VerifiedAllocation> allocations(VerifierBooks books) {
        return new Listing<VerifiedAllocation>((one, json) -> {
            text(json, "driver", one.driver().name());
            text(json, "address", address(one.address()));
            text(json, "tag", one.tag());
            number(json, "size", one.size());
            text(json, "caller", address(one.caller()));
            text(json, "callerSymbol", books.symbol(one.caller()).orElse(null));
        })
                .text("Address", one -> address(one.address()))
                .number("Size", one -> count(one.size()))
                .text("Tag", one -> one.tag().toString())
                .text("Driver", one -> one.driver().name())
                .text("Caller", one -> books.symbol(one.caller()).orElseGet(() -> address(one.caller())));
    }

    private static String count(Long value) {
        return value == null ? null : Quantity.count(value);
    }
}
