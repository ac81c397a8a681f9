package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;

/**
 * Tags that hold a pool and are not lost: whose blocks they are by what they hold, and whether I/O requests that never end hold them.
 * The tag alone often leads to the wrong party: many drivers use the same one.
 */
final class HeldBlocksRule implements Rule {

    static final String ID = "owner-by-contents";

    /** Tags of one accusation looked into. */
    private static final int MOST_TAGS = 3;
    /** Requests that hold this much of a pool in trouble are worth naming. */
    private static final double WAITING_SHARE = 0.10;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        for (Finding accusation : earlier) {
            // Also tags that are only named: a driver whose requests never end frees much, and still fills the pool.
            if (!accusation.rule().equals(TagHoldsPoolRule.ID)) {
                continue;
            }
            for (OpenPool pool : OpenPool.of(subject)) {
                accusation.tags().stream().limit(MOST_TAGS)
                        .filter(tag -> earlier.stream().noneMatch(lost -> lost.rule().equals(LostBlocksRule.ID) && lost.tags().contains(tag)))
                        .forEach(tag -> finding(pool, tag, accusation, subject).ifPresent(found::add));
            }
        }
        for (OpenPool pool : OpenPool.of(subject)) {
            for (PoolKind kind : PoolKind.values()) {
                if (found.stream().noneMatch(one -> one.pool() == kind)) {
                    waiting(pool, kind, subject).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    /**
     * Requests that wait in one driver and hold, under all their tags, a good part of a pool in trouble, though no one tag of theirs holds
     * enough to be accused. Of a pool at ease nothing is said: drivers of sockets and pipes keep requests by thousands, as they should.
     */
    private Optional<Finding> waiting(OpenPool pool, PoolKind kind, Case subject) {
        PoolPressure pressure = PoolPressure.of(subject, kind);
        Long used = pressure.counters().map(totals -> totals.usedBytes(kind)).orElse(null);
        if (!pressure.isHigh() || used == null || used == 0) {
            return Optional.empty();
        }
        return WaitingRequests.of(pool, kind).filter(waiting -> waiting.bytes() >= WAITING_SHARE * used)
                .map(waiting -> waiting(pool, kind, waiting, Math.min(1, (double) waiting.bytes() / used)));
    }

    private Finding waiting(OpenPool pool, PoolKind kind, WaitingRequests waiting, double share) {
        String count = Quantity.count(waiting.requests());
        return Finding.of(this, Severity.WARNING,
                Confidence.medium("the requests and all that belongs to them were looked at; that they will never end, one moment cannot tell"),
                count + " I/O requests wait in " + waiting.driver() + " and hold " + Quantity.bytes(waiting.bytes()) + ", "
                        + Quantity.percent(share) + " of " + kind.word() + " pool")
                .clause(count + " I/O requests wait in " + waiting.driver() + " and hold " + Quantity.percent(share) + " of it")
                .tags(waiting.tags())
                .pool(kind)
                .driver(pool.driverFile(waiting.driver()))
                .explanation("Their packets, buffers and descriptions have the tags " + waiting.tags().stream().limit(MOST_TAGS)
                        .map(tag -> "'" + tag + "'").collect(Collectors.joining(", ")) + ", so no one tag shows it. Requests that a driver does not "
                        + "end pile up as a leak does."
                        + (waiting.longest() == null ? "" : " A thread of theirs has waited " + MachineEvents.span(waiting.longest()) + "."))
                .evidence(pool.at("I/O requests", count + " of " + Quantity.count(pool.irpBlocks().outstanding())
                        + " outstanding requests wait in " + waiting.driver()))
                .next("List the outstanding requests and the driver each waits in.", "poolscope irps " + pool.word())
                .build();
    }

    private Optional<Finding> finding(OpenPool pool, PoolTag tag, Finding accusation, Case subject) {
        IrpAccount requests = IrpAccount.of(pool, tag);
        if (accusation.driver() != null && !requests.isCause()) {
            // The tag names its owner already: what the blocks hold can add nothing the verdict needs.
            return Optional.empty();
        }
        Optional<BlockOwner> owner = BlockOwner.of(pool, tag);
        if (owner.isEmpty() && !requests.isCause()) {
            return Optional.empty();
        }
        String title = requests.isCause() ? "Blocks of tag '" + tag + "' are held by I/O requests that do not end"
                + (requests.waitsIn() == null ? "" : ", in " + requests.waitsIn())
                : "Blocks of tag '" + tag + "' belong to " + owner.orElseThrow().file() + ", by what they hold";
        Finding.Builder finding = Finding.of(this, requests.isCause() && PoolPressure.of(subject, accusation.pool()).isHigh()
                ? Severity.CRITICAL : accusation.severity(),
                Confidence.high("all blocks of the tag were looked at"), title)
                .tags(List.of(tag))
                .pool(accusation.pool())
                .explanation((owner.map(BlockOwner::explanation).orElse("") + " " + requests.sentence()).strip());
        finding.clause(requests.isCause() ? "I/O requests that do not end hold them" + (requests.waitsIn() == null ? "" : ", in " + requests.waitsIn())
                : "by what they hold they belong to " + owner.orElseThrow().file());
        owner.ifPresent(known -> finding.driver(known.file()).evidence(known.seen()));
        if (requests.isCause()) {
            finding.evidence(pool.at("I/O requests", requests.sentence()))
                    .next("List the outstanding requests and the driver each waits in.", "poolscope irps " + pool.word());
        }
        return Optional.of(finding.build());
    }
}
