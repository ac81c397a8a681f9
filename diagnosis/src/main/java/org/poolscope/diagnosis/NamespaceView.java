package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.LinkExtent;
import org.poolscope.dfs.NamespaceShape;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralText;

/**
 * The DFS namespace as it is, as far as can be inferred, against as the client was told.
 *
 * @param entriesHeld entries in the client's referral cache, or referrals seen
 * @param entriesNeeded entries a correct namespace of this shape needs
 * @param asItIs the links, with their true targets
 * @param asReferred what the referrals named: a tree of the names
 */
public record NamespaceView(int entriesHeld, int entriesNeeded, List<Link> asItIs, List<Node> asReferred) implements Exhibit {

    private static final int MOST_LINKS = 40;
    /** Names shown below a name, by how deep it is: below the first few of a folder the rest look alike. */
    private static final int[] MOST_CHILDREN = {30, 12, 4, 2, 2};
    private static final int MOST_DEEP = 12;

    /**
     * A link of the namespace.
     *
     * @param path its path
     * @param targets where it leads
     * @param inferred whether its extent is inferred, because referrals reach below it
     * @param entries how many entries stand for it or for names below it
     */
    public record Link(String path, List<String> targets, boolean inferred, int entries) {

        public Link {
            targets = List.copyOf(targets);
        }
    }

    /**
     * A name in the tree of what was referred.
     *
     * @param name the name
     * @param entries entries for it and for what lies below it
     * @param isEntry whether it is the name of an entry itself
     * @param belowLink whether it lies below a link, where no entry ought to be
     * @param children the names below it, those with most entries first
     * @param more how many names below it are not shown
     */
    public record Node(String name, int entries, boolean isEntry, boolean belowLink, List<Node> children, int more) {

        public Node {
            children = List.copyOf(children);
        }
    }

    public NamespaceView {
        asItIs = List.copyOf(asItIs);
        asReferred = List.copyOf(asReferred);
    }

    static Optional<NamespaceView> of(Case subject) {
        Map<String, List<String>> entries = new LinkedHashMap<>();
        for (ReferralCacheEntry entry : subject.facts(ReferralCacheEntry.class)) {
            entries.putIfAbsent(entry.path(), entry.targets().stream().map(target -> target.path()).toList());
        }
        List<ReferralText> texts = new ArrayList<>(subject.facts(ReferralText.class));
        subject.facts(ReferralExchange.class).forEach(exchange -> exchange.asText().ifPresent(texts::add));
        for (ReferralText text : texts) {
            for (ReferralText.NamedReferral referral : text.referrals()) {
                if (referral.dfsPath() != null) {
                    entries.putIfAbsent(referral.dfsPath(), referral.target() == null ? List.of() : List.of(referral.target()));
                }
            }
        }
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        NamespaceShape shape = ReferralCacheCost.shape(subject);
        List<DfsPath> links = new ArrayList<>();
        List<Link> asItIs = new ArrayList<>();
        for (LinkExtent extent : shape.reachingBelow()) {
            links.add(DfsPath.of(extent.link()));
            asItIs.add(new Link(extent.link(), extent.targets(), true, extent.entries()));
        }
        Branch top = new Branch();
        entries.forEach((path, targets) -> {
            DfsPath name = DfsPath.of(path);
            if (links.stream().noneMatch(link -> name.equals(link) || name.isBelow(link)) && asItIs.size() < MOST_LINKS) {
                asItIs.add(new Link(path, targets, false, 1));
            }
            top.add(name);
        });
        return Optional.of(new NamespaceView(shape.entriesHeld(), shape.entriesNeeded(), asItIs, top.nodes(links, 0)));
    }

    /** A name and what is below it, while the tree grows. */
    private static final class Branch {

        private final Map<String, Branch> below = new LinkedHashMap<>();
        private DfsPath path;
        private int entries;
        private boolean isEntry;

        void add(DfsPath entry) {
            Branch branch = this;
            for (int i = 0; i < Math.min(entry.components(), MOST_DEEP); i++) {
                branch.entries++;
                DfsPath prefix = entry.prefix(i + 1);
                branch = branch.below.computeIfAbsent(prefix.last().toLowerCase(Locale.ROOT), any -> new Branch());
                branch.path = branch.path == null ? prefix : branch.path;
            }
            branch.entries++;
            branch.isEntry = true;
        }

        List<Node> nodes(List<DfsPath> links, int depth) {
            return below.values().stream().sorted((left, right) -> Integer.compare(right.entries, left.entries))
                    .limit(MOST_CHILDREN[Math.min(depth, MOST_CHILDREN.length - 1)]).map(branch -> branch.node(links, depth)).toList();
        }

        private Node node(List<DfsPath> links, int depth) {
            List<Node> children = nodes(links, depth + 1);
            return new Node(path.last(), entries, isEntry, links.stream().anyMatch(path::isBelow), children, below.size() - children.size());
        }
    }
}
