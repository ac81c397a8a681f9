package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.logs.TagDatabase;
import org.poolscope.logs.TagEntry;
import org.poolscope.logs.TagEntry.Use;
import org.poolscope.model.LoadedModules;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/**
 * Who owns a tag: what listings say themselves, the user's own tag database, the built-in one, and for tags nobody lists the tag
 * they were made from when a driver was rebuilt with a tag for each allocation site ({@code Mup } became {@code Mu37},
 * {@code Mu46}, …).
 */
final class OwnerBook {

    /**
     * Who owns a tag.
     *
     * @param driver file name of the driver, lower case; {@code nt!…} for a part of the kernel
     * @param description what the tag is for, or {@code null}
     * @param use what growth of the tag tells about who is to blame
     * @param how how this is known, as a clause
     * @param seen where the evidence says so; empty when only the built-in table does
     * @param confidence how sure it is
     */
    record Owner(String driver, String description, Use use, String how, List<Provenance> seen, Confidence.Level confidence) {

        /** Whether many components use the tag, so that it names no culprit. */
        boolean shared() {
            return use == Use.SHARED;
        }

        /** Whether it allocates for whoever asked it to, so that growth tells about the one who asks. */
        boolean onBehalf() {
            return use == Use.BEHALF;
        }

        /** Whether it is a part of the kernel itself, which serves all others. */
        boolean isKernel() {
            return driver.startsWith("nt!") || driver.equals("ntoskrnl.exe") || driver.equals("nt");
        }
    }

    private final TagDatabase database;
    private final Map<PoolTag, TagUsage> named = new HashMap<>();
    private final Set<PoolTag> present = new LinkedHashSet<>();
    private final Map<String, Provenance> modules = new HashMap<>();
    private final DriverBook drivers;

    private OwnerBook(TagDatabase database, DriverBook drivers) {
        this.database = database;
        this.drivers = drivers;
    }

    static OwnerBook of(Case subject) {
        TagDatabase database = TagDatabase.builtIn();
        for (TagDatabase own : subject.facts(TagDatabase.class).reversed()) {
            database = own.before(database);
        }
        OwnerBook book = new OwnerBook(database, subject.once(DriverBook.class, DriverBook::of));
        for (PoolSnapshot snapshot : subject.facts(PoolSnapshot.class)) {
            for (TagUsage row : snapshot.rows()) {
                book.present.add(row.tag());
                if (row.binary() != null) {
                    book.named.putIfAbsent(row.tag(), row);
                }
            }
        }
        for (LoadedModules loaded : subject.facts(LoadedModules.class)) {
            loaded.modules().forEach(module -> book.modules.putIfAbsent(module.name().toLowerCase(Locale.ROOT),
                    loaded.seenAt().quoting(module.name())));
        }
        return book;
    }

    /** Whether the evidence has a list of loaded drivers and this one is in it; empty when there is no list. */
    Optional<Boolean> isLoaded(String driver) {
        return modules.isEmpty() ? Optional.empty() : Optional.of(modules.containsKey(driver));
    }

    /** Who owns a tag that a listing or a database names; empty when at most a pattern covers it. */
    Optional<Owner> listed(PoolTag tag) {
        TagUsage row = named.get(tag);
        Use use = database.use(tag);
        boolean shared = use == Use.SHARED;
        if (row != null) {
            List<Provenance> seen = row.seenAt() == null ? List.of() : List.of(row.seenAt());
            return Optional.of(new Owner(driver(row.binary()), row.description(), use, "the listing names its driver", seen,
                    shared ? Confidence.Level.LOW : Confidence.Level.HIGH));
        }
        return ofCode(tag, true).or(() -> entry(tag, true)).or(() -> ofCode(tag, false));
    }

    /** Whether many drivers use the tag, so that it never names an owner by itself. */
    boolean isShared(PoolTag tag) {
        return database.isShared(tag);
    }

    /**
     * Who owns a tag by the code of the case's driver files: the one a map of a retagged driver names; or the only one of the files whose calls
     * allocate with it, when no database knows better.
     */
    private Optional<Owner> ofCode(PoolTag tag, boolean mapped) {
        if (mapped) {
            return drivers.maps(tag).stream().findFirst().map(map -> new Owner(driver(map.driver()), null, Use.OWN,
                    "the map of the retagged driver has the tag", List.of(map.at(tag)), Confidence.Level.HIGH));
        }
        List<DriverBook.Use> uses = isShared(tag) ? List.of() : drivers.files(tag);
        return uses.size() != 1 ? Optional.empty() : Optional.of(new Owner(uses.getFirst().file(), null, Use.OWN,
                "its code allocates with this tag", List.of(uses.getFirst().driver().seenAt()), Confidence.Level.HIGH));
    }

    /** Who owns a tag that only a pattern of a database covers, such as {@code Afd?}. */
    Optional<Owner> covered(PoolTag tag) {
        return entry(tag, false);
    }

    private Optional<Owner> entry(PoolTag tag, boolean exact) {
        Use use = database.use(tag);
        boolean shared = use == Use.SHARED;
        return database.lookup(tag).stream().filter(entry -> entry.pattern().isExact() == exact)
                .filter(entry -> entry.binary() != null || shared).findFirst()
                .map(entry -> new Owner(entry.binary() == null ? "many drivers" : driver(entry.binary()), entry.description(), use,
                        "the tag database names its driver", List.of(entry.seenAt()),
                        shared ? Confidence.Level.LOW : Confidence.Level.MEDIUM));
    }

    /**
     * Who owns a family of tags nobody lists that begin with the same two characters: the driver of a listed tag with the same
     * beginning, if its file name begins so too or the evidence holds that tag.
     */
    Optional<Owner> ofFamily(String prefix) {
        String lower = prefix.toLowerCase(Locale.ROOT);
        Set<PoolTag> candidates = new LinkedHashSet<>();
        named.keySet().stream().filter(tag -> tag.toString().startsWith(prefix)).forEach(candidates::add);
        database.entries().stream().map(TagEntry::pattern).filter(pattern -> pattern.isExact() && pattern.toString().startsWith(prefix))
                .map(pattern -> PoolTag.parse(pattern.toString())).forEach(candidates::add);
        Owner best = null;
        int bestScore = 0;
        for (PoolTag tag : candidates) {
            Owner owner = listed(tag).orElse(null);
            if (owner == null || owner.isKernel() || owner.shared()) {
                continue;
            }
            boolean sameName = owner.driver().startsWith(lower);
            boolean inEvidence = present.contains(tag);
            boolean loaded = modules.containsKey(owner.driver());
            int score = (sameName ? 2 : 0) + (inEvidence ? 2 : 0) + (loaded ? 1 : 0);
            if (score > bestScore) {
                bestScore = score;
                best = family(owner, tag, sameName, inEvidence, loaded);
            }
        }
        return Optional.ofNullable(best);
    }

    private Owner family(Owner owner, PoolTag base, boolean sameName, boolean inEvidence, boolean loaded) {
        List<String> reasons = new ArrayList<>();
        reasons.add("'" + base + "' is the tag of " + owner.driver());
        if (sameName) {
            reasons.add("the driver's name begins like the tags");
        }
        if (inEvidence) {
            reasons.add("another table of this case has '" + base + "' itself");
        }
        List<Provenance> seen = new ArrayList<>(owner.seen());
        if (loaded) {
            reasons.add("the driver is loaded");
            seen.add(modules.get(owner.driver()));
        }
        return new Owner(owner.driver(), owner.description(), owner.use(), String.join("; ", reasons), seen,
                reasons.size() >= 3 ? Confidence.Level.HIGH : Confidence.Level.MEDIUM);
    }

    private static String driver(String binary) {
        return binary.strip().toLowerCase(Locale.ROOT);
    }
}
