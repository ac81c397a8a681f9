package org.poolscope.lab.machine;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;

/**
 * A handle table with up to three levels. A page of entries holds 4096 bytes' worth; the low two bits of {@code TableCode} say
 * how many levels there are. Handles are multiples of 4; the first entry of each page is not used. An entry names the object by
 * its header (in the table of processes and threads by its body), bit 0 set: the entry is not locked. Later systems pack the
 * address into the upper bits of a word.
 */
public final class HandleTable {

    private static final int PAGE = 4096;

    private final KernelSpace space;
    private final Pools pools;
    private final StructLayout entryLayout;
    private final Struct table;
    private final TagAccount tag;
    private final boolean packed;
    private final int perPage;
    private final int pointersPerPage;
    private long[] pages = new long[4];
    private int pageCount;
    private int next;
    private int open;

    HandleTable(KernelSpace space, WindowsVersion version, Pools pools, long listHead) {
        this.space = space;
        this.pools = pools;
        this.tag = pools.tag("Obtb");
        StructLayout layout = version.layouts().get("_HANDLE_TABLE");
        this.entryLayout = version.layouts().get("_HANDLE_TABLE_ENTRY");
        this.packed = entryLayout.has("ObjectPointerBits");
        this.perPage = PAGE / entryLayout.size();
        this.pointersPerPage = PAGE / space.pointerSize();
        this.table = new Struct(space, layout, pools.allocateZeroed(PoolKind.PAGED, tag, layout.size()));
        if (listHead == 0) {
            space.initList(table.at("HandleTableList"));
        } else {
            space.insertTail(listHead, table.at("HandleTableList"));
        }
        this.next = 1;
        addPage();
    }

    /** Where the table stands. */
    public long address() {
        return table.address();
    }

    /** Open handles. */
    public int open() {
        return open;
    }

    void own(long process, long id) {
        table.set("QuotaProcess", process).set("UniqueProcessId", id);
    }

    private void addPage() {
        if (pageCount == pages.length) {
            pages = java.util.Arrays.copyOf(pages, pages.length * 2);
        }
        pages[pageCount++] = pools.allocate(PoolKind.PAGED, tag, PAGE);
    }

    /** Adds an entry for something at an address; the handle. */
    int add(long address, int access) {
        int index = next++;
        if (index % perPage == 0) {
            index = next++;
            addPage();
        }
        Struct entry = entry(index);
        if (packed) {
            // An address has 48 bits of its own; those that are left out at its end are zero.
            entry.set("ObjectPointerBits", address >>> 48 - entryLayout.field("ObjectPointerBits").bits()).set("Unlocked", 1)
                    .set("GrantedAccessBits", access);
        } else {
            entry.set("Object", address | 1).set("GrantedAccess", access);
        }
        open++;
        return 4 * index;
    }

    /** Takes an entry out; its place stays free. */
    void close(int handle) {
        int index = handle / 4;
        Struct entry = entry(index);
        if (packed) {
            space.put64(entry.address(), 0);
            space.put64(entry.address() + 8, 0);
        } else {
            entry.set("Object", 0).set("NextFreeTableEntry", 4L * next);
        }
        open--;
    }

    private Struct entry(int index) {
        return new Struct(space, entryLayout, pages[index / perPage] + (long) (index % perPage) * entryLayout.size());
    }

    /** Writes the levels above the pages of entries, and the counters. */
    void finish() {
        long code;
        if (pageCount == 1) {
            code = pages[0];
        } else if (pageCount <= pointersPerPage) {
            code = level(0, pageCount) | 1;
        } else {
            int middles = (pageCount + pointersPerPage - 1) / pointersPerPage;
            long top = pools.allocateZeroed(PoolKind.PAGED, tag, middles * space.pointerSize());
            for (int i = 0; i < middles; i++) {
                int from = i * pointersPerPage;
                space.putPointer(top + (long) i * space.pointerSize(), level(from, Math.min(pageCount - from, pointersPerPage)));
            }
            code = top | 2;
        }
        table.set("TableCode", code).setIfThere("HandleCount", open);
        table.set("NextHandleNeedingPool", 4L * pageCount * perPage);
    }

    private long level(int from, int count) {
        long page = pools.allocate(PoolKind.PAGED, tag, PAGE);
        for (int i = 0; i < count; i++) {
            space.putPointer(page + (long) i * space.pointerSize(), pages[from + i]);
        }
        return page;
    }
}
