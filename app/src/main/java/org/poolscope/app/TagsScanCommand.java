package org.poolscope.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.poolscope.driver.TagScan;
import org.poolscope.driver.TagUse;
import org.poolscope.driver.TagUse.Source;
import org.poolscope.logs.TagDatabase;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope tags scan}: which driver files use which tags. */
@Command(name = "scan", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Which driver files use which tags?",
        description = {"", "Drivers are told by their content, whatever their names. A tag is known for sure where a call allocates with it (via callsite).",
            "Numbers and data that only read like a tag are listed with less confidence: low means chance is as likely. Tags that many drivers use,",
            "such as those of libraries that are part of several drivers, are marked: they name no owner."},
        footer = {"", "Examples:", "  poolscope tags scan C:\\Windows\\System32\\drivers", "  poolscope tags scan drivers/ --tag 'Mup '",
            "  poolscope tags scan drivers/ --sure --localtag localtag.txt   (then: poolmon /c localtag.txt)"})
final class TagsScanCommand implements Callable<Integer> {

    private static final int MOST_FAILURES_TOLD = 20;

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders of drivers, searched with everything below them; or files.")
    private List<Path> places;

    @Option(names = "--tag", paramLabel = "PATTERN", converter = PoolUsedCommand.PatternConverter.class,
            description = "Only tags that match; ? stands for one character, * at the end for any.")
    private TagPattern pattern;

    @Option(names = "--sure", description = "Only tags that a call allocates with.")
    private boolean sure;

    @Option(names = "--localtag", paramLabel = "FILE", description = "Also write the tags of call sites to a file that PoolMon reads (poolmon /c FILE).")
    private Path localTags;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        WritableFile.check(localTags);
        TagScan scan;
        try (ProgressBar progress = new ProgressBar()) {
            scan = TagScan.of(places, !sure, progress);
        }
        PrintWriter err = command.commandLine().getErr();
        scan.failures().stream().limit(MOST_FAILURES_TOLD).forEach(failure -> err.println("poolscope: " + Plain.text(failure)));
        if (scan.failures().size() > MOST_FAILURES_TOLD) {
            err.println("poolscope: and " + Quantity.count(scan.failures().size() - MOST_FAILURES_TOLD) + " more warnings");
        }
        if (scan.drivers() == 0) {
            err.println("poolscope: " + Plain.text(places.getFirst() + ": no driver is here that can be read ("
                    + Quantity.count(scan.others(), "file", "files") + " looked at)"));
            return Poolscope.UNREADABLE;
        }
        Stream<TagUse> uses = scan.uses().stream().filter(use -> pattern == null || pattern.matches(use.tag()))
                .filter(use -> !sure || use.source() == Source.CALL_SITE);
        List<TagRow> rows = uses.map(TagRow::of).toList();
        if (!rows.isEmpty()) {
            output.list(TagRow.listing(rows), rows.iterator());
        }
        if (!output.isJson()) {
            output.line(Quantity.count(scan.drivers(), "driver", "drivers") + " scanned, " + (scan.tagsOfCallSites() == 0 ? DriverText.NO_ALLOCATION
                    : Quantity.count(scan.tagsOfCallSites(), "tag", "tags") + " at call sites") + (rows.isEmpty() && (pattern != null || sure) ? ", none of them asked for." : "."));
            output.flush();
        }
        if (localTags != null) {
            writeLocalTags(scan, err);
        }
        return 0;
    }

    private void writeLocalTags(TagScan scan, PrintWriter err) throws IOException {
        try (Writer out = Files.newBufferedWriter(localTags, StandardCharsets.US_ASCII)) {
            int lines = scan.writeLocalTags(out, TagsScanCommand::namesAnOwner);
            err.println("poolscope: " + Plain.text(localTags + ": " + Quantity.count(lines, "line", "lines") + " for poolmon /c"));
        }
    }

    private static boolean namesAnOwner(PoolTag tag) {
        return !TagDatabase.builtIn().isShared(tag);
    }
}
