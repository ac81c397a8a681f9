package org.poolscope.app;

import static org.poolscope.report.JsonDocument.flag;
import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.poolscope.driver.CallSite;
import org.poolscope.driver.DriverFile;
import org.poolscope.model.Address;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
import org.poolscope.report.Listing;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope callsites}: every call in a driver file that allocates or frees pool. */
@Command(name = "callsites", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Every call in a driver file that allocates or frees pool, with its tag, pool and size.",
        description = {"", "A call whose tag depends on the way the code took is listed once for each tag. A function that passes its own arguments on",
            "(via wrapper) is followed to its callers; it is then listed itself with the tag its callers give."},
        footer = {"", "Examples:", "  poolscope callsites mup.sys", "  poolscope callsites mup.sys --tag 'Mup ' --format json"})
final class CallsitesCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DRIVER", description = "A driver file (.sys, .exe or .dll that runs in the kernel) for x86 or x64.")
    private Path path;

    @Option(names = "--tag", paramLabel = "PATTERN", converter = PoolUsedCommand.PatternConverter.class,
            description = "Only calls with a tag that matches; ? stands for one character, * at the end for any.")
    private TagPattern pattern;

    @Mixin
    private SymbolOption symbols;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    static final Listing<CallSite> SITES = new Listing<>(CallsitesCommand::write)
            .text("RVA", site -> Address.text(site.rva()))
            .text("Function", CallSite::function)
            .text("API", CallSite::api)
            .text("Does", CallSite::operation)
            .text("Tag", CallsitesCommand::tagText)
            .text("Pool", site -> site.pool() == null ? null : site.pool().word())
            .text("Size", CallsitesCommand::sizeText)
            .text("Via", CallsitesCommand::viaText);

    private static void write(CallSite site, JsonGenerator json) throws IOException {
        text(json, "rva", Address.text(site.rva()));
        text(json, "function", site.function());
        text(json, "api", site.api());
        text(json, "operation", site.operation());
        text(json, "tag", site.tag());
        flag(json, "protectedTag", site.tag() == null ? null : site.protectedTag());
        text(json, "tagUnknown", site.tagUnknown().isEmpty() ? null : site.tagUnknown());
        text(json, "pool", site.pool());
        number(json, "size", site.size().orElse(null));
        json.writeArrayFieldStart("sizes");
        for (long size : site.sizes()) {
            json.writeNumber(size);
        }
        json.writeEndArray();
        text(json, "sizeUnknown", site.sizeUnknown().isEmpty() ? null : site.sizeUnknown());
        text(json, "via", site.via().word());
        json.writeArrayFieldStart("through");
        for (String function : site.through()) {
            json.writeString(function);
        }
        json.writeEndArray();
        flag(json, "passedOn", site.passedOn());
    }

    private static String tagText(CallSite site) {
        if (site.tag() == null) {
            return site.tagUnknown().isEmpty() ? "" : "(" + site.tagUnknown() + ")";
        }
        return site.tag() + (site.protectedTag() ? " (protected)" : "");
    }

    private static String sizeText(CallSite site) {
        if (site.sizes().isEmpty()) {
            return site.sizeUnknown().isEmpty() ? "" : "(" + site.sizeUnknown() + ")";
        }
        return site.sizes().stream().map(Quantity::count).collect(Collectors.joining(" or "));
    }

    private static String viaText(CallSite site) {
        String through = site.through().isEmpty() ? "" : " " + String.join(" > ", site.through());
        return site.via().word() + through + (site.passedOn() ? ", for its callers" : "");
    }

    @Override
    public Integer call() throws Exception {
        DriverFile driver = DriverFile.read(path, symbols.finder(command));
        List<CallSite> sites = driver.sites().stream()
                .filter(site -> pattern == null || site.tag() != null && pattern.matches(site.tag())).toList();
        PrintWriter err = command.commandLine().getErr();
        if (!sites.isEmpty()) {
            output.list(SITES, sites.iterator());
        } else {
            err.println("poolscope: " + Plain.text(path.getFileName() + ": " + (driver.sites().isEmpty() ? DriverText.NO_CALL : DriverText.NO_SUCH_TAG)));
        }
        for (String warning : driver.warnings()) {
            err.println("poolscope: " + Plain.text(path.getFileName() + ": " + warning));
        }
        return 0;
    }
}
