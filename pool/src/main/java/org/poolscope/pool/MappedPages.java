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

    private static final int PIECE_BITS = 10;
    private static final int PIECE_MASK = (1 << PIECE_BITS) - 1;
    private static final int ENTRY = 3;
    private static final int OFFSET = 1;
    private static final int FIRST = 2;

    private final long mostPages;
    private final long[] absent = new long[Absence.values().length];
    /** Of each run its address, where it stands in the image, and the number of its first page; in pieces, so that growing copies nothing. */
    private long[][] pieces = new long[1][];
    private int runs;
    private long pages;
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

    private void addRun(long va, long fileOffset, long count) {
        if (pages + count > mostPages) {
            complete = false;
            return;
        }
        int piece = runs >>> PIECE_BITS;
        if (piece == pieces.length) {
            pieces = Arrays.copyOf(pieces, 2 * piece);
        }
        if (pieces[piece] == null) {
            pieces[piece] = new long[ENTRY << PIECE_BITS];
        }
        int at = (runs & PIECE_MASK) * ENTRY;
        pieces[piece][at] = va;
        pieces[piece][at + OFFSET] = fileOffset;
        pieces[piece][at + FIRST] = pages;
        pages += count;
        runs++;
    }

    private long of(int run, int what) {
        return pieces[run >>> PIECE_BITS][(run & PIECE_MASK) * ENTRY + what];
    }

    /** The number of the first page of a run; behind the last run the number of all pages. */
    private long first(int run) {
        return run == runs ? pages : of(run, FIRST);
    }

    /** The run of a page. */
    private int runOf(long page) {
        int low = 0;
        int high = runs - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (first(middle) <= page) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** How many pages there are. */
    long count() {
        return pages;
    }

    /** Whether everything was seen; damaged page tables can describe more than is looked at. */
    boolean complete() {
        return complete;
    }

    /** Pages that belong to the address space and could not be read for this reason. */
    long absent(Absence why) {
        return absent[why.ordinal()];
    }

    /** Pages that belong to the address space and could not be read, by {@link Absence}. */
    long[] absences() {
        return absent.clone();
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
            this.run = runOf(from);
        }

        /** Moves to the next page; whether there is one. */
        boolean next() {
            page++;
            if (page >= end) {
                return false;
            }
            while (first(run + 1) <= page) {
                run++;
            }
            return true;
        }

        long address() {
            return of(run, 0) + (page - first(run) << Words.PAGE_SHIFT);
        }

        long offset() {
            return of(run, OFFSET) + (page - first(run) << Words.PAGE_SHIFT);
        }
    }
}
