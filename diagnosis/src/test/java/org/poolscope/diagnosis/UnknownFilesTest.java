package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Progress;

/** Who hands in files that nobody knows is told all that is read. */
class UnknownFilesTest {

    @TempDir
    private Path folder;

    @Test
    void allThatIsReadIsListed() throws Exception {
        Path unknown = Files.writeString(folder.resolve("notes.md"), "# nothing\n");
        List<String> readers = ServiceLoader.load(EvidenceReader.class).stream().map(reader -> reader.get().reads()).toList();
        assertThat(readers).hasSizeGreaterThan(20);
        assertThatThrownBy(() -> CaseReader.read(List.of(unknown), Progress.NONE)).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("nothing here is evidence").hasMessageContainingAll(readers.toArray(CharSequence[]::new))
                .hasMessageContainingAll("crash dump", "hibernation file", "network capture", "systeminfo", "driverquery", "zip");
    }
}
