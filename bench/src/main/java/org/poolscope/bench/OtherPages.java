package org.poolscope.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MachineMemory;
import org.poolscope.lab.image.MemoryRun;

/**
 * What else is in a machine's memory: the pages of programs and of the file cache. The image has no holes then, on disk or in the
 * reader's way: reading it costs what reading a dump costs, and a search for kernel structures meets pages that are full, some of
 * them with values that look like kernel pointers or page table entries.
 */
final class OtherPages {

    private static final int PAGE = MachineMemory.PAGE;
    private static final int CHUNK_PAGES = 1024;
    private static final String WORDS = "the quick brown fox jumps over a lazy dog while \\Device\\HarddiskVolume1 MZ PE KDBG ";

    private final MachineMemory memory;
    private final long firstPage;
    private final Dice dice;
    private final byte[] text = new byte[1 << 16];

    /**
     * @param memory the machine's memory, finished
     * @param firstPage where in the file its first page stands
     */
    OtherPages(MachineMemory memory, long firstPage, Dice dice) {
        this.memory = memory;
        this.firstPage = firstPage;
        this.dice = dice;
        byte[] words = WORDS.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < text.length; i++) {
            text[i] = words[i % words.length];
        }
    }

    /** Writes all pages that the machine did not use, and those it used as they are. */
    void fill(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_PAGES * PAGE).order(ByteOrder.LITTLE_ENDIAN);
            if (memory.format() == ImageFormat.RAW) {
                fill(channel, chunk, 0, memory.runs().getLast().end(), 0);
            } else {
                long before = 0;
                for (MemoryRun run : memory.runs()) {
                    fill(channel, chunk, run.firstFrame(), run.end(), firstPage + before * PAGE);
                    before += run.frames();
                }
            }
            channel.force(true);
        }
    }

    private void fill(FileChannel channel, ByteBuffer chunk, long firstFrame, long end, long offset) throws IOException {
        long at = offset;
        for (long frame = firstFrame; frame < end; frame += CHUNK_PAGES) {
            int pages = (int) Math.min(CHUNK_PAGES, end - frame);
            chunk.clear().limit(pages * PAGE);
            while (chunk.hasRemaining() && channel.read(chunk, at + chunk.position()) > 0) {
                // The whole chunk.
            }
            for (int i = 0; i < pages; i++) {
                if (!memory.isStored((int) (frame + i))) {
                    fillPage(chunk, i * PAGE);
                }
            }
            chunk.clear().limit(pages * PAGE);
            while (chunk.hasRemaining()) {
                at += channel.write(chunk, at);
            }
        }
    }

    private void fillPage(ByteBuffer chunk, int from) {
        int kind = dice.below(16);
        if (kind < 4) {
            chunk.put(from, text, dice.below(text.length - PAGE), PAGE);
            return;
        }
        for (int at = from; at < from + PAGE; at += Long.BYTES) {
            long value = dice.nextLong();
            chunk.putLong(at, switch (kind) {
                // Kernel pointers of both widths between small numbers.
                case 4 -> (value & 3) == 0 ? value & 0x3fff_fff8L | 0xffff_fa80_0000_0000L : value & 0xff;
                case 5 -> value & 0x1fff_fff8_1fff_fff8L | 0x8000_0000_8000_0000L;
                // Page table entries of a program: present, user, now and then none.
                case 6 -> (value & 7) == 0 ? 0 : value & 0xf_ffff_f000L | 0x8000_0000_0000_0067L;
                case 7 -> (value & 7) == 0 ? 0 : value & 0xffff_f000_ffff_f000L | 0x0000_0067_0000_0067L;
                default -> value;
            });
        }
    }
}
