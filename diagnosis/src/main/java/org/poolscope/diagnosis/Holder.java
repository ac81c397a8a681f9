package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * Tags of one table that belong together, and what they hold of one pool: all tags of one driver, or a family of unlisted tags with
 * the same beginning, or a single tag.
 *
 * @param snapshot the table
 * @param pool the pool
 * @param rows the rows, the one that holds most first
 * @param family the two characters an unlisted family begins with; {@code null} for other holders
 * @param owner who owns the tags, when that is known
 * @param poolBytes bytes of the pool in use, which shares are shares of
 */
record Holder(PoolSnapshot snapshot, PoolKind pool, List<TagUsage> rows, String family, Optional<OwnerBook.Owner> owner, long poolBytes) {

    /** Fewer unlisted tags with the same two characters are chance. */
    private static final int FAMILY_SIZE = 3;
    /** Of a thing that is built up little is ever freed; caches and load free most of what they allocate. */
    private static final double HOARDING_FREED_SHARE = 0.5;

    /** How the tags treat what they allocate. */
    enum Behaviour {
        /** Almost nothing is freed: a leak, or something built once and kept. */
        HOARDS,
        /** Most of what was allocated was freed. */
        FREES,
        /** The table does not count frees. */
        NOT_COUNTED
    }

    Holder {
        rows = List.copyOf(rows);
    }

    /** All holders of one pool in one table, the biggest first. */
    static List<Holder> of(PoolSnapshot snapshot, PoolKind pool, OwnerBook owners, PoolBooks books) {
        List<TagUsage> used = snapshot.rows().stream().filter(row -> row.use(pool) != null && row.use(pool).bytesOrZero() > 0).toList();
        Map<String, Integer> unlisted = new HashMap<>();
        for (TagUsage row : used) {
            if (owners.listed(row.tag()).isEmpty()) {
                unlisted.merge(prefix(row.tag()), 1, Integer::sum);
            }
        }
        Map<String, List<TagUsage>> groups = new LinkedHashMap<>();
        Map<String, String> families = new HashMap<>();
        Map<String, OwnerBook.Owner> known = new HashMap<>();
        for (TagUsage row : used) {
            Optional<OwnerBook.Owner> owner = owners.listed(row.tag());
            String family = null;
            if (owner.isEmpty() && unlisted.get(prefix(row.tag())) >= FAMILY_SIZE) {
                family = prefix(row.tag());
                owner = owners.ofFamily(family);
            }
            owner = owner.or(() -> owners.covered(row.tag()));
            String key = owner.filter(Holder::isCulpritDriver).map(found -> "driver " + found.driver())
                    .orElse(family != null ? "family " + family : "tag " + row.tag());
            groups.computeIfAbsent(key, any -> new ArrayList<>()).add(row);
            if (family != null) {
                families.put(key, family);
            }
            // The weaker of two ways to know the owner speaks for the group only while it is the only one.
            owner.ifPresent(found -> known.putIfAbsent(key, found));
        }
        long poolBytes = books.poolBytes(snapshot, pool);
        List<Holder> holders = new ArrayList<>();
        groups.forEach((key, rows) -> {
            rows.sort(Comparator.comparingLong((TagUsage row) -> row.use(pool).bytesOrZero()).reversed());
            holders.add(new Holder(snapshot, pool, rows, families.get(key), Optional.ofNullable(known.get(key)), poolBytes));
        });
        holders.sort(Comparator.comparingLong(Holder::bytes).reversed());
        return holders;
    }

    /** Whether an owner's tags add up: a driver's own allocations do, those of the kernel and on behalf of others do not. */
    private static boolean isCulpritDriver(OwnerBook.Owner owner) {
        return !owner.shared() && !owner.onBehalf() && !owner.isKernel();
    }

    private static String prefix(PoolTag tag) {
        return tag.toString().substring(0, 2);
    }

    long bytes() {
        return rows.stream().mapToLong(row -> row.use(pool).bytesOrZero()).sum();
    }

    long outstanding() {
        return rows.stream().mapToLong(row -> row.use(pool).outstandingOrZero()).sum();
    }

    /** Share of the pool in use, 0 to 1. */
    double share() {
        return poolBytes == 0 ? 0 : Math.min(1, (double) bytes() / poolBytes);
    }

    Behaviour behaviour() {
        long allocs = 0;
        long frees = 0;
        for (TagUsage row : rows) {
            PoolUse use = row.use(pool);
            if (use.allocs() == null || use.frees() == null) {
                return Behaviour.NOT_COUNTED;
            }
            allocs += use.allocs();
            frees += use.frees();
        }
        return allocs > 0 && frees < HOARDING_FREED_SHARE * allocs ? Behaviour.HOARDS : Behaviour.FREES;
    }

    List<PoolTag> tags() {
        return rows.stream().map(TagUsage::tag).toList();
    }

    Optional<String> driver() {
        return owner.filter(found -> !found.shared() && !found.onBehalf()).map(OwnerBook.Owner::driver);
    }

    /** The tags as a sentence names them: {@code tag 'Mup '}, {@code the 9 'Mu..' tags}. */
    String name() {
        if (rows.size() == 1) {
            return "tag '" + rows.getFirst().tag() + "'";
        }
        String family = sameBeginning();
        return family == null ? "the " + rows.size() + " tags '" + rows.getFirst().tag() + "' and others"
                : "the " + rows.size() + " '" + family + "..' tags";
    }

    private String sameBeginning() {
        String first = prefix(rows.getFirst().tag());
        return rows.stream().allMatch(row -> prefix(row.tag()).equals(first)) ? first : null;
    }

    /** The rows' places, the biggest first. */
    List<Provenance> seen(int most) {
        List<Provenance> places = new ArrayList<>();
        for (TagUsage row : rows.subList(0, Math.min(most, rows.size()))) {
            places.add(row.seenAt() != null ? row.seenAt() : snapshot.seenAt().quoting(quote(row, pool)));
        }
        return places;
    }

    /** What a row says of one pool. */
    static String quote(TagUsage row, PoolKind pool) {
        PoolUse use = row.use(pool);
        String frees = use.frees() == null ? "" : ", " + Quantity.count(use.allocs()) + " allocated, " + Quantity.count(use.frees()) + " freed";
        return "'" + row.tag() + "' " + pool.word() + ": " + Quantity.count(use.outstandingOrZero()) + " outstanding, "
                + Quantity.count(use.bytesOrZero()) + " bytes" + frees;
    }
}
