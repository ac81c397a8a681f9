package org.poolscope.kernel.objects;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * Walks handle tables ({@code HANDLE_TABLE}): one page of entries, or one or two levels of pages of pointers above them, as the
 * low two bits of {@code TableCode} say. The first entry of each page of entries is the kernel's own. An entry holds the address
 * of an object's header (in the table of process ids, of the object) with attributes in its low bits, 0 when it is free; from
 * Windows 8 on the address is packed into the upper bits of a 64-bit word.
 */
final class HandleTables {

    private static final int PAGE = 0x1000;
    private static final int LEVEL_MASK = 3;
    private static final int DEEPEST_LEVEL = 2;

    /** A process can open 2^24 handles ({@code MAX_HANDLES}). */
    private static final long HANDLE_LIMIT = 1L << 24;

    /** An address packed into 44 bits has lost four, one packed into fewer three: objects are aligned to 16 or to 8 bytes. */
    private static final int BITS_OF_16_BYTE_UNITS = 44;
    private static final int ATTRIBUTE_BITS = 7;

    private final KernelSpace space;
    private final StructLayout table;
    private final int entrySize;
    private final FieldLayout packed;

    HandleTables(KernelSpace space) {
        this.space = space;
        this.table = space.layout("_HANDLE_TABLE");
        StructLayout entry = space.layout("_HANDLE_TABLE_ENTRY");
        this.entrySize = entry.size();
        this.packed = entry.find("ObjectPointerBits").orElse(null);
    }

    /**
     * How many handles a table says it has; counted where it does not say; 0 for no table; {@code null} when it cannot be read.
     */
    Long count(long address) {
        if (address == 0) {
            return 0L;
        }
        try {
            if (table.has("HandleCount")) {
                long count = space.number(address, table.field("HandleCount"));
                return count <= HANDLE_LIMIT ? Long.valueOf(count) : null;
            }
            Walk walk = new Walk(object -> { });
            walk.table(address);
            return walk.complete() ? Long.valueOf(walk.handles) : null;
        } catch (UnreadableAddressException e) {
            return null;
        }
    }

    /**
     * Visits what the handles of a table lead to.
     *
     * @param words whose table it is, for the warning when parts are missing
     * @param visitor takes the address each handle in use holds, without its attributes
     * @return whether the table could be read whole
     */
    boolean walk(long address, String words, LongConsumer visitor) {
        Walk walk = new Walk(visitor);
        try {
            walk.table(address);
        } catch (UnreadableAddressException e) {
            space.warn("%s cannot be read: %s".formatted(words, e.getMessage()));
            return false;
        }
        if (walk.missing > 0) {
            space.warn("%s is not whole: %d of its pages cannot be read; %d handles were found on the others"
                    .formatted(words, walk.missing, walk.handles));
        }
        if (walk.strange > 0) {
            space.warn("%d entries of %s lead to no kernel object".formatted(walk.strange, words));
        }
        return walk.complete();
    }

    /** One walk. A page is entered once, so that no damage makes it long. */
    private final class Walk {

        private final LongConsumer visitor;
        private final Set<Long> seen = new HashSet<>();
        private long handles;
        private long missing;
        private long strange;

        Walk(LongConsumer visitor) {
            this.visitor = visitor;
        }

        boolean complete() {
            return missing == 0 && strange == 0;
        }

        void table(long address) {
            long code = space.number(address, table.field("TableCode"));
            int level = (int) code & LEVEL_MASK;
            long first = space.memory().canonical(code & ~(long) LEVEL_MASK);
            if (level > DEEPEST_LEVEL || first != 0 && !space.isKernelPointer(first)) {
                missing++;
            } else if (first != 0) {
                page(first, level);
            }
        }

        private void page(long page, int level) {
            if (!seen.add(page) || !space.isReadable(page, PAGE)) {
                missing++;
                return;
            }
            if (level == 0) {
                entries(page);
                return;
            }
            for (int at = 0; at < PAGE && handles < HANDLE_LIMIT; at += space.pointerSize()) {
                long next = space.pointer(page + at);
                if (next == 0) {
                    // tables grow in order: nothing comes behind the first gap
                    return;
                }
                if (space.isKernelPointer(next)) {
                    page(next, level - 1);
                } else {
                    missing++;
                    return;
                }
            }
        }

        private void entries(long page) {
            for (int at = entrySize; at < PAGE && handles < HANDLE_LIMIT; at += entrySize) {
                long object = object(page + at);
                if (object != 0) {
                    handles++;
                    if (space.isKernelPointer(object)) {
                        visitor.accept(object);
                    } else {
                        strange++;
                    }
                }
            }
        }

        private long object(long entry) {
            if (packed == null) {
                return space.memory().canonical(space.memory().pointer(entry) & ~(long) ATTRIBUTE_BITS);
            }
            if (packed.bytes() == Integer.BYTES) {
                return Integer.toUnsignedLong(space.memory().u32(entry)) & ~(long) ATTRIBUTE_BITS;
            }
            // kernel addresses begin with ones: shifting the word down with its sign restores them
            long unit = space.memory().u64(entry);
            return unit >> packed.bit() << (packed.bits() >= BITS_OF_16_BYTE_UNITS ? 4 : 3);
        }
    }
}
