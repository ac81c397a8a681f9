package org.poolscope.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.Absence;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.Address;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * All blocks of a kernel's pools: where each stands, its tag, and what becomes of it. Holds six bytes a block and some twenty a page;
 * contents stay in the image, which must stay open. Immutable once made, and safe for use from any thread.
 */
public final class PoolBlocks {

    static final long NOWHERE = -1;

    private final PagedMemory memory;
    private final HeaderFormat format;
    private final PoolSpace space;
    private final PageGroup[] groups;
    private final BigBlocks big;
    private final DamageList damage;
    private final List<String> warnings;
    private final long[] absences;
    private final int freePages;
    private final SpecialPages special;
    /** {@code null} until somebody asks. */
    private SessionMemory sessions;
    private final PageIndex index = new PageIndex();
    /** The number in the index of each group's first page, and behind the last group the number of pages. */
    private final int[] firstPage;
    private final long low;
    private final long high;
    private long pageBlocks;

    PoolBlocks(PagedMemory memory, HeaderFormat format, PoolSpace space, PageGroup[] groups, BigBlocks big, DamageList damage,
            List<String> warnings, long[] absences, int freePages) {
        this.memory = memory;
        this.format = format;
        this.space = space;
        this.groups = groups;
        this.big = big;
        this.damage = damage;
        this.warnings = warnings;
        this.absences = absences;
        this.freePages = freePages;
        this.special = new SpecialPages(memory.bytes(), format);
        this.firstPage = new int[groups.length + 1];
        long first = -1;
        long last = 0;
        for (int g = 0; g < groups.length; g++) {
            PageGroup group = groups[g];
            firstPage[g + 1] = firstPage[g] + group.pages();
            index.addAll(group.address);
            pageBlocks += group.realBlocks();
            if (group.pages() > 0) {
                first = lower(first, group.address[0]);
                last = higher(last, group.address[group.pages() - 1] + Words.PAGE);
            }
        }
        index.seal();
        for (int i = 0; i < big.count(); i++) {
            first = lower(first, big.address(i));
            last = higher(last, big.end(i));
        }
        this.low = first;
        this.high = last;
    }

    private static long lower(long a, long b) {
        return Long.compareUnsigned(a, b) <= 0 ? a : b;
    }

    private static long higher(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    /**
     * Walks the pools of an image.
     *
     * @throws EvidenceException when the image holds no pool pages, or pool of a kind this walk does not know
     */
    public static PoolBlocks walk(KernelImage image, Progress progress) throws EvidenceException {
        return new KernelPool(image).walk(OptionalInt.empty(), progress);
    }

    /**
     * Walks the pools of an image and keeps what a {@link ContentProfile} of a tag looks at, up to 128 MB, so that it need not read the
     * blocks again.
     *
     * @throws EvidenceException when the image holds no pool pages, or pool of a kind this walk does not know
     */
    public static PoolBlocks walk(KernelImage image, PoolTag profiled, Progress progress) throws EvidenceException {
        return new KernelPool(image).walk(OptionalInt.of(profiled.key()), progress);
    }

    /** How many blocks there are, of any state. */
    public long count() {
        return pageBlocks + big.count();
    }

    /** Goes through all blocks, by address. */
    public BlockCursor cursor() {
        return new BlockCursor(this);
    }

    /** The block whose bytes, header included, hold an address; empty when the address is in none that is known. */
    public Optional<PoolBlock> blockAt(long address) {
        long va = memory.canonical(address);
        Optional<PoolBlock> onPage = page(va).stream().filter(block -> covers(block, va)).findFirst();
        int found = onPage.isPresent() ? -1 : big.find(va);
        return found < 0 ? onPage : Optional.of(new PoolBlock(big.address(found), big.size(found), new PoolTag(big.tag(found)),
                big.pool(found), false, BlockState.ALLOCATED, BlockKind.BIG));
    }

    private boolean covers(PoolBlock block, long va) {
        return block.kind() == BlockKind.SPECIAL
                || Long.compareUnsigned(va - (block.address() - format.headerSize()), block.size()) < 0;
    }

    /** The blocks of the page an address lies on, in order; empty when it is no page of blocks. */
    public List<PoolBlock> page(long address) {
        int at = pageAt(memory.canonical(address));
        List<PoolBlock> found = new ArrayList<>();
        if (at != 0) {
            for (BlockCursor cursor = new BlockCursor(this, (at - 1) / PoolWalk.GROUP_PAGES, (at - 1) % PoolWalk.GROUP_PAGES); cursor.next();) {
                found.add(cursor.block());
            }
        }
        return found;
    }

    /** What is damaged, by address; of very many places the first ten thousand. */
    public List<Damage> damage() {
        return damage.places();
    }

    /** What is damaged on the page an address lies on. */
    public List<Damage> damageOfPage(long address) {
        long page = memory.canonical(address) >>> Words.PAGE_SHIFT;
        return damage().stream().filter(one -> one.address() >>> Words.PAGE_SHIFT == page).toList();
    }

    /** How many places are damaged. */
    public long damageCount() {
        return damage.count();
    }

    /** What could not be seen, and what that means for the answers. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Pages in the pools' regions that belong to the address space and could not be read for this reason. */
    public long absentPages(Absence why) {
        return absences[why.ordinal()];
    }

    /** Pages of nonpaged pool that are free as a whole, as far as they can be told. */
    public int freePages() {
        return freePages;
    }

    /** Bytes of the header in front of a block that shares a page. */
    public int headerSize() {
        return format.headerSize();
    }

    // What follows is for the other questions of this package. A block is named by a number: its group in the upper half and its
    // place in the group in the lower; big allocations come as one more group behind the others.

    /** The memory of all sessions of the image these blocks are from. The page tables of every process are gone through for it, once. */
    synchronized SessionMemory sessions(KernelImage image) {
        if (sessions == null) {
            sessions = SessionMemory.of(image, memory);
        }
        return sessions;
    }

    PagedMemory memory() {
        return memory;
    }

    HeaderFormat format() {
        return format;
    }

    PoolSpace space() {
        return space;
    }

    PageGroup[] groups() {
        return groups;
    }

    BigBlocks big() {
        return big;
    }

    SpecialPages special() {
        return special;
    }

    /** The lowest address of any block. */
    long low() {
        return low;
    }

    /** The address behind the last block. */
    long high() {
        return high;
    }

    /** The page of blocks at an address: its group times {@link PoolWalk#GROUP_PAGES} plus its number, plus one; 0 when there is none. */
    int pageAt(long va) {
        int number = index.get(va);
        if (number < 0) {
            return 0;
        }
        int group = groupOf(number);
        return group * PoolWalk.GROUP_PAGES + (number - firstPage[group]) + 1;
    }

    /** Whether an address is on a page of a segment heap. */
    boolean isSegment(long va) {
        int at = pageAt(va);
        return at != 0 && PageParser.isSegment(groups[(at - 1) / PoolWalk.GROUP_PAGES].flags[(at - 1) % PoolWalk.GROUP_PAGES]);
    }

    /** How many pages of blocks there are. */
    int pages() {
        return firstPage[groups.length];
    }

    /** The number of the page of blocks at an address, counted by address over all groups; -1 when there is none. */
    int pageNumber(long va) {
        return index.get(va);
    }

    /** The group of the page of a number. */
    int groupOf(int page) {
        int low = 0;
        int high = groups.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstPage[middle] <= page) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The number of the first page of a group. */
    int firstPage(int group) {
        return firstPage[group];
    }

    /** The number of the block that holds an address, header included; {@link #NOWHERE} when there is none. */
    long find(long va) {
        int page = index.get(va);
        if (page >= 0) {
            int g = groupOf(page);
            int block = groups[g].blockAt(page - firstPage[g], (int) (va & Words.PAGE_MASK) >> format.unitShift());
            if (groups[g].state(block) != BlockState.HEAP.ordinal()) {
                return number(g, block);
            }
        }
        int found = big.find(va);
        return found < 0 ? NOWHERE : number(groups.length, found);
    }

    static long number(int group, int block) {
        return (long) group << 32 | block;
    }

    static int group(long number) {
        return (int) (number >>> 32);
    }

    static int block(long number) {
        return (int) number;
    }

    boolean isBig(long number) {
        return group(number) == groups.length;
    }

    /** Where a block's data begins. */
    long address(long number) {
        if (isBig(number)) {
            return big.address(block(number));
        }
        PageGroup group = groups[group(number)];
        int page = group.pageOf(block(number));
        if (PageParser.isSpecial(group.flags[page])) {
            return group.address[page] + special.data(group.offset[page], special.header(group.offset[page]));
        }
        return group.address[page] + ((long) group.unit(block(number)) << format.unitShift()) + format.headerSize();
    }

    /** A block's tag as it stands in the header. */
    int tag(long number) {
        return isBig(number) ? big.tag(block(number)) : groups[group(number)].tag[block(number)];
    }

    BlockState state(long number) {
        return isBig(number) ? BlockState.ALLOCATED : BlockState.of(groups[group(number)].state(block(number)));
    }

    @Override
    public String toString() {
        return count() + " blocks from " + Address.text(low) + " to " + Address.text(high);
    }
}
