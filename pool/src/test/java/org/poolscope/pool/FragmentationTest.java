package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.kernel.FreeLists;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.PoolDescriptor;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.lab.LabResult;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.model.RealEvidence;

/** What is free in the pools: by the lab's truth, and by a running kernel's own counts. */
class FragmentationTest {

    private static final long PAGE = 4096;

    @TempDir
    private Path folder;

    private static Fragmentation of(KernelImage image, PoolKind pool) throws Exception {
        return Fragmentation.of(image, PoolBlocks.walk(image, Progress.NONE)).get(pool.ordinal());
    }

    private LabResult make(String name, double scale) throws Exception {
        return LabCases.find(name).orElseThrow().write(folder.resolve(name), LabOptions.scale(scale));
    }

    /** Free blocks by size, out of a truth file. */
    private static Map<Integer, Long> truth(String text, PoolKind pool) {
        Map<Integer, Long> sizes = new TreeMap<>();
        String list = text.substring(text.indexOf("\"freeBlocks\""), text.indexOf("\"freePages\""));
        Matcher row = Pattern.compile("\"pool\" ?: \"" + pool.word() + "\",\\s*\"size\" ?: (\\d+),\\s*\"count\" ?: (\\d+)").matcher(list);
        while (row.find()) {
            sizes.put(Integer.parseInt(row.group(1)), Long.parseLong(row.group(2)));
        }
        return sizes;
    }

    private static long longestRun(String text, PoolKind pool) {
        Matcher row = Pattern.compile("\"pool\" ?: \"" + pool.word() + "\",\\s*\"longestFreeRunBytes\" ?: (\\d+)").matcher(text);
        assertThat(row.find()).isTrue();
        return Long.parseLong(row.group(1));
    }

    @ParameterizedTest
    @CsvSource({"fragmented, 0.05, FRAGMENTED", "io-leak, 0.005, SIZE", "healthy-file-server, 0.02, NOT_SHORT", "lost-list, 0.02, NOT_SHORT"})
    void freeBlocksListsAndRunsAreThoseOfTheTruth(String name, double scale, Fragmentation.Verdict verdict) throws Exception {
        LabResult made = make(name, scale);
        String truth = Files.readString(made.truth());
        try (KernelImage image = KernelImage.open(made.files().getFirst())) {
            for (PoolKind pool : PoolKind.values()) {
                Fragmentation found = of(image, pool);
                assertThat(found.free().bySize()).as(pool.word()).isEqualTo(truth(truth, pool)).isNotEmpty();
                assertThat(found.runs().orElseThrow().longest() * PAGE).as(pool.word()).isEqualTo(longestRun(truth, pool));
                assertThat(found.runs().orElseThrow().pages() * PAGE).as(pool.word()).isEqualTo(found.limitBytes() - found.heldBytes());
                FreeLists lists = found.lists().orElseThrow();
                assertThat(lists.damaged()).isZero();
                assertThat(lists.blocks()).isEqualTo(found.listed()).isEqualTo(found.free().blocks() - tooSmallForALink(image, found));
                assertThat(found.usedBytes() + found.parkedBytes() + found.free().bytes()).isEqualTo(found.heldBytes());
            }
            assertThat(of(image, PoolKind.NONPAGED).verdict()).isEqualTo(verdict);
            assertThat(of(image, PoolKind.PAGED).verdict()).isEqualTo(Fragmentation.Verdict.NOT_SHORT);
        }
    }

    /** Segment heaps need pages for themselves: what is not free in them is not all in use. */
    @Test
    void whatIsInUseIsTheSameInTheSentenceAsInTheFigures() throws Exception {
        LabResult made = LabCases.find("io-leak").orElseThrow().write(folder.resolve("heap"), LabOptions.scale(0.005).withVariant("19041"));
        try (KernelImage image = KernelImage.open(made.files().getFirst())) {
            Fragmentation found = of(image, PoolKind.NONPAGED);
            assertThat(found.verdict()).isEqualTo(Fragmentation.Verdict.SIZE);
            assertThat(found.otherBytes()).isGreaterThan(found.heldBytes() / 100)
                    .isEqualTo(found.heldBytes() - found.usedBytes() - found.parkedBytes() - found.free().bytes());
            assertThat(found.sentence()).contains("in them " + Quantity.bytes(found.usedBytes()) + " are blocks in use and")
                    .endsWith(Quantity.bytes(found.otherBytes()) + " are in no block that is known.");
        }
    }

    /** Half of the file shows a tenth of what is free: that is no proof of a pool that is full. */
    @Test
    void aDumpThatIsCutShortDoesNotTellFullFromFragmented() throws Exception {
        Path whole = make("fragmented", 0.05).files().getFirst();
        Path cut = folder.resolve("cut.dmp");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(whole), (int) (Files.size(whole) / 2)));
        try (KernelImage image = KernelImage.open(cut)) {
            Fragmentation found = of(image, PoolKind.NONPAGED);
            assertThat(found.verdict()).isEqualTo(Fragmentation.Verdict.NOT_SEEN);
            assertThat(found.unseenBytes()).isGreaterThan(found.heldBytes() / 2);
            assertThat(found.sentence()).contains("the image cannot tell");
        }
    }

    /** Of these kernels it is not known which addresses nonpaged pool may take; it has two descriptors with lists. */
    @ParameterizedTest
    @ValueSource(strings = {"9600", "14393", "17763"})
    void laterKernelsCountAndListWhatTheTruthSays(String build) throws Exception {
        LabResult made = LabCases.find("lost-list").orElseThrow().write(folder.resolve(build), LabOptions.scale(0.02).withVariant(build));
        String truth = Files.readString(made.truth());
        try (KernelImage image = KernelImage.open(made.files().getFirst())) {
            assertThat(image.poolDescriptors().stream().filter(one -> one.pool() == PoolKind.NONPAGED)).hasSize(2);
            for (PoolKind pool : PoolKind.values()) {
                Fragmentation found = of(image, pool);
                assertThat(found.free().bySize()).as(pool.word()).isEqualTo(truth(truth, pool)).isNotEmpty();
                FreeLists lists = found.lists().orElseThrow();
                assertThat(lists.damaged() + lists.cut()).isZero();
                assertThat(lists.blocks()).isEqualTo(found.listed()).isEqualTo(found.free().blocks() - tooSmallForALink(image, found));
                assertThat(image.poolDescriptors().stream().filter(one -> one.pool() == pool).mapToLong(PoolDescriptor::pages).sum() * PAGE)
                        .isEqualTo(found.heldBytes());
            }
        }
    }

    private static long tooSmallForALink(KernelImage image, Fragmentation found) throws Exception {
        int header = image.architecture().pointerSize() * 2;
        return found.free().bySize().getOrDefault(header, 0L);
    }

    @Test
    void theTagOnMostlyFreePagesIsNamed() throws Exception {
        LabResult made = make("fragmented", 0.05);
        try (KernelImage image = KernelImage.open(made.files().getFirst())) {
            Fragmentation found = of(image, PoolKind.NONPAGED);
            assertThat(found.freeShare()).isGreaterThan(0.8);
            assertThat(found.pins().getFirst().tag()).hasToString("NaRc");
            assertThat(found.pins().getFirst().pages()).isGreaterThan(found.sparsePages() * 9 / 10);
            assertThat(found.sentence()).startsWith("Nonpaged pool fails from fragmentation, not from size");
        }
    }

    /**
     * The kernel's own counts: every page a descriptor has is blocks or a big allocation, and the lists hold every free block that has room
     * for a link. Its free pages are those it may still take, less the few it took before it began to count.
     */
    @ParameterizedTest
    @MethodSource("org.poolscope.pool.RunningKernel#images")
    void aRunningKernelsCountsAgree(String name) throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image(name))) {
            for (PoolKind pool : PoolKind.values()) {
                Fragmentation found = of(image, pool);
                long pages = image.poolDescriptors().stream().filter(one -> one.pool() == pool).mapToLong(PoolDescriptor::pages).sum();
                assertThat(found.usedBytes() + found.parkedBytes() + found.free().bytes()).as(pool.word()).isEqualTo(pages * PAGE);
                FreeLists lists = found.lists().orElseThrow();
                assertThat(lists.damaged() + lists.cut()).isZero();
                assertThat(lists.blocks()).isEqualTo(found.listed()).isEqualTo(found.free().blocks() - tooSmallForALink(image, found));
                assertThat(found.leftBytes() / PAGE - found.runs().orElseThrow().pages()).isBetween(0L, 30L);
                assertThat(found.verdict()).isEqualTo(Fragmentation.Verdict.NOT_SHORT);
            }
        }
    }

    @Test
    void manyFreePagesWithoutALongRunFailLargeRequests() {
        BitSet taken = new BitSet();
        for (int page = 7; page < 8_000; page += 8) {
            taken.set(page);
        }
        FreeRuns runs = new FreeRuns.Builder().add(taken, 8_000).add(taken, 4).build();
        assertThat(runs.byLength()).containsExactly(entry(4, 1), entry(7, 1_000));
        assertThat(runs.pages()).isEqualTo(7_004);
        Fragmentation pool = new Fragmentation(PoolKind.PAGED, 8_000 * PAGE, 1_000 * PAGE, 1_000 * PAGE, 1_000 * PAGE, 0, new FreeBlocks(0, 0, new TreeMap<>()),
                Optional.of(runs), "", Optional.empty(), 0, List.of(), 0);
        assertThat(pool.verdict()).isEqualTo(Fragmentation.Verdict.NO_LONG_RUN);
        assertThat(pool.sentence()).contains("no run longer than 28.0 KB");
    }

    @Test
    void freeBlocksAreAsManyAsTheTruthCounts() throws Exception {
        String truth = RealEvidence.text("dumps/nt52-after.truth.json");
        try (KernelImage image = KernelImage.open(RunningKernel.image("nt52-after"))) {
            for (PoolKind pool : PoolKind.values()) {
                Matcher count = Pattern.compile("(?s)\"" + pool.word() + "\": \\{.*?\"blocks_free\": (\\d+)").matcher(truth);
                assertThat(count.find()).isTrue();
                assertThat(of(image, pool).free().blocks()).isEqualTo(Long.parseLong(count.group(1)));
            }
        }
    }

    @Test
    void aBrokenListIsReportedAndTheRestOfItIsReadFromItsOtherEnd() throws Exception {
        Path copy = Files.copy(RunningKernel.image("nt52-after"), folder.resolve("damaged.raw"));
        long[] victim = new long[2];
        try (KernelImage image = KernelImage.open(copy)) {
            VirtualMemory memory = image.memory().orThrow(copy);
            FreeLists.walk(image, image.poolDescriptors().getFirst(), entry -> {
                if (++victim[0] == 500) {
                    victim[1] = memory.locate(entry);
                }
            });
        }
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0xb012_1000), victim[1]);
        }
        try (KernelImage image = KernelImage.open(copy)) {
            Fragmentation found = of(image, PoolKind.NONPAGED);
            assertThat(found.lists().orElseThrow().damaged()).isEqualTo(1);
            assertThat(found.lists().orElseThrow().damage()).singleElement().asString().contains("is broken at 0x");
            assertThat(found.lists().orElseThrow().blocks()).isBetween(victim[0] - 1, victim[0]);
        }
    }
}
