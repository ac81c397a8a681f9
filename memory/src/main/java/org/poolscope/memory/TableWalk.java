package org.poolscope.memory;

/** One walk over page tables in the order of addresses, joining neighbours. */
final class TableWalk {

    private static final long BASE_BUDGET = 1 << 24;
    private static final long BUDGET_PER_PAGE = 16;
    /** Frames asked for at once: those of one table. */
    private static final long LONGEST_RUN = 512;

    private final PagedMemory memory;
    private final PhysicalMemory physical;
    private final RegionVisitor visitor;
    private final long from;
    private final long last;
    private final int indexBits;
    private final OffsetSet seen = new OffsetSet();
    private long skipped;
    private long presentPages;
    private long absentPages;

    /** Entries and pieces that may still be looked at: more than sound tables of an image of this size can hold. */
    private long budget;

    /** The entries of one table of the lowest level: nearly all entries there are. */
    private final long[] leaves;

    /** Frames that stand one after another in the file, asked for when a page was in none: the next pages are often among them. */
    private long runStart;
    private long runEnd;
    private long runOffset;

    private long pieceStart;
    private long pieceOffset;
    private long pieceLength;

    TableWalk(PagedMemory memory, RegionVisitor visitor, long from, long last) {
        this.memory = memory;
        this.physical = memory.physical();
        this.visitor = visitor;
        this.from = from;
        this.last = last;
        this.indexBits = memory.mode().indexBits();
        this.leaves = new long[1 << indexBits];
        this.budget = BASE_BUDGET + physical.presentPages() * BUDGET_PER_PAGE;
    }

    WalkSummary run() {
        if (memory.rootOffset() >= 0 && Long.compareUnsigned(from, last) <= 0) {
            seen.add(memory.rootOffset());
            table(memory.rootOffset(), memory.mode().topShift(), 0);
            flush();
        }
        return new WalkSummary(presentPages, absentPages, skipped, budget > 0);
    }

    /** Walks one table; {@code base} is the first address it describes, in the bits that translation uses. */
    private void table(long offset, int shift, long base) {
        int entries = shift == memory.mode().topShift() ? memory.mode().topEntries() : 1 << indexBits;
        long span = 1L << shift;
        for (int i = 0; i < entries && budget > 0; i++) {
            long va = memory.canonical(base + i * span);
            if (Long.compareUnsigned(va + (span - 1), from) < 0) {
                continue;
            }
            if (Long.compareUnsigned(va, last) > 0) {
                break;
            }
            long entry = memory.entry(offset, i);
            if (entry == 0) {
                continue;
            }
            budget--;
            if (memory.isLarge(entry, shift)) {
                frames(va, memory.largeFrame(entry, shift), span >>> PhysicalMemory.PAGE_SHIFT);
            } else {
                lowerTable(va, memory.tableOffset(entry), shift);
            }
        }
    }

    private void lowerTable(long va, long offset, int shift) {
        if (offset < 0) {
            absent(va, 1L << shift, Absence.of(offset));
        } else if (!seen.add(offset)) {
            skipped++;
        } else if (shift - indexBits == PhysicalMemory.PAGE_SHIFT) {
            pages(offset, va);
        } else {
            table(offset, shift - indexBits, va);
        }
    }

    /** Walks a table of the lowest level. */
    private void pages(long offset, long base) {
        memory.copyTable(offset, leaves);
        long[] entries = leaves;
        for (int i = 0; i < entries.length && budget > 0; i++) {
            long entry = entries[i];
            long va = base + ((long) i << PhysicalMemory.PAGE_SHIFT);
            if (entry == 0 || Long.compareUnsigned(va | PhysicalMemory.PAGE_SIZE - 1, from) < 0) {
                continue;
            }
            if (Long.compareUnsigned(va, last) > 0) {
                break;
            }
            budget--;
            page(va, memory.leafFrame(entry, true));
        }
    }

    private void page(long va, long frame) {
        if (frame >= runStart && frame < runEnd && budget > 0) {
            budget--;
            present(va, runOffset + (frame - runStart << PhysicalMemory.PAGE_SHIFT), PhysicalMemory.PAGE_SIZE);
            return;
        }
        long run = frame < 0 ? 0 : physical.contiguous(frame, LONGEST_RUN);
        if (run > 0) {
            runStart = frame;
            runEnd = frame + run;
            runOffset = physical.fileOffset(frame);
        }
        frames(va, frame, 1);
    }

    /** Pages whose frames follow each other; they may stand in several places of the file, or in none. */
    private void frames(long va, long frame, long count) {
        if (frame < 0) {
            absent(va, count << PhysicalMemory.PAGE_SHIFT, Absence.of(frame));
            return;
        }
        for (long done = 0; done < count && budget > 0;) {
            budget--;
            long run = physical.contiguous(frame + done, count - done);
            long start = va + (done << PhysicalMemory.PAGE_SHIFT);
            if (run > 0) {
                present(start, physical.fileOffset(frame + done), run << PhysicalMemory.PAGE_SHIFT);
            } else {
                absent(start, -run << PhysicalMemory.PAGE_SHIFT, Absence.NOT_IN_DUMP);
            }
            done += Math.abs(run);
        }
    }

    private void present(long va, long offset, long length) {
        long start = va;
        long at = offset;
        long left = length;
        if (Long.compareUnsigned(start, from) < 0) {
            long cut = Math.min(left, (from & -PhysicalMemory.PAGE_SIZE) - start);
            start += cut;
            at += cut;
            left -= cut;
        }
        if (left == 0 || Long.compareUnsigned(start, last) > 0) {
            return;
        }
        left = clipped(start, left);
        presentPages += left >>> PhysicalMemory.PAGE_SHIFT;
        if (pieceLength > 0 && start == pieceStart + pieceLength && at == pieceOffset + pieceLength) {
            pieceLength += left;
            return;
        }
        flush();
        pieceStart = start;
        pieceOffset = at;
        pieceLength = left;
    }

    private void absent(long va, long length, Absence why) {
        if (why == Absence.NOT_MAPPED) {
            return;
        }
        long start = va;
        long left = length;
        if (Long.compareUnsigned(start, from) < 0) {
            long cut = Math.min(left, (from & -PhysicalMemory.PAGE_SIZE) - start);
            start += cut;
            left -= cut;
        }
        if (left == 0 || Long.compareUnsigned(start, last) > 0) {
            return;
        }
        left = clipped(start, left);
        absentPages += left >>> PhysicalMemory.PAGE_SHIFT;
        flush();
        visitor.absent(start, left, why);
    }

    /** The length up to the page of the last address. */
    private long clipped(long start, long length) {
        long room = (last | PhysicalMemory.PAGE_SIZE - 1) - start;
        return Long.compareUnsigned(length - 1, room) > 0 ? room + 1 : length;
    }

    private void flush() {
        if (pieceLength > 0) {
            long length = pieceLength;
            pieceLength = 0;
            visitor.present(pieceStart, pieceOffset, length);
        }
    }

    /** A set of file offsets: open addressing over one flat array. */
    private static final class OffsetSet {

        private long[] slots = new long[1 << 10];
        private int size;

        /** Adds an offset; {@code false} when it was there. */
        boolean add(long offset) {
            if (2 * size >= slots.length) {
                long[] old = slots;
                slots = new long[old.length * 2];
                for (long value : old) {
                    if (value != 0) {
                        slots[place(value)] = value;
                    }
                }
            }
            int place = place(offset + 1);
            if (slots[place] != 0) {
                return false;
            }
            slots[place] = offset + 1;
            size++;
            return true;
        }

        private int place(long value) {
            int mask = slots.length - 1;
            int at = (int) (value * 0x9e37_79b9_7f4a_7c15L >>> 40) & mask;
            while (slots[at] != 0 && slots[at] != value) {
                at = at + 1 & mask;
            }
            return at;
        }
    }
}
