package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against counting each value by itself, in the words of the kinds' definitions. */
class WordStatisticsTest {

    private static final int[] BYTES = {0, 1, 0x1f, 0x20, 0x41, 0x7e, 0x7f, 0x80, 0xff};

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void kindsAreCountedAsTheyAreDefined(int seed) {
        Random random = new Random(seed);
        long[] values = new long[4000];
        Arrays.setAll(values, any -> {
            long value = 0;
            for (int i = 0; i < 4; i++) {
                value = value << 8 | BYTES[random.nextInt(BYTES.length)];
            }
            return random.nextInt(10) == 0 ? 0 : value;
        });
        WordStatistics counted = counted(values, 700);
        assertThat(counted.blocks).isEqualTo(values.length);
        assertThat(counted.zero).isEqualTo(Arrays.stream(values).filter(value -> value == 0).count());
        assertThat(counted.small).isEqualTo(Arrays.stream(values).filter(value -> value < 0x10000).count());
        assertThat(counted.ascii).isEqualTo(Arrays.stream(values).filter(WordStatisticsTest::isAscii).count());
        assertThat(counted.utf16).isEqualTo(Arrays.stream(values).filter(WordStatisticsTest::isUtf16).count());
        assertThat(counted.ascii).isPositive();
        assertThat(counted.utf16).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 300, 512, 513, 3000})
    void valuesAreCountedHoweverTheyAreCutIntoParts(int kinds) {
        Random random = new Random(kinds);
        long[] values = new long[5000];
        Arrays.setAll(values, any -> random.nextInt(3) == 0 ? 7 : random.nextInt(kinds) * 0x1_0000_0001L - (1L << 62));
        Map<Long, Long> expected = Arrays.stream(values).boxed().collect(Collectors.groupingBy(value -> value, TreeMap::new, Collectors.counting()));
        for (int part : new int[] {1, 64, 5000}) {
            WordStatistics counted = counted(values, part);
            assertThat(counted.distinct()).isEqualTo(expected.size() <= WordStatistics.MOST_DISTINCT ? expected.size() : -1);
            if (counted.distinct() > 0) {
                assertThat(counted.values()).hasSize(expected.size())
                        .allSatisfy(value -> assertThat(value.count()).isEqualTo(expected.get(value.value())));
            }
            assertThat(counted.minimum()).isEqualTo(Arrays.stream(values).boxed().min(Long::compareUnsigned).orElseThrow());
            assertThat(counted.maximum()).isEqualTo(Arrays.stream(values).boxed().max(Long::compareUnsigned).orElseThrow());
            long same = Arrays.stream(values).reduce((a, b) -> a & b).orElseThrow() | ~Arrays.stream(values).reduce((a, b) -> a | b).orElseThrow();
            assertThat(counted.varyingBits()).isEqualTo(~same);
        }
    }

    /** Of too many values those that came first are kept, with the blocks up to the first that was one too many. */
    @Test
    void tooManyValuesKeepTheFirst() {
        long[] values = new long[2 * WordStatistics.MOST_DISTINCT];
        Arrays.setAll(values, i -> i % 2 == 0 ? 5 : 1000 + i);
        WordStatistics counted = counted(values, 100);
        assertThat(counted.distinct()).isEqualTo(-1);
        assertThat(counted.values()).hasSize(WordStatistics.MOST_DISTINCT).first()
                .isEqualTo(new WordStatistics.Value(5, WordStatistics.MOST_DISTINCT));
    }

    @Test
    void timesAreThoseBetweenTwoUpperHalves() {
        WordStatistics counted = new WordStatistics();
        counted.addTimes(new long[] {0x9_ffff_ffffL, 0xa_0000_0000L, 0xb_ffff_ffffL, 0xc_0000_0000L, -1}, 4, 0xa, 0xc);
        assertThat(counted.times).isEqualTo(2);
        assertThat(counted.earliest()).isEqualTo(0xa_0000_0000L);
        assertThat(counted.latest()).isEqualTo(0xb_ffff_ffffL);
    }

    private static WordStatistics counted(long[] values, int part) {
        WordStatistics counted = new WordStatistics();
        for (int from = 0; from < values.length; from += part) {
            long[] some = Arrays.copyOfRange(values, from, from + part);
            int count = Math.min(part, values.length - from);
            counted.add(some, count);
            counted.addKinds(some, count);
        }
        return counted;
    }

    private static boolean isAscii(long value) {
        return bytes(value).allMatch(c -> c >= 0x20 && c <= 0x7e);
    }

    private static boolean isUtf16(long value) {
        int low = (int) value & 0xffff;
        int high = (int) value >>> 16;
        return low >= 0x20 && low <= 0x7e && (high == 0 || high >= 0x20 && high <= 0x7e);
    }

    private static IntStream bytes(long value) {
        return IntStream.range(0, 4).map(i -> (int) (value >>> 8 * i & 0xff));
    }
}
