package org.poolscope.dfs.namespace;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.message.Decoded;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;

/**
 * Answers referral requests for a namespace as MS-DFSC 3.2.5.5 says a server that is no domain controller does, then lets the
 * faults spoil the answer. Any server name is taken for this server's own: it is asked under addresses and aliases. For several
 * threads.
 */
public final class ReferralService {

    private static final long STATUS_SUCCESS = 0;
    private static final long STATUS_INVALID_PARAMETER = 0xc000_000dL;
    private static final long STATUS_NOT_FOUND = 0xc000_0225L;
    private static final long STATUS_BUFFER_OVERFLOW = 0x8000_0005L;
    private static final byte[] NOTHING = {};

    private final Namespace namespace;
    private final List<Fault> faults;
    private final Duration delay;

    /**
     * Makes the service.
     *
     * @param namespace what is served
     * @param faults what is done wrong on purpose, in this order
     */
    public ReferralService(Namespace namespace, Collection<Fault> faults) {
        this.namespace = namespace;
        this.faults = List.copyOf(faults);
        this.delay = this.faults.stream().map(Fault::delay).reduce(Duration.ZERO, Duration::plus);
    }

    /**
     * Answers one request.
     *
     * @param message the request's bytes
     * @param extended whether it is of the extended form
     * @param maxOutput bytes the reply may have
     */
    public ReferralAnswer answer(byte[] message, boolean extended, int maxOutput) {
        Decoded<ReferralRequest> decoded = extended ? ReferralRequest.decodeExtended(message) : ReferralRequest.decode(message);
        Optional<String> path = decoded.message().map(ReferralRequest::path);
        if (!decoded.isWellFormed() || decoded.message().get().maxLevel() == 0) {
            return refused(STATUS_INVALID_PARAMETER, path);
        }
        ReferralRequest request = decoded.message().get();
        return switch (ReferralKind.ofPath(DfsPath.of(request.path()))) {
            // domains and their controllers are for domain controllers to tell (MS-DFSC 3.3.5.2, 3.3.5.3)
            case DOMAIN, DC -> refused(STATUS_INVALID_PARAMETER, path);
            case SYSVOL -> refused(STATUS_NOT_FOUND, path);
            case ROOT, LINK -> isPlain(request.path()) ? referral(request, maxOutput) : refused(STATUS_INVALID_PARAMETER, path);
        };
    }

    private ReferralAnswer refused(long status, Optional<String> path) {
        return new ReferralAnswer(status, NOTHING, Duration.ZERO, path);
    }

    /** One leading backslash, no empty components but for a separator at the end, no slashes (MS-DFSC 2.2). */
    private static boolean isPlain(String path) {
        return path.startsWith("\\") && path.indexOf("\\\\") < 0 && path.indexOf('/') < 0;
    }

    private ReferralAnswer referral(ReferralRequest request, int maxOutput) {
        Optional<String> path = Optional.of(request.path());
        DfsPath asked = DfsPath.of(request.path());
        Optional<NamespaceRoot> root = namespace.root(asked.component(1));
        if (root.isEmpty()) {
            return refused(STATUS_NOT_FOUND, path);
        }
        ReferralMatch match = switch (root.get().find(asked, 2)) {
            case NamespaceRoot.Place.AtOrBelowLink at -> new ReferralMatch(request, root.get(), Optional.of(at.link()),
                    asked.prefix(at.components()).toString().length(), maxOutput);
            // what is at no link is the root's own affair
            default -> new ReferralMatch(request, root.get(), Optional.empty(), asked.prefix(2).toString().length(), maxOutput);
        };
        ReferralReply reply = match.link().map(link -> linkReply(match, link)).orElseGet(() -> rootReply(match));
        for (Fault fault : faults) {
            reply = fault.spoil(match, reply);
        }
        byte[] bytes = reply.encode();
        for (Fault fault : faults) {
            bytes = fault.spoil(match, bytes);
        }
        if (bytes.length > maxOutput) {
            return new ReferralAnswer(STATUS_BUFFER_OVERFLOW, NOTHING, delay, path);
        }
        return new ReferralAnswer(STATUS_SUCCESS, bytes, delay, path);
    }

    private static ReferralReply rootReply(ReferralMatch match) {
        NamespaceRoot root = match.root();
        List<String> targets = root.targets().isEmpty() ? List.of(match.rootAsAsked()) : root.targets();
        return reply(match, ReferralReply.FLAG_REFERRAL_SERVERS | ReferralReply.FLAG_STORAGE_SERVERS, root.failback(), 1,
                root.ttlSeconds(), targets);
    }

    private static ReferralReply linkReply(ReferralMatch match, NamespaceLink link) {
        return reply(match, link.interlink() ? ReferralReply.FLAG_REFERRAL_SERVERS : ReferralReply.FLAG_STORAGE_SERVERS,
                link.failback(), 0, link.ttlSeconds(), link.targets());
    }

    private static ReferralReply reply(ReferralMatch match, int flags, boolean failback, int serverType, long ttl,
            List<String> targets) {
        int version = Math.min(match.request().maxLevel(), 4);
        String dfsPath = match.request().path().substring(0, match.consumed());
        List<ReferralEntry> entries = new ArrayList<>();
        for (String target : targets) {
            int entryFlags = version == 4 && entries.isEmpty() ? ReferralEntry.FLAG_TARGET_SET_BOUNDARY : 0;
            entries.add(version == 1 ? ReferralEntry.ShareEntry.of(serverType, target)
                    : ReferralEntry.TargetEntry.of(version, serverType, entryFlags, ttl, dfsPath, target));
        }
        int headerFlags = flags | (failback && version == 4 ? ReferralReply.FLAG_TARGET_FAILBACK : 0);
        return new ReferralReply(2 * match.consumed(), headerFlags, entries);
    }
}
