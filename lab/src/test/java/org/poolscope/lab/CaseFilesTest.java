package org.poolscope.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CaseFilesTest {

    @TempDir
    Path folder;

    static java.util.List<LabCase> cases() {
        return LabCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sameSeedSameBytesOtherSeedOtherBytes(LabCase lab) throws IOException {
        LabResult one = lab.write(folder.resolve("one"), LabOptions.scale(0.01));
        LabResult two = lab.write(folder.resolve("two"), LabOptions.scale(0.01));
        LabResult other = lab.write(folder.resolve("other"), LabOptions.scale(0.01).withSeed(2));
        assertThat(one.truth()).hasSameBinaryContentAs(two.truth());
        assertThat(one.files()).hasSameSizeAs(two.files());
        for (int i = 0; i < one.files().size(); i++) {
            assertThat(Files.mismatch(one.files().get(i), two.files().get(i))).as(one.files().get(i).toString()).isEqualTo(-1);
        }
        assertThat(Files.mismatch(one.files().getFirst(), other.files().getFirst())).isNotEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void truthStandsBesideTheEvidenceAndNotInIt(LabCase lab) throws IOException {
        LabResult made = lab.write(folder.resolve("case"), LabOptions.scale(0.01));
        try (var files = Files.list(made.folder())) {
            assertThat(files.toList()).containsExactlyInAnyOrderElementsOf(made.files());
        }
        assertThat(made.truth().getParent()).isEqualTo(made.folder().getParent());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyVariantCanBeMadeVerySmall(LabCase lab) throws IOException {
        for (String variant : lab.variants()) {
            LabResult made = lab.write(folder.resolve(variant), LabOptions.scale(LabOptions.SMALLEST_SCALE).withVariant(variant));
            assertThat(made.files()).as(variant).allSatisfy(file -> assertThat(file).isNotEmptyFile());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void refusesVariantsItDoesNotHave(LabCase lab) {
        assertThatIllegalArgumentException().isThrownBy(() -> lab.write(folder.resolve("x"), LabOptions.scale(1)
                .withVariant("none")))
                .withMessageContaining(lab.variants().getFirst());
    }

    @Test
    void refusesScalesThatMakeNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> LabOptions.scale(0));
        assertThatIllegalArgumentException().isThrownBy(() -> LabOptions.scale(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> LabOptions.scale(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> LabOptions.scale(1.01));
    }

    @Test
    void anotherCaseInTheSameFolderReplacesTheFirst() throws IOException {
        LabCase lab = LabCases.find("lost-list").orElseThrow();
        lab.write(folder.resolve("case"), LabOptions.scale(0.001).withVariant("raw"));
        LabResult second = LabCases.find("io-leak").orElseThrow().write(folder.resolve("case"), LabOptions.scale(0.001));
        try (var files = Files.list(second.folder())) {
            assertThat(files.toList()).containsExactlyInAnyOrderElementsOf(second.files());
        }
    }

    @Test
    void aFolderWithOtherFilesIsLeftAlone() throws IOException {
        Path other = Files.writeString(Files.createDirectories(folder.resolve("case")).resolve("mine.txt"), "keep me");
        LabCase lab = LabCases.find("lost-list").orElseThrow();
        assertThatIOException().isThrownBy(() -> lab.write(folder.resolve("case"), LabOptions.scale(0.001)))
                .withMessageContaining("mine.txt");
        assertThat(other).hasContent("keep me");
    }

    @Test
    void anUnfinishedImageIsNotLeftBehind() {
        CaseFolder out;
        try {
            out = new CaseFolder(folder.resolve("broken"));
            out.image("MEMORY.DMP", Specs.small(), new Dice(1), machine -> {
                throw new IOException("stopped half way");
            });
        } catch (IOException e) {
            assertThat(e).hasMessage("stopped half way");
        }
        assertThat(folder.resolve("broken").resolve("MEMORY.DMP")).doesNotExist();
    }
}
