package org.poolscope.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

/**
 * What the walk found of each tag in each pool. The kernel's tracker table counts the same on another way, so the two must agree: where
 * they do not, blocks were not seen (paged out, damaged), or the kernel allocated before it kept books. What a session allocates in its own
 * pool is counted in that session's own table, so it has rows of its own here.
 */
public final class WalkTotals {

    private static final Comparator<Row> ORDER = Comparator.comparing(Row::tag).thenComparing(Row::pool).thenComparing(Row::session);

    private final List<Row> rows;

    private WalkTotals(List<Row> rows) {
        this.rows = rows;
    }

    /**
     * One tag in one pool.
     *
     * @param session whether in the pool of a session, which is paged
     * @param blocks blocks somebody holds
     * @param bytes their bytes, headers included
     * @param parked blocks on the pool's lookaside lists, which are not among {@code blocks}
     */
    public record Row(PoolTag tag, PoolKind pool, boolean session, long blocks, long bytes, long parked) {

        /** The word for its pool: {@code nonpaged}, {@code paged} or {@code session}. */
        public String poolWord() {
            return session ? "session" : pool.word();
        }
    }

    /**
     * One tag in one pool, as the walk and as the tracker table see it.
     *
     * @param walked what the walk found; zero when it found nothing
     * @param blocks what the table counts as outstanding; {@code null} when it does not say
     * @param bytes the bytes it counts; {@code null} when it does not say
     */
    public record Comparison(Row walked, Long blocks, Long bytes) {

        /** How many blocks more the walk found than the table counts; {@code null} when the table does not say. */
        public Long surplusBlocks() {
            return blocks == null ? null : Long.valueOf(walked.blocks - blocks);
        }

        /** How many bytes more the walk found than the table counts; {@code null} when the table does not say. */
        public Long surplusBytes() {
            return bytes == null ? null : Long.valueOf(walked.bytes - bytes);
        }

        /** Whether both count the same blocks. */
        public boolean agrees() {
            return blocks != null && blocks == walked.blocks;
        }
    }

    /** Adds up all blocks, on all processors. */
    public static WalkTotals of(PoolBlocks blocks) {
        Sums sums = IntStream.range(0, blocks.groups().length).parallel()
                .collect(Sums::new, (part, group) -> part.add(blocks, blocks.groups()[group]), Sums::add);
        sums.add(blocks.big());
        List<Row> rows = new ArrayList<>();
        for (PoolKind kind : PoolKind.values()) {
            addRows(rows, sums.of(kind), kind, false);
        }
        addRows(rows, sums.session, PoolKind.PAGED, true);
        rows.removeIf(row -> row.blocks == 0 && row.parked == 0);
        rows.sort(ORDER);
        return new WalkTotals(List.copyOf(rows));
    }

    private static void addRows(List<Row> rows, TagCounts counts, PoolKind kind, boolean session) {
        counts.forEach((key, values) -> rows.add(new Row(new PoolTag(key), kind, session, values[Sums.BLOCKS], values[Sums.BYTES],
                values[Sums.PARKED])));
    }

    /** Sums by pool and tag. */
    private static final class Sums {

        static final int BLOCKS = 0;
        static final int BYTES = 1;
        static final int PARKED = 2;
        private static final int ALLOCATED = BlockState.ALLOCATED.ordinal();
        private static final int LOOKASIDE = BlockState.LOOKASIDE.ordinal();

        private final TagCounts nonpaged = new TagCounts(3);
        private final TagCounts paged = new TagCounts(3);
        private final TagCounts session = new TagCounts(3);

        TagCounts of(PoolKind pool) {
            return pool == PoolKind.PAGED ? paged : nonpaged;
        }

        void add(PoolBlocks blocks, PageGroup group) {
            for (int page = 0; page < group.pages(); page++) {
                byte flags = group.flags[page];
                TagCounts pool = PageParser.isSession(flags) ? session : PageParser.isPaged(flags) ? paged : nonpaged;
                if (PageParser.isSpecial(group.flags[page])) {
                    count(pool, group.tag[group.first[page]], blocks.special().size(group.offset[page]));
                } else {
                    addPage(pool, group, page, blocks.format());
                }
            }
        }

        private static void addPage(TagCounts pool, PageGroup group, int page, HeaderFormat format) {
            char[] places = group.place;
            int[] tags = group.tag;
            int unitShift = format.unitShift();
            int behind = format.pageUnits();
            int first = group.first[page];
            for (int block = group.first[page + 1] - 1; block >= first; block--) {
                int unit = places[block] & PageParser.UNIT_MASK;
                int state = places[block] >>> PageParser.STATE_SHIFT;
                if (state == ALLOCATED) {
                    count(pool, tags[block], (long) (behind - unit) << unitShift);
                } else if (state == LOOKASIDE) {
                    pool.add(tags[block] & Integer.MAX_VALUE, PARKED, 1);
                }
                behind = unit;
            }
        }

        void add(BigBlocks big) {
            for (int i = 0; i < big.count(); i++) {
                count(of(big.pool(i)), big.tag(i), big.size(i));
            }
        }

        private static void count(TagCounts pool, int tag, long bytes) {
            int slot = pool.slot(tag & Integer.MAX_VALUE);
            pool.addAt(slot, BLOCKS, 1);
            pool.addAt(slot, BYTES, bytes);
        }

        void add(Sums others) {
            others.nonpaged.forEach(nonpaged::addAll);
            others.paged.forEach(paged::addAll);
            others.session.forEach(session::addAll);
        }
    }

    /** A row for each tag and pool of which somebody holds blocks, by tag. */
    public List<Row> rows() {
        return rows;
    }

    /**
     * Sets the walk beside the tracker table. Tags neither has in use are left out.
     *
     * @param tracker the kernel's table; empty when the image does not hold it
     * @param session the table of the session whose pool was walked; empty when it cannot be read
     */
    public List<Comparison> against(Optional<PoolSnapshot> tracker, Optional<PoolSnapshot> session) {
        List<Comparison> compared = new ArrayList<>();
        compare(rows.stream().filter(row -> !row.session).toList(), tracker, false, compared);
        compare(rows.stream().filter(row -> row.session).toList(), session, true, compared);
        compared.sort(Comparator.comparing(Comparison::walked, ORDER));
        return compared;
    }

    private static void compare(List<Row> walked, Optional<PoolSnapshot> table, boolean session, List<Comparison> to) {
        Map<PoolTag, TagUsage> usages = new HashMap<>();
        table.ifPresent(snapshot -> snapshot.rows().forEach(row -> usages.put(row.tag(), row)));
        boolean whole = table.isPresent() && table.get().complete();
        Map<PoolTag, Integer> seen = new HashMap<>();
        for (Row row : walked) {
            seen.merge(row.tag, 1 << row.pool.ordinal(), (a, b) -> a | b);
            TagUsage usage = usages.get(row.tag);
            PoolUse use = usage == null ? null : usage.use(row.pool);
            Long none = usage == null && whole ? Long.valueOf(0) : null;
            to.add(use == null ? new Comparison(row, none, none) : new Comparison(row, use.outstanding(), use.bytes()));
        }
        for (TagUsage usage : usages.values()) {
            for (PoolKind kind : session ? List.of(PoolKind.PAGED) : List.of(PoolKind.values())) {
                PoolUse use = usage.use(kind);
                if (use != null && use.outstandingOrZero() != 0 && (seen.getOrDefault(usage.tag(), 0) & 1 << kind.ordinal()) == 0) {
                    to.add(new Comparison(new Row(usage.tag(), kind, session, 0, 0, 0), use.outstanding(), use.bytes()));
                }
            }
        }
    }
}
