package org.poolscope.diagnosis;

import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.pool.IrpBlocks;

/**
 * How many blocks of a tag belong to outstanding I/O requests, as buffer, as description of locked pages, or as the request itself.
 *
 * @param outstanding requests that were looked at: neither complete nor unsent
 * @param requests those of them that have a block of the tag
 * @param blocks blocks of the tag that belong to one of them
 * @param bytes their bytes, headers included
 * @param waitsIn the driver that holds most of those requests, or {@code null}
 * @param all allocated blocks of the tag
 */
record IrpAccount(long outstanding, long requests, long blocks, long bytes, String waitsIn, long all) {

    static IrpAccount of(OpenPool pool, PoolTag tag) {
        IrpBlocks.TagAccount account = pool.irpBlocks().of(tag);
        return new IrpAccount(pool.irpBlocks().outstanding(), account.requests(), account.owned(), account.ownedBytes(), account.waitsIn(),
                account.blocks());
    }

    /** Whether requests that do not end account for the blocks. */
    boolean isCause() {
        return blocks >= 100 && isMost();
    }

    /** Whether most blocks of the tag belong to requests, few as they may be. */
    boolean isMost() {
        return blocks > 0 && blocks >= all / 2;
    }

    /** Which requests account for the blocks, as a sentence. */
    String sentence() {
        return "Of these blocks " + Quantity.count(blocks) + (blocks == 1 ? " belongs" : " belong") + " to "
                + (isCause() ? Quantity.count(requests) + " of the " : "the ")
                + Quantity.count(outstanding, "outstanding I/O request", "outstanding I/O requests")
                + (isCause() ? waitsIn == null ? "" : ", most of which wait in " + waitsIn : ": requests that never end are not the cause") + ".";
    }
}
