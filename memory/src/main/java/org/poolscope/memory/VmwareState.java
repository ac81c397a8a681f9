package org.poolscope.memory;

import java.util.List;

/**
 * What a VMware state file tells of the machine's memory.
 *
 * @param regions where pages stand in the memory file, or in {@link #memory}; empty when the memory has no holes, or the file does
 *                not tell
 * @param memory the memory itself, when this file holds it; else {@code null}
 * @param directories the page directories of its processors, the likeliest meaning of each first
 * @param damage what could not be read of it; empty when all was
 */
record VmwareState(List<Region> regions, Block memory, List<PageDirectory> directories, String damage) {

    /**
     * Memory without a hole in it.
     *
     * @param firstPage its first page in the machine
     * @param filePage its first page in the memory file
     * @param pages its length
     */
    record Region(long firstPage, long filePage, long pages) {
    }

    /**
     * Where memory stands in a file.
     *
     * @param offset its first byte
     * @param size its bytes
     */
    record Block(long offset, long size) {
    }
}
