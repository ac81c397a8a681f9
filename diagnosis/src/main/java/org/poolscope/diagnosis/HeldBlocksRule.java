package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.model.PoolTag;

/**
 * Tags that hold a pool and are not lost: whose blocks they are by what they hold, and whether I/O requests that never end hold them.
 * The tag alone often leads to the wrong party: many drivers use the same one.
 */
final class HeldBlocksRule implements Rule {

    static final String ID = "owner-by-contents";

    /** Tags of one accusation looked into. */
    private static final int MOST_TAGS = 3;

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
        return found;
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
