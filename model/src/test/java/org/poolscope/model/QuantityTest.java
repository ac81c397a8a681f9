package org.poolscope.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class QuantityTest {

    @Test
    void sizesAreReadable() {
        assertThat(Quantity.bytes(1)).isEqualTo("1 byte");
        assertThat(Quantity.bytes(9_999)).isEqualTo("9,999 bytes");
        assertThat(Quantity.bytes(13_584)).isEqualTo("13.3 KB");
        assertThat(Quantity.bytes(266_516L * 1024)).isEqualTo("260 MB");
        assertThat(Quantity.bytes(64L << 30)).isEqualTo("64.0 GB");
    }

    @Test
    void sharesNeverRoundToAllOrNothing() {
        assertThat(Quantity.percent(0.92)).isEqualTo("92%");
        assertThat(Quantity.percent(0.9934)).isEqualTo("99.3%");
        assertThat(Quantity.percent(0.99999)).isEqualTo("over 99.9%");
        assertThat(Quantity.percent(1)).isEqualTo("100%");
        assertThat(Quantity.percent(0)).isEqualTo("0.0%");
        assertThat(Quantity.percent(0.0001)).isEqualTo("under 0.1%");
    }

    @Property
    void countsReadAsTheFormatWritesThem(@ForAll long any, @ForAll @LongRange(min = -1_001, max = 1_000_001) long small) {
        for (long count : new long[] {any, small, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(Quantity.count(count)).isEqualTo(String.format(Locale.ROOT, "%,d", count));
        }
    }

    @Test
    void oneIsSingular() {
        assertThat(Quantity.count(1, "entry", "entries")).isEqualTo("1 entry");
        assertThat(Quantity.count(123_558, "entry", "entries")).isEqualTo("123,558 entries");
    }
}
