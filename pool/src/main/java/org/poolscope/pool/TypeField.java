package org.poolscope.pool;

/**
 * What the {@code PoolType} field of a block's header means. The pool's number has bit 0 for paged, 3 for quota charged, 5 for
 * session. Published debugger headers and the pool pages of running kernels agree on these forms.
 */
enum TypeField {
    /** Before Vista: the pool's number plus one, 0 when free. */
    PLUS_ONE {
        @Override
        boolean isAllocated(int type) {
            return type != 0;
        }

        @Override
        int pool(int type) {
            return type - 1;
        }
    },
    /** Before Vista, in kernels that keep the number when a block is freed: bit 2 says that it is in use. */
    PLUS_ONE_IN_USE {
        @Override
        boolean isAllocated(int type) {
            return (type & 4) != 0;
        }

        @Override
        int pool(int type) {
            return (type & ~4) - 1;
        }
    },
    /** From Vista on: the pool's number, and bit 1 says that it is in use. */
    IN_USE_BIT {
        @Override
        boolean isAllocated(int type) {
            return (type & 2) != 0;
        }

        @Override
        int pool(int type) {
            return type;
        }
    };

    private static final int PAGED = 1;
    private static final int SESSION = 0x20;

    /** Whether the block is in use. */
    abstract boolean isAllocated(int type);

    abstract int pool(int type);

    /** Whether a block in use is paged. */
    boolean isPaged(int type) {
        return (pool(type) & PAGED) != 0;
    }

    /** Whether a block in use belongs to a session. */
    boolean isSession(int type) {
        return (pool(type) & SESSION) != 0;
    }
}
