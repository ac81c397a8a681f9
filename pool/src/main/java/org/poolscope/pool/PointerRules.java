package org.poolscope.pool;

/**
 * Tells which words are pointers to pool blocks.
 *
 * <p>Anything that leads into a block in use counts, to its start, its middle or its header: too many are taken for pointers rather
 * than too few. In 64 bits hardly a word looks like a pool address by chance. In 32 bits a quarter of all noise does (the
 * colours of a bitmap, the text of a file), so there a word must be a multiple of four, or differ from one by a tag in its low three bits
 * as kernels hide them in the pointers of trees, handle tables and fast references; and then it must lead to the start of a block's
 * data, or to an object. Where objects cannot be told, a tagged word may lead anywhere.
 */
final class PointerRules {

    /** Where kernels hide tags in pointers of 32 bits. */
    static final int TAG_BITS_32 = 7;
    private static final int ALIGNMENT_32 = 3;

    private final PoolBlocks blocks;
    private final ObjectTest objects;
    private final boolean wide;
    private final long low;
    private final long span;

    PointerRules(PoolBlocks blocks, ObjectTest objects) {
        this.blocks = blocks;
        this.objects = objects;
        this.wide = blocks.memory().pointerSize() == Long.BYTES;
        this.low = blocks.low();
        this.span = blocks.high() - low;
    }

    /** Whether a word lies among the addresses of pool at all. For the inner loops. */
    boolean isNearPool(long word) {
        return Long.compareUnsigned(word - low, span) < 0;
    }

    /** 1 for a word that {@link #isNearPool}, else 0; told without a branch, for loops over words that no processor can foresee. */
    int nearPool(long word) {
        long at = word - low;
        return (int) ((~at & at - span) >>> 63);
    }

    /** The number of the block in use that a word near pool leads to; {@link PoolBlocks#NOWHERE} when it is none, or is no pointer. */
    long target(long word) {
        long block = blocks.find(word);
        if (block == PoolBlocks.NOWHERE || blocks.state(block) != BlockState.ALLOCATED) {
            return PoolBlocks.NOWHERE;
        }
        return isPlausible(word, block) ? block : PoolBlocks.NOWHERE;
    }

    /** Whether a word that leads into a block may be a pointer to it. */
    boolean isPlausible(long word, long block) {
        return isPlain(word) || isTagged(word, block);
    }

    /** Whether a word may be a pointer to any block it leads into. */
    boolean isPlain(long word) {
        return wide || (word & ALIGNMENT_32) == 0;
    }

    /** Whether a word leads to the very start of a block's data. */
    boolean isExact(long word, long block) {
        return blocks.address(block) == word;
    }

    /** Whether the image's pointers are wide enough that noise does not look like them. */
    boolean isWide() {
        return wide;
    }

    private boolean isTagged(long word, long block) {
        long plain = word & ~TAG_BITS_32;
        return blocks.address(block) == plain || objects.mayBeObject(plain);
    }

    /** The objects of the kernel. */
    ObjectTest objects() {
        return objects;
    }
}
