package org.poolscope.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PoolTagTest {

    @Test
    void keyIsTheBytesInMemoryOrder() {
        assertThat(PoolTag.parse("Mup ").key()).isEqualTo(0x2070754d);
        assertThat(new PoolTag(0x2070754d)).hasToString("Mup ");
    }

    @Test
    void shortTagsArePaddedWithBlanks() {
        assertThat(PoolTag.parse("Io")).isEqualTo(PoolTag.parse("Io  "));
    }

    @Test
    void bytesThatCannotBePrintedAreEscaped() {
        assertThat(new PoolTag(0x006d7056)).hasToString("Vpm\\x00");
        assertThat(PoolTag.parse("\\xf3LMN").byteAt(0)).isEqualTo(0xf3);
    }

    @Test
    void protectedBitIsNotPartOfTheName() {
        assertThat(new PoolTag(0xe5706d46)).isEqualTo(PoolTag.parse("Fmpe"));
    }

    @Test
    void refusesWhatIsNoTag() {
        assertThatIllegalArgumentException().isThrownBy(() -> PoolTag.parse(""));
        assertThatIllegalArgumentException().isThrownBy(() -> PoolTag.parse("Mupxx"));
        assertThatIllegalArgumentException().isThrownBy(() -> PoolTag.parse("M\u0416p"));
    }

    @Property
    void whatIsPrintedIsReadBack(@ForAll int key) {
        PoolTag tag = new PoolTag(key);
        // A real backslash and x would read as the start of an escape; no known tag begins so.
        if (tag.byteAt(0) != '\\' || tag.byteAt(1) != 'x') {
            assertThat(PoolTag.parse(tag.toString())).isEqualTo(tag);
        }
    }

    @Property
    void orderIsThatOfTheBytes(@ForAll int a, @ForAll int b) {
        PoolTag left = new PoolTag(a);
        PoolTag right = new PoolTag(b);
        int expected = 0;
        for (int i = 0; i < 4 && expected == 0; i++) {
            expected = Integer.compare(left.byteAt(i), right.byteAt(i));
        }
        assertThat(Integer.signum(left.compareTo(right))).isEqualTo(expected);
    }

    @Test
    void patternsMatchAsPoolMonDoes() {
        assertThat(TagPattern.parse("Mu*").matches(PoolTag.parse("Mu37"))).isTrue();
        assertThat(TagPattern.parse("Mu??").matches(PoolTag.parse("Mu37"))).isTrue();
        assertThat(TagPattern.parse("Io").matches(PoolTag.parse("Io  "))).isTrue();
        assertThat(TagPattern.parse("Io").matches(PoolTag.parse("IoNm"))).isFalse();
        assertThat(TagPattern.parse("mu*").matches(PoolTag.parse("Mu37"))).isFalse();
        assertThat(TagPattern.parse("*").matches(PoolTag.parse("Mu37"))).isTrue();
        assertThat(TagPattern.parse("Io  ").isExact()).isTrue();
        assertThat(TagPattern.parse("Io  ").fixedBytes()).isEqualTo(4);
        assertThat(TagPattern.parse("Mu?7").fixedBytes()).isEqualTo(3);
        assertThat(TagPattern.parse("M*").fixedBytes()).isEqualTo(1);
        assertThat(TagPattern.parse("*").fixedBytes()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> TagPattern.parse("*Mu"));
        assertThatIllegalArgumentException().isThrownBy(() -> TagPattern.parse(""));
    }
}
