package org.poolscope.pool;

import java.util.Arrays;
import org.poolscope.memory.Absence;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PagingMode;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.memory.WalkSummary;

/**
 * Pages of an address space that can be read, numbered in the order of their addresses, as runs of pages that also stand one after
 * another in the image. Pages of other sessions come behind all others.
 */
final class MappedPages {

    /** Pages may be mapped more than once, but not all of them many times: damaged page tables can describe any number. */
    private static final int MOST_MAPPINGS = 4;
    private static final int FEW_PAGES = 1 << 16;

    private final long mostPages;
    private final long[] absent = new long[Absence.values().length];
    private long[] address = new long[64];
    private long[] offset = new long[64];
    /** The number of the first page of each run; behind the last run the number of all pages. */
    private long[] first = new long[65];
    private int runs;
    private boolean complete = true;

    MappedPages(PagedMemory memory) {
        this.mostPages = MOST_MAPPINGS * memory.physical().presentPages() + FEW_PAGES;
    }

    /** All the kernel's pages, of each session too that this address space does not show. */
    static MappedPages ofKernel(PagedMemory memory, SessionMemory sessions) {
        PagingMode mode = memory.directory().mode();
        MappedPages pages = new MappedPages(memory).add(memory, mode.kernelStart(), mode.lastAddress());
        sessions.forEachHiddenRun(pages::addRun);
        return pages;
    }

    /** Adds what lies from one address to another, inclusive. Spans must be added in ascending order. */
    MappedPages add(PagedMemory memory, long from, long last) {
        WalkSummary summary = memory.forEachRegion(from, last, new RegionVisitor() {
            @Override
            public void present(long va, long fileOffset, long length) {
                addRun(va, fileOffset, length >>> Words.PAGE_SHIFT);
            }

            @Override
            public void absent(long va, long length, Absence why) {
                absent[why.ordinal()] += length >>> Words.PAGE_SHIFT;
            }
        });
        complete &= summary.complete();
        return this;
    }

    private void addRun(long va, long fileOffset, long pages) {
        if (first[runs] + pages > mostPages) {
            complete = false;
            return;
        }
        if (runs == address.length) {
            address = Arrays.copyOf(address, 2 * runs);
            offset = Arrays.copyOf(offset, 2 * runs);
            first = Arrays.copyOf(first, 2 * runs + 1);
        }
        address[runs] = va;
        offset[runs] = fileOffset;
        first[runs + 1] = first[runs] + pages;
        runs++;
    }

    /** How many pages there are. */
    long count() {
        return first[runs];
    }

    /** Whether everything was seen; damaged page tables can describe more than is looked at. */
    boolean complete() {
        return complete;
    }

    /** Pages that belong to the address space and could not be read for this reason. */
    long absent(Absence why) {
        return absent[why.ordinal()];
    }

    /** Pages that belong to the address space and could not be read. */
    long absent() {
        return Arrays.stream(absent).sum();
    }

    /** Goes through pages from one number to another. */
    Cursor cursor(long from, long to) {
        return new Cursor(from, Math.min(to, count()));
    }

    /** One thread's way through the pages. */
    final class Cursor {

        private final long end;
        private long page;
        private int run;

        private Cursor(long from, long end) {
            this.end = end;
            this.page = from - 1;
            int found = Arrays.binarySearch(first, 0, runs, from);
            this.run = Math.max(0, found >= 0 ? found : -found - 2);
        }

        /** Moves to the next page; whether there is one. */
        boolean next() {
            page++;
            if (page >= end) {
                return false;
            }
            while (first[run + 1] <= page) {
                run++;
            }
            return true;
        }

        long address() {
            return address[run] + (page - first[run] << Words.PAGE_SHIFT);
        }

        long offset() {
            return offset[run] + (page - first[run] << Words.PAGE_SHIFT);
        }
    }
}
