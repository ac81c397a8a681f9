package org.poolscope.diagnosis;

import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;
import org.poolscope.pool.LostBlocks;

/**
 * How many of a tag's blocks in one pool the image holds, and how many of these nothing in the image leads to: all of a tag's blocks are
 * more than can be looked at where the dump is cut short.
 *
 * @param found blocks in use that the image holds
 * @param counted blocks in use by the kernel's own table; {@code null} when the image does not hold it, or it does not have the tag
 * @param undecided blocks that nothing in the image leads to, though pages that are not in it may
 * @param missingPages pages that the image should hold and does not, because it is cut short or damaged
 */
record SeenBlocks(long found, Long counted, long undecided, long missingPages) {

    /** The table and the walk differ by a few blocks on any machine. */
    private static final double NEARLY_ALL = 0.99;
    /** Held by what is missing alone: so few of a tag's blocks are pointed to from what is there. */
    private static final double MOSTLY = 0.5;
    /** Of fewer blocks, or a smaller part of those counted, nothing is said of the rest. */
    private static final long FEWEST_BLOCKS = 1000;
    private static final double FEWEST_SHARE = 0.1;

    static SeenBlocks of(OpenPool pool, PoolTag tag, PoolKind kind) {
        LostBlocks.Row row = pool.lostRows().stream().filter(one -> one.tag().equals(tag) && one.pool() == kind).findFirst().orElse(null);
        Long counted = pool.image().tagTable().value().flatMap(table -> table.rows().stream().filter(one -> one.tag().equals(tag)).findFirst())
                .map((TagUsage one) -> one.use(kind)).map(PoolUse::outstanding).orElse(null);
        return new SeenBlocks(row == null ? 0 : row.blocks(), counted, row == null ? 0 : row.undecidedBlocks(), pool.lost().missingPages());
    }

    /** Whether the image is cut short and what is left of it points to few of the blocks: they may be lost, or held by what is missing. */
    boolean mayBeLost() {
        return missingPages > 0 && undecided >= FEWEST_BLOCKS && undecided >= MOSTLY * found && (counted == null || found >= FEWEST_SHARE * counted);
    }

    /** Whether blocks are counted that are not there to be looked at. */
    private boolean isPart() {
        return counted != null && found < NEARLY_ALL * counted;
    }

    /** Whose blocks they are, by what they hold: as sure as the part of them that was looked at allows. */
    Confidence ofOwner() {
        if (!isPart()) {
            return Confidence.high("all blocks of the tag were looked at");
        }
        String part = of() + " were looked at";
        return found >= MOSTLY * counted ? Confidence.medium(part + "; whose the others are the image cannot tell")
                : Confidence.low("no more than " + part + "; whose the others are the image cannot tell");
    }

    /** The blocks that could be looked at: {@code 1,389,064 of the 2,442,960 blocks that the kernel counts}. */
    String of() {
        return isPart() ? Quantity.count(found) + " of the " + Quantity.count(counted) + " blocks that the kernel counts"
                : "all " + Quantity.count(found, "block", "blocks");
    }
}
