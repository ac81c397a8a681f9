package org.poolscope.lab.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.poolscope.lab.Dice;
import org.poolscope.model.ForeignXpress;
import org.poolscope.model.RealEvidence;

/** What the lab packs, unpacked by libfwnt. */
class XpressPackerTest {

    private static final int BLOCK = 1 << 16;

    private final XpressPacker packer = new XpressPacker();

    @Test
    void memoryOfARunningKernel() throws IOException {
        Dice dice = new Dice(1);
        long before = 0;
        long after = 0;
        try (FileChannel file = FileChannel.open(RealEvidence.image("nt52-x64-boot.raw"), StandardOpenOption.READ)) {
            for (int i = 0; i < 60; i++) {
                ByteBuffer block = ByteBuffer.allocate(BLOCK);
                file.read(block, (long) dice.below((int) (file.size() / BLOCK)) * BLOCK);
                byte[] bytes = Arrays.copyOf(block.array(), 4096 * dice.between(1, 16));
                before += bytes.length;
                after += check(bytes);
            }
        }
        assertThat(after).as("%d bytes packed twice", before).isLessThan(before);
    }

    @Test
    void bytesOfEveryKind() {
        Dice dice = new Dice(2);
        byte[] noise = new byte[BLOCK];
        byte[] few = new byte[BLOCK];
        byte[] skewed = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            noise[i] = (byte) dice.nextInt();
            few[i] = (byte) dice.below(3);
            skewed[i] = (byte) (Long.numberOfTrailingZeros(dice.nextLong()) * 7 + dice.below(2));
        }
        check(new byte[BLOCK]);
        check(noise);
        check(few);
        check(skewed);
        byte[] words = new byte[BLOCK];
        for (int at = 0, step = 1; at < BLOCK; at += step + 9, step = step * 3 / 2 + 1) {
            System.arraycopy(noise, 0, words, at, Math.min(step, BLOCK - at));
        }
        check(words);
    }

    /** Packs in both forms; returns how long that is together. */
    private int check(byte[] bytes) {
        byte[] plain = packer.plain(bytes, bytes.length);
        byte[] huffman = packer.huffman(bytes, bytes.length);
        assertThat(Arrays.equals(ForeignXpress.unpackPlain(plain, bytes.length), bytes)).as("plain").isTrue();
        assertThat(Arrays.equals(ForeignXpress.unpackHuffman(huffman, bytes.length), bytes)).as("Huffman").isTrue();
        return plain.length + huffman.length;
    }
}
