package org.poolscope.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A bit for each block. Threads may set bits at the same time. */
final class BlockMarks {

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[][] words;

    BlockMarks(PoolBlocks blocks) {
        PageGroup[] groups = blocks.groups();
        words = new long[groups.length + 1][];
        for (int g = 0; g < groups.length; g++) {
            words[g] = new long[groups[g].blocks() + 63 >>> 6];
        }
        words[groups.length] = new long[blocks.big().count() + 63 >>> 6];
    }

    /** Sets a block's bit; whether it was not set before. */
    boolean set(long number) {
        int block = PoolBlocks.block(number);
        long[] of = words[PoolBlocks.group(number)];
        long bit = 1L << block;
        return (of[block >>> 6] & bit) == 0 && ((long) WORDS.getAndBitwiseOr(of, block >>> 6, bit) & bit) == 0;
    }

    boolean isSet(long number) {
        int block = PoolBlocks.block(number);
        return (words[PoolBlocks.group(number)][block >>> 6] & 1L << block) != 0;
    }
}
