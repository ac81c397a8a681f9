package org.poolscope.dfs.client;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.message.Decoded;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;

/**
 * What a server answered to one question of a probe.
 *
 * @param number the question's number, from 1
 * @param question what was asked
 * @param exchange request and reply
 * @param millis how long the answer took
 */
public record ProbeAnswer(int number, ProbeQuestion question, ReferralExchange exchange, long millis) {

    /** In a few words, what was asked. */
    public String what() {
        return question.what();
    }

    /** The path asked for; empty when the request holds none. */
    public String path() {
        return exchange.requestPath().orElse("");
    }

    /** NTSTATUS of the answer. */
    public long status() {
        return exchange.status().orElse(0);
    }

    /** The reply as far as it could be read. */
    public Optional<ReferralReply> reply() {
        return exchange.reply().flatMap(Decoded::message);
    }

    /** Whether the server answered with targets. */
    public boolean succeeded() {
        return exchange.succeeded() && reply().isPresent() && !reply().get().entries().isEmpty();
    }

    /** The version of its entries; empty without entries. */
    public Optional<Integer> version() {
        return reply().flatMap(one -> one.entries().stream().findFirst()).map(ReferralEntry::version);
    }

    /** The DFS path of its first entry; empty when there is none. */
    Optional<DfsPath> dfsPath() {
        return reply().flatMap(one -> one.entries().stream().filter(ReferralEntry.TargetEntry.class::isInstance)
                .map(entry -> DfsPath.of(((ReferralEntry.TargetEntry) entry).dfsPath())).findFirst());
    }

    /** The targets in no order, letters made equal in case. */
    List<String> targets() {
        TreeSet<String> targets = new TreeSet<>();
        reply().ifPresent(one -> one.entries().forEach(entry -> {
            switch (entry) {
                case ReferralEntry.TargetEntry target -> targets.add(DfsPath.of(target.target()).folded());
                case ReferralEntry.ShareEntry share -> targets.add(DfsPath.of(share.target()).folded());
                case ReferralEntry.NameListEntry names -> targets.add(DfsPath.of(names.specialName()).folded());
            }
        }));
        return List.copyOf(targets);
    }

    /** How many entries there are. */
    public int entries() {
        return reply().map(one -> one.entries().size()).orElse(0);
    }
}
