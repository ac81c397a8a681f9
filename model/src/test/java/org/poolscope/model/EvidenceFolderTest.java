package org.poolscope.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceFolderTest {

    @TempDir
    private Path folder;

    private void file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private List<String> names() throws EvidenceException {
        return EvidenceFolder.files(folder, 100, (file, reason) -> {
            throw new AssertionError(file + " " + reason);
        }).stream().map(file -> folder.relativize(file).toString()).toList();
    }

    @Test
    void theTruthAboutPracticeCasesIsNoEvidenceAndWhatIsOnlyCalledSoIs() throws Exception {
        file("io-leak.truth.json", "{\n  \"case\" : \"io-leak\",\n  \"description\" : \"It says \\\"leak\\\"\",\n  \"variant\" : \"2003\",\n  \"scale\" : 1.0 }");
        file("m.truth.json", "{\"case\":\"fleet\",\"machines\":30,\"leakTag\":\"Io  \"}");
        file("print.truth.json", "{\"case\":\"printing\",\"note\":1}");
        file("log.truth.json", "12:00 Memory: 1024K");
        file("cut.truth.json", "{ \"case\" : \"io-leak\", \"description\" : \"It says");
        file("io-leak.json", "{ \"case\" : \"io-leak\", \"description\" : \"\", \"variant\" : \"2003\", \"scale\" : 1.0 }");
        file("empty.truth.json", "");
        file(".hidden", "");
        assertThat(names()).containsExactly("cut.truth.json", "empty.truth.json", "io-leak.json", "log.truth.json", "print.truth.json");
    }
}
