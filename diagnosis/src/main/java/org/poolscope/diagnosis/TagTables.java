package org.poolscope.diagnosis;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/**
 * Pool use by tag and driver.
 *
 * @param tables the tables, the one that tells most first
 * @param leftOut how many more tables the case has
 */
public record TagTables(List<Table> tables, int leftOut) implements Exhibit {

    /** More tables of one case repeat each other. */
    private static final int MOST_TABLES = 6;
    private static final int MOST_ROWS = 20_000;

    /**
     * One table.
     *
     * @param source the kind of listing
     * @param taken when; {@code null} when the evidence does not say
     * @param seenAt where it stands
     * @param complete whether it has every tag of the machine
     * @param rows the rows, the one that holds most first
     */
    public record Table(String source, LocalDateTime taken, Provenance seenAt, boolean complete, List<Row> rows) {

        public Table {
            rows = List.copyOf(rows);
        }
    }

    /**
     * One tag.
     *
     * @param tag the tag
     * @param driver the file of the driver that owns it; {@code null} when not known, or when many share it
     * @param how how the owner is known, as a clause; {@code null} without one
     * @param description what the tag is for, or {@code null}
     * @param nonPaged its use of nonpaged pool; {@code null} when the table leaves this pool out
     * @param paged its use of paged pool; {@code null} when the table leaves this pool out
     * @param accused whether a finding accuses it
     */
    public record Row(PoolTag tag, String driver, String how, String description, PoolUse nonPaged, PoolUse paged, boolean accused) {

        /** Bytes outstanding in both pools. */
        public long bytes() {
            return (nonPaged == null ? 0 : nonPaged.bytesOrZero()) + (paged == null ? 0 : paged.bytesOrZero());
        }
    }

    public TagTables {
        tables = List.copyOf(tables);
    }

    static Optional<TagTables> of(Verdict verdict) {
        Case subject = verdict.subject();
        PoolBooks books = subject.once(PoolBooks.class, PoolBooks::of);
        OwnerBook owners = subject.once(OwnerBook.class, OwnerBook::of);
        Set<PoolTag> accused = Exhibits.accused(verdict).stream().map(Exhibits.Accused::tag).collect(Collectors.toSet());
        // Of tables taken one after another the last shows the end, and how it came there is in the curves.
        List<PoolSnapshot> passed = books.series().stream().flatMap(series -> series.subList(0, series.size() - 1).stream()).toList();
        List<PoolSnapshot> telling = new ArrayList<>(books.snapshots());
        telling.removeAll(passed);
        telling.sort(Comparator.comparing((PoolSnapshot one) -> !one.complete()).thenComparing(one -> one.rows().size(), Comparator.reverseOrder()));
        List<Table> tables = new ArrayList<>();
        int rows = 0;
        for (PoolSnapshot snapshot : telling) {
            if (tables.isEmpty() || tables.size() < MOST_TABLES && rows + snapshot.rows().size() <= MOST_ROWS) {
                tables.add(table(snapshot, owners, verdict, accused));
                rows += snapshot.rows().size();
            }
        }
        return tables.isEmpty() ? Optional.empty() : Optional.of(new TagTables(tables, books.snapshots().size() - tables.size()));
    }

    private static Table table(PoolSnapshot snapshot, OwnerBook owners, Verdict verdict, Set<PoolTag> accused) {
        List<Row> rows = new ArrayList<>();
        Map<PoolTag, String> found = new HashMap<>();
        verdict.findings().stream().filter(one -> one.driver() != null && one.severity().isProblem())
                .forEach(one -> one.tags().stream().filter(accused::contains).forEach(tag -> found.putIfAbsent(tag, one.driver())));
        for (TagUsage usage : snapshot.rows()) {
            Optional<OwnerBook.Owner> owner = owner(usage.tag(), owners);
            Optional<OwnerBook.Owner> one = owner.filter(known -> !known.shared());
            String description = usage.description() != null ? usage.description() : owner.map(OwnerBook.Owner::description).orElse(null);
            String driver = found.getOrDefault(usage.tag(), one.map(OwnerBook.Owner::driver).orElse(null));
            String how = found.containsKey(usage.tag()) ? "a finding says so" : owner.map(OwnerBook.Owner::how).orElse(null);
            rows.add(new Row(usage.tag(), driver, how, description,
                    usage.use(PoolKind.NONPAGED), usage.use(PoolKind.PAGED), accused.contains(usage.tag())));
        }
        rows.sort(Comparator.comparingLong(Row::bytes).reversed());
        return new Table(snapshot.source(), snapshot.taken(), snapshot.seenAt(), snapshot.complete(), rows);
    }

    private static Optional<OwnerBook.Owner> owner(PoolTag tag, OwnerBook owners) {
        return owners.listed(tag).or(() -> owners.covered(tag)).or(() -> owners.ofFamily(tag.toString().substring(0, 2))
                .filter(family -> family.confidence() == Confidence.Level.HIGH));
    }
}
