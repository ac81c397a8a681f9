package org.poolscope.dfs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.poolscope.dfs.LinkExtent.Sign;
import org.poolscope.dfs.LinkExtent.Sureness;
import org.poolscope.dfs.ReferralText.NamedReferral;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * What a referral cache says of the namespace behind it: how many entries it holds and how many it would need, and which links
 * have entries that reach below them.
 *
 * <p>No single entry says how far its link truly reaches; but a server that answers for each file does so by appending what
 * lies below the link to the link's path and to each target's path. So the longest run of components at the end that path and
 * targets share is what lies below the link, and what stands before it is the link and its true targets. In
 *
 * <pre>
 *   \MyFileServer\Root\lores\20070110\R6\335\2038335\29109072_lores.jpg
 *   \MyFileServer\{#}-Root\20070110\R6\335\2038335\29109072_lores.jpg
 * </pre>
 *
 * that is {@code \MyFileServer\Root\lores} with the target {@code \MyFileServer\{#}-Root}. A correct link may share the end of
 * its name with its target's folder ({@code \corp\home\anna} on {@code \fs1\homes\anna}), and thousands of such links side by
 * side are legal; so a shared end alone accuses nobody. File names do, since a link is a folder; and so does an entry below
 * another link.
 *
 * @param entriesHeld entries in the cache
 * @param entriesNeeded entries a correct namespace of this shape would need for the same names: one a root, one a link
 * @param reachingBelow links with entries that reach below them, the one with most entries first
 * @param targetsPerEntry how many entries have how many targets
 * @param distinctTargetSets how many different sets of target shares (server and share) there are
 * @param ttlDeviations times to live far from the usual, one for each kind of referral
 */
public record NamespaceShape(int entriesHeld, int entriesNeeded, List<LinkExtent> reachingBelow,
        SortedMap<Integer, Integer> targetsPerEntry, int distinctTargetSets, List<TtlDeviation> ttlDeviations) {

    /** Copies the collections. */
    public NamespaceShape {
        reachingBelow = List.copyOf(reachingBelow);
        targetsPerEntry = Collections.unmodifiableSortedMap(new TreeMap<>(targetsPerEntry));
        ttlDeviations = List.copyOf(ttlDeviations);
    }

    /** The shape seen in a referral cache: all entries of one client. */
    public static NamespaceShape of(Collection<ReferralCacheEntry> entries) {
        return of(entries, List.of());
    }

    /**
     * The shape seen in a referral cache and in referrals quoted as text. Each reply quoted counts as the one entry a client
     * makes of it, unless the cache has that entry already.
     */
    public static NamespaceShape of(Collection<ReferralCacheEntry> entries, Collection<ReferralText> texts) {
        return new Survey().run(entries, texts);
    }

    /**
     * The shape seen in facts of any kind: cache entries, quoted text, and exchanges in captures, where each successful reply
     * counts as the entry a client makes of it. Other facts are passed over.
     */
    public static NamespaceShape ofFacts(Collection<? extends Fact> facts) {
        List<ReferralCacheEntry> entries = new ArrayList<>();
        List<ReferralText> texts = new ArrayList<>();
        for (Fact fact : facts) {
            switch (fact) {
                case ReferralCacheEntry entry -> entries.add(entry);
                case ReferralText text -> texts.add(text);
                case ReferralExchange exchange -> exchange.asText().ifPresent(texts::add);
                default -> {
                    // not a referral
                }
            }
        }
        return of(entries, texts);
    }

    /** How many targets most entries have; empty when there are no entries. */
    public OptionalInt usualTargets() {
        return targetsPerEntry.entrySet().stream().max(Map.Entry.comparingByValue()).map(most -> OptionalInt.of(most.getKey()))
                .orElse(OptionalInt.empty());
    }

    /** All targets of all entries together. */
    public long targetsHeld() {
        return targetsPerEntry.entrySet().stream().mapToLong(count -> (long) count.getKey() * count.getValue()).sum();
    }

    /** The link with most entries that reach below it. */
    public Optional<LinkExtent> worst() {
        return reachingBelow.stream().findFirst();
    }

    /** An entry as this analysis sees it, whatever text it came from. */
    private record Observed(DfsPath path, List<DfsPath> targets, Provenance seenAt, boolean longTtl, DfsPath request) {
    }

    /** The survey of one cache. */
    private static final class Survey {

        private static final int MOST_SAMPLES = 3;
        /** More entries than this below one link are many, whatever their names look like. */
        private static final int SWARM = 1000;

        private final SortedMap<Integer, Integer> targetsPerEntry = new TreeMap<>();
        private final Set<String> targetSets = new HashSet<>();
        private final Map<ReferralKind, TtlDeviation> deviations = new EnumMap<>(ReferralKind.class);
        private final Set<String> roots = new HashSet<>();
        private final Set<String> linkPaths = new HashSet<>();
        private final Map<String, Group> groups = new HashMap<>();
        private int held;

        NamespaceShape run(Collection<ReferralCacheEntry> entries, Collection<ReferralText> texts) {
            // the entries are gone through twice, since whether one lies below another is known only when all were seen
            entries.forEach(entry -> note(DfsPath.of(entry.path())));
            List<Observed> quoted = quoted(texts);
            quoted.forEach(entry -> note(entry.path()));
            entries.forEach(entry -> take(observed(entry)));
            quoted.forEach(this::take);
            Set<String> needed = new HashSet<>(roots);
            List<LinkExtent> reachingBelow = new ArrayList<>();
            for (Group group : groups.values()) {
                Optional<LinkExtent> found = group.judge();
                found.ifPresent(extent -> {
                    needed.add(DfsPath.of(extent.link()).folded());
                    reachingBelow.add(extent);
                });
                needed.addAll(group.correct(found.isPresent()));
            }
            reachingBelow.sort(Comparator.comparingInt(LinkExtent::entries).reversed().thenComparing(LinkExtent::link));
            return new NamespaceShape(held, needed.size(), reachingBelow, targetsPerEntry, targetSets.size(),
                    List.copyOf(deviations.values()));
        }

        private void note(DfsPath path) {
            (isLink(path) ? linkPaths : roots).add(path.folded());
        }

        /** A root has two components, whatever type a server gave it. */
        private static boolean isLink(DfsPath path) {
            return path.components() > 2;
        }

        private Observed observed(ReferralCacheEntry entry) {
            List<DfsPath> targets = new ArrayList<>(entry.targets().size());
            entry.targets().forEach(target -> targets.add(DfsPath.of(target.path())));
            boolean remaining = entry.ttlSeconds() == null;
            boolean longTtl = takeTtl(entry.kind(), remaining ? entry.expiresInSeconds() : entry.ttlSeconds(), remaining,
                    entry.seenAt());
            return new Observed(DfsPath.of(entry.path()), targets, entry.seenAt(), longTtl, null);
        }

        /** The entries a client makes of the replies, without those the cache holds already. */
        private List<Observed> quoted(Collection<ReferralText> texts) {
            Map<DfsPath, Observed> made = new LinkedHashMap<>();
            for (ReferralText text : texts) {
                Map<DfsPath, List<NamedReferral>> byPath = new LinkedHashMap<>();
                for (NamedReferral referral : text.referrals()) {
                    if (referral.dfsPath() != null) {
                        byPath.computeIfAbsent(DfsPath.of(referral.dfsPath()), path -> new ArrayList<>()).add(referral);
                    }
                }
                DfsPath request = text.requestPath() == null ? null : DfsPath.of(text.requestPath());
                byPath.forEach((path, referrals) -> {
                    if (!roots.contains(path.folded()) && !linkPaths.contains(path.folded())) {
                        made.putIfAbsent(path, quoted(path, referrals, request));
                    }
                });
            }
            return List.copyOf(made.values());
        }

        private Observed quoted(DfsPath path, List<NamedReferral> referrals, DfsPath request) {
            List<DfsPath> targets = referrals.stream().filter(referral -> referral.target() != null)
                    .map(referral -> DfsPath.of(referral.target())).distinct().toList();
            NamedReferral first = referrals.getFirst();
            boolean longTtl = takeTtl(ReferralKind.ofPath(path), first.ttlSeconds(), false, first.seenAt());
            return new Observed(path, targets, first.seenAt(), longTtl, request);
        }

        private void take(Observed entry) {
            held++;
            targetsPerEntry.merge(entry.targets().size(), 1, Integer::sum);
            countTargetSet(entry.targets());
            if (isLink(entry.path())) {
                assign(entry);
            }
        }

        private void countTargetSet(List<DfsPath> targets) {
            if (targets.size() == 1) {
                targetSets.add(targets.getFirst().prefix(2).folded());
                return;
            }
            Set<String> shares = new TreeSet<>();
            for (DfsPath target : targets) {
                shares.add(target.prefix(2).folded());
            }
            targetSets.add(String.join("|", shares));
        }

        private boolean takeTtl(ReferralKind kind, Long seconds, boolean remaining, Provenance seenAt) {
            if (seconds == null) {
                return false;
            }
            boolean above = TtlDeviation.isFarAbove(kind, seconds);
            if (above || !remaining && TtlDeviation.isFarBelow(kind, seconds)) {
                TtlDeviation one = new TtlDeviation(kind, seconds, remaining, 1, seenAt);
                deviations.merge(kind, one, (before, now) -> {
                    TtlDeviation far = distance(now) > distance(before) ? now : before;
                    return new TtlDeviation(kind, far.seconds(), far.remaining(), before.entries() + 1, far.seenAt());
                });
            }
            return above;
        }

        private static double distance(TtlDeviation deviation) {
            return Math.abs(Math.log(Math.max(deviation.seconds(), 0.5) / deviation.usualSeconds()));
        }

        /** Puts an entry with those that share its inferred link and targets. */
        private void assign(Observed entry) {
            int below = sharedBelow(entry);
            DfsPath link = entry.path().without(below);
            Sign sign = below > 0 ? Sign.SHARED_SUFFIX : null;
            boolean claimsRequest = below == 0 && claimsRequest(entry);
            if (claimsRequest) {
                below = 1;
                link = entry.path().without(1);
                sign = Sign.WHOLE_REQUEST_CLAIMED;
            }
            // a shorter entry that is itself a link says where the link ends better than any inference
            DfsPath parent = ancestor(entry.path(), Math.max(3, link.components()));
            if (parent != null && below == 0) {
                below = entry.path().components() - parent.components();
                link = parent;
            }
            List<DfsPath> targets = trueTargets(entry, sign == null ? 0 : below);
            StringBuilder key = new StringBuilder(link.folded());
            targets.stream().map(DfsPath::folded).sorted().distinct().forEach(target -> key.append('|').append(target));
            DfsPath at = link;
            Group group = groups.computeIfAbsent(below == 0 ? entry.path().folded() : key.toString(), any -> new Group(at,
                    targets));
            group.add(entry, below, sign, parent != null);
        }

        /** The nearest entry of the cache above a path, with at least so many components. */
        private DfsPath ancestor(DfsPath path, int least) {
            for (int count = path.components() - 1; count >= least; count--) {
                DfsPath above = path.prefix(count);
                if (linkPaths.contains(above.folded())) {
                    return above;
                }
            }
            return null;
        }

        /** How many components at the end an entry shares with most of its targets, leaving root and share alone. */
        private static int sharedBelow(Observed entry) {
            int least = Integer.MAX_VALUE;
            int sharing = 0;
            for (DfsPath target : entry.targets()) {
                int most = Math.min(entry.path().components(), target.components()) - 2;
                int shared = Math.min(entry.path().commonSuffix(target), most);
                if (shared > 0) {
                    sharing++;
                    least = Math.min(least, shared);
                }
            }
            return 2 * sharing > entry.targets().size() ? least : 0;
        }

        /**
         * Whether a reply takes the whole request, four components or more, for the link, with targets that are folders below
         * a share. Then the link is probably one component shorter, and each target too.
         */
        private static boolean claimsRequest(Observed entry) {
            return entry.request() != null && entry.path().components() >= 4 && entry.request().equals(entry.path())
                    && !entry.targets().isEmpty() && entry.targets().stream().allMatch(target -> target.components() >= 3);
        }

        private static List<DfsPath> trueTargets(Observed entry, int below) {
            return entry.targets().stream()
                    .map(target -> target.components() - below >= 2 ? target.without(below) : target).toList();
        }

        /** Entries that share an inferred link and its inferred targets. */
        private static final class Group {

            private final DfsPath link;
            private final List<DfsPath> targets;
            private final List<Member> members = new ArrayList<>(1);
            private final Set<Sign> signs = EnumSet.noneOf(Sign.class);
            private int files;
            private int nested;
            private int least = Integer.MAX_VALUE;
            private int deepest;
            private int longTtl;

            Group(DfsPath link, List<DfsPath> targets) {
                this.link = link;
                this.targets = targets;
            }

            void add(Observed entry, int below, Sign sign, boolean isNested) {
                boolean isFile = below > 0 && FileNames.isFile(entry.path().last());
                members.add(new Member(entry.path().toString(), entry.seenAt(), isFile, isNested));
                if (sign != null) {
                    signs.add(sign);
                }
                files += isFile ? 1 : 0;
                nested += isNested ? 1 : 0;
                longTtl += entry.longTtl() ? 1 : 0;
                least = Math.min(least, below);
                deepest = Math.max(deepest, below);
            }

            Optional<LinkExtent> judge() {
                Sureness sureness = deepest == 0 ? null : sureness();
                if (sureness == null) {
                    return Optional.empty();
                }
                Set<Sign> told = EnumSet.noneOf(Sign.class);
                told.addAll(signs);
                addIf(told, Sign.FILE_NAMES, files > 0);
                addIf(told, Sign.BELOW_ANOTHER_LINK, nested > 0);
                addIf(told, Sign.MANY_SHARE_A_PREFIX, members.size() >= SWARM);
                addIf(told, Sign.LONG_TTL, longTtl > 0);
                List<Member> accused = members.stream().filter(this::accuses).toList();
                Set<String> named = new LinkedHashSet<>();
                targets.forEach(target -> named.add(target.toString()));
                Member sample = accused.stream().filter(Member::file).findFirst().orElse(accused.getFirst());
                List<Provenance> places = new ArrayList<>(List.of(sample.seenAt()));
                accused.stream().filter(member -> member != sample).limit(MOST_SAMPLES - 1)
                        .forEach(member -> places.add(member.seenAt()));
                return Optional.of(new LinkExtent(link.toString(), List.copyOf(named), accused.size(), files, deepest, sureness,
                        told, sample.path(), places));
            }

            /** The links of this group that are as they should be, as keys. */
            Set<String> correct(boolean accused) {
                Set<String> correct = new HashSet<>();
                for (Member member : members) {
                    if (!accused || !accuses(member)) {
                        correct.add(DfsPath.of(member.path()).folded());
                    }
                }
                return correct;
            }

            /** Whether an entry need not be there: each, unless only a few stand out among many that may be links. */
            private boolean accuses(Member member) {
                int telling = files + nested;
                return telling == 0 || 10L * telling >= members.size() || member.file() || member.nested();
            }

            /** How sure it is that these entries reach below a link; {@code null} when nothing says so. */
            private Sureness sureness() {
                boolean suffix = signs.contains(Sign.SHARED_SUFFIX);
                if (suffix && (files >= 2 || files == 1 && deepest >= 2 || nested > 0)) {
                    return Sureness.CERTAIN;
                }
                boolean swarm = members.size() >= SWARM && (deepest > least || deepest >= 3);
                if (nested > 0 || suffix && (files == 1 || swarm)) {
                    return Sureness.LIKELY;
                }
                if (signs.contains(Sign.WHOLE_REQUEST_CLAIMED) || suffix && least >= 3) {
                    return longTtl > 0 ? Sureness.LIKELY : Sureness.POSSIBLE;
                }
                return null;
            }

            private static void addIf(Set<Sign> signs, Sign sign, boolean condition) {
                if (condition) {
                    signs.add(sign);
                }
            }
        }

        /** An entry in a group: whether it ends in a file name, and whether it lies below another entry. */
        private record Member(String path, Provenance seenAt, boolean file, boolean nested) {
        }
    }
}
