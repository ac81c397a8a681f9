package org.poolscope.lab.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.Dice;
import org.poolscope.symbols.StructLayout;

/**
 * Writes the memory of a machine as Windows writes it to {@code hiberfil.sys}. XP to 7: as libhibr and Volatility 2 describe the file. 8 and
 * later: as Sylve, Marziale and Richard do ("Modern Windows hibernation file analysis", 2017).
 */
public final class HibernationFiles {

    private static final int PAGE = MachineMemory.PAGE;
    private static final int MOST_PAGES = 16;
    private static final int BLOCK_HEAD = 32;

    private final List<MemoryRun> runs;
    private final long[] controlRegisters;
    private final XpressPacker packer = new XpressPacker();

    /**
     * Files of one machine.
     *
     * @param runs the memory to write
     * @param controlRegisters CR0, CR3 and CR4 of its processor
     */
    public HibernationFiles(List<MemoryRun> runs, long... controlRegisters) {
        this.runs = List.copyOf(runs);
        this.controlRegisters = controlRegisters.clone();
    }

    /** A Windows up to 7, by how it lists memory. */
    public enum Old {
        /** XP and 2003, x86. */
        XP("hibr", false, 0xa8, 0x58, 2, 4, 12, 16, 16, 4),
        /** Vista Service Pack 2, x86. */
        VISTA("HIBR", false, 0xf0, 0x50, 1, 4, 8, 12, 8, 0),
        /** 7, x86. */
        WINDOWS_7("HIBR", false, 0xe0, 0x4c, 1, 0, 4, 8, 8, 0),
        /** XP and 2003, x64. */
        XP_64("hibr", true, 0xc0, 0x68, 2, 8, 20, 32, 32, 8),
        /** Vista Service Pack 2, x64. */
        VISTA_64("HIBR", true, 0x138, 0x68, 1, 8, 16, 24, 16, 0),
        /** 7, x64. */
        WINDOWS_7_64("HIBR", true, 0x128, 0x60, 1, 0, 8, 16, 16, 0);

        private final String signature;
        private final boolean wide;
        private final int length;
        private final int firstTable;
        private final int statePage;
        private final int next;
        private final int count;
        private final int ranges;
        private final int rangeSize;
        private final int first;

        Old(String signature, boolean wide, int length, int firstTable, int statePage, int next, int count, int ranges, int rangeSize,
                int first) {
            this.signature = signature;
            this.wide = wide;
            this.length = length;
            this.firstTable = firstTable;
            this.statePage = statePage;
            this.next = next;
            this.count = count;
            this.ranges = ranges;
            this.rangeSize = rangeSize;
            this.first = first;
        }

        private int capacity() {
            return (PAGE - ranges) / rangeSize;
        }
    }

    /**
     * Where the header of a Windows from 8 on has its fields.
     *
     * @param wide whether it is 64-bit
     * @param length of the structure
     * @param pageSize the size of a page
     * @param bootPages how many pages the loader restores
     * @param boot the first page of the file with these
     * @param kernel the first page of the file with those that the kernel restores
     * @param kernelPages how many these are
     */
    public record Modern(boolean wide, int length, int pageSize, int bootPages, int boot, int kernel, int kernelPages) {

        /** 8 and 8.1, x86: Volatility's types, LeechCore. */
        public static final Modern WINDOWS_8_X86 = new Modern(false, 0x2c8, 0x14, 0x48, 0x50, 0x54, 0x1b0);

        /**
         * Of a 64-bit kernel whose symbols are at hand.
         *
         * @param image {@code PO_MEMORY_IMAGE}
         * @param figures {@code _PO_HIBER_PERF}
         */
        public static Modern of(StructLayout image, StructLayout figures) {
            return new Modern(true, image.size(), image.offset("PageSize"), image.offset("NumPagesForLoader"),
                    image.offset("FirstBootRestorePage"), image.offset("FirstKernelRestorePage"),
                    image.offset("PerfInfo") + figures.offset("KernelPagesProcessed"));
        }
    }

    /**
     * Writes the file of an old Windows.
     *
     * @param raw physical memory from address 0
     */
    public void write(Old windows, Path raw, Path file) throws IOException {
        int firstTable = 6;
        try (FileChannel in = FileChannel.open(raw, StandardOpenOption.READ); FileChannel out = create(file)) {
            ByteBuffer header = page().put(0, windows.signature.getBytes(StandardCharsets.US_ASCII)).putInt(0xc, windows.length)
                    .putInt(windows.wide ? 0x18 : 0x14, PAGE).putInt(windows.firstTable, firstTable);
            put(out, 0, header);
            put(out, (long) windows.statePage * PAGE, state(windows.wide));
            List<MemoryRun> ranges = pieces(60);
            long at = (long) firstTable * PAGE;
            for (int from = 0; from < ranges.size(); from += windows.capacity()) {
                List<MemoryRun> listed = ranges.subList(from, Math.min(ranges.size(), from + windows.capacity()));
                long end = blocks(in, out, at + PAGE, listed);
                long next = (end + PAGE - 1) / PAGE;
                boolean last = from + windows.capacity() >= ranges.size();
                // A table that is not full keeps a link from earlier use.
                put(out, at, table(windows, listed, last && listed.size() == windows.capacity() ? 0 : next));
                at = next * PAGE;
            }
            put(out, at - 1, ByteBuffer.allocate(1));
        }
    }

    private static ByteBuffer table(Old windows, List<MemoryRun> ranges, long next) {
        ByteBuffer table = page();
        number(table, windows.next, windows.wide, next);
        table.putInt(windows.count, ranges.size());
        int at = windows.ranges + windows.first;
        for (MemoryRun range : ranges) {
            number(table, at, windows.wide, range.firstFrame());
            number(table, at + (windows.wide ? 8 : 4), windows.wide, range.end());
            at += windows.rangeSize;
        }
        return table;
    }

    /** Writes the pages of ranges, 16 to a block; returns where they end. */
    private long blocks(FileChannel in, FileChannel out, long start, List<MemoryRun> ranges) throws IOException {
        long at = start;
        List<Long> pages = new ArrayList<>();
        for (MemoryRun range : ranges) {
            for (long frame = range.firstFrame(); frame < range.end(); frame++) {
                pages.add(frame);
                if (pages.size() == MOST_PAGES) {
                    at = block(in, out, at, pages);
                    pages.clear();
                }
            }
        }
        return pages.isEmpty() ? at : block(in, out, at, pages);
    }

    private long block(FileChannel in, FileChannel out, long at, List<Long> pages) throws IOException {
        byte[] bytes = read(in, pages);
        byte[] packed = packer.plain(bytes, bytes.length);
        byte[] kept = packed.length < bytes.length ? packed : bytes;
        ByteBuffer block = ByteBuffer.allocate(BLOCK_HEAD + (kept.length + 7) / 8 * 8).order(ByteOrder.LITTLE_ENDIAN);
        block.put(0, "\u0081\u0081xpress".getBytes(StandardCharsets.ISO_8859_1));
        block.putInt(8, kept.length - 1 << 10 | pages.size() - 1);
        block.put(BLOCK_HEAD, kept);
        put(out, at, block);
        return at + block.capacity();
    }

    /**
     * Writes the file of a Windows from 8 on.
     *
     * @param raw physical memory from address 0
     */
    public void write(Modern windows, Path raw, Path file) throws IOException {
        try (FileChannel in = FileChannel.open(raw, StandardOpenOption.READ); FileChannel out = create(file)) {
            List<MemoryRun> pieces = pieces(MOST_PAGES);
            int split = pieces.size() / 5;
            long boot = 0x12;
            long end = sets(in, out, boot * PAGE, pieces.subList(0, split), windows.wide, 0);
            long kernel = (end + PAGE - 1) / PAGE;
            end = sets(in, out, kernel * PAGE, pieces.subList(split, pieces.size()), windows.wide, 2);
            ByteBuffer header = page().put(0, "HIBR".getBytes(StandardCharsets.US_ASCII)).putInt(0xc, windows.length)
                    .putInt(windows.pageSize, PAGE).putLong(windows.bootPages, frames(pieces.subList(0, split)))
                    .putLong(windows.kernelPages, frames(pieces.subList(split, pieces.size())));
            number(header, windows.boot, windows.wide, boot);
            number(header, windows.kernel, windows.wide, kernel);
            put(out, 0, header);
            put(out, PAGE, state(windows.wide));
            put(out, end, ByteBuffer.allocate(2 * PAGE));
        }
    }

    private static long frames(List<MemoryRun> pieces) {
        return pieces.stream().mapToLong(MemoryRun::frames).sum();
    }

    /** Writes sets of up to 16 pages; returns where they end. */
    private long sets(FileChannel in, FileChannel out, long start, List<MemoryRun> pieces, boolean wide, int firstMethod) throws IOException {
        long at = start;
        int method = firstMethod;
        int from = 0;
        while (from < pieces.size()) {
            int to = from;
            long pages = 0;
            while (to < pieces.size() && pages + pieces.get(to).frames() <= MOST_PAGES) {
                pages += pieces.get(to++).frames();
            }
            at = set(in, out, at, pieces.subList(from, to), wide, method);
            method = firstMethod + 1 - (method - firstMethod);
            from = to;
        }
        return at;
    }

    private long set(FileChannel in, FileChannel out, long at, List<MemoryRun> pieces, boolean wide, int method) throws IOException {
        List<Long> frames = new ArrayList<>();
        pieces.forEach(piece -> {
            for (long frame = piece.firstFrame(); frame < piece.end(); frame++) {
                frames.add(frame);
            }
        });
        byte[] bytes = read(in, frames);
        byte[] packed = method < 2 ? packer.plain(bytes, bytes.length) : packer.huffman(bytes, bytes.length);
        byte[] kept = packed.length < bytes.length ? packed : bytes;
        ByteBuffer set = ByteBuffer.allocate(4 + pieces.size() * (wide ? 8 : 4) + kept.length).order(ByteOrder.LITTLE_ENDIAN);
        set.putInt(pieces.size() | kept.length << 8 | method << 30);
        for (MemoryRun piece : pieces) {
            long number = piece.firstFrame() << 4 | piece.frames() - 1;
            if (wide) {
                set.putLong(number);
            } else {
                set.putInt((int) number);
            }
        }
        set.put(kept);
        put(out, at, set.rewind());
        return at + set.capacity();
    }

    /** The memory in pieces of some pages each, none longer than a limit. */
    private List<MemoryRun> pieces(int longest) {
        Dice dice = new Dice(longest);
        List<MemoryRun> pieces = new ArrayList<>();
        for (MemoryRun run : runs) {
            long frame = run.firstFrame();
            while (frame < run.end()) {
                long length = Math.min(run.end() - frame, dice.between(1, longest));
                pieces.add(new MemoryRun(frame, length));
                frame += length;
            }
        }
        return pieces;
    }

    /** The processor's state: on x64 its control registers come first, on x86 behind the context. */
    private ByteBuffer state(boolean wide) {
        ByteBuffer state = page();
        if (wide) {
            return state.putLong(0, controlRegisters[0]).putLong(0x10, controlRegisters[1]).putLong(0x18, controlRegisters[2]);
        }
        return state.putInt(0x2cc, (int) controlRegisters[0]).putInt(0x2cc + 8, (int) controlRegisters[1])
                .putInt(0x2cc + 12, (int) controlRegisters[2]);
    }

    private static void number(ByteBuffer bytes, int at, boolean wide, long value) {
        if (wide) {
            bytes.putLong(at, value);
        } else {
            bytes.putInt(at, (int) value);
        }
    }

    private static ByteBuffer page() {
        return ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] read(FileChannel in, List<Long> frames) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(frames.size() * PAGE);
        for (int i = 0; i < frames.size(); i++) {
            bytes.limit((i + 1) * PAGE);
            long at = frames.get(i) * PAGE;
            while (bytes.hasRemaining()) {
                int got = in.read(bytes, at + bytes.position() - (long) i * PAGE);
                if (got < 0) {
                    throw new IOException("the memory ends before page " + frames.get(i) + " does");
                }
            }
        }
        return bytes.array();
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void put(FileChannel out, long at, ByteBuffer bytes) throws IOException {
        ByteBuffer left = bytes.rewind();
        while (left.hasRemaining()) {
            out.write(left, at + left.position());
        }
    }
}
