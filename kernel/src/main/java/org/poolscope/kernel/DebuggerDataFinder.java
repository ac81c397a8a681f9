package org.poolscope.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.memory.VirtualMemory;

/**
 * Finds the debugger data block, by the address a dump's header gives or by its tag, and believes a block only when what it says
 * of the kernel is true of the memory: so a block left over from an earlier boot, or a mere occurrence of the tag, is passed by.
 *
 * <p>The search goes through mapped kernel memory in order of addresses, those where kernels are loaded first, and stops at the
 * first block that holds; or at the kernel's own image, known by the name of its symbol file, when no block is inside: kernels
 * from Windows 8 on keep it encoded while they run.
 */
final class DebuggerDataFinder {

    private static final int MZ = 'M' | 'Z' << 8;

    /** How far past its base a kernel's data reach, at most; the largest kernels take 18 MB. */
    private static final long KERNEL_EXTENT = 64L << 20;

    /**
     * Where 32-bit and 64-bit kernels are loaded: the first 256 MB of the kernel's half, FFFFF800`00000000 to FFFFF8FF`FFFFFFFF.
     */
    private static final long[] LOADED_32 = {0x8000_0000L, 0x8fff_ffffL};
    private static final long[] LOADED_64 = {0xffff_f800_0000_0000L, 0xffff_f8ff_ffff_ffffL};

    /** The search is done in pieces of this many bytes, so that it can stop. */
    private static final long PIECE_32 = 0x0400_0000L;
    private static final long PIECE_64 = 0x4000_0000L;

    /** Names of the kernel's symbol files: one or many processors, with or without PAE. */
    private static final Pattern KERNEL_SYMBOLS = Pattern.compile("(?i)nt(oskrnl|krnlmp|krnlpa|krpamp)\\.pdb");

    private final VirtualMemory memory;
    private final long limit;
    private DebuggerData found;
    private OptionalLong kernel = OptionalLong.empty();
    private long searched;

    /**
     * Prepares a search.
     *
     * @param limit bytes after which it gives up
     */
    DebuggerDataFinder(VirtualMemory memory, long limit) {
        this.memory = memory;
        this.limit = limit;
    }

    /** The block at an address, if there is one and what it says holds. */
    static Optional<DebuggerData> at(VirtualMemory memory, long address) {
        if (!memory.isReadable(address, DebuggerData.SMALLEST)
                || memory.u32(address + DebuggerData.TAG_OFFSET) != DebuggerData.TAG) {
            return Optional.empty();
        }
        int size = memory.u32(address + DebuggerData.TAG_OFFSET + Integer.BYTES);
        if (size < DebuggerData.SMALLEST || size > DebuggerData.LARGEST) {
            return Optional.empty();
        }
        DebuggerData data = new DebuggerData(address, memory, size);
        return holds(memory, data) ? Optional.of(data) : Optional.empty();
    }

    /**
     * Whether the block stands in the kernel it names, and the list of modules it names is one: its head's neighbours point back.
     * A list the image does not hold is not held against the block.
     */
    static boolean holds(VirtualMemory memory, DebuggerData data) {
        long base = data.kernelBase().orElse(0);
        boolean kernelAddress = memory.pointerSize() == Integer.BYTES ? base >= 0x8000_0000L : base < 0;
        if (!kernelAddress || (base & PhysicalMemory.PAGE_SIZE - 1) != 0
                || Long.compareUnsigned(data.address() - base, KERNEL_EXTENT) >= 0) {
            return false;
        }
        long modules = data.address("PsLoadedModuleList").orElse(0);
        if (Long.compareUnsigned(modules - base, KERNEL_EXTENT) >= 0) {
            return false;
        }
        return !memory.isReadable(modules, 2L * memory.pointerSize()) || listCloses(memory, modules);
    }

    /** Whether a list's head is its next entry's previous one, as far as that entry can be read. */
    private static boolean listCloses(VirtualMemory memory, long head) {
        long next = memory.canonical(memory.pointer(head));
        long back = next + memory.pointerSize();
        return next != 0 && (!memory.isReadable(back, memory.pointerSize()) || memory.canonical(memory.pointer(back)) == head);
    }

    /** Searches the kernel's half of an address space. */
    Optional<DebuggerData> search(PagedMemory paged) {
        boolean narrow = paged.pointerSize() == Integer.BYTES;
        long[] loaded = narrow ? LOADED_32 : LOADED_64;
        long piece = narrow ? PIECE_32 : PIECE_64;
        for (long from = loaded[0]; !isDone() && Long.compareUnsigned(from, loaded[1]) < 0; from += piece) {
            visit(paged, from, from + piece - 1);
        }
        long lowest = paged.directory().mode().kernelStart();
        if (!isDone() && Long.compareUnsigned(lowest, loaded[0]) < 0) {
            visit(paged, lowest, loaded[0] - 1);
        }
        if (!isDone()) {
            visit(paged, loaded[1] + 1, paged.directory().mode().lastAddress());
        }
        return Optional.ofNullable(found);
    }

    /** Where the kernel is loaded, when the search met its image and no block that holds. */
    OptionalLong kernelImage() {
        return kernel;
    }

    /** Bytes looked through. */
    long searched() {
        return searched;
    }

    private boolean isDone() {
        return found != null || kernel.isPresent();
    }

    private void visit(PagedMemory paged, long from, long last) {
        RegionVisitor visitor = (va, offset, length) -> {
            if (!isDone() && searched < limit) {
                searched += length;
                look(va, offset, length);
            }
        };
        paged.forEachRegion(from, last, visitor);
    }

    private void look(long va, long offset, long length) {
        MemorySegment file = memory.bytes();
        for (long page = 0; page < length && !isDone(); page += PhysicalMemory.PAGE_SIZE) {
            if ((file.get(LittleEndian.U16, offset + page) & 0xffff) == MZ) {
                lookAtImage(va + page);
            }
            lookAtPage(va + page, offset + page);
        }
    }

    private void lookAtPage(long va, long offset) {
        MemorySegment file = memory.bytes();
        int step = memory.pointerSize();
        for (int at = 0; at < PhysicalMemory.PAGE_SIZE && found == null; at += step) {
            if (file.get(LittleEndian.U32, offset + at) == DebuggerData.TAG) {
                found = at(memory, va + at - DebuggerData.TAG_OFFSET).orElse(null);
            }
        }
    }

    /** Looks through the kernel's image, if this is it: the block is one of its variables. */
    private void lookAtImage(long base) {
        Optional<PeImage> image = PeImage.at(memory, base);
        if (image.flatMap(PeImage::symbols).filter(symbols -> KERNEL_SYMBOLS.matcher(symbols.name()).matches()).isEmpty()) {
            return;
        }
        long size = Math.min(image.get().size(), KERNEL_EXTENT);
        for (long page = 0; page < size && found == null; page += PhysicalMemory.PAGE_SIZE) {
            long offset = memory.locate(base + page);
            if (offset >= 0) {
                lookAtPage(base + page, offset);
            }
        }
        kernel = found == null ? OptionalLong.of(base) : OptionalLong.empty();
    }
}
