package org.poolscope.report;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PlainTest {

    @Test
    void ordinaryTextIsLeftAlone() {
        assertThat(Plain.text("\\MyFileServer\\Größe 日本 {#}")).isEqualTo("\\MyFileServer\\Größe 日本 {#}");
    }

    @Test
    void terminalEscapesAndReorderingMarksAreShownNotObeyed() {
        assertThat(Plain.text("a\u001b[31mb")).isEqualTo("a\\u{1b}[31mb");
        assertThat(Plain.text("exe.\u202egpj")).isEqualTo("exe.\\u{202e}gpj");
        assertThat(Plain.text("one\ttwo\nthree")).isEqualTo("one two\\u{a}three");
        assertThat(Plain.text("half \ud800")).isEqualTo("half \\u{d800}");
        assertThat(Plain.text("c1 \u009b2J")).isEqualTo("c1 \\u{9b}2J");
    }

    @Property
    void noControlCharacterEverGetsThrough(@ForAll String text) {
        assertThat(Plain.text(text).codePoints()).noneMatch(Character::isISOControl);
    }
}
