package org.poolscope.logs.evtx;

/**
 * The values for the holes of a template: where in the chunk each stands, how long it is and of which
 * {@linkplain ValueText type}.
 */
final class Values {

    static final Values NONE = new Values(0);

    private final byte[] types;
    private final int[] offsets;
    private final int[] lengths;

    private Values(int count) {
        types = new byte[count];
        offsets = new int[count];
        lengths = new int[count];
    }

    /**
     * Reads a list of values: their number, then length (16 bits), type (8 bits) and a zero byte of each, then the values one
     * behind the other.
     *
     * @param end where the record ends
     */
    static Values read(ChunkBytes chunk, int at, int end) throws DamagedRecordException {
        int count = chunk.size(at);
        if (count > (end - at - 4) / 4) {
            throw new DamagedRecordException("it counts " + count + " values, more than fit");
        }
        Values values = new Values(count);
        int next = at + 4 + 4 * count;
        for (int i = 0; i < count; i++) {
            int length = chunk.u16(at + 4 + 4 * i);
            if (length > end - next) {
                throw new DamagedRecordException("its value " + i + " goes on behind its end");
            }
            values.types[i] = (byte) chunk.u8(at + 6 + 4 * i);
            values.offsets[i] = next;
            values.lengths[i] = length;
            next += length;
        }
        return values;
    }

    /** Whether there is a value for a hole: neither missing nor of the null type. */
    boolean has(int index) {
        return index < types.length && types[index] != ValueText.NULL;
    }

    int type(int index) {
        return types[index] & 0xff;
    }

    int offset(int index) {
        return offsets[index];
    }

    int length(int index) {
        return lengths[index];
    }
}
