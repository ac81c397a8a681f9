package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.poolscope.diagnosis.trend.Shape;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * A tag that grows from one table to the next, never shrinks, and explains most of the pool's growth. Needs tables that say when they
 * were taken. With samples enough for a trend, {@link LeakDatedRule} speaks instead.
 */
final class GrowingTagRule implements Rule {

    static final String ID = "tag-grows";

    private static final double SHARE_OF_GROWTH = 0.5;
    private static final double SHARE_OF_POOL = 0.2;
    private static final long BYTES = 1L << 20;
    /** Of what was allocated between two tables, a cache or load frees more than this. */
    private static final double FREED_BETWEEN = 0.5;

    /** Over less time a rate an hour would be a guess. */
    static final Duration ENOUGH_FOR_A_RATE = Duration.ofMinutes(10);

    private record Growth(TagUsage first, TagUsage last, long bytes, long allocs, Long frees) {

        /** Whether it frees most of what it allocates: load that rose looks like this, and so does a leak among much traffic. */
        boolean isBusy() {
            return frees != null && frees > FREED_BETWEEN * allocs;
        }
    }

    /**
     * What the blocks themselves tell, where the last table is an image's.
     *
     * @param pool the image; empty when the table came from elsewhere
     * @param lost what was found of them when they are lost
     * @param holder the module they hang on
     */
    private record Blocks(Optional<OpenPool> pool, Optional<Finding> lost, Optional<HoldingModule> holder) {

        static Blocks of(PoolTag tag, PoolSnapshot last, List<Finding> earlier, Case subject) {
            Optional<OpenPool> pool = OpenPool.of(subject).stream().filter(one -> one.file().equals(last.seenAt().file())).findFirst();
            Optional<Finding> lost = earlier.stream().filter(one -> one.rule().equals(LostBlocksRule.ID) && one.tags().contains(tag)).findFirst();
            return new Blocks(pool, lost, lost.isPresent() ? Optional.empty() : pool.flatMap(one -> HoldingModule.of(one, tag)));
        }

        /** The driver they are of, by what the image shows. */
        Optional<String> driver() {
            return lost.map(Finding::driver).or(() -> holder.map(HoldingModule::file));
        }

        /** How that is known, as sentences. */
        String explanation(Optional<String> listed) {
            return lost.isPresent() ? "What is lost of it is told above." : holder.map(known -> Quantity.count(known.reached()) + " of its "
                    + Quantity.count(known.blocks()) + " blocks in the image hang on pointers in the data of " + known.file() + "."
                    + listed.filter(file -> !file.equalsIgnoreCase(known.file())).map(file -> " The tag is listed for " + file
                            + ", but any driver can use it.").orElse("")).orElse("");
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        PoolBooks books = subject.once(PoolBooks.class, PoolBooks::of);
        OwnerBook owners = subject.once(OwnerBook.class, OwnerBook::of);
        HandleLeaks handles = subject.once(HandleLeaks.class, HandleLeaks::of);
        PoolTrends trends = subject.once(PoolTrends.class, PoolTrends::of);
        for (List<PoolSnapshot> whole : books.series()) {
            List<PoolSnapshot> series = lastRun(whole, trends.boots());
            for (PoolKind pool : PoolKind.values()) {
                leader(series, pool).filter(growth -> !isTold(growth.last().tag(), pool, subject))
                        .ifPresent(growth -> found.add(finding(growth, series, pool, trends, owners, handles,
                                Blocks.of(growth.last().tag(), series.getLast(), earlier, subject)).build()));
            }
        }
        return found;
    }

    /** The tables since the last start of the machine: counts and pools begin anew with it. */
    private static List<PoolSnapshot> lastRun(List<PoolSnapshot> series, List<Boots> boots) {
        int first = 0;
        for (int i = 1; i < series.size(); i++) {
            LocalDateTime before = series.get(i - 1).taken();
            LocalDateTime after = series.get(i).taken();
            if (boots.stream().anyMatch(boot -> boot.isBetween(before, after))) {
                first = i;
            }
        }
        return series.subList(first, series.size());
    }

    /** Where there are samples enough for a trend, the trend speaks: that it leaks, or that it came to rest. */
    private static boolean isTold(PoolTag tag, PoolKind pool, Case subject) {
        return subject.once(PoolTrends.class, PoolTrends::of).rows().stream()
                .filter(row -> tag.equals(row.tag()) && row.pool() == pool && row.trend().samples() >= PoolTrends.ENOUGH)
                .anyMatch(row -> row.trend().shape() != Shape.GROWS);
    }

    private static Optional<Growth> leader(List<PoolSnapshot> series, PoolKind pool) {
        PoolSnapshot first = series.getFirst();
        PoolSnapshot last = series.getLast();
        Map<PoolTag, TagUsage> before = new HashMap<>();
        first.rows().forEach(row -> before.put(row.tag(), row));
        long allGrowth = 0;
        Growth best = null;
        for (TagUsage row : last.rows()) {
            PoolUse now = row.use(pool);
            TagUsage earlier = before.get(row.tag());
            PoolUse then = earlier == null || earlier.use(pool) == null ? PoolUse.NONE : earlier.use(pool);
            if (now == null || now.bytesOrZero() <= then.bytesOrZero()) {
                continue;
            }
            long bytes = now.bytesOrZero() - then.bytesOrZero();
            allGrowth += bytes;
            if (best == null || bytes > best.bytes()) {
                boolean counted = now.allocs() != null && then.allocs() != null && now.frees() != null && then.frees() != null;
                best = new Growth(earlier, row, bytes, counted ? now.allocs() - then.allocs() : 0, counted ? now.frees() - then.frees() : null);
            }
        }
        if (best == null || best.bytes() < BYTES || best.bytes() < SHARE_OF_GROWTH * allGrowth
                || best.bytes() < SHARE_OF_POOL * first.totalBytes(pool)
                || shrinksBetween(series, pool, best.last().tag())) {
            return Optional.empty();
        }
        return Optional.of(best);
    }

    private static boolean shrinksBetween(List<PoolSnapshot> series, PoolKind pool, PoolTag tag) {
        long before = 0;
        for (PoolSnapshot snapshot : series) {
            long now = 0;
            for (TagUsage row : snapshot.rows()) {
                now = row.tag().equals(tag) && row.use(pool) != null ? row.use(pool).bytesOrZero() : now;
            }
            if (now < before) {
                return true;
            }
            before = now;
        }
        return false;
    }

    private Finding.Builder finding(Growth growth, List<PoolSnapshot> series, PoolKind pool, PoolTrends trends, OwnerBook owners,
            HandleLeaks handles, Blocks blocks) {
        PoolTag tag = growth.last().tag();
        Duration between = Duration.between(series.getFirst().taken(), series.getLast().taken());
        boolean rated = between.compareTo(ENOUGH_FOR_A_RATE) >= 0;
        long perHour = Math.round(growth.bytes() * 3600.0 / Math.max(1, between.toSeconds()));
        Optional<String> listed = owners.listed(tag).or(() -> owners.covered(tag)).filter(found -> !found.shared()).map(OwnerBook.Owner::driver);
        Optional<String> driver = blocks.driver().or(() -> listed);
        String title = "Tag '" + tag + "'" + driver.map(file -> " of " + file).orElse("") + " grew by " + Quantity.bytes(growth.bytes())
                + " of " + pool.word() + " pool in " + span(between) + (rated ? ", " + Quantity.bytes(perHour) + " an hour" : "")
                + (growth.isBusy() ? ", though it frees " + Quantity.percent((double) growth.frees() / growth.allocs()) + " of what it allocates"
                        : "");
        Finding.Builder finding = Finding.of(this, growth.isBusy() ? Severity.NOTE : Severity.WARNING, confidence(growth, series), title)
                .tags(List.of(tag))
                .pool(pool)
                .clause(blocks.lost().isPresent() ? "" : "'" + tag + "'" + blocks.holder().map(known -> " of " + known.file()).orElse("")
                        + " grows by " + (rated ? Quantity.bytes(perHour) + " an hour" : Quantity.bytes(growth.bytes()) + " in " + span(between)))
                .explanation((explanation(growth,
                        trends.exhaustion(pool, series.getFirst().taken(), series.getLast().taken())) + " "
                        + (blocks.explanation(listed) + " " + handles.sentence(tag, pool)).strip()).strip());
        driver.ifPresent(finding::driver);
        blocks.holder().ifPresent(known -> finding.evidence(known.module().seen()));
        for (TagUsage row : growth.first() == null ? List.of(growth.last()) : List.of(growth.first(), growth.last())) {
            finding.evidence(row.seenAt() != null ? row.seenAt() : place(series, row));
        }
        // Its blocks are at hand: what they hold, and who keeps them, tells more than another table.
        blocks.pool().filter(one -> blocks.lost().isEmpty()).ifPresent(one -> finding
                .next("See what these blocks hold, offset by offset: what they are for, and whose.", NextStep.profile(one.word(), tag))
                .next("See what keeps them: which blocks and drivers point to them.", NextStep.references(one.word(), tag)));
        return finding.next("Take more snapshots to see whether the growth is steady.", "poolmon -n poolsnap.log");
    }

    private static Provenance place(List<PoolSnapshot> series, TagUsage row) {
        return series.stream().filter(snapshot -> snapshot.rows().contains(row)).findFirst().map(PoolSnapshot::seenAt).orElseThrow();
    }

    private static String span(Duration time) {
        if (time.compareTo(Duration.ofMinutes(2)) < 0) {
            return Quantity.count(time.toSeconds(), "second", "seconds");
        }
        return time.compareTo(Duration.ofHours(2)) < 0 ? Quantity.count(time.toMinutes(), "minute", "minutes")
                : String.format(Locale.ROOT, "%.1f hours", time.toSeconds() / 3600.0);
    }

    private static Confidence confidence(Growth growth, List<PoolSnapshot> series) {
        if (growth.isBusy()) {
            return Confidence.low(series.size() + " tables cannot tell a leak among much traffic from load that rose, or a cache that fills");
        }
        return series.size() >= 4 ? Confidence.high(series.size() + " tables in a row show growth and none shows less")
                : Confidence.medium("only " + series.size() + " tables: the growth may be a step, or a cache that fills");
    }

    /** @param end when the pool runs out at this pace, where that can be told */
    private static String explanation(Growth growth, Optional<TagTrend.Exhaustion> end) {
        StringBuilder text = new StringBuilder();
        if (growth.frees() != null) {
            text.append("Between the first and the last table ").append(Quantity.count(growth.allocs(), "block was", "blocks were"))
                    .append(" allocated and ").append(Quantity.count(growth.frees())).append(" freed. ");
        }
        end.ifPresent(when -> text.append(when.sentence("the pool")));
        return text.toString().strip();
    }
}
