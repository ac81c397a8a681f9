package org.poolscope.pool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.kernel.BigPageTable;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.KernelProcess;
import org.poolscope.kernel.objects.KernelThread;
import org.poolscope.kernel.objects.Processor;
import org.poolscope.model.Progress;

/**
 * Kernel memory whose words mean nothing to anybody, so that what looks like a pointer there keeps no block alive:
 *
 * <ul>
 * <li>the part of a thread's kernel stack below its stack pointer, which only holds what calls long returned from left behind;</li>
 * <li>pages of the paged pool's region that belong to no block: free, with their old contents;</li>
 * <li>the kernel's own table of big allocations, which lists every one whether anybody still knows it or not, the notes that heaps keep
 * of allocations outside of their segments, and Driver Verifier's books, which do the same for the drivers it watches.</li>
 * </ul>
 *
 * <p>Nonpaged pool has no such pages that are sure: allocations made before its tables existed stand in none of them.
 */
final class Leftovers {

    /** A kernel stack of any build is smaller. */
    private static final long LARGEST_STACK = 1L << 20;

    private final AddressRanges bigTable;
    private final AddressRanges large;
    private final AddressRanges verifier;
    private final AddressRanges paged;
    private final AddressRanges stacks;
    private final AddressRanges books;
    private final AddressRanges all;

    private Leftovers(AddressRanges bigTable, AddressRanges large, AddressRanges verifier, AddressRanges paged, AddressRanges stacks) {
        this.bigTable = bigTable;
        this.large = large;
        this.verifier = verifier;
        this.paged = paged;
        this.stacks = stacks;
        this.books = AddressRanges.of(bigTable, large, verifier);
        this.all = AddressRanges.of(bigTable, large, verifier, paged, stacks);
    }

    static Leftovers of(KernelImage image) {
        AddressRanges.Builder bigTable = new AddressRanges.Builder();
        AddressRanges.Builder books = new AddressRanges.Builder();
        AddressRanges.Builder paged = new AddressRanges.Builder();
        AddressRanges.Builder stacks = new AddressRanges.Builder();
        image.bigPages().value().ifPresent(table -> bigTable.add(table.address(), table.address() + tableBytes(image, table)));
        AddressRanges.Builder large = new AddressRanges.Builder();
        image.segmentHeaps().value().ifPresent(heaps -> {
            int node = image.layouts().get("_HEAP_LARGE_ALLOC_DATA").size();
            heaps.large().forEach(one -> large.add(one.node(), one.node() + node));
        });
        image.variables().value().ifPresent(variables -> {
            OptionalLong start = variables.pointerIn("MmPagedPoolStart");
            OptionalLong end = variables.pointerIn("MmPagedPoolEnd");
            if (start.isPresent() && end.isPresent()) {
                paged.add(start.getAsLong(), end.getAsLong());
            }
        });
        KernelObjects.of(image).value().ifPresent(objects -> {
            addStacks(objects, stacks);
            objects.verifier(Progress.NONE).value()
                    .ifPresent(verifier -> verifier.forEachPlace((address, bytes) -> books.add(address, address + bytes)));
        });
        return new Leftovers(bigTable.build(), large.build(), books.build(), paged.build(), stacks.build());
    }

    /** What an address outside of pool blocks is among, so that no word there counts; empty when it is among nothing of the kind. */
    Optional<String> whatOutside(long va) {
        if (paged.contains(va)) {
            return Optional.of("a free page of paged pool, with what it held before");
        }
        if (stacks.contains(va)) {
            return Optional.of("below the stack pointer of a thread that waits: left over from calls that returned");
        }
        return whatInBlock(va);
    }

    /** What an address in a pool block is among, so that no word there counts; empty when it is among nothing of the kind. */
    Optional<String> whatInBlock(long va) {
        if (bigTable.contains(va)) {
            return Optional.of("the kernel's table of big allocations, which lists them all");
        }
        if (large.contains(va)) {
            return Optional.of("a heap's notes of its large allocations, which list them all");
        }
        return verifier.contains(va) ? Optional.of("Driver Verifier's books, which list all it watches") : Optional.empty();
    }

    private static long tableBytes(KernelImage image, BigPageTable table) {
        return (long) table.slots() * image.layouts().get("_POOL_TRACKER_BIG_PAGES").size();
    }

    private static void addStacks(KernelObjects objects, AddressRanges.Builder ranges) {
        Set<Long> running = new HashSet<>();
        List<Processor> processors = objects.processors().value().orElse(List.of());
        processors.forEach(processor -> running.add(processor.currentThread()));
        if (processors.isEmpty() || running.contains(null)) {
            return;
        }
        List<KernelThread> threads = new ArrayList<>();
        objects.processes().value().orElse(List.of()).stream().map(KernelProcess::threads).forEach(threads::addAll);
        for (KernelThread thread : threads) {
            if (thread.stackLimit() != null && thread.stackPointer() != null && thread.stackTop() != null && !running.contains(thread.address())
                    && isBetween(thread.stackLimit(), thread.stackPointer(), thread.stackTop())) {
                ranges.add(thread.stackLimit(), thread.stackPointer());
            }
        }
    }

    private static boolean isBetween(long limit, long pointer, long top) {
        return Long.compareUnsigned(top - limit, LARGEST_STACK) <= 0 && Long.compareUnsigned(pointer - limit, top - limit) <= 0;
    }

    /** The parts of a range of kernel memory outside of pool blocks whose words do mean something. */
    void liveOutside(long start, long end, AddressRanges.Gaps to) {
        all.gaps(start, end, to);
    }

    /** The parts of a block whose words do mean something. */
    void liveInBlock(long start, long end, AddressRanges.Gaps to) {
        books.gaps(start, end, to);
    }
}
