package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * The free blocks a pool descriptor knows of: it keeps a list for each size ({@code ListHeads}), linked through the first bytes
 * of the blocks themselves. A block of the smallest size has no room for the links and is on none.
 *
 * @param filled lists with at least one block
 * @param blocks blocks on all of them
 * @param cut how many lists lead to a page that is not in the image
 * @param damaged how many lists are broken
 * @param damage what is wrong with the first of them, a clause each
 */
public record FreeLists(int filled, long blocks, int cut, int damaged, List<String> damage) {

    private static final int DAMAGE_TOLD = 5;

    /** No pool has more free blocks than these: 4 GB of pages with 128 each. */
    private static final long LIMIT = 1L << 27;

    public FreeLists {
        damage = List.copyOf(damage.subList(0, Math.min(DAMAGE_TOLD, damage.size())));
    }

    /** These lists and those of another descriptor. */
    public FreeLists and(FreeLists other) {
        List<String> both = new ArrayList<>(damage);
        both.addAll(other.damage);
        return new FreeLists(filled + other.filled, blocks + other.blocks, cut + other.cut, damaged + other.damaged, both);
    }

    /**
     * Walks the lists of one descriptor. An entry counts when it points back to the one before it; where the chain breaks, the
     * rest is reached from its other end.
     *
     * @param each takes the address of each block's data
     * @return empty for kernels that keep no such lists
     */
    public static Optional<FreeLists> walk(KernelImage image, PoolDescriptor descriptor, LongConsumer each) {
        Optional<StructLayout> layout = image.layouts().find("_POOL_DESCRIPTOR").filter(found -> found.has("ListHeads"));
        Optional<VirtualMemory> memory = image.memory().value();
        if (layout.isEmpty() || memory.isEmpty()) {
            return Optional.empty();
        }
        FieldLayout heads = layout.get().field("ListHeads");
        int pointer = memory.get().pointerSize();
        List<String> damage = new ArrayList<>();
        int filled = 0;
        int cut = 0;
        long blocks = 0;
        for (int i = 0; i < heads.count(); i++) {
            long head = descriptor.address() + heads.offset() + 2L * i * pointer;
            if (!memory.get().isReadable(head, 2L * pointer)) {
                cut++;
                continue;
            }
            if (next(memory.get(), head, 0) == 0 && next(memory.get(), head, pointer) == 0) {
                // Never set up: a kernel that keeps fewer lists than there is room for.
                continue;
            }
            Chain chain = new Chain(memory.get(), head, each);
            long found = chain.follow(0, pointer);
            if (!chain.whole) {
                found += chain.follow(pointer, 0);
            }
            cut += chain.cut ? 1 : 0;
            if (chain.broken != 0) {
                damage.add("free list %d of the %s pool descriptor is broken at 0x%x".formatted(i, descriptor.pool().word(),
                        chain.broken));
            }
            filled += found > 0 ? 1 : 0;
            blocks += found;
        }
        return Optional.of(new FreeLists(filled, blocks, cut, damage.size(), damage));
    }

    /** A link of an entry. Some kernels mark those of free blocks by setting bit 0, which no address of a block has. */
    private static long next(VirtualMemory memory, long at, int link) {
        return memory.canonical(memory.pointer(at + link) & ~1L);
    }

    /** One list. That entries point back keeps a walk from running in a circle. */
    private static final class Chain {

        private final VirtualMemory memory;
        private final long head;
        private final LongConsumer each;
        private boolean whole;
        private boolean cut;
        private long broken;

        Chain(VirtualMemory memory, long head, LongConsumer each) {
            this.memory = memory;
            this.head = head;
            this.each = each;
        }

        /** Follows one of the two links; how many entries there are until the head or the break. */
        long follow(int link, int back) {
            long at = head;
            for (long count = 0; count < LIMIT; count++) {
                long next = next(memory, at, link);
                if (!memory.isReadable(next, 2L * memory.pointerSize())) {
                    cut = true;
                    return count;
                }
                if (next(memory, next, back) != at) {
                    broken = at;
                    return count;
                }
                if (next == head) {
                    whole = true;
                    return count;
                }
                each.accept(next);
                at = next;
            }
            return LIMIT;
        }
    }
}
