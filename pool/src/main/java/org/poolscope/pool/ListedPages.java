package org.poolscope.pool;

import org.poolscope.memory.VirtualMemory;

/** What an image tells of the lists that free blocks and free pages are on. */
record ListedPages(VirtualMemory memory) implements PageRepair.Surroundings {

    @Override
    public boolean isListed(long entry) {
        int pointer = memory.pointerSize();
        if (!memory.isReadable(entry, 2L * pointer)) {
            return false;
        }
        long before = memory.canonical(memory.pointer(entry + pointer));
        return before != 0 && memory.isReadable(before, pointer) && memory.canonical(memory.pointer(before)) == entry;
    }

    @Override
    public boolean beginsWithPageAddress(long page) {
        if (!memory.isReadable(page, memory.pointerSize())) {
            return false;
        }
        long link = memory.canonical(memory.pointer(page));
        return link != 0 && (link & Words.PAGE_MASK) == 0 && memory.locate(link) >= 0;
    }
}
