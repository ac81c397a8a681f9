package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.kernel.ImageInfo;
import org.poolscope.kernel.OpenKernelImage;
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

    private static final DateTimeFormatter TIME = MachineEvents.TIME;
    /** A leak that explains less of the growth, or is smaller, is listed by {@code trend} only. */
    private static final double SHARE = 0.1;
    private static final double BYTES = 1 << 20;
    /** A pool as a whole always grows a little. */
    private static final double POOL_BYTES = 4 << 20;
    private static final double POOL_SHARE = 0.05;
    private static final int MOST_FINDINGS = 4;
    /** Rules that say of a tag that what it holds should not be there. */
    private static final Set<String> ACCUSING = Set.of(TagHoldsPoolRule.ID, LostBlocksRule.ID, HandleLeakRule.ID);

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        MachineEvents events = MachineEvents.of(subject);
        PoolTrends trends = subject.once(PoolTrends.class, PoolTrends::of);
        HandleLeaks handles = subject.once(HandleLeaks.class, HandleLeaks::of);
        List<Finding> found = new ArrayList<>();
        for (List<TagTrend> group : groups(trends)) {
            if (found.size() < MOST_FINDINGS) {
                found.add(ofSamples(group, trends, events, handles));
            }
        }
        for (PoolKind pool : PoolKind.values()) {
            boolean told = found.stream().anyMatch(finding -> finding.pool() == pool);
            TagTrend total = trends.total(pool).orElse(null);
            if (!told && total != null && total.trend().isLeak()
                    && total.trend().growth() >= Math.max(POOL_BYTES, POOL_SHARE * total.trend().end())) {
                found.add(ofPool(total, trends, events));
            }
        }
        if (found.isEmpty()) {
            ofImages(subject, earlier, events, found);
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

    private Finding ofSamples(List<TagTrend> group, PoolTrends trends, MachineEvents events, HandleLeaks handles) {
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
        StringBuilder text = new StringBuilder(pacePhrase(group)).append(handles.sentence(first.tag(), first.pool()));
        trends.total(first.pool()).map(TagTrend::exhaustedAt).ifPresent(end -> text.append(end.sentence("the pool")).append(' '));
        first.seenAt().forEach(finding::evidence);
        when.seen.ifPresent(finding::evidence);
        List<String> changed = events.lineUp(finding, text,
                MachineEvents.Growth.ofSamples(first.pool(), first.driver(), began, first.to(), trends.boots()));
        return finding.explanation(text.toString().strip())
                .next("Stop or update what was changed shortly before it began" + (changed.isEmpty() ? "" : " (" + String.join("; ", changed) + ")")
                        + ", and see whether the growth stops.")
                .build();
    }

    /** A pool that grows as a whole, where no table tells which tag it is. */
    private Finding ofPool(TagTrend total, PoolTrends trends, MachineEvents events) {
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
        events.lineUp(finding, text, MachineEvents.Growth.ofSamples(total.pool(), null, began, total.to(), trends.boots()));
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
        boolean fromTheStart = !began.isAfter(leak.from().plus(MachineEvents.SLACK));
        if (boot != null && fromTheStart && Duration.between(boot.at(), leak.from()).compareTo(MachineEvents.SLACK.multipliedBy(6)) <= 0) {
            return new Began("since the machine was started" + (boot.exact() ? " at " : " before ") + TIME.format(boot.at()),
                    Optional.of(boot.seenAt()));
        }
        if (fromTheStart) {
            return new Began("since " + TIME.format(began) + " or earlier", Optional.empty());
        }
        String after = boot == null ? "" : ", " + MachineEvents.span(Duration.between(boot.at(), began)) + " after the machine was started";
        return new Began("since about " + TIME.format(began) + after, Optional.ofNullable(boot).map(Boots::seenAt));
    }

    /** Without samples over time: what an image holds, spread over the time the machine had run. */
    private void ofImages(Case subject, List<Finding> earlier, MachineEvents events, List<Finding> found) {
        for (OpenKernelImage open : subject.facts(OpenKernelImage.class)) {
            ImageInfo info = open.image().info();
            LocalDateTime taken = Boots.taken(subject, open);
            if (taken == null || info.upTime() == null || info.upTime().toMinutes() < 30) {
                continue;
            }
            for (Finding accusation : earlier) {
                if (ACCUSING.contains(accusation.rule()) && accusation.severity().isProblem() && accusation.pool() != null && found.size() < MOST_FINDINGS
                        && found.stream().noneMatch(one -> one.tags().equals(accusation.tags()))) {
                    long bytes = bytes(subject, open, accusation.tags(), accusation.pool());
                    if (bytes >= BYTES) {
                        found.add(mean(subject, accusation, bytes, taken, info.upTime(), open, events));
                    }
                }
            }
        }
    }

    private static long bytes(Case subject, OpenKernelImage open, List<PoolTag> tags, PoolKind pool) {
        return subject.facts(PoolSnapshot.class).stream().filter(snapshot -> snapshot.seenAt().file().equals(open.seenAt()
                .file()))
                .flatMap(snapshot -> snapshot.rows().stream()).filter(row -> tags.contains(row.tag()))
                .map((TagUsage row) -> row.use(pool)).filter(use -> use != null).mapToLong(PoolUse::bytesOrZero)
                        .sum();
    }

    private Finding mean(Case subject, Finding accusation, long bytes, LocalDateTime taken, Duration upTime, OpenKernelImage open,
            MachineEvents events) {
        LocalDateTime started = taken.minus(upTime);
        long perHour = Math.round(bytes / (upTime.toSeconds() / 3600.0));
        List<PoolTag> tags = accusation.tags().stream().filter(tag -> bytes(subject, open, List.of(tag), accusation.pool()) > 0).toList();
        boolean one = tags.size() == 1;
        String names = one ? "tag '" + tags.getFirst() + "'" : "these " + tags.size() + " tags";
        TablesOfRun tables = TablesOfRun.of(subject, accusation.tags(), accusation.pool(), started, taken, bytes);
        StringBuilder text = new StringBuilder("A mean: one image does not tell whether the growth was even or when in this time it began. ")
                .append(tables.text());
        // What was lost with them may be in the other pool.
        PoolKind other = accusation.pool() == PoolKind.PAGED ? PoolKind.NONPAGED : PoolKind.PAGED;
        accusation.tags().stream().filter(tag -> !tags.contains(tag)).forEach(tag -> {
            long beside = bytes(subject, open, List.of(tag), other);
            if (beside > 0) {
                text.append("In the same time '").append(tag).append("' gathered ").append(Quantity.bytes(beside)).append(" of ").append(other.word())
                        .append(" pool, ").append(Quantity.bytes(Math.round(beside / (upTime.toSeconds() / 3600.0)))).append(" an hour. ");
            }
        });
        Finding.Builder finding = Finding.of(this, Severity.NOTE, Confidence.medium("a mean over the time since the start; "
                        + (tables.inRun() == 0 ? "no samples in between" : "only " + Quantity.count(tables.inRun(), "table", "tables") + " in between")),
                        "What " + names + " hold" + (one ? "s" : "") + " of " + accusation.pool().word() + " pool gathered within "
                                + MachineEvents.span(upTime) + ", since the machine was started at "
                                + TIME.format(started) + ": " + Quantity.bytes(perHour) + " an hour in the mean")
                .tags(accusation.tags())
                .pool(accusation.pool())
                .evidence(open.seenAt().quoting("taken " + TIME.format(taken) + " after running " + MachineEvents.span(upTime)))
                .evidence(tables.seenAt());
        if (accusation.driver() != null) {
            finding.driver(accusation.driver());
        }
        events.lineUp(finding, text, MachineEvents.Growth.ofImage(accusation.pool(), accusation.driver(), started, taken));
        return finding.explanation(text.toString().strip())
                .next(tables.inRun() == 0
                        ? "Take samples to see when the growth begins and how fast it is, and give them to diagnose together with this."
                        : "Take more samples, hourly for a day: so few tables cannot tell a leak's even growth from a step.",
                        "poolmon -n poolsnap.log")
                .build();
    }

    private static String names(List<TagTrend> group) {
        List<String> names = group.stream().limit(4).map(leak -> "'" + leak.tag() + "'").toList();
        return String.join(", ", names) + (group.size() > 4 ? ", ..." : "");
    }

    private static String upper(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
