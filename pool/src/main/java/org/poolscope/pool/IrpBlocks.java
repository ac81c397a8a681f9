package org.poolscope.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.PoolTag;
import org.poolscope.symbols.StructLayout;

/**
 * Which blocks of pool belong to I/O requests: the request itself, its system buffer, its descriptions of locked pages (MDLs) and what those
 * describe, its user buffer where that is kernel memory. Tells whether the blocks of a tag are there because requests do not end. Only blocks
 * in use count: a request may still name a buffer it gave back.
 */
public final class IrpBlocks {

    /** Descriptions of one request are chained; drivers make a few. */
    private static final int MOST_MDLS = 64;

    private final Map<Long, List<Link>> byIrp = new HashMap<>();
    private final Map<PoolTag, TagAccount> byTag = new LinkedHashMap<>();
    private final List<Irp> irps;
    private final long outstanding;

    /** What a block is to a request. */
    public enum Part {
        /** The request packet itself. */
        REQUEST("request"),
        /** The buffer the I/O manager copies the caller's data through. */
        SYSTEM_BUFFER("systemBuffer"),
        /** A description of locked pages. */
        MDL("mdl"),
        /** What such a description describes. */
        LOCKED("locked"),
        /** The caller's buffer, of a caller in the kernel. */
        USER_BUFFER("userBuffer");

        private final String word;

        Part(String word) {
            this.word = word;
        }

        /** The word in JSON. */
        public String word() {
            return word;
        }
    }

    /**
     * A block and what it is to a request.
     *
     * @param pointer the address the request names, in the block
     */
    public record Link(Part part, long pointer, PoolBlock block) {
    }

    /**
     * The blocks of one tag that belong to requests some driver holds.
     *
     * @param blocks blocks of the tag in use, in all pools
     * @param owned how many of them belong to such requests
     * @param ownedBytes their bytes, headers included
     * @param requests how many such requests have one
     * @param waitsIn the driver that holds most of those requests, or {@code null}
     */
    public record TagAccount(PoolTag tag, long blocks, long owned, long ownedBytes, long requests, String waitsIn) {
    }

    private IrpBlocks(KernelImage image, PoolBlocks blocks, WalkTotals totals, List<Irp> irps) {
        Mdls mdls = new Mdls(image, blocks);
        Map<PoolTag, Tally> tallies = new HashMap<>();
        long held = 0;
        this.irps = irps.stream().filter(irp -> irp.listed() || isInUse(blocks, irp.address())).toList();
        for (Irp irp : this.irps) {
            List<Link> links = links(blocks, mdls, irp);
            byIrp.put(irp.address(), links);
            if (irp.completed()) {
                continue;
            }
            held++;
            Set<PoolTag> met = new HashSet<>();
            for (Link link : links) {
                Tally tally = tallies.computeIfAbsent(link.block().tag(), any -> new Tally());
                if (tally.owned.add(link.block().address())) {
                    tally.bytes += link.block().size();
                }
                if (met.add(link.block().tag())) {
                    tally.requests++;
                    if (irp.driver() != null) {
                        tally.drivers.merge(irp.driver(), 1, Integer::sum);
                    }
                }
            }
        }
        this.outstanding = held;
        Map<PoolTag, Long> all = new HashMap<>();
        totals.rows().forEach(row -> all.merge(row.tag(), row.blocks(), Long::sum));
        tallies.entrySet().stream().map(entry -> entry.getValue().account(entry.getKey(), all.getOrDefault(entry.getKey(), 0L)))
                .sorted(Comparator.comparingLong(TagAccount::owned).reversed().thenComparing(TagAccount::tag))
                .forEach(account -> byTag.put(account.tag(), account));
        for (Map.Entry<PoolTag, Long> tag : all.entrySet()) {
            byTag.putIfAbsent(tag.getKey(), new TagAccount(tag.getKey(), tag.getValue(), 0, 0, 0, null));
        }
    }

    /**
     * Whether a request that no thread lists may be one. Headers of segment heaps do not say whether their block is in use: what was given
     * back looks like a request until somebody else writes there.
     */
    private static boolean isInUse(PoolBlocks blocks, long address) {
        if (!blocks.isSegment(address)) {
            return true;
        }
        long number = blocks.find(address);
        return number != PoolBlocks.NOWHERE && blocks.address(number) == address && blocks.state(number) == BlockState.ALLOCATED;
    }

    private static final class Tally {

        private final Set<Long> owned = new HashSet<>();
        private final Map<String, Integer> drivers = new HashMap<>();
        private long bytes;
        private long requests;

        TagAccount account(PoolTag tag, long blocks) {
            return new TagAccount(tag, blocks, owned.size(), bytes, requests,
                    drivers.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(null));
        }
    }

    /** Links requests to blocks. */
    public static IrpBlocks of(KernelImage image, PoolBlocks blocks, WalkTotals totals, List<Irp> irps) {
        return new IrpBlocks(image, blocks, totals, irps);
    }

    /** The requests, less those whose block is no longer in use. */
    public List<Irp> irps() {
        return irps;
    }

    /** The blocks of a request, complete or not. */
    public List<Link> of(Irp irp) {
        return byIrp.getOrDefault(irp.address(), List.of());
    }

    /** What of a tag belongs to requests that some driver holds; of a tag without blocks in use, nothing. */
    public TagAccount of(PoolTag tag) {
        return byTag.getOrDefault(tag, new TagAccount(tag, 0, 0, 0, 0, null));
    }

    /** Every tag with blocks in use, those of which most blocks belong to requests first. */
    public List<TagAccount> byTag() {
        return List.copyOf(byTag.values());
    }

    /** How many requests some driver holds: sent, and not complete. */
    public long outstanding() {
        return outstanding;
    }

    private static List<Link> links(PoolBlocks blocks, Mdls mdls, Irp irp) {
        List<Link> links = new ArrayList<>(4);
        add(links, blocks, Part.REQUEST, irp.address());
        add(links, blocks, Part.SYSTEM_BUFFER, irp.systemBuffer());
        mdls.follow(irp.mdl(), (mdl, described) -> {
            add(links, blocks, Part.MDL, mdl);
            add(links, blocks, Part.LOCKED, described);
        });
        add(links, blocks, Part.USER_BUFFER, irp.userBuffer());
        return List.copyOf(links);
    }

    private static void add(List<Link> links, PoolBlocks blocks, Part part, Long pointer) {
        if (pointer == null || pointer == 0) {
            return;
        }
        Optional<PoolBlock> block = blocks.blockAt(pointer).filter(found -> found.state() == BlockState.ALLOCATED);
        if (block.isPresent() && links.stream().noneMatch(link -> link.block().address() == block.get().address())) {
            links.add(new Link(part, pointer, block.get()));
        }
    }

    /** Follows descriptions of locked pages. */
    private static final class Mdls {

        @FunctionalInterface
        interface Visitor {
            void mdl(long address, Long described);
        }

        private final PagedMemory memory;
        private final Optional<StructLayout> layout;

        Mdls(KernelImage image, PoolBlocks blocks) {
            this.memory = blocks.memory();
            this.layout = image.layouts().find("_MDL");
        }

        void follow(Long first, Visitor visitor) {
            long mdl = first == null ? 0 : first;
            for (int i = 0; i < MOST_MDLS && mdl != 0; i++) {
                if (layout.isEmpty() || !memory.isReadable(mdl, layout.get().size())) {
                    visitor.mdl(mdl, null);
                    return;
                }
                long start = memory.canonical(memory.pointer(mdl + layout.get().offset("StartVa")));
                visitor.mdl(mdl, start == 0 ? null : start + Integer.toUnsignedLong(memory.u32(mdl + layout.get().offset("ByteOffset"))));
                long next = memory.pointer(mdl + layout.get().offset("Next"));
                mdl = next == 0 ? 0 : memory.canonical(next);
            }
        }
    }
}
