package org.poolscope.dfs.resolve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.message.Decoded;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.dfs.resolve.DfsServers.Answer;
import org.poolscope.dfs.resolve.Resolution.Outcome;
import org.poolscope.dfs.resolve.ResolutionStep.Action;

/**
 * Follows a path through DFS namespaces to the share that holds it, as a client does (MS-DFSC 3.1.4.1, 3.1.5):
 *
 * <ol>
 * <li>The longest prefix in the referral cache is looked up. Without one, a root referral is asked for: from a domain
 * controller when the first component is a domain, else from the server it names.
 * <li>A root's target is tried with the rest of the path. When its server answers STATUS_PATH_NOT_COVERED, a link lies on the
 * way, and that server is asked for it.
 * <li>A link's target takes the place of the prefix. When it lies in another namespace, all begins again with the new path.
 * <li>A target that does not answer gives way to the next. The one that answers is tried first from then on.
 * </ol>
 *
 * <p>Links that lead to links forever end at {@link #MOST_STEPS}. Not for several threads.
 */
public final class DfsResolver {

    /** Referrals followed for one path. Real namespaces need three or four. */
    public static final int MOST_STEPS = 32;
    private static final int LEVEL = 4;
    private static final int NAMES_LEVEL = 3;

    private final DfsServers servers;
    private final ReferralCache cache;
    private final DomainCache domains;
    private final ExpiryPolicy policy;
    private final LongSupplier clock;

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

    /** Learns the trusted domains from a domain controller; says with what status it answered. */
    public long learnDomains(String controller) {
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
        private DfsPath path;
        /** The status of the last refusal. */
        private long refusal = DfsServers.OBJECT_PATH_NOT_FOUND;

        Walk(DfsPath path) {
            this.path = path;
        }

        Resolution run() {
            for (int step = 0; step < MOST_STEPS; step++) {
                if (path.components() < 2 || path.component(1).equalsIgnoreCase("IPC$")) {
                    return end(Outcome.NOT_DFS, path, DfsServers.SUCCESS);
                }
                Optional<CachedReferral> found = lookUp();
                if (found.isEmpty()) {
                    found = askForRoot();
                }
                if (found.isEmpty()) {
                    // whoever was asked knows no such namespace: the path may still be a plain share
                    return refusal == DfsServers.INVALID_NETWORK_RESPONSE ? end(Outcome.FAILED, null, refusal)
                            : end(Outcome.NOT_DFS, path, DfsServers.SUCCESS);
                }
                Optional<Resolution> done = follow(found.get());
                if (done.isPresent()) {
                    return done.get();
                }
            }
            return end(Outcome.LOOP, null, DfsServers.OBJECT_PATH_NOT_FOUND);
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
            Optional<CachedReferral> fresh = old.isRoot() ? askForRoot() : askForLinkAgain(old);
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
            if (domains.isDomain(first)) {
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
                note(Action.ASK, domain, "domain controllers: " + (names.isEmpty() ? status(answer.status())
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
                        + status(answer.status()));
                return Optional.empty();
            }
            Decoded<ReferralReply> reply = ReferralReply.decode(answer.reply());
            Optional<CachedReferral> entry = reply.isWellFormed() ? reply.message().flatMap(message -> CachedReferral.of(request,
                    message, target -> target.components() > 0 && domains.isDomain(target.component(0)), clock.getAsLong()))
                    : Optional.empty();
            note(Action.ASK, host, ReferralKind.ofPath(DfsPath.of(request)) + " referral for " + request + ": "
                    + entry.map(one -> one.targets().size() + " targets for " + one.prefix())
                    .orElse("a reply that makes no sense"));
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

        /** Uses an entry; empty when all begins again with a new path or a new entry. */
        private Optional<Resolution> follow(CachedReferral entry) {
            if (entry.isInterlink()) {
                DfsPath next = entry.rewrite(path, entry.hint());
                note(Action.GO_ON, path.toString(), next.toString());
                path = next;
                return Optional.empty();
            }
            long last = DfsServers.OBJECT_PATH_NOT_FOUND;
            for (CachedReferral.Target target : entry.inTurn()) {
                DfsPath there = entry.rewrite(path, target);
                note(Action.REWRITE, path.toString(), there.toString());
                // to a root's server the path is named as the client knows it; a link's target is a plain share
                last = servers.open(there, entry.isRoot());
                note(Action.TRY, there.toString(), status(last));
                if (last == DfsServers.SUCCESS) {
                    entry.succeededWith(target);
                    return Optional.of(end(Outcome.RESOLVED, there, last));
                }
                if (last == DfsServers.PATH_NOT_COVERED) {
                    if (!entry.isRoot()) {
                        return Optional.of(end(Outcome.FAILED, null, last));
                    }
                    entry.succeededWith(target);
                    Optional<CachedReferral> link = ask(target.path().component(0), path.toString());
                    if (link.isPresent() && !link.get().isRoot()) {
                        return Optional.empty();
                    }
                    return Optional.of(end(Outcome.FAILED, null, link.isPresent() ? DfsServers.INVALID_NETWORK_RESPONSE
                            : refusal));
                }
            }
            return Optional.of(end(Outcome.FAILED, null, last));
        }

        private Resolution end(Outcome outcome, DfsPath at, long status) {
            note(Action.END, path.toString(), outcome + (status == DfsServers.SUCCESS ? "" : ": " + status(status)));
            return new Resolution(outcome, Optional.ofNullable(at), status, steps);
        }

        private void note(Action action, String subject, String result) {
            steps.add(new ResolutionStep(action, subject, result));
        }

        private static String status(long status) {
            return status == DfsServers.SUCCESS ? "success" : String.format("0x%08x", status);
        }
    }
}
