package org.poolscope.symbols.pdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The container of a PDB file, MSF 7 (described in LLVM's documentation of the PDB format): a file of blocks that holds numbered
 * streams, each scattered over blocks. The directory that tells which is itself scattered, over blocks that a block map lists.
 */
final class MsfFile {

    private static final byte[] MAGIC = "Microsoft C/C++ MSF 7.00\r\n\u001aDS\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int SUPER_BLOCK = 56;

    /** A deleted stream has this size. */
    private static final int NO_STREAM = 0xffff_ffff;

    private final ByteBuffer file;
    private final int blockSize;
    private final int[] sizes;

    /** For each stream, where its list of blocks starts in the directory. */
    private final int[] lists;
    private final PdbBytes directory;

    /** Whether a file begins as a PDB file does. */
    static boolean recognises(byte[] head) {
        return head.length >= MAGIC.length && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    static MsfFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new DamagedPdbException("file", 0, "it has " + channel.size() + " bytes, which is more than symbols need");
            }
            MappedByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            return new MsfFile(file.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    MsfFile(ByteBuffer file) {
        this.file = file;
        byte[] head = new byte[MAGIC.length];
        if (file.limit() < SUPER_BLOCK) {
            throw new DamagedPdbException("file", 0, "it is cut off");
        }
        file.get(0, head);
        if (!recognises(head)) {
            throw new DamagedPdbException("file", 0, "it is no PDB file of version 7");
        }
        this.blockSize = file.getInt(32);
        if (Integer.bitCount(blockSize) != 1 || blockSize < 512 || blockSize > 1 << 16) {
            throw new DamagedPdbException("file", 32, "its blocks have " + blockSize + " bytes");
        }
        int directorySize = file.getInt(44);
        int blocks = blocks(directorySize, "the directory of streams");
        byte[] map = new byte[blocks * Integer.BYTES];
        copy(file.getInt(52), map, 0, map.length);
        int[] list = new int[blocks];
        ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(list);
        this.directory = new PdbBytes("directory of streams", gather(list, directorySize));
        int count = directory.size(directory.u32(0), "the number of streams");
        this.sizes = new int[count];
        this.lists = new int[count];
        long at = Integer.BYTES + (long) Integer.BYTES * count;
        for (int i = 0; i < count; i++) {
            int size = directory.i32(Integer.BYTES * (1 + i));
            sizes[i] = size == NO_STREAM ? 0 : size;
            lists[i] = directory.size(at, "the place of a list of blocks");
            at += (long) Integer.BYTES * blocks(sizes[i], "stream " + i);
        }
        directory.size(at, "the length of all lists of blocks");
    }

    int streams() {
        return sizes.length;
    }

    /** A whole stream; empty when the file has none of that number. */
    PdbBytes stream(int number, String name) {
        if (number < 0 || number >= sizes.length) {
            return new PdbBytes(name, new byte[0]);
        }
        int[] list = new int[blocks(sizes[number], name)];
        for (int i = 0; i < list.length; i++) {
            list[i] = directory.i32(lists[number] + Integer.BYTES * i);
        }
        return new PdbBytes(name, gather(list, sizes[number]));
    }

    /** How many blocks so many bytes take; no stream is longer than its file. */
    private int blocks(int size, String what) {
        if (size < 0 || size > file.limit()) {
            throw new DamagedPdbException("file", 0, what + " has " + Integer.toUnsignedString(size) + " bytes");
        }
        return (size + blockSize - 1) / blockSize;
    }

    private byte[] gather(int[] list, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < list.length; i++) {
            copy(list[i], bytes, i * blockSize, Math.min(blockSize, size - i * blockSize));
        }
        return bytes;
    }

    private void copy(int block, byte[] into, int at, int length) {
        long from = Integer.toUnsignedLong(block) * blockSize;
        if (from + length > file.limit()) {
            throw new DamagedPdbException("file", from, "block " + Integer.toUnsignedString(block)
                    + " is outside the file: it is cut off, or its directory is damaged");
        }
        file.get((int) from, into, at, length);
    }
}
