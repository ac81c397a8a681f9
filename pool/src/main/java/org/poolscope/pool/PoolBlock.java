package org.poolscope.pool;

import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;

/**
 * One block.
 *
 * @param address where its data begins, behind the header
 * @param size its size in bytes; with the header for blocks that {@linkplain BlockKind#hasHeader have one}
 * @param tag its tag; of a free block what was left in the header
 * @param pool which pool it belongs to
 * @param session whether it belongs to one session's part of the pool
 */
public record PoolBlock(long address, long size, PoolTag tag, PoolKind pool, boolean session, BlockState state, BlockKind kind) {
}
