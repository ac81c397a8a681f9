package org.poolscope.dfs.audit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.CacheTarget;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.ReferralText;
import org.poolscope.dfs.message.Breach;
import org.poolscope.dfs.message.Decoded;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.model.Provenance;

/**
 * A referral as the rules see it, whatever it was read from. Sources tell more or less: a field a source does not tell is
 * {@code null}, and a rule that needs it does not apply.
 *
 * @param seenAt where it was seen
 * @param source what it was read from
 * @param asked the kind of referral asked for; {@code null} when the request is not known
 * @param answered the kind of referral given; {@code null} when nothing tells
 * @param request the path asked for
 * @param maxLevel the highest version the client takes
 * @param status NTSTATUS of the reply
 * @param pathConsumed PathConsumed
 * @param expectedConsumed what PathConsumed should be for the DFS path of the first entry, in the same unit
 * @param headerFlags the header's flags
 * @param entries the entries
 * @param requestBreaches where the request's bytes break its layout
 * @param replyBreaches where the reply's bytes break its layout
 * @param problems what was wrong with the messages that carried it
 */
record AuditedReferral(Provenance seenAt, Source source, ReferralKind asked, ReferralKind answered, String request,
        Integer maxLevel, Long status, Integer pathConsumed, Integer expectedConsumed, Long headerFlags, List<Entry> entries,
        List<Breach> requestBreaches, List<Breach> replyBreaches, List<String> problems) {

    /** What a referral was read from. */
    enum Source {
        /** Messages on the wire. */
        WIRE,
        /** Network Monitor's text. */
        TEXT,
        /** A client's cache. */
        CACHE
    }

    /**
     * One entry.
     *
     * @param number its number, from 0
     * @param version its version
     * @param serverType ServerType
     * @param flags ReferralEntryFlags
     * @param reserved whether fields that must be zero are not
     * @param ttlSeconds its time to live, or the rest of one
     * @param ttlIsRest whether that is a rest
     * @param dfsPath the DFS path
     * @param alternatePath the DFS path with short names
     * @param target the target
     * @param names the names of a name list, the special name first; {@code null} for other entries
     */
    record Entry(int number, Integer version, Integer serverType, Integer flags, boolean reserved, Long ttlSeconds,
            boolean ttlIsRest, String dfsPath, String alternatePath, String target, List<String> names) {
    }

    /** Whether the server answered with referrals, as far as is known: a source without a status shows only such. */
    boolean succeeded() {
        return status == null || status == ReferralExchange.STATUS_SUCCESS;
    }

    /** Whether the server refused because the reply did not fit the buffer offered. */
    boolean overflowed() {
        return status != null && status == ReferralExchange.STATUS_BUFFER_OVERFLOW;
    }

    /** Whether the layout of the reply is sound, so that its contents mean something. */
    boolean isSound() {
        return replyBreaches.isEmpty();
    }

    /** What to call it by: the request, else the DFS path of the first entry. */
    Optional<String> subject() {
        return request != null ? Optional.of(request) : entries.stream().map(Entry::dfsPath).filter(path -> path != null)
                .findFirst();
    }

    /** The entries that name a target. */
    List<Entry> targets() {
        return entries.stream().filter(entry -> entry.target() != null).toList();
    }

    static AuditedReferral of(ReferralExchange exchange) {
        Optional<ReferralRequest> request = exchange.request().flatMap(Decoded::message);
        Optional<ReferralReply> reply = exchange.reply().flatMap(Decoded::message);
        List<Entry> entries = new ArrayList<>();
        if (exchange.status().orElse(0) != ReferralExchange.STATUS_BUFFER_OVERFLOW) {
            // what a server sends with a refusal for lack of room is a piece of a reply: that it does so is all there is to say
            reply.ifPresent(message -> message.entries().forEach(entry -> entries.add(entry(entries.size(), entry))));
        }
        ReferralKind asked = request.map(message -> ReferralKind.ofPath(DfsPath.of(message.path()))).orElse(null);
        Integer consumed = reply.map(ReferralReply::pathConsumed).orElse(null);
        return new AuditedReferral(exchange.seenAt(), Source.WIRE, asked, answered(asked, entries, request.map(
                ReferralRequest::path).orElse(null), consumed),
                request.map(ReferralRequest::path).orElse(null), request.map(ReferralRequest::maxLevel).orElse(null),
                exchange.status().isPresent() ? exchange.status().getAsLong() : null, consumed, null,
                reply.map(ReferralReply::headerFlags).orElse(null), entries,
                exchange.request().map(Decoded::breaches).orElse(List.of()), exchange.reply().map(Decoded::breaches)
                        .orElse(List.of()),
                exchange.problems());
    }

    static AuditedReferral of(ReferralText text) {
        List<Entry> entries = new ArrayList<>();
        for (ReferralText.NamedReferral one : text.referrals()) {
            entries.add(new Entry(entries.size(), one.version(), null, null, false, one.ttlSeconds(), false, one.dfsPath(), null,
                    one.target(), null));
        }
        ReferralKind asked = text.requestPath() == null ? null : ReferralKind.ofPath(DfsPath.of(text.requestPath()));
        return new AuditedReferral(text.seenAt(), Source.TEXT, asked, answered(asked, entries, null, null), text.requestPath(),
                text.maxLevel(), null, text.pathConsumed(), null, text.headerFlags() == null ? null
                : Long.valueOf(text.headerFlags()), entries, List.of(), List.of(), List.of());
    }

    static AuditedReferral of(ReferralCacheEntry cached) {
        List<Entry> entries = new ArrayList<>();
        boolean rest = cached.ttlSeconds() == null;
        for (CacheTarget target : cached.targets()) {
            entries.add(new Entry(entries.size(), null, null, null, false, rest ? cached.expiresInSeconds()
                    : cached.ttlSeconds(), rest,
                    cached.path(), null, target.path(), null));
        }
        Integer consumed = cached.wire().map(ReferralCacheEntry.WireFields::pathConsumed).orElse(null);
        Integer flags = cached.wire().map(ReferralCacheEntry.WireFields::headerFlags).orElse(null);
        return new AuditedReferral(cached.seenAt(), Source.CACHE, null, cached.kind(), null, null, null, consumed,
                consumed == null ? null : Integer.valueOf(cached.path().getBytes(StandardCharsets.UTF_8).length),
                flags == null ? null : Long.valueOf(flags), entries, List.of(), List.of(), List.of());
    }

    private static Entry entry(int number, ReferralEntry entry) {
        return switch (entry) {
            case ReferralEntry.ShareEntry share -> new Entry(number, 1, share.serverType(), share.flags(), false, null, false,
                    null, null, share.target(), null);
            case ReferralEntry.TargetEntry one -> new Entry(number, one.version(), one.serverType(), one.flags(),
                    one.proximity() != 0 || !one.serviceSite().equals(ReferralEntry.TargetEntry.NO_SITE), one.ttlSeconds(), false,
                    one.dfsPath(), one.alternatePath(), one.target(), null);
            case ReferralEntry.NameListEntry list -> {
                List<String> names = new ArrayList<>(List.of(list.specialName()));
                names.addAll(list.expandedNames());
                yield new Entry(number, list.version(), list.serverType(), list.flags(), false, list.ttlSeconds(), false, null,
                        null, null, names);
            }
        };
    }

    /**
     * A server may answer a request for a link with the root: the DFS path of the entries tells, or, in version 1, which has none,
     * how much of the path asked for was consumed.
     */
    private static ReferralKind answered(ReferralKind asked, List<Entry> entries, String request, Integer consumed) {
        if (entries.isEmpty() || entries.getFirst().names() != null) {
            return asked;
        }
        String path = entries.getFirst().dfsPath();
        boolean told = path == null && request != null && consumed != null && consumed <= 2 * request.length();
        if (told && DfsPath.of(request.substring(0, consumed / 2)).components() == 2) {
            return ReferralKind.ofPath(DfsPath.of(request).prefix(2));
        }
        return path == null || path.isEmpty() ? asked : ReferralKind.ofPath(DfsPath.of(path));
    }
}
