package org.poolscope.symbols;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Many short names in one array of bytes. A name is known by its number; numbers follow the order of the names. */
final class Names {

    private final byte[] bytes;
    private final int[] starts;

    /** Takes names in ascending order of their bytes. */
    Names(byte[] bytes, int[] starts) {
        this.bytes = bytes;
        this.starts = starts;
    }

    String text(int name) {
        return new String(bytes, starts[name], starts[name + 1] - starts[name], StandardCharsets.ISO_8859_1);
    }

    boolean equal(int name, String text) {
        return starts[name + 1] - starts[name] == text.length() && compare(name, text) == 0;
    }

    /** Compares a name with a text, as {@link String#compareTo} does. */
    int compare(int name, String text) {
        int length = starts[name + 1] - starts[name];
        int shared = Math.min(length, text.length());
        for (int i = 0; i < shared; i++) {
            int order = (bytes[starts[name] + i] & 0xff) - text.charAt(i);
            if (order != 0) {
                return order;
            }
        }
        return length - text.length();
    }

    void write(DataOutput out) throws IOException {
        write(out, starts);
        out.write(bytes);
    }

    static Names read(DataInput in) throws IOException {
        int[] starts = readInts(in);
        byte[] bytes = new byte[starts[starts.length - 1]];
        in.readFully(bytes);
        return new Names(bytes, starts);
    }

    static void write(DataOutput out, int[] array) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES * array.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(array);
        out.writeInt(array.length);
        out.write(buffer.array());
    }

    static int[] readInts(DataInput in) throws IOException {
        byte[] bytes = new byte[Math.multiplyExact(Integer.BYTES, in.readInt())];
        in.readFully(bytes);
        int[] array = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(array);
        return array;
    }
}
