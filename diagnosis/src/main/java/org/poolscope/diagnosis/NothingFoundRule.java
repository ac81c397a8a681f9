package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.poolscope.kernel.ImageInfo;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.logs.EventLog;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/** When no rule found anything wrong: says so, what was looked at, and what the evidence cannot show. */
final class NothingFoundRule implements Rule {

    static final String ID = "no-leak-seen";

    /** Fewer tags than any running machine uses. */
    private static final int FEW_ROWS = 40;
    private static final int MOST_STOPS = 3;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
    private static final Pattern CODE = Pattern.compile("0x[0-9a-fA-F]{8}(?: \\([0-9a-fA-Fx, ]{1,120}\\))?");

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        if (earlier.stream().anyMatch(finding -> finding.severity().isProblem())) {
            return List.of();
        }
        PoolBooks books = subject.once(PoolBooks.class, PoolBooks::of);
        List<String> looked = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<Provenance> seen = new ArrayList<>();
        for (PoolKind pool : PoolKind.values()) {
            books.worst(pool).ifPresentOrElse(totals -> {
                looked.add(figures(totals, pool));
                seen.add(totals.seenAt());
            }, () -> missing.add("how full " + pool.word() + " pool is (!vm 1)"));
        }
        if (books.snapshots().isEmpty()) {
            missing.add("pool use by tag (!poolused, poolmon, or a kernel dump)");
        }
        List<List<PoolSnapshot>> series = books.series();
        for (List<PoolSnapshot> tables : series) {
            looked.add(figures(tables));
            seen.add(tables.getFirst().seenAt());
            seen.add(tables.getLast().seenAt());
        }
        Set<PoolSnapshot> told = Collections.newSetFromMap(new IdentityHashMap<>());
        series.forEach(told::addAll);
        books.snapshots().stream().filter(snapshot -> !told.contains(snapshot)).forEach(snapshot -> {
            looked.add(Quantity.count(snapshot.rows().size(), "tag", "tags") + " (" + snapshot.source() + ")");
            seen.add(snapshot.seenAt());
        });
        for (EventLog log : subject.facts(EventLog.class)) {
            looked.add(figures(log, subject));
            seen.add(log.seenAt());
        }
        boolean blind = books.snapshots().isEmpty() && books.counters().isEmpty();
        int rows = books.snapshots().stream().mapToInt(snapshot -> snapshot.rows().size()).max().orElse(0);
        boolean few = !blind && !books.snapshots().isEmpty() && rows < FEW_ROWS;
        List<ImageInfo> images = infos(subject);
        // Small dumps never hold the pools; of any other image a missing table says that the image is not whole.
        boolean broken = books.snapshots().isEmpty() && images.stream().anyMatch(info -> info.presentPages() != null);
        List<String> stops = stops(images, seen);
        String title = blind ? "No leak seen, but the evidence does not show the pools at all"
                : few ? "No leak seen, but of the tags the evidence shows only " + rows : "No leak seen";
        Optional<Finding> growth = earlier.stream().filter(finding -> finding.rule().equals(GrowingTagRule.ID)).findFirst();
        if (growth.isPresent()) {
            title = "No leak is certain, yet " + growth.get().clause();
        } else if (broken) {
            title += ": the memory image is damaged or incomplete";
        }
        title += stops.isEmpty() ? "" : "; " + String.join("; ", stops);
        String explanation = (looked.isEmpty() ? "" : "Looked at: " + String.join("; ", looked) + ". ")
                + (missing.isEmpty() ? "" : "Not in the evidence: " + String.join("; ", missing) + ". ");
        Confidence confidence = growth.isPresent() ? Confidence.low("a few tables cannot tell a leak among much traffic from load that rose")
                : few ? Confidence.low("a machine uses hundreds of tags; those left out may hold the pool")
                : blind ? Confidence.low("there are no totals and no table by tag")
                : !missing.isEmpty() ? Confidence.low("part of the picture is missing")
                : series.isEmpty() ? Confidence.medium("one moment shows what is held, not what grows: a slow leak may be too small to see yet")
                : series.stream().noneMatch(NothingFoundRule::coversADay)
                ? Confidence.medium("no tag only grows, but " + covered(series) + " do not show slow growth")
                : Confidence.high("tables of a day or more show no tag that only grows");
        Finding.Builder finding = Finding.of(this, Severity.NOTE, confidence, title)
                .clause(title)
                .explanation(explanation.strip())
                .evidence(seen.stream().distinct().toList());
        if (broken) {
            finding.next("Copy the image from the machine again and compare its size with the original's: what is read of it has no table of pool tags.");
        } else if (books.snapshots().isEmpty() && !images.isEmpty()) {
            finding.next("Let the machine write kernel dumps when it stops: the pools are in them, not in small dumps. "
                    + "(From Windows 11 24H2 on in SystemPropertiesAdvanced, Startup and Recovery.)", "wmic recoveros set DebugInfoType = 2");
        }
        if (series.stream().noneMatch(NothingFoundRule::coversADay)) {
            finding.next("To see slow growth, take snapshots for a day and diagnose them together with this evidence.",
                    "poolmon -n poolsnap.log");
        }
        return List.of(finding.build());
    }

    private static boolean coversADay(List<PoolSnapshot> tables) {
        return tables.size() >= PoolTrends.ENOUGH
                && time(tables).compareTo(Duration.ofDays(1)) >= 0;
    }

    /** The longest series: how many tables, and over what time. */
    private static String covered(List<List<PoolSnapshot>> series) {
        List<PoolSnapshot> longest = series.stream().max(Comparator.comparing(NothingFoundRule::time)).orElseThrow();
        return Quantity.count(longest.size()) + " tables within " + MachineEvents.span(time(longest));
    }

    private static Duration time(List<PoolSnapshot> tables) {
        return Duration.between(tables.getFirst().taken(), tables.getLast().taken());
    }

    /** One series of tables, which a log may have hundreds of. */
    private static String figures(List<PoolSnapshot> tables) {
        IntSummaryStatistics tags = tables.stream().mapToInt(table -> table.rows().size()).summaryStatistics();
        return Quantity.count(tables.size()) + " tables of " + (tags.getMin() == tags.getMax() ? "" : tags.getMin() + " to ")
                + Quantity.count(tags.getMax(), "tag", "tags") + " (" + tables.getFirst().source() + ", "
                + TIME.format(tables.getFirst().taken()) + " to " + TIME.format(tables.getLast().taken()) + ")";
    }

    /** Why the machine stopped, as its dumps say. */
    private static List<String> stops(List<ImageInfo> images, List<Provenance> seen) {
        List<String> stops = new ArrayList<>();
        for (ImageInfo info : images) {
            if (info.bugCheck() != null) {
                stops.add("the machine stopped with bug check 0x" + Integer.toHexString(info.bugCheck().code()).toUpperCase(Locale.ROOT)
                        + (info.bugCheck().name() == null ? "" : " (" + info.bugCheck().name() + ")"));
                if (seen.stream().noneMatch(one -> one.file().equals(info.seenAt().file()))) {
                    seen.add(info.seenAt());
                }
            }
        }
        return stops.stream().distinct().limit(MOST_STOPS).toList();
    }

    private static List<ImageInfo> infos(Case subject) {
        List<ImageInfo> infos = new ArrayList<>(subject.facts(ImageInfo.class));
        subject.facts(OpenKernelImage.class).forEach(open -> infos.add(open.image().info()));
        return infos;
    }

    /** When and how the machine crashed, as far as the log says; the latest. */
    private static String crashes(EventLog log, Case subject) {
        List<LoggedEvent> crashes = subject.facts(LoggedEvent.class).stream()
                .filter(event -> event.seenAt().file().equals(log.seenAt().file()) && event.time() != null
                        && KnownEvent.of(event).filter(known -> known.kind() == KnownEvent.Kind.CRASH).isPresent())
                .sorted(Comparator.comparing(LoggedEvent::time).reversed()).limit(MOST_STOPS).toList();
        return crashes.isEmpty() ? "" : crashes.stream().map(event -> ": " + event.timeText() + code(event)).collect(Collectors.joining());
    }

    private static String code(LoggedEvent event) {
        Matcher code = CODE.matcher(event.data().getOrDefault("param1", "") + " " + event.data().values() + " " + event.message());
        return code.find() ? ", bug check " + code.group() : "";
    }

    private static String figures(EventLog log, Case subject) {
        String time = log.from() == null || log.to() == null ? "" : " from " + log.from().toLocalDate() + " to " + log.to().toLocalDate();
        return Quantity.count(log.records(), "record", "records") + " of an event log" + time + " ("
                + Quantity.count(log.count(KnownEvent.Kind.CRASH), "crash", "crashes") + crashes(log, subject) + ", "
                + Quantity.count(log.count(KnownEvent.Kind.DRIVER_INSTALLED), "driver, service or update installed",
                        "drivers, services or updates installed") + ", no pool that ran empty)";
    }

    private static String figures(MemoryCounters totals, PoolKind pool) {
        Double share = totals.usedShare(pool);
        return pool.word() + " pool " + Quantity.bytes(totals.usedBytes(pool))
                + (share == null ? "" : " of " + Quantity.bytes(totals.maximumBytes(pool)) + " (" + Quantity.percent(share) + ")");
    }
}
