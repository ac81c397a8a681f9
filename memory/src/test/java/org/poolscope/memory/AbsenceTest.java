package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AbsenceTest {

    @Test
    void pagesThatWereWrittenOutMayBeCompressedFromWindows10On() {
        assertThat(Absence.PAGED_OUT.words(9600)).isEqualTo("paged out").isEqualTo(Absence.PAGED_OUT.toString());
        assertThat(Absence.PAGED_OUT.words(10240)).isEqualTo("paged out or in the store of compressed memory");
        for (Absence why : Absence.values()) {
            assertThat(why.words(9600)).isEqualTo(why.toString());
        }
    }
}
