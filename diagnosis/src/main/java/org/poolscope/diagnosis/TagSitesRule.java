package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.poolscope.diagnosis.DriverBook.Use;
import org.poolscope.driver.CallSite;
import org.poolscope.driver.SiteSizes;
import org.poolscope.driver.SiteSizes.Blocks;
import org.poolscope.driver.SiteSizes.Fit;
import org.poolscope.driver.SiteSizes.Heap;
import org.poolscope.driver.SiteSizes.SiteFit;
import org.poolscope.model.Address;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.model.ShellWord;

/**
 * At which call sites of which drivers an accused tag is allocated, and which of them can have made the blocks that are there, by their size and pool.
 */
final class TagSitesRule implements Rule {

    static final String ID = "tag-call-sites";

    /** The rules whose tags are looked into. */
    static final Set<String> ACCUSING = Set.of(TagHoldsPoolRule.ID, LostBlocksRule.ID, GrowingTagRule.ID);

    /** Tags of one accusation that are looked into: those that hold most. */
    private static final int MOST_TAGS = 3;
    private static final int MOST_SITES_TOLD = 8;
    private static final int MOST_DRIVERS_TOLD = 5;

    /** A call site and the driver it is in. */
    private record Site(Use use, SiteFit fit) {

        CallSite site() {
            return fit.site();
        }

        String name() {
            String file = use.file();
            return (file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file) + "!" + site().place();
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        DriverBook drivers = subject.once(DriverBook.class, DriverBook::of);
        OwnerBook owners = subject.once(OwnerBook.class, OwnerBook::of);
        List<Finding> found = new ArrayList<>();
        Set<PoolTag> looked = new HashSet<>();
        for (Finding accusation : earlier) {
            if (!ACCUSING.contains(accusation.rule())) {
                continue;
            }
            for (PoolTag tag : accusation.tags().subList(0, Math.min(MOST_TAGS, accusation.tags().size()))) {
                List<Use> uses = looked.add(tag) && drivers.maps(tag).isEmpty() ? drivers.uses(tag) : List.of();
                if (!uses.isEmpty()) {
                    found.add(uses.getFirst().sites().isEmpty() ? mentioned(tag, uses, accusation)
                            : new Telling(subject, tag, uses, accusation, owners.isShared(tag)).finding());
                }
            }
        }
        return found;
    }

    /** No call is known to use it, but it stands in a driver. */
    private Finding mentioned(PoolTag tag, List<Use> uses, Finding accusation) {
        Finding.Builder finding = Finding.of(this, Severity.NOTE, Confidence.low("four bytes that read like the tag may stand there by chance"),
                "Tag '" + tag + "' stands in the code or data of " + names(uses) + ", though no call with it was seen")
                .tags(List.of(tag))
                .pool(accusation.pool());
        uses.forEach(use -> finding.evidence(use.driver().seenAt()));
        return finding.build();
    }

    private static String names(List<Use> uses) {
        String first = uses.stream().limit(MOST_DRIVERS_TOLD).map(Use::file).collect(Collectors.joining(", "));
        return first + (uses.size() > MOST_DRIVERS_TOLD ? " and " + (uses.size() - MOST_DRIVERS_TOLD) + " more" : "");
    }

    /** What is told of one tag. */
    private final class Telling {
        private final Case subject;
        private final PoolTag tag;
        private final PoolKind pool;
        private final List<Use> uses;
        private final Finding accusation;
        private final boolean shared;
        private final BlockSizes sizes;
        private final List<Blocks> main;
        private final List<Site> sites = new ArrayList<>();

        Telling(Case subject, PoolTag tag, List<Use> uses, Finding accusation, boolean shared) {
            this.subject = subject;
            this.tag = tag;
            this.pool = accusation.pool();
            this.uses = uses;
            this.accusation = accusation;
            this.shared = shared;
            this.sizes = pool == null ? null : BlockSizes.of(subject, tag, pool).orElse(null);
            this.main = sizes == null ? List.of() : sizes.main();
            for (Use use : uses) {
                Architecture architecture = sizes == null || sizes.architecture() == null ? use.driver().architecture() : sizes.architecture();
                // What rounds as the old pool does also fits the new one, never the other way round: with no build known, rule out less.
                Heap heap = sizes != null && sizes.heap() != null ? sizes.heap() : architecture == Architecture.X86 ? Heap.CLASSIC : Heap.SEGMENT;
                new SiteSizes(architecture, heap).match(use.driver().sites(), tag, main).forEach(fit -> sites.add(new Site(use, fit)));
            }
        }

        Finding finding() {
            String title = "Tag '" + tag + "' is used by " + Quantity.count(sites.size(), "call site", "call sites") + " in "
                    + (uses.size() == 1 ? "driver " + uses.getFirst().file() : uses.size() + " drivers (" + names(uses) + ")") + verdict();
            List<Site> told = candidates().isEmpty() ? sites : candidates();
            Finding.Builder finding = Finding.of(TagSitesRule.this, shared ? Severity.NOTE : accusation.severity(), confidence(), title)
                    .tags(List.of(tag))
                    .pool(pool)
                    .explanation(explanation());
            if (uses.size() == 1 && !shared) {
                finding.driver(uses.getFirst().file());
            }
            if (only() != null && !shared) {
                finding.driver(only().use().file());
                finding.clause("only " + only().name() + " allocates blocks of this size with it");
            }
            told.stream().limit(MOST_SITES_TOLD).forEach(site -> finding.evidence(
                    site.use().driver().seenAt().quoting(site.name() + " calls " + site.site().api() + ": " + what(site.site()))));
            if (!main.isEmpty()) {
                finding.evidence(sizes.seenAt());
            }
            if (candidates().size() > 1) {
                finding.next("Give each call site a tag of its own, wait for the growth, and take a dump: the tags then tell the sites apart.",
                        "poolscope retag " + word(only() == null ? uses.getFirst() : only().use()) + " -o OUT --map MAP.json");
            }
            return finding.build();
        }

        /** The driver as a word of a command: the file that was given, or, for one that lies in a dump, its name. */
        private String word(Use use) {
            return use.driver().seenAt().at().isEmpty() ? subject.word(use.driver().seenAt().file()) : ShellWord.of(use.file());
        }

        /** Sites that can have made the blocks. */
        private List<Site> candidates() {
            return main.isEmpty() ? List.of() : sites.stream().filter(site -> site.fit().fit() != Fit.IMPOSSIBLE).toList();
        }

        /** The one site that can have made the blocks, or {@code null}. */
        private Site only() {
            return sites.size() > 1 && candidates().size() == 1 ? candidates().getFirst() : null;
        }

        private String verdict() {
            if (main.isEmpty()) {
                return "";
            }
            List<Site> fitting = sites.stream().filter(site -> site.fit().fit() == Fit.POSSIBLE).toList();
            long open = candidates().size() - fitting.size();
            if (fitting.size() == 1 && open == 0) {
                String one = sites.size() == 1 ? "; it allocates " : "; only one of them allocates ";
                return one + what(fitting.getFirst().site()) + ", as the blocks are: " + fitting.getFirst().name();
            }
            if (candidates().isEmpty()) {
                return "; none of them allocates blocks of the size that is there";
            }
            if (fitting.isEmpty()) {
                return open == sites.size() ? "" : "; " + open + " of them can have made the blocks, by size and pool";
            }
            return "; " + fitting.size() + (fitting.size() == 1 ? " of them allocates" : " of them allocate") + " blocks of this size"
                    + (open == 0 ? "" : ", of " + open + (open == 1 ? " the size is not constant" : " more the size is not constant"));
        }

        private String explanation() {
            StringBuilder text = new StringBuilder();
            if (shared) {
                text.append("Many drivers use this tag: it names no owner by itself. ");
            }
            if (!main.isEmpty()) {
                text.append("The blocks are ").append(main.stream().map(each -> Quantity.count(each.count()) + " of " + Address.text(each.size()) + " bytes")
                        .collect(Collectors.joining(", "))).append(sizes.counted() ? "" : " on average")
                        .append(main.getFirst().wholePages() ? "" : " with the pool's header").append(". ");
                List<Site> impossible = sites.stream().filter(site -> site.fit().fit() == Fit.IMPOSSIBLE).toList();
                if (!impossible.isEmpty() && !candidates().isEmpty()) {
                    text.append(impossible.stream().limit(MOST_SITES_TOLD).map(site -> site.name() + " (" + what(site.site()) + ")")
                                    .collect(Collectors.joining(", ")))
                            .append(impossible.size() > MOST_SITES_TOLD ? " and " + (impossible.size() - MOST_SITES_TOLD) + " more" : "")
                            .append(impossible.size() == 1 ? " asks" : " ask").append(" for other sizes or another pool and cannot have made them. ");
                }
                text.append("Of a site the size is what it asks for, which the pool rounds up").append(main.getFirst().wholePages() ? ". " : " with its header. ");
            }
            for (Use use : uses.subList(0, Math.min(MOST_DRIVERS_TOLD, uses.size()))) {
                if (!use.driver().warnings().isEmpty()) {
                    text.append(use.file()).append(": ").append(use.driver().warnings().getFirst()).append(". ");
                }
            }
            return text.toString().strip();
        }

        private Confidence confidence() {
            if (shared) {
                return Confidence.low("the tag is one that many drivers use");
            }
            if (!main.isEmpty() && sizes.counted()) {
                return Confidence.high("the code allocates with this tag, and the blocks themselves were measured");
            }
            return main.isEmpty() ? Confidence.medium("the code allocates with this tag; how often each site does cannot be seen")
                    : Confidence.medium("the code allocates with this tag; the size of the blocks is their average");
        }
    }

    /** What a site asks for: {@code 0xcc bytes paged}. */
    private static String what(CallSite site) {
        String size = site.sizes().isEmpty() ? "a size that is not constant" + (site.sizeUnknown().isEmpty() ? "" : " (" + site.sizeUnknown() + ")")
                : site.sizes().stream().map(Address::text).collect(Collectors.joining(" or ")) + " bytes";
        return size + (site.pool() == null ? "" : " " + site.pool().word().toLowerCase(Locale.ROOT));
    }
}
