package org.poolscope.memory.xpress;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes at all, as either form of Xpress. */
class XpressFuzzTest {

    private static final int SIZE = 1 << 16;

    @FuzzTest(maxDuration = "30s")
    void plain(FuzzedDataProvider data) {
        int size = data.consumeInt(0, SIZE);
        byte[] packed = data.consumeRemainingAsBytes();
        check(PlainLz77.unpack(packed, packed.length, new byte[size], size), packed);
    }

    @FuzzTest(maxDuration = "30s")
    void huffman(FuzzedDataProvider data) {
        int size = data.consumeInt(0, 3 * SIZE);
        byte[] stream = data.consumeRemainingAsBytes();
        byte[] packed = XpressTest.huffmanExample(2);
        if (stream.length > 0 && stream[0] % 2 == 0) {
            System.arraycopy(stream, 0, packed, Math.max(0, 256 - stream.length / 2), Math.min(stream.length, packed.length - 256));
        } else {
            packed = stream;
        }
        check(new HuffmanLz77().unpack(packed, packed.length, new byte[size], size), packed);
    }

    private static void check(int used, byte[] packed) {
        if (used < -1 || used > packed.length) {
            throw new AssertionError(used + " of " + packed.length + " bytes used");
        }
    }
}
