package org.poolscope.diagnosis;

import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.pool.IrpBlocks;

/**
 * How many blocks of a tag belong to outstanding I/O requests, as buffer, as description of locked pages, or as the request itself.
 *
 * @param requests requests that were looked at: outstanding, neither complete nor unsent
 * @param blocks blocks of the tag that belong to one of them
 * @param waitsIn the driver that holds most of those requests, or {@code null}
 * @param all allocated blocks of the tag
 */
record IrpAccount(long requests, long blocks, String waitsIn, long all) {

    static IrpAccount of(OpenPool pool, PoolTag tag) {
        IrpBlocks.TagAccount account = pool.irpBlocks().of(tag);
        return new IrpAccount(pool.irpBlocks().outstanding(), account.owned(), account.waitsIn(), account.blocks());
    }

    /** Whether requests that do not end account for the blocks. */
    boolean isCause() {
        return blocks >= 100 && blocks >= all / 2;
    }

    /** Which requests account for the blocks, as a sentence. */
    String sentence() {
        return "Of these blocks " + Quantity.count(blocks) + (blocks == 1 ? " belongs" : " belong") + " to one of the "
                + Quantity.count(requests, "outstanding I/O request", "outstanding I/O requests")
                + (isCause() ? ": requests that never end hold them" + (waitsIn == null ? "" : ", most of them in " + waitsIn)
                        : ": requests that never end are not the cause") + ".";
    }
}
