package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pages of a hibernation file. A block is unpacked when one of its pages is first asked for, and stays unpacked in {@link
 * ScratchMemory}: an offset that was handed out is good until the image is closed, so nothing can be thrown out again. Pages of a block that
 * cannot be unpacked are not there. Free for use from any thread.
 */
final class HibernatedPages implements PageMap {

    private static final int UNTOUCHED = 0;
    private static final int UNPACKED = 1;
    private static final int LOST = 2;

    /** So many blocks can be unpacked at once. */
    private static final int WORKERS = 8;
    private static final int STATE_BITS = 2;
    private static final int STATES = Integer.SIZE / STATE_BITS;

    private final HibernatedBlocks blocks;
    private final PageRuns runs;
    private final ScratchMemory scratch;
    private final AtomicIntegerArray states;
    private final Worker[] workers = new Worker[WORKERS];
    private final AtomicInteger damagedBlocks = new AtomicInteger();
    private final AtomicLong damagedPages = new AtomicLong();
    private final AtomicLong pagesWithoutRoom = new AtomicLong();

    HibernatedPages(MemorySegment file, HibernatedBlocks blocks, ScratchMemory scratch) {
        this.blocks = blocks;
        this.runs = blocks.pages();
        this.scratch = scratch;
        this.states = new AtomicIntegerArray(blocks.count() / STATES + 1);
        for (int i = 0; i < WORKERS; i++) {
            workers[i] = new Worker(file);
        }
    }

    /** Who unpacks every so many-th block, and is locked meanwhile. Its memory is had when there is work. */
    private static final class Worker {

        private final MemorySegment file;
        private BlockUnpacker unpacker;

        Worker(MemorySegment file) {
            this.file = file;
        }

        BlockUnpacker unpacker() {
            unpacker = unpacker == null ? new BlockUnpacker(file) : unpacker;
            return unpacker;
        }
    }

    @Override
    public long fileOffset(long pfn) {
        long offset = runs.fileOffset(pfn);
        return offset >= 0 && isThere(blocks.blockOf(offset >>> PhysicalMemory.PAGE_SHIFT)) ? offset : -1;
    }

    /** The pages it answers for are unpacked, so that whoever reads on from the first finds them all. */
    @Override
    public long contiguous(long pfn, long limit) {
        long run = runs.contiguous(pfn, limit);
        if (run < 0) {
            return run;
        }
        long slot = runs.fileOffset(pfn) >>> PhysicalMemory.PAGE_SHIFT;
        long done = 0;
        while (done < run) {
            int block = blocks.blockOf(slot + done);
            if (!isThere(block)) {
                return done > 0 ? done : -1;
            }
            done = blocks.firstSlot(block) + blocks.pages(block) - slot;
        }
        return run;
    }

    @Override
    public long presentPages() {
        return runs.presentPages();
    }

    @Override
    public long missingPages() {
        return runs.missingPages() + damagedPages.get() + pagesWithoutRoom.get();
    }

    @Override
    public long highestPage() {
        return runs.highestPage();
    }

    @Override
    public long nextPresent(long pfn) {
        long next = runs.nextPresent(pfn);
        while (next >= 0 && fileOffset(next) < 0) {
            next = runs.nextPresent(next + 1);
        }
        return next;
    }

    /** What turned out to be damaged so far. */
    Optional<String> damage() {
        if (pagesWithoutRoom.get() > 0) {
            return Optional.of("%d pages of the hibernation file could not be unpacked: there is no more room for them on the disk"
                    .formatted(pagesWithoutRoom.get()));
        }
        return damagedBlocks.get() == 0 ? Optional.empty()
                : Optional.of("%d packed blocks that were looked at are damaged: %d pages are missing".formatted(damagedBlocks.get(),
                        damagedPages.get()));
    }

    private boolean isThere(int block) {
        int state = state(block);
        if (state == UNTOUCHED) {
            Worker worker = workers[block % WORKERS];
            synchronized (worker) {
                state = state(block);
                if (state == UNTOUCHED) {
                    state = unpack(worker.unpacker(), block) ? UNPACKED : LOST;
                    int bits = state << block % STATES * STATE_BITS;
                    states.accumulateAndGet(block / STATES, bits, (old, more) -> old | more);
                }
            }
        }
        return state == UNPACKED;
    }

    private int state(int block) {
        return states.get(block / STATES) >>> block % STATES * STATE_BITS & (1 << STATE_BITS) - 1;
    }

    private boolean unpack(BlockUnpacker unpacker, int block) {
        int pages = blocks.pages(block);
        byte[] unpacked = unpacker.unpack(blocks.offset(block), blocks.packedSize(block), blocks.packing(block),
                pages << PhysicalMemory.PAGE_SHIFT);
        if (unpacked == null) {
            damagedBlocks.incrementAndGet();
            damagedPages.addAndGet(pages);
            return false;
        }
        if (!scratch.fill((long) blocks.firstSlot(block) << PhysicalMemory.PAGE_SHIFT, unpacked, pages << PhysicalMemory.PAGE_SHIFT)) {
            pagesWithoutRoom.addAndGet(pages);
            return false;
        }
        return true;
    }
}
