package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.Absence;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * Every pointer to a block, or to any block of a tag, from all kernel memory the image holds: pool, module data, stacks, whatever is
 * mapped. A pointer may lead anywhere into the block, its header included; {@link PointerRules} says what is taken for one. Memory that is
 * no longer used is searched too, for a pointer left behind says who had the block; {@link Reachability#doubts} says which of them keep
 * no block.
 *
 * <p>The search goes through memory once, on all processors, and hands out what it finds in the order of addresses.
 */
public final class References {

    /** Pages one thread takes at a time, and how many such pieces are searched before what they hold is handed out. */
    private static final int CHUNK = 1024;
    private static final int WINDOW = 64;

    private final PoolBlocks blocks;
    private final MemorySegment bytes;
    private final int pointerSize;
    private final PointerRules rules;
    private final LongPredicate wanted;
    private final long low;
    private final long span;
    private final MappedPages kernel;
    private final FilePages poolPages;

    private References(KernelImage image, PoolBlocks blocks, LongPredicate wanted, long low, long high) {
        PagedMemory memory = blocks.memory();
        this.blocks = blocks;
        this.bytes = memory.bytes();
        this.pointerSize = memory.pointerSize();
        this.rules = new PointerRules(blocks, ObjectTest.of(image, blocks));
        this.wanted = wanted;
        this.low = low;
        this.span = high - low;
        this.kernel = MappedPages.ofKernel(memory, blocks.sessions(image));
        this.poolPages = FilePages.of(blocks);
    }

    /** References to the block that holds an address, whatever its state; empty when no block does. */
    public static Optional<References> to(KernelImage image, PoolBlocks blocks, long address) {
        return blocks.blockAt(address).map(block -> {
            long number = blocks.find(blocks.memory().canonical(address));
            long header = block.kind().hasHeader() ? blocks.headerSize() : 0;
            long start = block.address() - header;
            return new References(image, blocks, found -> found == number, start, start + block.size());
        });
    }

    /** References to blocks in use of a tag. */
    public static References to(KernelImage image, PoolBlocks blocks, PoolTag tag) {
        return new References(image, blocks, found -> (blocks.tag(found) & Integer.MAX_VALUE) == tag.key()
                && blocks.state(found) == BlockState.ALLOCATED, blocks.low(), blocks.high());
    }

    /** Searches, and goes through what is found in the order of where it stands. */
    public Cursor cursor(Progress progress) {
        return new Cursor(progress);
    }

    /** Goes through references one at a time, without an object for each. For one thread. */
    public final class Cursor {

        private final Progress progress;
        private final long chunks = (kernel.count() + CHUNK - 1) / CHUNK;
        private long next;
        private Found[] window = new Found[0];
        private int chunk;
        private int at = -2;

        private Cursor(Progress progress) {
            this.progress = progress;
        }

        /** Moves to the next reference; whether there is one. */
        public boolean next() {
            at += 2;
            while (chunk >= window.length || at >= window[chunk].count) {
                at = 0;
                if (++chunk >= window.length) {
                    if (next >= chunks) {
                        return false;
                    }
                    search();
                }
            }
            return true;
        }

        private void search() {
            long first = next;
            Found[] found = new Found[(int) Math.min(WINDOW, chunks - first)];
            IntStream.range(0, found.length).parallel().forEach(i -> found[i] = References.this.search(first + i));
            next += found.length;
            progress.at("searching for pointers", next, chunks);
            window = found;
            chunk = 0;
        }

        /** Where the pointer stands. */
        public long from() {
            return window[chunk].pairs[at];
        }

        /** The word that stands there. */
        public long word() {
            return window[chunk].pairs[at + 1];
        }

        /** Where the data of the block begins that it leads to. */
        public long to() {
            return blocks.address(blocks.find(window[chunk].pairs[at + 1]));
        }

        /** How far into the data it leads; negative into the header. */
        public long offset() {
            return window[chunk].pairs[at + 1] - to();
        }
    }

    /** How many kernel pages could not be searched; they may hold pointers too. Pages never touched are not among them, they hold nothing. */
    public long absentPages() {
        return kernel.absent() - kernel.absent(Absence.DEMAND_ZERO);
    }

    private Found search(long chunk) {
        Found found = new Found();
        for (MappedPages.Cursor page = kernel.cursor(chunk * CHUNK, (chunk + 1) * CHUNK); page.next();) {
            int at = blocks.pageAt(page.address());
            if (at > 0) {
                PageGroup group = blocks.groups()[(at - 1) / PoolWalk.GROUP_PAGES];
                poolPage(found, group, (at - 1) % PoolWalk.GROUP_PAGES);
            } else if (!poolPages.contains(page.offset()) || blocks.big().find(page.address()) >= 0) {
                words(found, page.address(), page.offset(), 0, Words.PAGE);
            }
        }
        return found;
    }

    /** Headers hold sizes and tags, which are no pointers. */
    private void poolPage(Found found, PageGroup group, int page) {
        if (PageParser.isSpecial(group.flags[page])) {
            words(found, group.address[page], group.offset[page], 0, Words.PAGE);
            return;
        }
        HeaderFormat format = blocks.format();
        for (int block = group.first[page]; block < group.first[page + 1]; block++) {
            int header = group.state(block) == BlockState.HEAP.ordinal() ? 0 : format.headerSize();
            if (header == 0 && !PageParser.isShared(group.flags[page])) {
                continue;
            }
            words(found, group.address[page], group.offset[page], (group.unit(block) << format.unitShift()) + header,
                    group.end(page, block, format.pageUnits()) << format.unitShift());
        }
    }

    private void words(Found found, long va, long offset, int from, int to) {
        for (int at = from; at + pointerSize <= to; at += pointerSize) {
            long word = Words.pointer(bytes, offset + at, pointerSize);
            if (Long.compareUnsigned(word - low, span) < 0 && isWanted(word)) {
                found.add(va + at, word);
            }
        }
    }

    private boolean isWanted(long word) {
        long block = blocks.find(word);
        return block != PoolBlocks.NOWHERE && wanted.test(block) && rules.isPlausible(word, block);
    }

    /** References out of one piece of memory: where each stands, and the word that stands there. */
    private static final class Found {

        private long[] pairs = new long[16];
        private int count;

        void add(long from, long word) {
            if (count == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * count);
            }
            pairs[count] = from;
            pairs[count + 1] = word;
            count += 2;
        }
    }
}
