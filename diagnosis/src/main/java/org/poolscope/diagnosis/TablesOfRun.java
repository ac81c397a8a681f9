package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * What the few tables taken besides an image tell of the way its tags came to what they hold; too few for a trend, yet more than the mean
 * since the start.
 *
 * @param inRun how many of them are of the image's run and have the tags
 * @param text what they tell, or why they tell nothing, in sentences; empty when there are none
 * @param seenAt where they stand
 */
record TablesOfRun(int inRun, String text, List<Provenance> seenAt) {

    /** A mean is one figure: paces that differ by less are one. */
    private static final double EVEN = 1.5;

    private record Point(LocalDateTime at, long bytes, Provenance seenAt) {

        private String words() {
            return Quantity.bytes(bytes) + " at " + MachineEvents.TIME.format(at) + " (" + seenAt.file() + ")";
        }
    }

    /**
     * Asks the tables of a case.
     *
     * @param started when the machine in the image was started
     * @param taken when the image was taken
     * @param now what the tags hold in the image
     */
    static TablesOfRun of(Case subject, List<PoolTag> tags, PoolKind pool, LocalDateTime started, LocalDateTime taken, long now) {
        Set<String> images = subject.facts(OpenKernelImage.class).stream().map(open -> open.seenAt().file()).collect(Collectors.toSet());
        List<PoolSnapshot> tables = PoolBooks.dated(subject).stream().filter(table -> !images.contains(table.seenAt().file())).toList();
        if (tables.isEmpty()) {
            return new TablesOfRun(0, "", List.of());
        }
        List<PoolSnapshot> inRun = tables.stream().filter(table -> !table.taken().isBefore(started) && !table.taken().isAfter(taken)).toList();
        List<Point> points = new ArrayList<>();
        for (PoolSnapshot table : inRun) {
            List<TagUsage> rows = table.rows().stream().filter(row -> tags.contains(row.tag())).toList();
            if (!rows.isEmpty()) {
                points.add(new Point(table.taken(), rows.stream().map(row -> row.use(pool)).filter(use -> use != null)
                        .mapToLong(PoolUse::bytesOrZero).sum(), rows.getFirst().seenAt() == null ? table.seenAt() : rows.getFirst().seenAt()));
            }
        }
        if (points.isEmpty()) {
            return new TablesOfRun(0, Quantity.count(tables.size(), "table", "tables") + " by tag (" + files(tables) + ") "
                    + (tables.size() == 1 ? "was" : "were") + " of no use here: "
                    + (inRun.isEmpty() ? "not taken between that start and the image" : "without a row for " + (tags.size() == 1 ? "the tag" : "the tags"))
                    + ". ", List.of());
        }
        return new TablesOfRun(points.size(), told(points, started, taken, now),
                (points.size() == 1 ? points : List.of(points.getFirst(), points.getLast())).stream().map(Point::seenAt).toList());
    }

    private static String told(List<Point> points, LocalDateTime started, LocalDateTime taken, long now) {
        Point first = points.getFirst();
        Point last = points.getLast();
        StringBuilder text = new StringBuilder("In this run ").append(points.size() == 1 ? "a table shows " : "tables show ").append(first.words());
        if (points.size() > 1) {
            text.append(points.size() > 2 ? " up to " : " and ").append(last.words());
        }
        text.append(", the image ").append(Quantity.bytes(now));
        Double before = pace(first.bytes(), Duration.between(started, first.at()));
        Double after = pace(now - first.bytes(), Duration.between(first.at(), taken));
        if (before == null || after == null) {
            return text.append(". ").toString();
        }
        text.append(": ").append(words(before)).append(" until the first table, ").append(words(after)).append(" from then on, so it ");
        if (after <= 0) {
            text.append("had all come before that table");
        } else if (after > before * EVEN) {
            text.append("grew faster towards the end");
        } else if (before > after * EVEN) {
            text.append("grew faster at first");
        } else {
            text.append("grew at much the same pace, as far as so few tables tell");
        }
        return text.append(". ").toString();
    }

    private static String words(double perHour) {
        return perHour < 0 ? Quantity.bytes(Math.round(-perHour)) + " an hour less" : Quantity.bytes(Math.round(perHour)) + " an hour";
    }

    /** Bytes an hour; {@code null} over less time than a rate can be told of. */
    private static Double pace(long bytes, Duration time) {
        return time.compareTo(GrowingTagRule.ENOUGH_FOR_A_RATE) < 0 ? null : bytes * 3600.0 / time.toSeconds();
    }

    private static String files(List<PoolSnapshot> tables) {
        List<String> names = tables.stream().map(table -> table.seenAt().file()).distinct().toList();
        return String.join(", ", names.subList(0, Math.min(3, names.size()))) + (names.size() > 3 ? ", ..." : "");
    }
}
