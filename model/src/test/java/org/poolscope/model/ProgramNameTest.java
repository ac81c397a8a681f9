package org.poolscope.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgramNameTest {

    @Test
    void whatTheUserTypedIsToldAgain() {
        assertThat(ProgramName.word("../bin/poolscope", null, "/usr/bin")).isEqualTo("../bin/poolscope");
        assertThat(ProgramName.word(null, null, null)).isEqualTo("poolscope");
    }

    @Test
    void thePackagedProgramIsCalledByItsPathUnlessTheShellFindsIt() {
        assertThat(ProgramName.word(null, "/opt/poolscope/bin/poolscope", "/usr/bin:/bin")).isEqualTo("/opt/poolscope/bin/poolscope");
        assertThat(ProgramName.word(null, "/opt/poolscope/bin/poolscope", "/usr/bin:/opt/poolscope/bin")).isEqualTo("poolscope");
    }

    @Test
    void onlyCommandsOfTheProgramAreTouched() {
        assertThat(ProgramName.called("poolscope info MEMORY.DMP")).isEqualTo(ProgramName.word() + " info MEMORY.DMP");
        assertThat(ProgramName.called("poolmon -n poolsnap.log")).isEqualTo("poolmon -n poolsnap.log");
    }
}
