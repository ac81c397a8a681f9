package org.poolscope.report;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WrapTest {

    @Test
    void breaksAtBlanks() {
        assertThat(Wrap.lines("one two three", 8)).containsExactly("one two", "three");
    }

    @Test
    void longWordsStandAloneUnbroken() {
        assertThat(Wrap.lines("see \\\\server\\a\\very\\long\\path now", 10)).containsExactly("see", "\\\\server\\a\\very\\long\\path", "now");
    }

    @Test
    void blanksInsideATagSurviveInMidLine() {
        assertThat(Wrap.lines("tag 'Io  ' holds", 80)).containsExactly("tag 'Io  ' holds");
    }

    @Property
    void losesNoWordAndBreaksNone(@ForAll @CharRange(from = 'a', to = 'f') String letters, @ForAll @IntRange(min = 1, max = 40) int width) {
        String text = letters.replace('f', ' ').replaceAll(" +", " ").strip();
        assertThat(String.join(" ", Wrap.lines(text, width)).strip()).isEqualTo(text);
    }
}
