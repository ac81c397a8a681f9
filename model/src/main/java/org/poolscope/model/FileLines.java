package org.poolscope.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/**
 * The lines of a text file too long to be held: one block of them is decoded at a time. Made for whoever goes from the first line to
 * the last; a long way back costs a block to decode again. One pass over the bytes finds the line ends and tells the encoding; what is
 * kept of it is a place for each block.
 */
final class FileLines extends AbstractList<String> implements RandomAccess {

    /** A block ends after so many lines, or with the line in which it passes so many bytes. */
    private static final int BLOCK_LINES = 4096;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int BUFFER = 1 << 18;
    /** A line is shown up to here: no format has longer ones, and a file may be a single line. In bytes. */
    private static final int LONGEST_LINE = 1 << 22;

    private final Path path;
    private Charset charset;
    private final int unit;
    private long[] starts = new long[64];
    private int[] firsts = new int[64];
    private int blocks;
    private int count;
    private long end;
    private Block recent;
    private Block older;

    /** Lines decoded, and the number of the first of them from 0. */
    private record Block(int first, String[] lines) {
    }

    private FileLines(Path path, Charset wide) {
        this.path = path;
        this.charset = wide;
        this.unit = wide == null ? 1 : 2;
    }

    /**
     * Finds the lines of a file.
     *
     * @param wide the form of UTF-16 the file is in; {@code null} when it is in none, then it is UTF-8 if all of it is valid, else
     *     windows-1252
     */
    static FileLines of(Path path, Charset wide) throws IOException {
        FileLines lines = new FileLines(path, wide);
        lines.index();
        return lines;
    }

    private void index() throws IOException {
        Utf8Check utf8 = new Utf8Check();
        byte[] bytes = new byte[BUFFER];
        boolean lineOpen = false;
        boolean afterReturn = false;
        long at = 0;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            for (int length = fill(channel, bytes, at); length > 0; length = fill(channel, bytes, at)) {
                if (unit == 1) {
                    utf8.add(bytes, length);
                }
                for (int i = 0; i + unit <= length; i += unit) {
                    if (unit == 1 && lineOpen) {
                        i = lineEnd(bytes, i, length);
                        if (i == length) {
                            break;
                        }
                    }
                    int c = unit == 1 ? bytes[i] : unit(bytes, i);
                    if (c == '\n' && afterReturn) {
                        afterReturn = false;
                        continue;   // the second half of a line end
                    }
                    if (!lineOpen) {
                        begin(at + i);
                        lineOpen = true;
                    }
                    afterReturn = c == '\r';
                    if (c == '\n' || c == '\r') {
                        lineOpen = false;
                    }
                }
                at += length;
            }
        }
        end = at;
        if (charset == null) {
            charset = utf8.isValid() ? StandardCharsets.UTF_8 : Charset.forName("windows-1252");
        }
        if (count > 0 && get(count - 1).isEmpty() && lineOpen) {
            count--;   // nothing but the end mark of old text files stood there
        }
    }

    /** Reads until the buffer is full or the file ends, which may cut a character of UTF-16 only at the end of the file. */
    private static int fill(FileChannel channel, byte[] into, long from) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
            // until full or at the end
        }
        return buffer.position();
    }

    private void begin(long at) {
        if (blocks == 0 || count - firsts[blocks - 1] == BLOCK_LINES || at - starts[blocks - 1] >= BLOCK_BYTES) {
            if (blocks == starts.length) {
                starts = Arrays.copyOf(starts, blocks * 2);
                firsts = Arrays.copyOf(firsts, blocks * 2);
            }
            starts[blocks] = at;
            firsts[blocks++] = count;
        }
        count = Math.addExact(count, 1);
    }

    Charset charset() {
        return charset;
    }

    @Override
    public int size() {
        return count;
    }

    /**
     * A line.
     *
     * @throws UncheckedIOException when the file has gone or shrunk since it was opened
     */
    @Override
    public String get(int index) {
        Block block = recent;
        if (block == null || index < block.first || index >= block.first + block.lines.length) {
            block = block(index);
        }
        return block.lines[index - block.first];
    }

    private Block block(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("line " + index + " of " + count);
        }
        Block wanted = older;
        if (wanted == null || index < wanted.first || index >= wanted.first + wanted.lines.length) {
            try {
                int block = Arrays.binarySearch(firsts, 0, blocks, index);
                wanted = decode(block >= 0 ? block : -block - 2);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        older = recent;
        recent = wanted;
        return wanted;
    }

    private Block decode(int block) throws IOException {
        int first = firsts[block];
        boolean last = block == blocks - 1;
        String[] lines = new String[(last ? count : firsts[block + 1]) - first];
        long stop = last ? end : starts[block + 1];
        byte[] bytes = new byte[BUFFER];
        byte[] line = new byte[256];
        int length = 0;
        int filled = 0;
        boolean afterReturn = false;
        boolean open = false;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            for (long at = starts[block]; at < stop && filled < lines.length;) {
                int got = (int) Math.min(fill(channel, bytes, at), stop - at);
                if (got <= 0) {
                    throw new IOException(path + " has become shorter while it was read");
                }
                int from = 0;
                for (int i = 0; i + unit <= got && filled < lines.length; i += unit) {
                    if (unit == 1 && open) {
                        i = lineEnd(bytes, i, got);
                        if (i == got) {
                            break;
                        }
                    }
                    int c = unit == 1 ? bytes[i] : unit(bytes, i);
                    if (c != '\n' && c != '\r') {
                        open = true;
                        afterReturn = false;
                        continue;
                    }
                    if (c == '\n' && afterReturn) {
                        afterReturn = false;
                        from = i + unit;
                        continue;
                    }
                    if (length == 0) {
                        lines[filled++] = text(bytes, from, i - from, first + filled == 1);
                    } else {
                        line = append(line, length, bytes, from, i - from);
                        length = Math.min(LONGEST_LINE, length + i - from);
                        lines[filled++] = text(line, 0, length, first + filled == 1);
                        length = 0;
                    }
                    afterReturn = c == '\r';
                    open = false;
                    from = i + unit;
                }
                if (open) {
                    line = append(line, length, bytes, from, got - from);
                    length = Math.min(LONGEST_LINE, length + got - from);
                }
                at += got;
            }
        }
        if (filled < lines.length) {
            String rest = text(line, 0, length, first + filled == 0);
            lines[filled++] = last ? withoutEndMark(rest) : rest;
        }
        if (filled < lines.length) {
            throw new IOException(path + " has changed while it was read");
        }
        return new Block(first, lines);
    }

    private static int lineEnd(byte[] bytes, int from, int length) {
        int i = from;
        while (i < length && bytes[i] != '\n' && bytes[i] != '\r') {
            i++;
        }
        return i;
    }

    private int unit(byte[] bytes, int i) {
        return charset == StandardCharsets.UTF_16BE ? bytes[i] << 8 | bytes[i + 1] & 0xff : bytes[i + 1] << 8 | bytes[i] & 0xff;
    }

    private static byte[] append(byte[] line, int length, byte[] bytes, int from, int more) {
        int fits = Math.min(more, LONGEST_LINE - length);
        byte[] room = length + fits <= line.length ? line : Arrays.copyOf(line, Math.min(LONGEST_LINE, (length + fits) * 2));
        System.arraycopy(bytes, from, room, length, fits);
        return room;
    }

    private String text(byte[] bytes, int from, int length, boolean firstOfFile) {
        String text = new String(bytes, from, length, charset);
        return firstOfFile && !text.isEmpty() && text.charAt(0) == '\ufeff' ? text.substring(1) : text;
    }

    private static String withoutEndMark(String line) {
        int stop = line.length();
        while (stop > 0 && line.charAt(stop - 1) == TextLines.END_MARK) {
            stop--;
        }
        return line.substring(0, stop);
    }
}
