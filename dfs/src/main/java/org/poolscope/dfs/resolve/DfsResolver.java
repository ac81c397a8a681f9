package org.poolscope.dfs.resolve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.StatusCode;
import org.poolscope.dfs.message.Decoded;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.dfs.resolve.DfsServers.Answer;
import org.poolscope.dfs.resolve.Resolution.Outcome;
import org.poolscope.dfs.resolve.ResolutionStep.Action;
import org.poolscope.model.Quantity;

/**
 * Follows a path through DFS namespaces to the share that holds it, as a client does (MS-DFSC 3.1.4.1, 3.1.5):
 *
 * <ol>
 * <li>The longest prefix in the referral cache is looked up. Without one, a root referral is asked for: from a domain
 * controller when the first component is a domain, else from the server it names.
 * <li>A root's target is tried with the rest of the path. When its server answers STATUS_PATH_NOT_COVERED, a link lies on the
 * way, and that server is asked for it.
 * <li>A link's target takes the place of the prefix. When it lies in another namespace, all begins again with the new path.
 * <li>A target that does not answer gives way to the next, unless it says that the file asked for does not exist. The one that
 * answers is tried first from then on.
 * </ol>
 *
 * <p>Links that lead to links forever end at {@link #MOST_STEPS}. Not for several threads.
 */
public final class DfsResolver {

    /** Referrals followed for one path. Real namespaces need three or four. */
    public static final int MOST_STEPS = 32;
    /** The domain cache is refreshed every 15 minutes (MS-DFSC 3.1.2). */
    public static final long DOMAIN_REFRESH_MILLIS = 15 * 60 * 1000;

    private static final int LEVEL = 4;
    private static final int NAMES_LEVEL = 3;

    private final DfsServers servers;
    private final ReferralCache cache;
    private final DomainCache domains;
    private final ExpiryPolicy policy;
    private final LongSupplier clock;
    /** Who tells the trusted domains; empty when nobody was asked yet. */
    private String bootstrap = "";
    private long domainsLearntAt;

    /**
     * A resolver with caches of its own choosing.
     *
     * @param servers how servers are reached
     * @param cache the referral cache
     * @param domains the domain cache; without domains in it every first component is taken for a server
     * @param policy when entries of the cache die
     * @param clock the time in milliseconds
     */
    public DfsResolver(DfsServers servers, ReferralCache cache, DomainCache domains, ExpiryPolicy policy, LongSupplier clock) {
        this.servers = servers;
        this.cache = cache;
        this.domains = domains;
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * Learns the trusted domains from a domain controller, and again from the same every {@link #DOMAIN_REFRESH_MILLIS}; says with
     * what status it answered.
     */
    public long learnDomains(String controller) {
        bootstrap = controller;
        domainsLearntAt = clock.getAsLong();
        Answer answer = servers.ask(controller, new ReferralRequest(NAMES_LEVEL, ""));
        for (ReferralEntry.NameListEntry entry : names(answer)) {
            domains.addDomain(entry.specialName());
        }
        return answer.status();
    }

    /** Follows a path. */
    public Resolution resolve(String path) {
        return new Walk(DfsPath.of(path)).run();
    }

    /**
     * How many components of a path name a namespace, as far as the referral cache or a root referral tells; empty when the path lies
     * in none.
     *
     * @param path the path
     * @param steps takes what is done to find out, to be shown
     */
    public OptionalInt claim(DfsPath path, Consumer<ResolutionStep> steps) {
        Walk walk = new Walk(path);
        OptionalInt claimed = walk.claim();
        walk.steps.forEach(steps);
        return claimed;
    }

    private static List<ReferralEntry.NameListEntry> names(Answer answer) {
        if (answer.status() != DfsServers.SUCCESS) {
            return List.of();
        }
        return ReferralReply.decode(answer.reply()).message().map(ReferralReply::entries).orElse(List.of()).stream()
                .filter(ReferralEntry.NameListEntry.class::isInstance).map(ReferralEntry.NameListEntry.class::cast).toList();
    }

    /** One path on its way. */
    private final class Walk {

        private final List<ResolutionStep> steps = new ArrayList<>();
        /** Paths met after a link to another namespace: one met twice is a circle. */
        private final Set<DfsPath> met = new HashSet<>();
        /** Where a link to another namespace has more targets than the one followed. */
        private final Deque<Fork> forks = new ArrayDeque<>();
        private DfsPath path;
        private int referralsLeft = MOST_STEPS;
        /** The status of the last refusal. */
        private long refusal = DfsServers.OBJECT_PATH_NOT_FOUND;

        /** A path and another place it may be. */
        private record Fork(DfsPath from, DfsPath to) {
        }

        Walk(DfsPath path) {
            this.path = path;
        }

        Resolution run() {
            refreshDomains();
            met.add(path);
            Resolution found = attempt();
            while (found.outcome() == Outcome.FAILED && !forks.isEmpty() && referralsLeft > 0) {
                Fork fork = forks.pop();
                note(Action.GO_ON, fork.from().toString(), fork.to() + ", the next target");
                path = fork.to();
                found = met.add(path) ? attempt() : found;
            }
            return found;
        }

        OptionalInt claim() {
            if (path.components() < 2 || isPipes()) {
                return OptionalInt.empty();
            }
            refreshDomains();
            Optional<CachedReferral> found = lookUp();
            if (found.isEmpty()) {
                found = askForRoot();
            }
            return found.map(entry -> OptionalInt.of(Math.min(2, entry.prefix().components()))).orElse(OptionalInt.empty());
        }

        private boolean isPipes() {
            return path.component(1).equalsIgnoreCase("IPC$");
        }

        private void refreshDomains() {
            if (!bootstrap.isEmpty() && clock.getAsLong() - domainsLearntAt >= DOMAIN_REFRESH_MILLIS) {
                note(Action.ASK, bootstrap, "trusted domains, which are older than 15 minutes: "
                        + StatusCode.text(learnDomains(bootstrap)));
            }
        }

        private Resolution attempt() {
            while (referralsLeft-- > 0) {
                if (path.components() < 2 || isPipes()) {
                    return end(Outcome.NOT_DFS, path, DfsServers.SUCCESS);
                }
                Optional<CachedReferral> found = lookUp();
                if (found.isEmpty()) {
                    found = askForRoot();
                }
                if (found.isEmpty()) {
                    return withoutReferral();
                }
                Optional<Resolution> done = follow(found.get());
                if (done.isPresent()) {
                    return done.get();
                }
            }
            return end(Outcome.LOOP, null, DfsServers.OBJECT_PATH_NOT_FOUND);
        }

        /** Whoever was asked knows no such namespace: the path may still be a plain share. */
        private Resolution withoutReferral() {
            if (refusal == DfsServers.INVALID_NETWORK_RESPONSE) {
                return end(Outcome.FAILED, null, refusal);
            }
            if (met.size() == 1) {
                return end(Outcome.NOT_DFS, path, DfsServers.SUCCESS);
            }
            // a link led here: then it must be possible to use it
            long status = servers.open(path);
            note(Action.TRY, path.toString(), StatusCode.text(status));
            return status == DfsServers.SUCCESS ? end(Outcome.RESOLVED, path, status) : end(Outcome.FAILED, null, status);
        }

        /** The entry of the cache, refreshed when its time is over. */
        private Optional<CachedReferral> lookUp() {
            Optional<CachedReferral> found = cache.find(path);
            long now = clock.getAsLong();
            note(Action.LOOK_UP, path.toString(), found.map(entry -> (entry.isExpired(now) ? "expired: " : "found: ")
                    + entry.prefix())
                    .orElse("not in the cache"));
            if (found.isEmpty() || !found.get().isExpired(now)) {
                return found;
            }
            CachedReferral old = found.get();
            // what stands at the place of a root, such as SYSVOL, is asked for as a root is
            Optional<CachedReferral> fresh = old.prefix().components() == 2 ? askForRoot() : askForLinkAgain(old);
            if (fresh.isPresent() && fresh.get().prefix().equals(old.prefix())) {
                return fresh;
            }
            if (old.isDead(clock.getAsLong(), policy)) {
                cache.remove(old);
                return fresh.isPresent() ? fresh : cache.find(path);
            }
            return found;
        }

        /** A link is asked for again at a target of the root above it. */
        private Optional<CachedReferral> askForLinkAgain(CachedReferral link) {
            Optional<CachedReferral> root = cache.find(link.prefix().prefix(2));
            if (root.isEmpty() || !root.get().isRoot()) {
                return Optional.empty();
            }
            return askOneOf(root.get().inTurn().stream().map(target -> target.path().component(0)).toList(), path.toString());
        }

        private Optional<CachedReferral> askForRoot() {
            String first = path.component(0);
            String root = path.prefix(2).toString();
            boolean domain = domains.isDomain(first);
            if (!domains.isEmpty()) {
                note(Action.DOMAIN, first, !domain ? "not a domain: taken for a server" : "a domain; controllers known: "
                        + (domains.controllers(first).isEmpty() ? "none" : String.join(", ", domains.controllers(first))));
            }
            if (domain) {
                for (String controller : controllersOf(first)) {
                    Optional<CachedReferral> answer = ask(controller, root);
                    if (answer.isPresent()) {
                        domains.succeededWith(first, controller);
                        return answer;
                    }
                }
                return Optional.empty();
            }
            return ask(first, root);
        }

        private List<String> controllersOf(String domain) {
            if (domains.controllers(domain).isEmpty()) {
                Answer answer = servers.ask(domain, new ReferralRequest(NAMES_LEVEL, "\\" + domain));
                List<ReferralEntry.NameListEntry> names = names(answer);
                note(Action.ASK, domain, "domain controllers: " + (names.isEmpty() ? StatusCode.text(answer.status())
                        : String.join(", ", names.getFirst().expandedNames())));
                if (!names.isEmpty()) {
                    domains.setControllers(domain, names.getFirst().expandedNames());
                }
            }
            return domains.controllers(domain);
        }

        private Optional<CachedReferral> askOneOf(List<String> hosts, String request) {
            for (String host : hosts) {
                Optional<CachedReferral> answer = ask(host, request);
                if (answer.isPresent()) {
                    return answer;
                }
            }
            return Optional.empty();
        }

        private Optional<CachedReferral> ask(String host, String request) {
            Answer answer = servers.ask(host, new ReferralRequest(LEVEL, request));
            if (answer.status() != DfsServers.SUCCESS) {
                refusal = answer.status();
                note(Action.ASK, host, ReferralKind.ofPath(DfsPath.of(request)) + " referral for " + request + ": "
                        + StatusCode.text(answer.status()));
                return Optional.empty();
            }
            Decoded<ReferralReply> reply = ReferralReply.decode(answer.reply());
            Optional<CachedReferral> entry = reply.isWellFormed() ? reply.message().flatMap(message -> CachedReferral.of(request,
                    message, target -> target.components() > 0 && domains.isDomain(target.component(0)), clock.getAsLong()))
                    : Optional.empty();
            note(Action.ASK, host, ReferralKind.ofPath(DfsPath.of(request)) + " referral for " + request + ": "
                    + entry.map(one -> Quantity.count(one.targets().size(), "target", "targets") + " for " + one.prefix())
                    .orElseGet(() -> nonsense(reply)));
            if (entry.isEmpty()) {
                boolean nothing = reply.isWellFormed() && reply.message().orElseThrow().entries().isEmpty();
                refusal = nothing ? DfsServers.OBJECT_PATH_NOT_FOUND : DfsServers.INVALID_NETWORK_RESPONSE;
                return Optional.empty();
            }
            cache.put(entry.get());
            note(Action.REMEMBER, entry.get().prefix().toString(), (entry.get().isRoot() ? "root" : entry.get().isInterlink()
                    ? "link to another namespace" : "link") + " for " + entry.get().ttlSeconds() + " seconds");
            return cache.find(entry.get().prefix());
        }

        private static String nonsense(Decoded<ReferralReply> reply) {
            if (!reply.breaches().isEmpty()) {
                return "a broken reply: " + reply.breaches().getFirst().message();
            }
            List<ReferralEntry> entries = reply.message().map(ReferralReply::entries).orElse(List.of());
            return entries.isEmpty() ? "success, but no target" : "a reply that does not fit: " + entries.stream().limit(3).map(one ->
                    one instanceof ReferralEntry.TargetEntry target ? target.dfsPath() + " on " + target.target() : "no target")
                    .collect(Collectors.joining(", "));
        }

        /** Uses an entry; empty when all begins again with a new path or a new entry. */
        private Optional<Resolution> follow(CachedReferral entry) {
            if (entry.isInterlink()) {
                return goOn(entry);
            }
            long last = DfsServers.OBJECT_PATH_NOT_FOUND;
            int left = entry.targets().size();
            for (CachedReferral.Target target : entry.inTurn()) {
                DfsPath there = entry.rewrite(path, target);
                left--;
                note(Action.REWRITE, path.toString(), there.toString());
                last = servers.open(there);
                boolean tellsOfTarget = last != DfsServers.SUCCESS && last != DfsServers.PATH_NOT_COVERED && !isOfThePath(last, there,
                        target);
                note(Action.TRY, there.toString(), StatusCode.text(last) + (tellsOfTarget && left > 0 ? ": on to the next target" : ""));
                if (last == DfsServers.SUCCESS) {
                    entry.succeededWith(target);
                    return Optional.of(end(Outcome.RESOLVED, there, last));
                }
                if (last == DfsServers.PATH_NOT_COVERED) {
                    if (!entry.isRoot()) {
                        note(Action.TRY, there.toString(), "a link's target that does not hold the path leads on to another namespace,"
                                + " but its referral does not say so");
                        return Optional.of(end(Outcome.FAILED, null, last));
                    }
                    entry.succeededWith(target);
                    return askForLink(target);
                }
                if (!tellsOfTarget) {
                    entry.succeededWith(target);
                    break;
                }
            }
            return Optional.of(end(Outcome.FAILED, null, last));
        }

        /**
         * Whether a status tells of the file asked for, not of the target: the target answers, and what lies below it does not exist.
         * Then another target, which should hold the same, is no help.
         */
        private boolean isOfThePath(long status, DfsPath there, CachedReferral.Target target) {
            return there.components() > target.path().components()
                    && (status == DfsServers.OBJECT_NAME_NOT_FOUND || status == DfsServers.NO_SUCH_FILE);
        }

        /** A root's target says that a link lies on the way: it is asked for the link. */
        private Optional<Resolution> askForLink(CachedReferral.Target target) {
            Optional<CachedReferral> link = ask(target.path().component(0), path.toString());
            if (link.isPresent() && !link.get().isRoot()) {
                return Optional.empty();
            }
            return Optional.of(end(Outcome.FAILED, null, link.isPresent() ? DfsServers.INVALID_NETWORK_RESPONSE : refusal));
        }

        /** A link leads to another namespace, where all begins again. */
        private Optional<Resolution> goOn(CachedReferral entry) {
            List<DfsPath> places = entry.inTurn().stream().map(target -> entry.rewrite(path, target)).toList();
            for (DfsPath other : places.subList(1, places.size()).reversed()) {
                forks.push(new Fork(path, other));
            }
            note(Action.GO_ON, path.toString(), places.getFirst().toString());
            path = places.getFirst();
            return met.add(path) ? Optional.empty() : Optional.of(end(Outcome.LOOP, null, DfsServers.OBJECT_PATH_NOT_FOUND));
        }

        private Resolution end(Outcome outcome, DfsPath at, long status) {
            note(Action.END, path.toString(), outcome + (status == DfsServers.SUCCESS ? "" : ": " + StatusCode.text(status)));
            return new Resolution(outcome, Optional.ofNullable(at), status, steps);
        }

        private void note(Action action, String subject, String result) {
            steps.add(new ResolutionStep(action, subject, result));
        }
    }
}
