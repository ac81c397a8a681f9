package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.poolscope.kernel.ImageInfo;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * When a leak began and how fast it is: from samples over time, lined up with the starts of the machine, with what was installed
 * and with
 * the first time the pool ran empty. Where there is only an image, the pace since the machine was started, as a mean.
 */
final class LeakDatedRule implements Rule {

    static final String ID = "leak-dated";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
    /** A leak that explains less of the growth, or is smaller, is listed by {@code trend} only. */
    private static final double SHARE = 0.1;
    private static final double BYTES = 1 << 20;
    /** A pool as a whole always grows a little. */
    private static final double POOL_BYTES = 4 << 20;
    private static final double POOL_SHARE = 0.05;
    /** So long before a leak began an installation may be its cause: a new driver often waits for the next start. */
    private static final Duration BEFORE = Duration.ofDays(8);
    /** Samples lie up to hours apart. */
    private static final Duration SLACK = Duration.ofHours(2);
    private static final int MOST_CHANGES = 4;
    private static final int MOST_FINDINGS = 4;

    /** Something that happened, on the machine's own clock. */
    private record Happened(LocalDateTime at, LoggedEvent event, KnownEvent known) {

        private Provenance seen() {
            return event.seenAt().quoting(TIME.format(at) + ", event " + event.id() + " of " + event.source() + ": " + text());
        }

        private String text() {
            String name = event.data().getOrDefault("ServiceName", event.data().getOrDefault("param1", ""));
            String path = event.data().getOrDefault("ImagePath", event.data().getOrDefault("param2", ""));
            String what = !event.message().isEmpty() ? event.message().replaceAll("\\s+", " ") : known.meaning() + (name.isEmpty()
                    ? "" : ": " + name)
                    + (path.isEmpty() ? "" : " (" + path + ")");
            return what.length() > 200 ? what.substring(0, 197) + "..." : what;
        }

        /** Whether the event names a driver's file, or its service, which usually has the file's name. */
        private boolean names(String driver) {
            String stem = driver.endsWith(".sys") ? driver.substring(0, driver.length() - 4) : driver;
            String text = (event.message() + " " + event.data()).toLowerCase(Locale.ROOT);
            return holds(text, stem + ".sys") || event.data().getOrDefault("ServiceName", event.data().getOrDefault("param1", ""))
                    .equalsIgnoreCase(stem);
        }

        private static boolean holds(String text, String name) {
            for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
                int end = at + name.length();
                if ((at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1))) && (end == text.length()
                        || !Character.isLetterOrDigit(text.charAt(end)))) {
                    return true;
                }
            }
            return false;
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        ZoneOffset zone = Boots.zone(subject);
        List<Happened> happened = new ArrayList<>();
        boolean utcUnknown = false;
        for (LoggedEvent event : subject.facts(LoggedEvent.class)) {
            Optional<KnownEvent> known = KnownEvent.of(event);
            if (event.time() != null && known.isPresent()) {
                happened.add(new Happened(Boots.local(event, zone), event, known.get()));
                utcUnknown |= event.zone() != null && zone == null;
            }
        }
        happened.sort(Comparator.comparing(Happened::at));
        PoolTrends trends = subject.once(PoolTrends.class, PoolTrends::of);
        List<Finding> found = new ArrayList<>();
        for (List<TagTrend> group : groups(trends)) {
            if (found.size() < MOST_FINDINGS) {
                found.add(ofSamples(group, trends, happened, utcUnknown));
            }
        }
        for (PoolKind pool : PoolKind.values()) {
            boolean told = found.stream().anyMatch(finding -> finding.pool() == pool);
            TagTrend total = trends.total(pool).orElse(null);
            if (!told && total != null && total.trend().isLeak()
                    && total.trend().growth() >= Math.max(POOL_BYTES, POOL_SHARE * total.trend().end())) {
                found.add(ofPool(total, trends, happened, utcUnknown));
            }
        }
        if (found.isEmpty()) {
            ofImages(subject, earlier, happened, found);
        }
        return found;
    }

    /** Leaking tags that belong together, by their driver or because they grow in a fixed ratio; the fastest groups first. */
    private static List<List<TagTrend>> groups(PoolTrends trends) {
        Map<String, List<TagTrend>> groups = new LinkedHashMap<>();
        for (TagTrend leak : trends.leaks()) {
            boolean matters = (leak.shareOfGrowth() == null || leak.shareOfGrowth() >= SHARE) && leak.trend().growth() >= PoolTrends.WORTH_BYTES;
            String companion = leak.companions().stream().map(PoolTag::toString).filter(other -> groups.containsKey(leak.pool()
                    + other))
                    .findFirst().orElse(leak.tag().toString());
            String key = leak.pool() + (leak.driver() == null ? companion : leak.driver());
            if (matters || groups.containsKey(key)) {
                groups.computeIfAbsent(key, unused -> new ArrayList<>()).add(leak);
            }
        }
        List<List<TagTrend>> ordered = new ArrayList<>(groups.values());
        ordered.sort(Comparator.comparingDouble((List<TagTrend> group) -> -pace(group)));
        return ordered;
    }

    private static double pace(List<TagTrend> group) {
        return group.stream().mapToDouble(leak -> leak.trend().perHour()).sum();
    }

    private Finding ofSamples(List<TagTrend> group, PoolTrends trends, List<Happened> happened, boolean utcUnknown) {
        TagTrend first = group.getFirst();
        String names = group.size() == 1 ? "'" + first.tag() + "'" : "the " + group.size() + " tags " + names(group);
        String whose = first.driver() == null ? "" : " of " + first.driver();
        LocalDateTime began = group.stream().map(leak -> leak.began().orElse(leak.from())).min(LocalDateTime::compareTo)
                .orElseThrow();
        String pace = Quantity.bytes(Math.round(pace(group))) + " an hour";
        Began when = began(first, began, trends);
        String title = upper((group.size() == 1 ? "tag " : "") + names + whose + (group.size() == 1 ? " leaks " : " leak ") + pace
                + " of "
                + first.pool().word() + " pool, " + when.text);
        Finding.Builder finding = Finding.of(this, Severity.WARNING, first.confidence(), title)
                .tags(group.stream().map(TagTrend::tag).toList())
                .pool(first.pool())
                .clause(names + whose + (group.size() == 1 ? " leaks " : " leak ") + pace + ", " + when.text);
        if (first.driver() != null) {
            finding.driver(first.driver());
        }
        StringBuilder text = new StringBuilder(pacePhrase(group));
        trends.total(first.pool()).filter(total -> total.exhaustedAt() != null).ifPresent(total -> {
            TagTrend.Exhaustion end = total.exhaustedAt();
            text.append("At this pace the pool reaches ").append(Quantity.bytes(end.limit().bytes())).append(" (")
                    .append(end.limit().source())
                    .append(") ").append(end.latest() == null ? "not before " + TIME.format(end.earliest())
                            : "between " + TIME.format(end.earliest()) + " and " + TIME.format(end.latest())).append(". ");
        });
        first.seenAt().forEach(finding::evidence);
        when.seen.ifPresent(finding::evidence);
        lineUp(finding, text, first.pool(), first.driver(), began, "it began", first.to(), happened);
        if (utcUnknown) {
            text.append("The event log holds UTC, and nothing tells the machine's zone: its times may be off by some hours. ");
        }
        return finding.explanation(text.toString().strip())
                .next("Stop or update what was changed shortly before it began, and see whether the growth stops.")
                .build();
    }

    /** A pool that grows as a whole, where no table tells which tag it is. */
    private Finding ofPool(TagTrend total, PoolTrends trends, List<Happened> happened, boolean utcUnknown) {
        LocalDateTime began = total.began().orElse(total.from());
        Began when = began(total, began, trends);
        String pace = Quantity.bytes(Math.round(total.trend().perHour())) + " an hour";
        String title = upper(total.pool().word()) + " pool grows steadily by " + pace + ", " + when.text
                + "; which tag it is, is not in the evidence";
        StringBuilder text = new StringBuilder("In ").append(total.trend().samples()).append(" samples from ")
                .append(TIME.format(total.from()))
                .append(" to ").append(TIME.format(total.to())).append(" it grows by ")
                        .append(Quantity.bytes(Math.round(total.trend().perHourLow())))
                .append(" to ").append(Quantity.bytes(Math.round(total.trend().perHourHigh()))).append(" an hour (95%). ");
        Finding.Builder finding = Finding.of(this, Severity.WARNING, total.confidence(), title).pool(total.pool())
                .clause(total.pool().word() + " pool grows by " + pace + ", " + when.text);
        total.seenAt().forEach(finding::evidence);
        when.seen.ifPresent(finding::evidence);
        lineUp(finding, text, total.pool(), null, began, "it began", total.to(), happened);
        if (utcUnknown) {
            text.append("The event log holds UTC, and nothing tells the machine's zone: its times may be off by some hours. ");
        }
        return finding.explanation(text.toString().strip())
                .next("Take tables by tag for a day to see which tag it is, and give them to diagnose together with this.",
                        "poolmon -n poolsnap.log")
                .build();
    }

    private static String pacePhrase(List<TagTrend> group) {
        TagTrend first = group.getFirst();
        StringBuilder text = new StringBuilder("In ").append(first.trend().samples()).append(" samples from ")
                .append(TIME.format(first.from()))
                .append(" to ").append(TIME.format(first.to())).append(" '").append(first.tag()).append("' grows by ")
                .append(Quantity.bytes(Math.round(first.trend().perHourLow()))).append(" to ")
                .append(Quantity.bytes(Math.round(first.trend().perHourHigh()))).append(" an hour (95%)");
        double share = group.stream().filter(leak -> leak.shareOfGrowth() != null).mapToDouble(TagTrend::shareOfGrowth).sum();
        if (share > 0) {
            text.append(group.size() == 1 ? "; it explains " : "; together they explain ").append(Quantity.percent(Math.min(1,
                    share)))
                    .append(" of the pool's growth");
        }
        text.append(". ");
        if (first.otherLeaks() > 0) {
            text.append("It does the same after ").append(Quantity.count(first.otherLeaks(), "other start", "other starts"))
                    .append(" of the machine. ");
        }
        return text.toString();
    }

    private record Began(String text, Optional<Provenance> seen) {
    }

    private static Began began(TagTrend leak, LocalDateTime began, PoolTrends trends) {
        Boots boot = trends.boots().stream().filter(one -> !one.at().isAfter(leak.from())).reduce((one,
                other) -> other).orElse(null);
        boolean fromTheStart = !began.isAfter(leak.from().plus(SLACK));
        if (boot != null && fromTheStart && Duration.between(boot.at(), leak.from()).compareTo(SLACK.multipliedBy(6)) <= 0) {
            return new Began("since the machine was started" + (boot.exact() ? " at " : " before ") + TIME.format(boot.at()),
                    Optional.of(boot.seenAt()));
        }
        if (fromTheStart) {
            return new Began("since " + TIME.format(began) + " or earlier", Optional.empty());
        }
        String after = boot == null ? "" : ", " + span(Duration.between(boot.at(), began)) + " after the machine was started";
        return new Began("since about " + TIME.format(began) + after, Optional.ofNullable(boot).map(Boots::seenAt));
    }

    /** What was installed before, and when the pool ran empty after. */
    private static void lineUp(Finding.Builder finding, StringBuilder text, PoolKind pool, String driver, LocalDateTime began,
            String beginning,
            LocalDateTime last, List<Happened> happened) {
        List<Happened> changes = new ArrayList<>(happened.stream().filter(one -> one.known.kind()
                == KnownEvent.Kind.DRIVER_INSTALLED)
                .filter(one -> !one.at.isAfter(began.plus(SLACK)) && !one.at.isBefore(began.minus(BEFORE))).toList());
        changes.sort(Comparator.comparing((Happened one) -> driver == null || !one.names(driver))
                .thenComparing(one -> Duration.between(one.at, began).abs()));
        for (Happened change : changes.subList(0, Math.min(MOST_CHANGES, changes.size()))) {
            boolean own = driver != null && change.names(driver);
            text.append(span(Duration.between(change.at, began).abs())).append(change.at.isAfter(began) ? " after" : " before")
                    .append(own ? " that, its own driver was installed: " : " that: ").append(change.text()).append(" (")
                            .append(TIME.format(change.at))
                    .append("). ");
            finding.evidence(change.seen());
        }
        if (changes.size() > MOST_CHANGES) {
            text.append(changes.size() - MOST_CHANGES).append(" more installations in the week before are in the event log. ");
        }
        happened.stream().filter(one -> (one.known.kind() == KnownEvent.Kind.POOL_EMPTY || one.known.kind()
                == KnownEvent.Kind.POOL_LIMIT)
                && one.known.pool() == pool && !one.at.isBefore(began)).findFirst().ifPresent(empty -> {
                    text.append("The pool first ran empty at ").append(TIME.format(empty.at)).append(", ")
                            .append(span(Duration.between(began, empty.at)))
                            .append(" after ").append(beginning).append(" (event ").append(empty.event.id()).append("). ");
                    finding.evidence(empty.seen());
                });
        happened.stream().filter(one -> (one.known.kind() == KnownEvent.Kind.CRASH || one.known.kind() == KnownEvent.Kind.STOPPED)
                && one.at.isAfter(last)).findFirst().ifPresent(crash -> {
                    text.append("The machine stopped and came back at ").append(TIME.format(crash.at)).append(". ");
                    finding.evidence(crash.seen());
                });
    }

    /** Without samples over time: what an image holds, spread over the time the machine had run. */
    private void ofImages(Case subject, List<Finding> earlier, List<Happened> happened, List<Finding> found) {
        for (OpenKernelImage open : subject.facts(OpenKernelImage.class)) {
            ImageInfo info = open.image().info();
            LocalDateTime taken = Boots.taken(subject, open);
            if (taken == null || info.upTime() == null || info.upTime().toMinutes() < 30) {
                continue;
            }
            for (Finding accusation : earlier) {
                boolean holds = accusation.rule().equals(TagHoldsPoolRule.ID) || accusation.rule().equals(LostBlocksRule.ID);
                if (holds && accusation.severity().isProblem() && accusation.pool() != null && found.size() < MOST_FINDINGS
                        && found.stream().noneMatch(one -> one.tags().equals(accusation.tags()))) {
                    long bytes = bytes(subject, open, accusation);
                    if (bytes >= BYTES) {
                        found.add(mean(accusation, bytes, taken, info.upTime(), open, happened));
                    }
                }
            }
        }
    }

    private static long bytes(Case subject, OpenKernelImage open, Finding accusation) {
        return subject.facts(PoolSnapshot.class).stream().filter(snapshot -> snapshot.seenAt().file().equals(open.seenAt()
                .file()))
                .flatMap(snapshot -> snapshot.rows().stream()).filter(row -> accusation.tags().contains(row.tag()))
                .map((TagUsage row) -> row.use(accusation.pool())).filter(use -> use != null).mapToLong(PoolUse::bytesOrZero)
                        .sum();
    }

    private Finding mean(Finding accusation, long bytes, LocalDateTime taken, Duration upTime, OpenKernelImage open,
            List<Happened> happened) {
        LocalDateTime started = taken.minus(upTime);
        long perHour = Math.round(bytes / (upTime.toSeconds() / 3600.0));
        String names = accusation.tags().size() == 1 ? "tag '" + accusation.tags().getFirst() + "'"
                : "these " + accusation.tags().size() + " tags";
        StringBuilder text = new StringBuilder("A mean: one image does not tell whether the growth was even or when in this time it began. ");
        Finding.Builder finding = Finding.of(this, Severity.NOTE,
                Confidence.medium("a mean over the time since the start; no samples in between"),
                        "What " + names + " hold" + (accusation.tags().size() == 1 ? "s" : "") + " gathered within "
                                + span(upTime)
                                + ", since the machine was started at " + TIME.format(started) + ": " + Quantity.bytes(perHour)
                                        + " an hour in the mean")
                .tags(accusation.tags())
                .pool(accusation.pool())
                .evidence(open.seenAt().quoting("taken " + TIME.format(taken) + " after running " + span(upTime)));
        if (accusation.driver() != null) {
            finding.driver(accusation.driver());
        }
        lineUp(finding, text, accusation.pool(), accusation.driver(), started, "the start", taken, happened);
        return finding.explanation(text.toString().strip())
                .next("Take samples to see when the growth begins and how fast it is, and give them to diagnose together with this.",
                        "poolmon -n poolsnap.log")
                .build();
    }

    private static String names(List<TagTrend> group) {
        List<String> names = group.stream().limit(4).map(leak -> "'" + leak.tag() + "'").toList();
        return String.join(", ", names) + (group.size() > 4 ? ", ..." : "");
    }

    /** A stretch of time as people say it. */
    private static String span(Duration time) {
        double hours = time.toMinutes() / 60.0;
        return time.toMinutes() < 120 ? Quantity.count(time.toMinutes(), "minute", "minutes")
                : hours < 48 ? String.format(Locale.ROOT, "%.0f hours", hours) : String.format(Locale.ROOT, "%.1f days",
                        hours / 24);
    }

    private static String upper(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
