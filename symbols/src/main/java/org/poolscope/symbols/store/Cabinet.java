package org.poolscope.symbols.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks the one file of a cabinet, which is what a symbol store keeps for {@code name.pd_} (Microsoft's cabinet format,
 * published as [MS-CAB]): a header, a folder of data blocks, one file. Blocks are stored or packed with MSZIP: each is deflated
 * by itself, with the 32 KB before it as its dictionary.
 */
final class Cabinet {

    private static final int SIGNATURE = 'M' | 'S' << 8 | 'C' << 16 | 'F' << 24;
    private static final int HAS_RESERVE = 4;
    private static final int HAS_PREVIOUS = 1;
    private static final int HAS_NEXT = 2;
    private static final int STORED = 0;
    private static final int MSZIP = 1;
    private static final int BLOCK = 0x8000;
    private static final long LARGEST = 1L << 30;

    private final ByteBuffer file;

    private Cabinet(ByteBuffer file) {
        this.file = file;
    }

    static boolean recognises(byte[] head) {
        return head.length >= 4 && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(0) == SIGNATURE;
    }

    /**
     * Unpacks a cabinet.
     *
     * @throws IOException when it is damaged, or packed in a way that is not known; the message says which
     */
    static void unpack(Path cabinet, Path to) throws IOException {
        if (Files.size(cabinet) > LARGEST) {
            throw new IOException("the cabinet is larger than any symbol file");
        }
        try {
            Files.write(to, new Cabinet(ByteBuffer.wrap(Files.readAllBytes(cabinet)).order(ByteOrder.LITTLE_ENDIAN)).content());
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("the cabinet is cut off or damaged", e);
        } catch (DataFormatException e) {
            throw new IOException("the cabinet is damaged: " + e.getMessage(), e);
        }
    }

    private byte[] content() throws IOException, DataFormatException {
        if (file.limit() < 36 || file.getInt(0) != SIGNATURE) {
            throw new IOException("it is no cabinet");
        }
        int flags = u16(30);
        if (u16(26) != 1 || (flags & (HAS_PREVIOUS | HAS_NEXT)) != 0) {
            throw new IOException("the cabinet is one of several, or has several folders");
        }
        int folder = 36;
        int blockReserve = 0;
        if ((flags & HAS_RESERVE) != 0) {
            folder = 40 + u16(36);
            blockReserve = file.get(39) & 0xff;
        }
        int blocks = u16(folder + 4);
        int packing = u16(folder + 6) & 0xf;
        if (packing != STORED && packing != MSZIP) {
            throw new IOException("the cabinet is packed with " + (packing == 3 ? "LZX" : "method " + packing)
                    + ": unpack it with cabextract and give the PDB file");
        }
        int entry = file.getInt(16);
        long size = Integer.toUnsignedLong(file.getInt(entry));
        long from = Integer.toUnsignedLong(file.getInt(entry + 4));
        byte[] all = blocks(file.getInt(folder), blocks, packing, blockReserve);
        if (size > all.length || from > all.length - size) {
            throw new IOException("the cabinet promises more than it holds");
        }
        return java.util.Arrays.copyOfRange(all, (int) from, (int) (from + size));
    }

    private byte[] blocks(int first, int count, int packing, int reserve) throws IOException, DataFormatException {
        ByteArrayOutputStream all = new ByteArrayOutputStream(count * BLOCK);
        byte[] out = new byte[BLOCK];
        byte[] before = new byte[0];
        int at = first;
        for (int i = 0; i < count; i++) {
            int packed = u16(at + 4);
            int plain = u16(at + 6);
            int data = at + 8 + reserve;
            if (plain > BLOCK) {
                throw new IOException("a block of the cabinet is too large");
            }
            byte[] in = new byte[packed];
            file.get(data, in);
            checkSum(at, in);
            if (packing == STORED) {
                out = in;
            } else {
                inflate(in, before, out, plain);
            }
            all.write(out, 0, packing == STORED ? packed : plain);
            before = java.util.Arrays.copyOf(out, packing == STORED ? packed : plain);
            at = data + packed;
        }
        return all.toByteArray();
    }

    private static void inflate(byte[] in, byte[] before, byte[] out, int plain) throws IOException, DataFormatException {
        if (in.length < 2 || in[0] != 'C' || in[1] != 'K') {
            throw new IOException("a block of the cabinet is not what MSZIP makes");
        }
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(in, 2, in.length - 2);
            if (before.length > 0) {
                inflater.setDictionary(before);
            }
            int got = 0;
            while (got < plain) {
                int more = inflater.inflate(out, got, plain - got);
                if (more == 0) {
                    throw new IOException("a block of the cabinet is cut off");
                }
                got += more;
            }
        }
    }

    /** The exclusive or of a block's 32-bit words, then of its two sizes; 0 stands for none. */
    private void checkSum(int block, byte[] data) throws IOException {
        int expected = file.getInt(block);
        int sum = 0;
        int whole = data.length & ~3;
        for (int i = 0; i < whole; i += 4) {
            sum ^= data[i] & 0xff | (data[i + 1] & 0xff) << 8 | (data[i + 2] & 0xff) << 16 | (data[i + 3] & 0xff) << 24;
        }
        int rest = 0;
        for (int i = whole; i < data.length; i++) {
            rest = rest << 8 | data[i] & 0xff;
        }
        sum ^= rest ^ file.getInt(block + 4);
        if (expected != 0 && expected != sum) {
            throw new IOException("a block of the cabinet does not match its checksum");
        }
    }

    private int u16(int at) {
        return file.getShort(at) & 0xffff;
    }
}
