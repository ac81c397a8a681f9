package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.PoolLimits;
import org.poolscope.diagnosis.PoolTrends;
import org.poolscope.diagnosis.TagTrend;
import org.poolscope.diagnosis.trend.Shape;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
import org.poolscope.report.Listing;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope trend}: which tags grow, how fast, until when. */
@Command(name = "trend", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Which tags grow, how fast, until when?",
        description = {"Reads logs of one machine (PoolMon snapshots, counter logs, event logs, dumps, in any number of files) and says of each tag and",
            "each pool whether it leaks, fills a cache, took a step or follows the time of day; how fast it grows, with a 95%% interval; how",
            "much of the pool's growth it explains; and between which times the pool runs out. Samples are split where the machine was started."},
        footer = {"", "Examples:", "  poolscope trend poolsnap.log", "  poolscope trend snapshots/ system.evtx counters.csv",
            "  poolscope trend poolsnap.log --windows 2003-x86 --all",
                    "  poolscope trend poolsnap.log --limit-paged 360MB --tag 'Mu*' --format json"})
final class TrendCommand implements Callable<Integer> {

    /** Growth below this share of the pool's growth is listed only on request. */
    private static final double WORTH_TELLING = 0.01;
    private static final long WORTH_TELLING_BYTES = 64 << 10;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    @Parameters(paramLabel = "LOG", arity = "1..*", description = "Logs and other evidence of one machine; or folders of them.")
    private List<Path> logs;

    @Option(names = "--all", description = "List every tag; without it only what leaks or grows.")
    private boolean all;

    @Option(names = "--tag", paramLabel = "PATTERN", description = "Only tags that match, with ? and a * at the end.")
    private String tag;

    @Option(names = "--pool", paramLabel = "paged|nonpaged", description = "Only this pool.")
    private PoolKind pool;

    @Option(names = "--limit-paged", paramLabel = "SIZE", description = "The most paged pool may grow to, for instance 360MB.")
    private String limitPaged;

    @Option(names = "--limit-nonpaged", paramLabel = "SIZE", description = "The most nonpaged pool may grow to.")
    private String limitNonPaged;

    @Option(names = "--windows", paramLabel = "VERSION",
            description = "The version of Windows, for its limits where the evidence holds none: 2000-x86, xp-x86, 2003-x86, 2003-x64, vista-x86, "
                    + "vista-x64 (to 7), 8-x64, 8.1-x64 (to 11).")
    private String windows;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        PoolLimits limits = limits();
        TagPattern wanted = pattern();
        PrintWriter err = command.commandLine().getErr();
        try (ProgressBar progress = new ProgressBar(); Case subject = CaseReader.read(logs, progress)) {
            progress.at("looking for trends", 0, 0);
            PoolTrends trends = PoolTrends.of(subject, limits);
            progress.wipe();
            subject.warnings().forEach(warning -> err.println("poolscope: " + Plain.text(warning.where() + ": "
                    + warning.message())));
            if (trends.rows().isEmpty()) {
                throw new EvidenceException(logs.getFirst(), "", "there are no samples of two moments or more",
                        "Take snapshots with their times: poolmon -n snap-20070110-0800.log, and again some hours later");
            }
            List<TagTrend> rows = trends.rows().stream().filter(row -> pool == null || row.pool() == pool)
                    .filter(row -> wanted == null || row.tag() != null && wanted.matches(row.tag()))
                    .filter(row -> all || wanted != null || row.isTotal() || isWorthTelling(row)).toList();
            if (!output.isJson()) {
                head(trends);
            }
            output.list(LISTING, rows.iterator());
            if (!output.isJson()) {
                foot(trends, rows);
            }
            output.flush();
        }
        return 0;
    }

    private PoolLimits limits() {
        Map<PoolKind, Long> given = new EnumMap<>(PoolKind.class);
        put(given, PoolKind.PAGED, "--limit-paged", limitPaged);
        put(given, PoolKind.NONPAGED, "--limit-nonpaged", limitNonPaged);
        try {
            return PoolLimits.of(given, windows);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "Invalid value for option '--windows': " + e.getMessage());
        }
    }

    private void put(Map<PoolKind, Long> given, PoolKind kind, String option, String text) {
        if (text != null) {
            given.put(kind, Sizes.parse(text).orElseThrow(() -> new ParameterException(command.commandLine(),
                    "Invalid value for option '" + option + "': '" + text + "' is no size; write for instance 360MB")));
        }
    }

    private TagPattern pattern() {
        try {
            return tag == null ? null : TagPattern.parse(tag);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "Invalid value for option '--tag': " + e.getMessage());
        }
    }

    private static boolean isWorthTelling(TagTrend row) {
        boolean grows = row.trend().isLeak() || row.trend().shape() == Shape.GROWS && !(row.trend().perHourLow() <= 0);
        return grows && (row.shareOfGrowth() == null ? row.trend().perHour() >= WORTH_TELLING_BYTES : row.shareOfGrowth()
                >= WORTH_TELLING);
    }

    private void head(PoolTrends trends) throws IOException {
        LocalDateTime from = trends.rows().stream().map(TagTrend::from).min(LocalDateTime::compareTo).orElseThrow();
        LocalDateTime to = trends.rows().stream().map(TagTrend::to).max(LocalDateTime::compareTo).orElseThrow();
        output.line(Quantity.count(trends.samples(), "sample", "samples") + ", looked at from " + TIME.format(from) + " to "
                + TIME.format(to)
                + (trends.starts().isEmpty() ? "" : "; the machine was started " + started(trends.starts())));
        output.line("");
    }

    private static String started(List<LocalDateTime> starts) {
        List<String> last = starts.subList(Math.max(0, starts.size() - 3), starts.size()).stream().map(TIME::format).toList();
        return starts.size() <= 3 ? "at " + String.join(", ", last) : Quantity.count(starts.size()) + " times, last at "
                + String.join(", ", last);
    }

    private void foot(PoolTrends trends, List<TagTrend> rows) throws IOException {
        output.line("");
        List<TagTrend> leaks = trends.leaks();
        for (PoolKind kind : PoolKind.values()) {
            TagTrend total = trends.total(kind).orElse(null);
            if (total != null && total.exhaustedAt() != null) {
                output.line(total.exhaustedAt().sentence(kind.word() + " pool"));
            } else if (total != null && (total.trend().isLeak() || total.trend().shape() == Shape.GROWS)) {
                LocalDateTime after = trends.starts().stream().filter(start -> start.isAfter(total.to())).findFirst().orElse(null);
                output.line("When " + kind.word() + " pool runs out is not said: " + (after != null
                        ? "the machine was started at " + TIME.format(after) + ", after these samples, and its pools began anew."
                        : Double.isNaN(total.trend().perHourLow()) ? "so few samples give no range for the pace."
                        : "its limit is not known (--limit-" + kind.word() + ", --windows), or far away, or it may come to rest."));
            }
        }
        for (TagTrend leak : leaks) {
            if (!leak.companions().isEmpty() && leak.tag().compareTo(leak.companions().getFirst()) < 0) {
                output.line("The blocks of '" + leak.tag() + "' and " + leak.companions().stream().map(other -> "'" + other + "'")
                        .collect(Collectors.joining(", ")) + " grow in a fixed ratio: they are parts of one object.");
            }
        }
        if (rows.size() < trends.rows().size()) {
            output.line(Quantity.count(trends.rows().size() - rows.size(), "row", "rows") + " not shown (--all shows them).");
        }
    }

    private static String shortRange(TagTrend.Exhaustion end) {
        return TIME.format(end.earliest()) + " .. " + (end.latest() == null ? "?" : TIME.format(end.latest()));
    }

    private static final Listing<TagTrend> LISTING = new Listing<TagTrend>((row, json) -> {
        text(json, "tag", row.tag());
        text(json, "pool", row.pool());
        number(json, "samples", row.trend().samples());
        number(json, "bytesPerHour", figure(row.trend().perHour()));
        text(json, "confidence", row.confidence().level().word());
        exhausted(json, row.exhaustedAt());
        text(json, "shape", row.trend().shape());
        number(json, "bytesPerHourLow", figure(row.trend().perHourLow()));
        number(json, "bytesPerHourHigh", figure(row.trend().perHourHigh()));
        number(json, "bytes", figure(row.trend().end()));
        number(json, "growthBytes", figure(row.trend().growth()));
        number(json, "shareOfGrowth", row.shareOfGrowth());
        text(json, "driver", row.driver());
        text(json, "from", row.from());
        text(json, "to", row.to());
        text(json, "began", row.began().orElse(null));
        text(json, "bootedAt", row.boot());
        text(json, "reason", row.confidence().reason());
        json.writeArrayFieldStart("companions");
        for (PoolTag other : row.companions()) {
            json.writeString(other.toString());
        }
        json.writeEndArray();
    })
            .text("Tag", row -> row.isTotal() ? "all" : row.tag().toString())
            .text("Pool", row -> row.pool().word())
            .text("Driver", row -> row.driver() == null ? "" : row.driver())
            .text("Does", row -> row.trend().shape().word())
            .number("Samples", row -> Quantity.count(row.trend().samples()))
            .number("Bytes", row -> Double.isNaN(row.trend().end()) ? null : Quantity.bytes(Math.round(row.trend().end())))
            .number("An hour", row -> Double.isNaN(row.trend().perHour()) ? null
                    : Quantity.bytes(Math.round(row.trend().perHour())))
            .text("95% of it", row -> Double.isNaN(row.trend().perHour()) ? null : Double.isNaN(row.trend().perHourLow()) ? "not known"
                    : Quantity.bytes(Math.round(row.trend().perHourLow())) + " .. "
                    + Quantity.bytes(Math.round(row.trend().perHourHigh())))
            .number("Of growth", row -> row.shareOfGrowth() == null ? "" : Quantity.percent(row.shareOfGrowth()))
            .text("Confidence", row -> row.confidence().level().word())
            .text("Since", row -> row.began().map(TIME::format).orElse(""))
            .text("Pool full", row -> row.exhaustedAt() == null || !row.isTotal() ? "" : shortRange(row.exhaustedAt()));

    private static Number figure(double value) {
        return Double.isNaN(value) || Double.isInfinite(value) ? null : Math.round(value);
    }

    /** A range: nobody knows the hour. */
    private static void exhausted(JsonGenerator json, TagTrend.Exhaustion end) throws IOException {
        if (end == null) {
            json.writeNullField("exhaustedAt");
            return;
        }
        json.writeObjectFieldStart("exhaustedAt");
        text(json, "earliest", end.earliest());
        text(json, "expected", end.expected());
        text(json, "latest", end.latest());
        number(json, "limitBytes", end.limit().bytes());
        text(json, "limitSource", end.limit().source());
        json.writeEndObject();
    }
}
