package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * The per-processor lists on which small freed blocks are parked. For the page they stand in such blocks look allocated; for the
 * tag table they are free. Kernels before Vista keep pointers to list structures in the processor's block, Windows 7 the
 * structures.
 */
public final class Lookasides {

    private static final int LISTS = 32;

    private final KernelSpace space;
    private final TypeLayouts layouts;
    private final Pools pools;
    private final KernelVariables variables;
    private final WindowsVersion version;
    private final List<long[]> parked = new ArrayList<>();
    private final Map<String, long[]> counts = new LinkedHashMap<>();
    private Struct[][] lists;

    Lookasides(KernelSpace space, WindowsVersion version, KernelVariables variables, Pools pools) {
        this.space = space;
        this.version = version;
        this.layouts = version.layouts();
        this.variables = variables;
        this.pools = pools;
    }

    /** Parks a block instead of freeing it; false when it is too large to be parked. */
    public boolean park(PoolKind kind, TagAccount account, long data, int processor) {
        long block = data - pools.format().headerSize();
        int units = pools.format().units(block);
        if (units > LISTS) {
            return false;
        }
        parked.add(new long[] {kind.ordinal(), processor, units, data});
        account.release(kind, pools.format().bytes(units));
        long[] count = counts.computeIfAbsent(kind.word() + " " + account.tag(), k -> new long[2]);
        count[0]++;
        count[1] += pools.format().bytes(units);
        return true;
    }

    /** Takes how many blocks of a tag are parked. */
    @FunctionalInterface
    public interface ParkedVisitor {

        /** Called for each pool and tag. */
        void visit(String pool, String tag, long blocks, long bytes);
    }

    /** Tells what is parked. */
    public void forEach(ParkedVisitor visitor) {
        counts.forEach((key, count) -> visitor.visit(key.substring(0, key.indexOf(' ')), key.substring(key.indexOf(' ') + 1),
                count[0],
                count[1]));
    }

    /** Makes the list structures of kernels before Vista, which are pool themselves; before the pools write their books. */
    void prepare(int processors) {
        if (layouts.find("_GENERAL_LOOKASIDE_POOL").isPresent()) {
            return;
        }
        StructLayout layout = layouts.get("_GENERAL_LOOKASIDE");
        lists = new Struct[processors][2 * LISTS];
        TagAccount tag = pools.tag("Look");
        for (int p = 0; p < processors; p++) {
            long array = pools.allocateZeroed(PoolKind.NONPAGED, tag, layout.size() * LISTS);
            long paged = pools.allocateZeroed(PoolKind.NONPAGED, tag, layout.size() * LISTS);
            for (int i = 0; i < LISTS; i++) {
                lists[p][i] = new Struct(space, layout, array + (long) i * layout.size());
                lists[p][LISTS + i] = new Struct(space, layout, paged + (long) i * layout.size());
            }
        }
    }

    /** Hangs a processor's lists into its control block and parks the blocks that are to be parked there. */
    void attach(Struct processorBlock, int processor) {
        if (lists == null) {
            attachWide(processorBlock, processor);
            return;
        }
        long all = variables.at("ExPoolLookasideListHead");
        if (processor == 0) {
            space.initList(all);
        }
        StructLayout pair = layouts.get("_PP_LOOKASIDE_LIST");
        for (int i = 0; i < 2 * LISTS; i++) {
            boolean paged = i >= LISTS;
            Struct list = lists[processor][i];
            describe(list, i % LISTS, paged);
            long slot = processorBlock.at(paged ? "PPPagedLookasideList" : "PPNPagedLookasideList")
                    + (long) (i % LISTS) * pair.size();
            new Struct(space, pair, slot).set("P", list.address()).set("L", lists[0][i].address());
            space.insertTail(all, list.at("ListEntry"));
        }
        for (long[] block : parked) {
            if (block[1] == processor) {
                Struct list = lists[processor][(int) (block[0] == PoolKind.PAGED.ordinal() ? LISTS + block[2] - 1
                        : block[2] - 1)];
                SingleListHead head = new SingleListHead(space, layouts, list.at("ListHead"));
                space.putPointer(block[3], head.first());
                head.push(block[3]);
            }
        }
    }

    private void attachWide(Struct processorBlock, int processor) {
        StructLayout layout = layouts.get("_GENERAL_LOOKASIDE_POOL");
        long head = variables.at("ExPoolLookasideListHead");
        if (processor == 0) {
            space.initList(head);
        }
        for (int i = 0; i < 2 * LISTS; i++) {
            boolean paged = i >= LISTS;
            // From Windows 8 on blocks of nonpaged pool that nobody executes have lists of their own.
            String nonPaged = processorBlock.has("PPNxPagedLookasideList") ? "PPNxPagedLookasideList" : "PPNPagedLookasideList";
            long at = processorBlock.at(paged ? "PPPagedLookasideList" : nonPaged) + (long) (i % LISTS) * layout.size();
            Struct list = new Struct(space, layout, at);
            describe(list, i % LISTS, paged);
            space.insertTail(head, list.at("ListEntry"));
            // A header that is exchanged with 16-byte operations says so in its type bit.
            Struct slist = new Struct(space, layouts.get("_SLIST_HEADER"), list.at("ListHead"));
            slist.setIfThere("Header16.HeaderType", 1);
            String form = slist.has("HeaderX64.NextEntry") ? "HeaderX64." : "Header16.";
            for (long[] block : parked) {
                if (block[1] == processor && block[2] == i % LISTS + 1 && (block[0] == PoolKind.PAGED.ordinal()) == paged) {
                    space.put64(block[3], slist.get(form + "NextEntry") << 4);
                    slist.set(form + "NextEntry", block[3] >>> 4).set(form + "Depth", slist.get(form + "Depth") + 1);
                }
            }
        }
    }

    private void describe(Struct list, int index, boolean paged) {
        list.set("MaximumDepth", 256).set("Depth", 4 + index % 12).set("Type", paged ? 1 : 0).set("Tag", pools.tag("Pool").tag()
                .key());
        list.set("Size", pools.format().bytes(index + 1)).set("TotalAllocates", 1000 + index).set("TotalFrees", 990 + index);
    }
}
