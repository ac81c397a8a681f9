package org.poolscope.kernel.objects;

import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * Finds what may be allocated pool blocks of one tag, by looking for the tag where pool headers can stand in kernel memory. Fast,
 * and not exact: whoever asks checks what stands in the block. Blocks of a page or more have no header and are not found.
 */
final class TaggedBlocks {

    /** Headers stand at multiples of this many bytes, in 32-bit and 64-bit kernels. */
    private static final int UNIT_32 = 8;
    private static final int UNIT_64 = 16;

    /**
     * Bits of {@code PoolType} that say a block is in use: any before Vista, bit 1 up to Windows 10 1809; then the heap knows.
     */
    private static final int FIRST_WITH_USE_BIT = 6000;
    private static final int LAST_WITH_USE_BIT = 17763;
    private static final int USE_BIT = 2;

    private static final long PROGRESS_STEP = 64L << 20;

    private final KernelSpace space;

    TaggedBlocks(KernelSpace space) {
        this.space = space;
    }

    /** Bytes of a pool header. */
    static int headerSize(KernelSpace space) {
        return space.layout("_POOL_HEADER").size();
    }

    /**
     * Visits the data of each block, in the order of addresses.
     *
     * @param visitor takes the address behind the block's header
     */
    void scan(PoolTag tag, Progress progress, LongConsumer visitor) {
        if (!(space.memory() instanceof PagedMemory paged)) {
            return;
        }
        StructLayout header = space.layout("_POOL_HEADER");
        paged.forEachKernelRegion(new Scan(tag, progress, visitor, header));
    }

    private final class Scan implements RegionVisitor {

        private final int key;
        private final Progress progress;
        private final LongConsumer visitor;
        private final int headerSize;
        private final int tagOffset;
        private final int unit;
        private final FieldLayout type;
        private long done;
        private long told;

        Scan(PoolTag tag, Progress progress, LongConsumer visitor, StructLayout header) {
            this.key = tag.key();
            this.progress = progress;
            this.visitor = visitor;
            this.headerSize = header.size();
            this.tagOffset = header.offset("PoolTag");
            this.type = header.field("PoolType");
            this.unit = space.pointerSize() == Integer.BYTES ? UNIT_32 : UNIT_64;
        }

        @Override
        public void present(long va, long fileOffset, long length) {
            MemorySegment file = space.memory().bytes();
            for (long at = tagOffset; at < length; at += unit) {
                // the highest bit of a tag marks it as protected
                if ((file.get(LittleEndian.U32, fileOffset + at) & 0x7fff_ffff) == key && isInUse(va + at - tagOffset)) {
                    visitor.accept(va + at - tagOffset + headerSize);
                }
            }
            done += length;
            if (done - told >= PROGRESS_STEP) {
                told = done;
                progress.at("looking through kernel memory", done, 0);
            }
        }

        private boolean isInUse(long header) {
            long value = space.number(header, type);
            if (space.build() < FIRST_WITH_USE_BIT) {
                return value != 0;
            }
            return space.build() > LAST_WITH_USE_BIT || (value & USE_BIT) != 0;
        }
    }
}
