package org.poolscope.diagnosis;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.pool.PoolBlock;
import org.poolscope.pool.WalkTotals;

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
        Set<Long> owned = new HashSet<>();
        Map<String, Integer> drivers = new HashMap<>();
        long requests = 0;
        for (Irp irp : pool.irps()) {
            if (irp.completed()) {
                continue;
            }
            requests++;
            boolean hit = false;
            for (Long part : new Long[] {irp.address(), irp.systemBuffer(), irp.mdl(), irp.userBuffer()}) {
                Optional<PoolBlock> block = part == null || part == 0 ? Optional.empty() : pool.blocks().blockAt(part);
                if (block.filter(found -> found.tag().equals(tag)).isPresent()) {
                    owned.add(block.get().address());
                    hit = true;
                }
            }
            if (hit && irp.driver() != null) {
                drivers.merge(irp.driver(), 1, Integer::sum);
            }
        }
        String waitsIn = drivers.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(null);
        long all = pool.totals().rows().stream().filter(row -> row.tag().equals(tag)).mapToLong(WalkTotals.Row::blocks).sum();
        return new IrpAccount(requests, owned.size(), waitsIn, all);
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
