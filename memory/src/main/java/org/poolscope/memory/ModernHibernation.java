package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the index of a hibernation file of Windows 8 and later: two sections, of what the loader restores and of what the kernel restores, each
 * a row of compression sets, one right behind the other. A set begins with 32 bits: eight count the ranges in it (1 to 16), 22 the packed
 * bytes, two name the method (0 plain, 1 plain or Huffman, 2 and 3 Huffman). A number for each range follows, of 64 or 32 bits: its pages less
 * one in the lower four bits, its first page in the others; then the packed bytes. At most 16 pages; stored as they are where packing gained
 * nothing. As Sylve, Marziale and Richard describe it ("Modern Windows hibernation file analysis", 2017), and Hibr2Bin, LeechCore and the
 * layer for Volatility 3 read it. Nothing but these heads is read here.
 *
 * <p>Sets have no signature and no checksum. Where no header tells where a section begins, it is looked for at the beginning of pages, and what
 * unpacks to exactly its pages is believed. Behind the last set may stand sets of earlier hibernations.
 */
final class ModernHibernation {

    private static final int HEAD = 4;
    private static final int METHOD_SHIFT = 30;

    /** How far into the file a first set is looked for when no header tells where it is. */
    private static final int FIRST_PAGES = 64;

    /** How far behind the end of one section another one is looked for. */
    private static final int BETWEEN_SECTIONS = 16;

    /** Sets one after another that must make sense before a place is believed to be the beginning of a section. */
    private static final int SURE = 4;

    private final MemorySegment file;
    private final int rangeSize;
    private final HibernatedBlocks.Builder blocks = new HibernatedBlocks.Builder();
    private final List<String> warnings = new ArrayList<>();

    private int setPages;
    private int setRanges;
    private int setSize;

    private ModernHibernation(MemorySegment file, boolean wide) {
        this.file = file;
        this.rangeSize = wide ? Long.BYTES : Integer.BYTES;
    }

    /**
     * Reads the index of a file whose header is whole.
     *
     * @return empty when there is no set where the header says that one is
     */
    static Optional<HibernationIndex> read(MemorySegment file, HibernationHeader header) {
        ModernHibernation reader = new ModernHibernation(file, header.wide());
        long boot = reader.inFile(header.bootPage());
        long kernel = reader.inFile(header.kernelPage());
        if (boot >= 0) {
            reader.section(boot, header.bootPages(), kernel > boot ? kernel : file.byteSize(), "loader");
        }
        if (kernel >= 0) {
            reader.section(kernel, header.kernelPages(), boot > kernel ? boot : file.byteSize(), "kernel");
            if (header.kernelPages() == 0) {
                reader.warnings.add("the header is of a version whose count of pages is not known: what stands behind the last page, of an"
                        + " earlier hibernation, may be taken for pages");
            }
        }
        long first = header.bootPage() == 0 ? header.kernelPage() : header.bootPage();
        return reader.blocks.slots() == 0 ? Optional.empty()
                : Optional.of(new HibernationIndex(reader.blocks, header.wide(), first, reader.warnings));
    }

    /** Looks for sections in a file whose header is gone; empty when there is none near its beginning. */
    static Optional<HibernationIndex> search(MemorySegment file) {
        for (long page = 1; page < FIRST_PAGES; page++) {
            for (boolean wide : new boolean[] {true, false}) {
                ModernHibernation reader = new ModernHibernation(file, wide);
                if (reader.isSection(page << PhysicalMemory.PAGE_SHIFT)) {
                    reader.sectionsFrom(page);
                    return Optional.of(new HibernationIndex(reader.blocks, wide, page, reader.warnings));
                }
            }
        }
        return Optional.empty();
    }

    private void sectionsFrom(long first) {
        long page = first;
        while (page >= 0) {
            long end = section(page << PhysicalMemory.PAGE_SHIFT, 0, file.byteSize(), "");
            long behind = (end >>> PhysicalMemory.PAGE_SHIFT) + 1;
            page = -1;
            for (long at = behind; at < behind + BETWEEN_SECTIONS && page < 0; at++) {
                page = isSection(at << PhysicalMemory.PAGE_SHIFT) ? at : -1;
            }
        }
    }

    private long inFile(long page) {
        return page > 0 && page < file.byteSize() >>> PhysicalMemory.PAGE_SHIFT ? page << PhysicalMemory.PAGE_SHIFT : -1;
    }

    /** Whether some sets one after another make sense from here on, all of a short section, and those that are packed can be unpacked. */
    private boolean isSection(long from) {
        long at = from;
        int sets = 0;
        while (sets < SURE && isSet(at)) {
            at += HEAD + (long) setRanges * rangeSize + setSize;
            sets++;
        }
        boolean ends = sets > 0 && at <= file.byteSize() - HEAD && file.get(LittleEndian.U32, at) == 0;
        return (sets == SURE || ends) && canBeUnpacked(from, sets);
    }

    private boolean canBeUnpacked(long from, int sets) {
        BlockUnpacker unpacker = new BlockUnpacker(file);
        long at = from;
        int packed = 0;
        for (int set = 0; set < sets && isSet(at); set++) {
            long data = at + HEAD + (long) setRanges * rangeSize;
            HibernationPacking packing = packing(at);
            packed += packing == HibernationPacking.STORED ? 0 : 1;
            if (unpacker.unpack(data, setSize, packing, setPages << PhysicalMemory.PAGE_SHIFT) == null) {
                return false;
            }
            at = data + setSize;
        }
        return packed > 0;
    }

    /** Whether a set begins at a place and ends inside the file; sets the fields that describe it. */
    private boolean isSet(long at) {
        if (at < 0 || at > file.byteSize() - HEAD) {
            return false;
        }
        int head = file.get(LittleEndian.U32, at);
        setRanges = head & 0xff;
        setSize = head >>> 8 & (1 << 22) - 1;
        setPages = 0;
        long data = at + HEAD + (long) setRanges * rangeSize;
        if (setRanges == 0 || setRanges > HibernatedBlocks.MOST_PAGES || setSize == 0 || data > file.byteSize() - setSize) {
            return false;
        }
        for (int range = 0; range < setRanges; range++) {
            long number = range(at, range);
            setPages += (int) (number & 15) + 1;
            if (number >>> 4 >= PageRuns.Builder.PAGE_LIMIT) {
                return false;
            }
        }
        return setPages <= HibernatedBlocks.MOST_PAGES && setSize <= setPages << PhysicalMemory.PAGE_SHIFT;
    }

    private long range(long set, int range) {
        long at = set + HEAD + (long) range * rangeSize;
        return rangeSize == Long.BYTES ? file.get(LittleEndian.U64, at) : Integer.toUnsignedLong(file.get(LittleEndian.U32, at));
    }

    private HibernationPacking packing(long set) {
        if (setSize == setPages << PhysicalMemory.PAGE_SHIFT) {
            return HibernationPacking.STORED;
        }
        return switch (file.get(LittleEndian.U32, set) >>> METHOD_SHIFT) {
            case 0 -> HibernationPacking.PLAIN;
            case 1 -> HibernationPacking.EITHER;
            default -> HibernationPacking.HUFFMAN;
        };
    }

    /**
     * Takes the sets of a section.
     *
     * @param start its first set
     * @param pages how many pages of memory it holds; 0 when that is not known
     * @param limit where another section begins, or the file ends
     * @return where it ends
     */
    private long section(long start, long pages, long limit, String name) {
        long at = start;
        long taken = 0;
        // The count of the loader's part is believed only where the other part begins right behind it.
        while (at < limit && (pages == 0 || taken < pages || limit < file.byteSize() && limit - at > PhysicalMemory.PAGE_SIZE)) {
            if (!isSet(at) || !blocks.hasRoom()) {
                break;
            }
            long data = at + HEAD + (long) setRanges * rangeSize;
            int slot = blocks.block(data, setSize, setPages, packing(at));
            for (int range = 0; range < setRanges; range++) {
                long number = range(at, range);
                int count = (int) (number & 15) + 1;
                blocks.map(number >>> 4, count, slot);
                slot += count;
            }
            taken += setPages;
            at = data + setSize;
        }
        if (taken < pages) {
            blocks.miss(pages - taken);
            warnings.add("the %s's part of the file is damaged or cut short at 0x%x: %d of its %d pages are missing"
                    .formatted(name, at, pages - taken, pages));
        }
        return at;
    }
}
