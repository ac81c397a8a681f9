package org.poolscope.pool;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.poolscope.memory.PagedMemory;

/** Says of words that lead into blocks why marking did not follow them. For one thread. */
final class Doubts {

    private final Marking marking;
    private final PoolBlocks blocks;
    private final PagedMemory memory;
    private final PointerScan scan;
    private final Map<Long, Long> stale = new HashMap<>();

    Doubts(Marking marking) {
        this.marking = marking;
        this.blocks = marking.blocks;
        this.memory = blocks.memory();
        this.scan = new PointerScan(marking);
        marking.staleWords().forEach(word -> stale.put(word.address(), word.blocks()));
    }

    /**
     * Why a word was not followed; empty when it was, so that the block it leads into is reached.
     *
     * @param from where the word stands
     * @param word what stands there
     */
    Optional<String> of(long from, long word) {
        long holder = blocks.find(from);
        if (holder == PoolBlocks.NOWHERE) {
            return outside(from, word);
        }
        switch (blocks.state(holder)) {
            case FREE -> {
                return Optional.of("left behind in a freed block");
            }
            case LOOKASIDE -> {
                return Optional.of("left behind in a block parked on a lookaside list");
            }
            case DAMAGED -> {
                return Optional.of("on a damaged page of pool");
            }
            case ALLOCATED -> {
                // Words of blocks in use count, but for those below.
            }
        }
        Optional<String> book = marking.leftovers.whatInBlock(from);
        if (book.isPresent()) {
            return book;
        }
        if (!marking.isReachedAt(from)) {
            return Optional.of(holder == blocks.find(word) ? "in the block itself" : "in a block that nothing leads to either");
        }
        if (stale.containsKey(from)) {
            return Optional.of("where blocks of its kind hold leftovers; it alone would keep " + stale.get(from) + " blocks");
        }
        return blocks.isBig(holder) ? ofData(from, word, true) : Optional.empty();
    }

    private Optional<String> outside(long from, long word) {
        Optional<String> leftover = marking.leftovers.whatOutside(from);
        return leftover.isPresent() ? leftover : ofData(from, word, false);
    }

    /** A page of data may hold anything, and some of it looks like pointers. */
    private Optional<String> ofData(long from, long word, boolean inBlock) {
        long target = blocks.find(word);
        long page = from & ~(long) Words.PAGE_MASK;
        long offset = memory.locate(page);
        if (offset < 0 || target == PoolBlocks.NOWHERE || marking.rules.isExact(word, target)) {
            return Optional.empty();
        }
        boolean[] noise = new boolean[1];
        AddressRanges.Gaps gap = (start, end) -> {
            if (Long.compareUnsigned(from, start) >= 0 && Long.compareUnsigned(from, end) < 0) {
                noise[0] = scan.isNoise(offset + (start - page), offset + (end - page));
            }
        };
        if (inBlock) {
            marking.leftovers.liveInBlock(page, page + Words.PAGE, gap);
        } else {
            marking.leftovers.liveOutside(page, page + Words.PAGE, gap);
        }
        return noise[0] ? Optional.of("among data: most words of its page that look like pointers lead nowhere") : Optional.empty();
    }
}
