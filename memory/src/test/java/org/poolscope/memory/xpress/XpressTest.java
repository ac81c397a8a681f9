package org.poolscope.memory.xpress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.poolscope.model.ForeignXpress;

/** The examples of [MS-XCA], and what other implementations pack. */
class XpressTest {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";
    private static final String ABC = "abc".repeat(100);

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /** [MS-XCA] 3.1. */
    static byte[] plainExample(int number) {
        return number == 1 ? hex("3f000000 " + HexFormat.of().formatHex(ascii(ALPHABET))) : hex("ffffff1f 616263 1700 0f ff 2601");
    }

    /** [MS-XCA] 3.2. */
    static byte[] huffmanExample(int number) {
        byte[] packed = new byte[256];
        byte[] stream;
        if (number == 1) {
            for (int letter = 'a'; letter <= 'z'; letter++) {
                length(packed, letter, letter <= 'v' ? 5 : 4);
            }
            length(packed, 256, 4);
            stream = hex("d852 3ed7 9411 5be9 195f f9d6 7cdf 8d04 0000 0000");
        } else {
            length(packed, 'a', 3);
            length(packed, 'b', 3);
            length(packed, 'c', 2);
            length(packed, 256, 2);
            length(packed, 287, 2);
            stream = hex("a8dc 0000 ff 2601");
        }
        byte[] whole = Arrays.copyOf(packed, 256 + stream.length);
        System.arraycopy(stream, 0, whole, 256, stream.length);
        return whole;
    }

    private static void length(byte[] codes, int code, int bits) {
        codes[code / 2] |= (byte) (code % 2 == 0 ? bits : bits << 4);
    }

    private static byte[] plain(byte[] packed, int size) {
        byte[] into = new byte[size];
        int used = PlainLz77.unpack(packed, packed.length, into, size);
        return used < 0 ? null : into;
    }

    private static byte[] huffman(byte[] packed, int size) {
        byte[] into = new byte[size];
        int used = new HuffmanLz77().unpack(packed, packed.length, into, size);
        return used < 0 ? null : into;
    }

    @Test
    void thePublishedExamples() {
        assertThat(plain(plainExample(1), 26)).isEqualTo(ascii(ALPHABET));
        assertThat(plain(plainExample(2), 300)).isEqualTo(ascii(ABC));
        assertThat(huffman(huffmanExample(1), 26)).isEqualTo(ascii(ALPHABET));
        assertThat(huffman(huffmanExample(2), 300)).isEqualTo(ascii(ABC));
        assertThat(ForeignXpress.unpackPlain(plainExample(2), 300)).as("libfwnt").isEqualTo(ascii(ABC));
    }

    @Test
    void anotherSizeIsNoAnswer() {
        for (int size : new int[] {1, 2, 299, 301, 1000}) {
            assertThat(plain(plainExample(2), size)).as("plain, %d", size).matches(out -> size < 3 ? out != null : out == null);
            assertThat(huffman(huffmanExample(2), size)).as("Huffman, %d", size).matches(out -> size < 3 ? out != null : out == null);
        }
        assertThat(plain(new byte[0], 0)).isEmpty();
        assertThat(plain(new byte[0], 1)).isNull();
        assertThat(huffman(new byte[0], 1)).isNull();
    }

    @Test
    void everyShorterInputIsDamage() {
        for (int length = 0; length < plainExample(2).length; length++) {
            assertThat(plain(Arrays.copyOf(plainExample(2), length), 300)).as("plain, %d bytes", length).isNull();
        }
        for (int length = 0; length < huffmanExample(2).length; length++) {
            assertThat(huffman(Arrays.copyOf(huffmanExample(2), length), 300)).as("Huffman, %d bytes", length).isNull();
        }
    }

    @Test
    void codesThatOverlapOrLeaveGapsAreDamage() {
        byte[] packed = huffmanExample(1);
        length(packed, 0, 1);
        assertThat(huffman(packed, 26)).as("too many").isNull();
        byte[] fewer = huffmanExample(1);
        fewer['b' / 2] = 0;
        assertThat(huffman(fewer, 26)).as("too few").isNull();
        assertThat(huffman(new byte[300], 26)).as("none").isNull();
    }

    @Test
    void lengthsOfFourBytes() {
        // 'a', then a match one back whose length stands in four bytes: 100000 - 3
        byte[] packed = hex("ffffff7f 61 0700 0f ff 0000 9d860100");
        byte[] out = plain(packed, 100_001);
        assertThat(out).isNotNull().containsOnly('a');
        assertThat(plain(hex("ffffff7f 61 0700 0f ff 0000 ffffffff"), 100_001)).as("longer than all there is").isNull();
        assertThat(plain(hex("ffffff7f 61 0700 0f ff 0500"), 100)).as("shorter than the lengths before it").isNull();
        assertThat(plain(hex("ffffff7f 61 0800"), 4)).as("from before the beginning").isNull();
    }

    /** Memory is like this: runs of one byte, repeated pieces, text, and noise. */
    private static byte[] mixed(Random random, int size) {
        byte[] bytes = new byte[size];
        int at = 0;
        while (at < size) {
            int run = Math.min(size - at, 1 + random.nextInt(1 << random.nextInt(13)));
            switch (random.nextInt(4)) {
                case 0 -> Arrays.fill(bytes, at, at + run, (byte) random.nextInt());
                case 1 -> {
                    for (int i = at; i < at + run; i++) {
                        bytes[i] = (byte) random.nextInt();
                    }
                }
                case 2 -> {
                    for (int i = at; i < at + run; i++) {
                        bytes[i] = (byte) ('a' + random.nextInt(4));
                    }
                }
                default -> {
                    int back = at == 0 ? 0 : 1 + random.nextInt(at);
                    for (int i = at; i < at + run && back > 0; i++) {
                        bytes[i] = bytes[i - back];
                    }
                }
            }
            at += run;
        }
        return bytes;
    }

    @Property(tries = 20)
    void whatOthersPackComesOutAsItWas(@ForAll("sizes") int size, @ForAll long seed) {
        byte[] bytes = mixed(new Random(seed), size);
        byte[] packed = ForeignXpress.packPlain(bytes);
        if (packed != null) {
            assertThat(plain(packed, size)).isEqualTo(bytes);
        }
        packed = ForeignXpress.packHuffman(bytes);
        if (packed != null) {
            assertThat(huffman(packed, size)).isEqualTo(bytes);
            assertThat(ForeignXpress.unpackHuffman(packed, size)).as("libfwnt").isEqualTo(bytes);
        }
    }

    @Provide
    Arbitrary<Integer> sizes() {
        return Arbitraries.oneOf(Arbitraries.integers().between(300, 65536), Arbitraries.of(4096, 65536));
    }

    @Property(tries = 50)
    void damageNeverDoesMoreThanComeOutWrong(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = mixed(random, 8192);
        for (boolean codes : new boolean[] {false, true}) {
            byte[] packed = codes ? ForeignXpress.packHuffman(bytes) : ForeignXpress.packPlain(bytes);
            if (packed == null) {
                continue;
            }
            for (int change = 0; change <= random.nextInt(4); change++) {
                packed[random.nextInt(packed.length)] = (byte) random.nextInt();
            }
            byte[] into = new byte[8192 + 16];
            int used = codes ? new HuffmanLz77().unpack(packed, packed.length, into, 8192)
                    : PlainLz77.unpack(packed, packed.length, into, 8192);
            assertThat(used).isBetween(-1, packed.length);
            assertThat(Arrays.copyOfRange(into, 8192, into.length)).as("nothing is written behind the end").containsOnly(0);
        }
    }
}
