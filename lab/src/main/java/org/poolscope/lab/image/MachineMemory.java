package org.poolscope.lab.image;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.poolscope.lab.Dice;

/**
 * The physical memory of a machine that is being made, written straight into the mapped image file, so that what is held in the
 * heap does not grow with the size of the image.
 *
 * <p>Frames are handed out scattered: in windows of 64 in no order, with gaps between the windows' stretches. In the formats with
 * a bitmap only frames that were handed out are stored (and at most 63 frames of the last window, zeroed). Not thread-safe.
 */
public final class MachineMemory implements AutoCloseable {

    /** Bytes of a page. */
    public static final int PAGE = 4096;

    private static final int CHUNK_PAGES = 8192;
    private static final int WINDOW = 64;

    private final Path path;
    private final FileChannel channel;
    private final Arena arena;
    private final ImageFormat format;
    private final List<MemoryRun> runs;
    private final long firstPageOffset;
    private final Dice dice;
    private final FrameSource source;
    private final int[] fileIndex;
    private final int[] spare = new int[WINDOW];
    private int spares;
    private int storedPages;
    private boolean finished;
    private MemorySegment[] chunks = new MemorySegment[16];

    private MachineMemory(Path path, FileChannel channel, ImageFormat format, List<MemoryRun> runs, long firstPageOffset,
            long expected,
            Dice dice) {
        this.path = path;
        this.channel = channel;
        this.arena = Arena.ofConfined();
        this.format = format;
        this.runs = List.copyOf(runs);
        this.firstPageOffset = firstPageOffset;
        this.dice = dice;
        this.source = new FrameSource(runs, expected, dice);
        this.fileIndex = new int[Math.toIntExact(runs.getLast().end())];
        Arrays.fill(fileIndex, -1);
    }

    /**
     * Begins an image file; one that is there already is replaced.
     *
     * @param path the file
     * @param format its format
     * @param runs the machine's physical memory, ascending and apart
     * @param firstPageOffset where in the file the first page is stored: what {@link DumpHeader#firstPageOffset} says
     * @param expectedPages about how many frames will be needed
     * @throws IOException when the file cannot be written, or the disk has too little room
     */
    public static MachineMemory create(Path path, ImageFormat format, List<MemoryRun> runs, long firstPageOffset,
            long expectedPages, Dice dice)
            throws IOException {
        Files.deleteIfExists(path);
        long needed = expectedPages * PAGE;
        long usable = Files.getFileStore(path.toAbsolutePath().getParent()).getUsableSpace();
        if (usable < needed) {
            throw new IOException("not enough room for " + path + ": about " + (needed >> 20) + " MB are needed, "
                    + (usable >> 20)
                    + " MB are free. Use a smaller --scale, or another disk");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE);
        return new MachineMemory(path, channel, format, runs, firstPageOffset, expectedPages, dice);
    }

    /** The format being written. */
    public ImageFormat format() {
        return format;
    }

    /** The machine's physical memory. */
    public List<MemoryRun> runs() {
        return runs;
    }

    /** How many frames are stored in the file so far; in the formats without a bitmap, all of the machine's. */
    public long storedPages() {
        return format.hasBitmap() ? storedPages : totalPages();
    }

    /** All frames of the machine. */
    public long totalPages() {
        long all = 0;
        for (MemoryRun run : runs) {
            all += run.frames();
        }
        return all;
    }

    /** Whether the frame's page is stored in the file. */
    public boolean isStored(int frame) {
        return frame >= 0 && frame < fileIndex.length && fileIndex[frame] >= 0;
    }

    /**
     * Takes a frame for a zeroed page.
     *
     * @throws IllegalStateException when the machine has no more
     */
    public int takeFrame() {
        if (spares == 0) {
            fillWindow();
        }
        return spare[--spares];
    }

    /** Takes frames in a row, the first a multiple of {@code alignment}: what a large page needs. */
    public int takeRow(int count, int alignment) {
        long first = source.takeRow(count, alignment);
        if (first < 0) {
            throw outOfMemory();
        }
        for (int i = 0; i < count; i++) {
            store((int) first + i);
        }
        return (int) first;
    }

    private void fillWindow() {
        while (spares < WINDOW) {
            long frame = source.take();
            if (frame < 0) {
                break;
            }
            store((int) frame);
            spare[spares++] = (int) frame;
        }
        if (spares == 0) {
            throw outOfMemory();
        }
        for (int i = spares - 1; i > 0; i--) {
            int other = dice.below(i + 1);
            int frame = spare[i];
            spare[i] = spare[other];
            spare[other] = frame;
        }
    }

    private IllegalStateException outOfMemory() {
        return new IllegalStateException("the machine of " + path + " has only " + totalPages() + " pages");
    }

    private void store(int frame) {
        fileIndex[frame] = switch (format) {
            case KERNEL_DUMP, BITMAP_DUMP -> storedPages;
            case RAW -> frame;
            case FULL_DUMP -> rankInRuns(frame);
        };
        storedPages++;
    }

    private int rankInRuns(int frame) {
        long before = 0;
        for (MemoryRun run : runs) {
            if (frame < run.end()) {
                return Math.toIntExact(before + frame - run.firstFrame());
            }
            before += run.frames();
        }
        throw new IllegalArgumentException("frame " + frame + " is outside the machine");
    }

    /** The mapped piece of the file that holds a frame's page; the page begins at {@link #offset}. */
    MemorySegment segment(int frame) {
        int chunk = fileIndex[frame] / CHUNK_PAGES;
        if (chunk >= chunks.length) {
            chunks = Arrays.copyOf(chunks, Math.max(chunk + 1, chunks.length * 2));
        }
        if (chunks[chunk] == null) {
            try {
                chunks[chunk] = channel.map(FileChannel.MapMode.READ_WRITE, firstPageOffset + (long) chunk * CHUNK_PAGES * PAGE,
                        (long) CHUNK_PAGES * PAGE, arena);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return chunks[chunk];
    }

    /** Where in its {@link #segment} a frame's page begins. */
    long offset(int frame) {
        return (long) (fileIndex[frame] % CHUNK_PAGES) * PAGE;
    }

    /** Reads 32 bits at a physical address. */
    public int u32(long physical) {
        int frame = (int) (physical >>> 12);
        return segment(frame).get(LittleEndian.U32, offset(frame) + (physical & PAGE - 1));
    }

    /** Reads 64 bits at a physical address. */
    public long u64(long physical) {
        int frame = (int) (physical >>> 12);
        return segment(frame).get(LittleEndian.U64, offset(frame) + (physical & PAGE - 1));
    }

    /** Writes 32 bits at a physical address. */
    public void put32(long physical, int value) {
        int frame = (int) (physical >>> 12);
        segment(frame).set(LittleEndian.U32, offset(frame) + (physical & PAGE - 1), value);
    }

    /** Writes 64 bits at a physical address. */
    public void put64(long physical, long value) {
        int frame = (int) (physical >>> 12);
        segment(frame).set(LittleEndian.U64, offset(frame) + (physical & PAGE - 1), value);
    }

    /**
     * Ends the image: cuts or extends the file to its true length and writes what stands before the first page.
     *
     * @param header the dump header and bitmap; nothing is written for {@link ImageFormat#RAW}
     */
    public void finish(DumpHeader header) throws IOException {
        arena.close();
        long length = switch (format) {
            case KERNEL_DUMP, BITMAP_DUMP -> firstPageOffset + (long) storedPages * PAGE;
            case FULL_DUMP -> firstPageOffset + totalPages() * PAGE;
            case RAW -> runs.getLast().end() * PAGE;
        };
        if (channel.size() > length) {
            channel.truncate(length);
        } else if (channel.size() < length) {
            channel.write(ByteBuffer.allocate(1), length - 1);
        }
        if (format != ImageFormat.RAW) {
            List<ByteBuffer> parts = new ArrayList<>(header.write(this));
            long at = 0;
            for (ByteBuffer part : parts) {
                while (part.hasRemaining()) {
                    at += channel.write(part, at);
                }
            }
        }
        channel.close();
        finished = true;
    }

    /** Lets go of the file; one that was not finished is deleted. */
    @Override
    public void close() throws IOException {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        channel.close();
        if (!finished) {
            Files.deleteIfExists(path);
        }
    }
}
