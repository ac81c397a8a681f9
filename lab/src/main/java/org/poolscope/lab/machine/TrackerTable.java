package org.poolscope.lab.machine;

import java.util.Collection;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.symbols.StructLayout;

/**
 * The table behind {@code !poolused}: one row a tag, found by a hash of the tag, the next free row taken where that one is taken.
 * The hash is the one seen to hold in the tables of a running NT 5.2 kernel: {@code 40543 * tag}, its halves combined, under the
 * mask. The last row is never hashed to. Kernels with a table for each processor spread a tag's counts over all of them.
 */
final class TrackerTable {

    /** Rows the kernel enters when it starts, used or not; among those with zero counts. */
    private static final String SEEDED = "Irp Io  IoNmIoSBMdl FileDeviDrivObHdObNmObSqObDiObScThreProcEvenSemaMutaSymbToke"
            + "SectJob TimeAtmAAtmTCM  Cc  CcScCcPLFat NtfrNtFsMmCaMmStMmSmMmInMm  Vad VadSVadF"
            + "LpcMLpcPLpcZPoolPsTpQuotRxM1RxMsSeAcSeSdSeTdUsqmUspiWmiRPpcsPcmbNtfiGsemHal Key "
            + "StrgTdxpWaitWmip";

    private final KernelSpace space;
    private final StructLayout row;
    private final long[] tables;
    private final int mask;

    TrackerTable(KernelSpace space, StructLayout row, long[] tables, int slots) {
        this.space = space;
        this.row = row;
        this.tables = tables;
        this.mask = slots - 2;
    }

    void write(Collection<TagAccount> accounts) {
        for (TagAccount account : accounts) {
            if (account.allocs(PoolKind.PAGED) + account.allocs(PoolKind.NONPAGED) > 0) {
                enter(account);
            }
        }
        for (int i = 0; i < SEEDED.length(); i += 4) {
            slot(PoolTag.parse(SEEDED.substring(i, i + 4)).key());
        }
    }

    private int slot(int key) {
        long product = 40543L * (key & 0xffffffffL);
        int slot = (int) (product ^ product >>> 32) & mask;
        for (int tried = 0; tried <= mask; tried++) {
            int there = space.u32(row(0, slot).at("Key"));
            if (there == 0) {
                for (int table = 0; table < tables.length; table++) {
                    row(table, slot).set("Key", key);
                }
            }
            if (there == 0 || there == key) {
                return slot;
            }
            slot = slot + 1 & mask;
        }
        throw new IllegalStateException("the tracker table is full");
    }

    private Struct row(int table, int slot) {
        return new Struct(space, row, tables[table] + (long) slot * row.size());
    }

    private void enter(TagAccount account) {
        int slot = slot(account.tag().key());
        int seed = account.tag().key() * 0x9e3779b1;
        enter(slot, account, PoolKind.NONPAGED, "NonPaged", seed);
        enter(slot, account, PoolKind.PAGED, "Paged", seed >>> 3);
    }

    private void enter(int slot, TagAccount account, PoolKind kind, String prefix, int seed) {
        long allocs = account.allocs(kind);
        long frees = account.frees(kind);
        long bytes = account.bytes(kind);
        for (int table = tables.length - 1; table > 0; table--) {
            // What one processor allocated another may have freed: single tables may go below zero, only the sum is true.
            long someAllocs = share(allocs, seed >>> table);
            long someFrees = share(frees, seed >>> table + 7);
            long someBytes = allocs == 0 ? 0 : bytes / Math.max(1, allocs - frees) * (someAllocs - someFrees);
            row(table, slot).set(prefix + "Allocs", someAllocs).set(prefix + "Frees", someFrees).set(prefix + "Bytes", someBytes);
            allocs -= someAllocs;
            frees -= someFrees;
            bytes -= someBytes;
        }
        row(0, slot).set(prefix + "Allocs", allocs).set(prefix + "Frees", frees).set(prefix + "Bytes", bytes);
    }

    private static long share(long all, int seed) {
        return all * (seed & 31) / 64;
    }
}
