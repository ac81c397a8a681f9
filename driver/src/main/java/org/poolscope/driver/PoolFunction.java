package org.poolscope.driver;

import java.util.Optional;
import org.poolscope.model.PoolKind;

/**
 * A function that allocates or frees pool, and where in its arguments everything stands.
 *
 * @param name its name
 * @param operation what it does
 * @param poolEncoding how the pool is given
 * @param pool the argument that gives it, or {@link Argument#NONE}
 * @param size the argument with the size in bytes, or {@link Argument#NONE}
 * @param tag the argument with the tag, or {@link Argument#NONE}
 * @param fixedTag the tag the kernel gives these blocks by itself, as a little-endian number; {@code null} when it does not, or it is
 *     not known which
 * @param tagInConfig whether the tag's argument is a structure that holds the tag
 * @param x86Words 4-byte words of arguments on the stack of x86
 * @param callerPops whether the caller takes the arguments off the stack on x86
 * @param condition only calls for which this holds; {@code null} for all
 */
record PoolFunction(String name, Operation operation, PoolEncoding poolEncoding, Argument pool, Argument size, Argument tag,
        Integer fixedTag, boolean tagInConfig, int x86Words, boolean callerPops, Condition condition) {

    /** What a function does. */
    enum Operation {
        /** Allocates a block. */
        ALLOCATE("allocate"),
        /** Sets up a list that allocates blocks with the tag later on. */
        LOOKASIDE("lookaside"),
        /** Says which tag the framework uses where the driver names none. */
        DEFAULT("default"),
        /** Frees a block, or a list. */
        FREE("free");

        private final String word;

        Operation(String word) {
            this.word = word;
        }

        /** The word in listings and in the table. */
        String word() {
            return word;
        }
    }

    /** How the pool is given. */
    enum PoolEncoding {
        /** Not at all, or not in a way that is known. */
        UNKNOWN,
        /** It is always the same. */
        ALWAYS_PAGED,
        /** It is always the same. */
        ALWAYS_NONPAGED,
        /** A {@code POOL_TYPE}: odd values are paged (wdm.h). */
        TYPE,
        /** {@code POOL_FLAGS} (documentation of {@code ExAllocatePool2}). */
        FLAGS,
        /** A {@code VP_POOL_TYPE}: odd values are paged (video.h). */
        VIDEO_TYPE
    }

    /**
     * A place in the argument list.
     *
     * @param index its number from 0
     * @param x86Word how many 4-byte words stand before it on the stack of x86
     */
    record Argument(int index, int x86Word) {

        static final Argument NONE = new Argument(-1, -1);

        boolean exists() {
            return index >= 0;
        }

        int place(boolean wide) {
            return wide ? index : x86Word;
        }
    }

    /**
     * An argument with a certain value.
     *
     * @param argument which one
     * @param value its value
     */
    record Condition(Argument argument, long value) {
    }

    private static final long FLAG_NONPAGED = 0x40;
    private static final long FLAG_NONPAGED_EXECUTE = 0x80;
    private static final long FLAG_PAGED = 0x100;
    private static final long FLAG_CACHE_ALIGNED = 0x8;
    /** In a {@code POOL_TYPE}: {@code NonPagedPoolCacheAligned} is 4, {@code PagedPoolCacheAligned} 5 (wdm.h). */
    private static final long TYPE_CACHE_ALIGNED = 0x4;

    /** The pool that a value of the pool argument stands for. */
    Optional<PoolKind> poolOf(long value) {
        return switch (poolEncoding) {
            case TYPE, VIDEO_TYPE -> Optional.of((value & 1) != 0 ? PoolKind.PAGED : PoolKind.NONPAGED);
            case FLAGS -> (value & FLAG_PAGED) != 0 ? Optional.of(PoolKind.PAGED)
                    : (value & (FLAG_NONPAGED | FLAG_NONPAGED_EXECUTE)) != 0 ? Optional.of(PoolKind.NONPAGED) : Optional.empty();
            default -> fixedPool();
        };
    }

    /** Whether a value of the pool argument asks for a block that begins a cache line: it is larger than its size tells. */
    boolean isCacheAligned(long value) {
        return switch (poolEncoding) {
            case TYPE -> (value & TYPE_CACHE_ALIGNED) != 0;
            case FLAGS -> (value & FLAG_CACHE_ALIGNED) != 0;
            default -> false;
        };
    }

    /** Whether the function asks the pool for just the size it is given; others put something of their own around the block. */
    boolean addsNothing() {
        return name.startsWith("Ex") || name.startsWith("FsRtlAllocatePool") || name.startsWith("NdisAllocateMemoryWithTag");
    }

    /** The pool when it is always the same. */
    Optional<PoolKind> fixedPool() {
        return switch (poolEncoding) {
            case ALWAYS_PAGED -> Optional.of(PoolKind.PAGED);
            case ALWAYS_NONPAGED -> Optional.of(PoolKind.NONPAGED);
            default -> Optional.empty();
        };
    }
}
