package org.poolscope.memory;

import java.util.List;

/**
 * What the heads of the blocks of a hibernation file told.
 *
 * @param blocks the blocks and the pages they hold
 * @param wide whether it is of a 64-bit system
 * @param firstPage the page of the file where the index begins; the state of the processor stands before it
 * @param warnings what could not be read
 */
record HibernationIndex(HibernatedBlocks.Builder blocks, boolean wide, long firstPage, List<String> warnings) {
}
