package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.lab.LabResult;
import org.poolscope.memory.Absence;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/** Cases of the lab, against the truth it writes beside them. */
class LabCasesTest {

    @TempDir
    private Path folder;

    private LabResult make(String name, String variant, double scale) throws Exception {
        return LabCases.find(name).orElseThrow().write(folder.resolve(name), LabOptions.scale(scale).withVariant(variant));
    }

    private static long number(String truth, String field) {
        return Long.parseLong(truth.replaceAll("(?s).*?\"" + field + "\" ?: (\\d+).*", "$1"));
    }

    @ParameterizedTest
    @CsvSource({"kernel-dump, 0.1", "kernel-dump, 0.3", "2003-x64, 0.1", "9600, 0.03", "14393, 0.02", "17763-raw, 0.02", "19041-raw, 0.03", "20348, 0.02", "22000, 0.02"})
    void aLostListIsLostAsAWholeAndTheRestOfItIsNot(String variant, double scale) throws Exception {
        LabResult made = make("lost-list", variant, scale);
        String truth = Files.readString(made.truth());
        try (KernelImage image = KernelImage.open(made.files().getFirst())) {
            Reachability reached = Reachability.of(image, PoolBlocks.walk(image, Progress.NONE), Progress.NONE);
            for (String tag : List.of("FcEn", "FcDb")) {
                assertThat(reached.rows()).filteredOn(row -> row.tag().equals(PoolTag.parse(tag))).singleElement().satisfies(row -> {
                    long lost = number(truth, "unreachable");
                    // Of very many, one or two may be kept by a word that somebody left behind.
                    assertThat(row.unreferencedBlocks()).isBetween(lost - lost / 10_000, lost);
                    assertThat(row.blocks()).isEqualTo(number(truth, "unreachable") + number(truth, "reachable"));
                });
            }
            assertThat(reached.rows()).filteredOn(row -> !row.tag().toString().startsWith("Fc") && row.blocks() > 1000)
                    .allSatisfy(row -> assertThat(row.unreferencedShare()).as(row.toString()).isLessThanOrEqualTo(0.01));
        }
    }

    /** Of the leak's blocks a few are on a list still: their first field leads to the next one, and is null in all that were lost. */
    @ParameterizedTest
    @CsvSource({"2003, 4", "19041, 8"})
    void aLinkThatFewBlocksHaveIsAPointerAndNoNumber(String variant, int pointerSize) throws Exception {
        LabResult made = make("io-leak", variant, 0.05);
        try (KernelImage image = KernelImage.open(made.files().getFirst())) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            ContentProfile profile = ContentProfile.of(image, blocks, PoolTag.parse("Io"), 0, 0, Progress.NONE).orElseThrow();
            assertThat(profile.fields().getFirst()).satisfies(link -> {
                assertThat(link.kind()).isEqualTo(FieldKind.POINTER);
                assertThat(link.size()).isEqualTo(pointerSize);
                assertThat(link.target()).hasValueSatisfying(target -> assertThat(target.what()).isEqualTo("pool block 'Io  '"));
            });
            // What the owner wrote ends where it did, and belongs to the same driver.
            assertThat(profile.dataLength()).isEqualTo(pointerSize == 4 ? 36 : 48);
            assertThat(profile.ownerField().orElseThrow().target().orElseThrow().driver()).isEqualTo("\\FileSystem\\RemFs");
        }
    }

    @ParameterizedTest
    @CsvSource({"fragmented, '', 0.1", "slow-irps, x86, 0.05", "slow-irps, 2003-x64, 0.05", "handle-leak, x86, 0.05",
        "handle-leak, 2003-x64, 0.05", "healthy-file-server, '', 0.05", "slow-irps, 14393, 0.03", "slow-irps, 19041, 0.03",
        "handle-leak, 9600, 0.02", "handle-leak, 20348, 0.02", "healthy-file-server, 17763, 0.03", "healthy-file-server, 22000, 0.03"})
    void whatIsHeldIsNotLost(String name, String variant, double scale) throws Exception {
        LabResult made = make(name, variant, scale);
        try (KernelImage image = KernelImage.open(made.files().stream().filter(file -> file.toString().endsWith(".DMP")).findFirst()
                .orElseThrow())) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            assertThat(blocks.damage()).isEmpty();
            Reachability reached = Reachability.of(image, blocks, Progress.NONE);
            assertThat(reached.rows()).filteredOn(row -> row.blocks() > 1000)
                    .allSatisfy(row -> assertThat(row.unreferencedShare()).as(row.toString()).isLessThanOrEqualTo(0.01));
            assertThat(reached.staleWords()).isEmpty();
            Map<Boolean, Long> agrees = WalkTotals.of(blocks).against(image.tagTable().value(), Optional.empty()).stream()
                    .collect(Collectors.partitioningBy(WalkTotals.Comparison::agrees, Collectors.counting()));
            assertThat(agrees.get(false)).isZero();
            assertThat(agrees.get(true)).isGreaterThan(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2003", "xp", "2003-verifier", "xp-verifier", "9600", "14393-verifier", "17763-verifier", "19041-verifier", "20348",
        "22000-verifier"})
    void theBlocksOfADriverThatForgetsThemAreLostThoughVerifierKnowsThem(String variant) throws Exception {
        LabResult made = make("io-leak", variant, 0.01);
        String truth = Files.readString(made.truth());
        try (KernelImage image = KernelImage.open(made.files().getFirst())) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Reachability reached = Reachability.of(image, blocks, Progress.NONE);
            List<LostBlocks.Row> rows = LostBlocks.of(image, blocks, reached, tag -> false, Progress.NONE).rows();
            assertThat(rows.getFirst()).satisfies(row -> {
                assertThat(row.tag()).isEqualTo(PoolTag.parse("Io"));
                assertThat(row.pool()).isEqualTo(PoolKind.NONPAGED);
                assertThat(row.unreferencedShare()).isGreaterThan(0.97);
                assertThat(reached.isReached(row.example())).isFalse();
            });
            assertThat(ContentProfile.of(image, blocks, PoolTag.parse("Io"), (int) number(truth, "blockSize"), 0, Progress.NONE))
                    .hasValueSatisfying(profile -> assertThat(profile.dataLength())
                            .as("what Driver Verifier keeps at the end is not the owner's").isEqualTo((int) number(truth, "usedBytes")));
            assertThat(rows.subList(1, rows.size())).filteredOn(row -> row.blocks() > 1000)
                    .allSatisfy(row -> assertThat(row.unreferencedShare()).as(row.toString()).isLessThanOrEqualTo(0.01));
        }
    }

    /** Where the file ends a driver's data may have stood, and the head of any list. */
    @ParameterizedTest
    @CsvSource({"healthy-file-server, '', 0.1, 0.26", "io-leak, 2003, 0.03, 0.6", "lost-list, 19041-raw, 0.03, 1"})
    void aDumpThatIsCutShortAccusesNobody(String name, String variant, double scale, double share) throws Exception {
        LabResult made = make(name, variant, scale);
        Path whole = made.files().stream().filter(file -> file.toString().endsWith(".DMP") || file.toString().endsWith(".raw")).findFirst().orElseThrow();
        Path cut = folder.resolve("cut.dmp");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(whole), (int) (share * Files.size(whole))));
        try (KernelImage image = KernelImage.open(cut)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            List<LostBlocks.Row> rows = LostBlocks.of(image, blocks, Reachability.of(image, blocks, Progress.NONE), tag -> false, Progress.NONE).rows();
            boolean accuses = rows.stream().anyMatch(row -> row.unreferencedBlocks() > 0);
            assertThat(accuses).isEqualTo(share == 1);
            assertThat(rows.stream().mapToLong(LostBlocks.Row::undecidedBlocks).sum() > 0).isEqualTo(share < 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-trimmed", "17763-trimmed"})
    void listsCutByPagesInThePageFileAccuseNobody(String variant) throws Exception {
        LabResult made = make("healthy-file-server", variant, 0.1);
        try (KernelImage image = KernelImage.open(made.files().stream().filter(file -> file.toString().endsWith(".DMP")).findFirst().orElseThrow())) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Reachability reached = Reachability.of(image, blocks, Progress.NONE);
            LostBlocks lost = LostBlocks.of(image, blocks, reached, tag -> false, Progress.NONE);
            long pagedOut = number(Files.readString(made.truth()), "pagedOutPages") * 4096;
            assertThat(lost.hiddenBytes()).isEqualTo(pagedOut).isPositive();
            assertThat(reached.unseenBytes()).containsEntry(Absence.PAGED_OUT, pagedOut);
            assertThat(lost.rows()).allSatisfy(row -> assertThat(row.unreferencedShare()).as(row.toString()).isLessThanOrEqualTo(0.01));
            assertThat(lost.rows().stream().mapToLong(LostBlocks.Row::undecidedBlocks).sum()).isGreaterThan(1000);
            assertThat(lost.rows().stream().mapToLong(row -> row.unreferencedBlocks() + row.undecidedBlocks()).sum())
                    .isEqualTo(reached.rows().stream().mapToLong(Reachability.Row::unreferencedBlocks).sum());
        }
    }
}
