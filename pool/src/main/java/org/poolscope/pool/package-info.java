/**
 * Questions about single pool blocks: {@link org.poolscope.pool.PoolBlocks} walks every page of pool once and keeps, in a few bytes a
 * block, where each stands; the other classes ask it what blocks hold, who points at them, and which nobody can reach.
 *
 * <pre>
 *   PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
 *   for (BlockCursor block = blocks.cursor(); block.next();) {
 *       …
 *   }
 * </pre>
 *
 * <p>A machine that leaks has millions of blocks, so nothing here makes an object for each: blocks are numbers into flat arrays, and
 * contents are looked at where they stand in the mapped image.
 */
package org.poolscope.pool;
