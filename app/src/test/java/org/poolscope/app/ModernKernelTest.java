package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.kernel.BigPageTable;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.HandleUse;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.machine.ModernKernel;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;
import org.poolscope.model.TagUsage;
import org.poolscope.pool.BlockCursor;
import org.poolscope.pool.BlockState;
import org.poolscope.pool.PoolBlocks;
import org.poolscope.symbols.BuiltInGlobals;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.store.SymbolCache;
import org.poolscope.symbols.store.SymbolFinder;

/**
 * Kernels from Windows 8.1 to 11, laid out from whole symbol tables, running and stopped, read from the built-in tables and
 * with the symbol file: both must say what the lab wrote.
 */
class ModernKernelTest {

    private static final int FIRST_BUILD = 9600;

    /** Parsed once for all images. */
    @TempDir
    static Path cache;

    @TempDir
    Path folder;

    static Stream<String> kernels() throws IOException {
        List<String> kernels = new ArrayList<>();
        try (Stream<Path> files = Files.list(RealEvidence.path("symbols"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json.xz")).sorted().toList()) {
                String name = file.getFileName().toString();
                int build = BuiltInGlobals.find(name.substring(13, name.indexOf(".json"))).orElseThrow().version()
                        .orElseThrow().build();
                for (ImageFormat format : build < FIRST_BUILD ? new ImageFormat[0]
                        : new ImageFormat[] {ImageFormat.RAW, ImageFormat.BITMAP_DUMP}) {
                    kernels.add(build + " " + format + " " + name);
                }
            }
        }
        return kernels.stream();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void everyBookIsReadAsItWasWritten(String which) throws Exception {
        String[] words = which.split(" ");
        Path table = RealEvidence.path("symbols/" + words[2]);
        SymbolTable symbols = new SymbolCache(cache.resolve("tables")).read(table);
        Path file = folder.resolve("memory.img");
        ModernKernel.Truth truth = ModernKernel.write(file, symbols, Integer.parseInt(words[0]), ImageFormat.valueOf(words[1]));
        SymbolFinder finder = SymbolFinder.along(table.toString(), Map.of("POOLSCOPE_CACHE", cache.toString()), Progress.NONE);
        for (SymbolFinder source : List.of(SymbolFinder.NOWHERE, finder)) {
            try (KernelImage image = KernelImage.open(file, source)) {
                assertThat(image.symbols().value().orElseThrow().table().isPresent()).isEqualTo(source == finder);
                assertThat(image.info().build()).isEqualTo(Integer.parseInt(words[0]));
                assertThat(image.info().kernelBase()).isEqualTo(truth.kernelBase());
                assertThat(image.debuggerData().value()).isPresent();
                compare(image, truth);
                assertThat(image.warnings()).isEmpty();
            }
        }
    }

    /** A kernel that is newer than every table: its own symbol file is all it takes, and without one the user is told so. */
    @Test
    void aKernelNobodyKnowsIsReadWithItsSymbolFile() throws Exception {
        String guid = "0CE4A95C0CD782A7596B034D8648E585";
        String other = "0CE4A95C0CD782A7596B034D8648E586";
        Path table = Files.writeString(folder.resolve("table.json"),
                RealEvidence.text("symbols/ntkrnlmp.pdb-" + guid + "-1.json.xz").replace(guid, other));
        SymbolFinder finder = SymbolFinder.along(table.toString(), Map.of("POOLSCOPE_CACHE", cache.toString()), Progress.NONE);
        SymbolTable symbols = new SymbolCache(cache.resolve("tables")).read(table);
        Path file = folder.resolve("memory.raw");
        ModernKernel.Truth truth = ModernKernel.write(file, symbols, 26100, ImageFormat.RAW);
        try (KernelImage image = KernelImage.open(file, finder)) {
            assertThat(image.info().build()).isEqualTo(26100);
            compare(image, truth);
            assertThat(image.warnings()).isEmpty();
        }
        try (KernelImage image = KernelImage.open(file)) {
            assertThat(image.info().kernelBase()).isEqualTo(truth.kernelBase());
            assertThat(image.info().build()).as("from the page that all versions share").isEqualTo(26100);
            assertThat(image.symbols().value().orElseThrow().identity().orElseThrow().key()).isEqualTo(other + "-1");
            assertThat(image.tagTable().value()).isEmpty();
            assertThat(image.counters().value()).isEmpty();
            assertThat(image.modules().value()).isEmpty();
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains(other).contains("--symbols"))
                    .anySatisfy(warning -> assertThat(warning).contains("26100 is newer than build 22000"));
        }
        Path stopped = folder.resolve("memory.dmp");
        ModernKernel.write(stopped, symbols, 26100, ImageFormat.BITMAP_DUMP);
        try (KernelImage image = KernelImage.open(stopped)) {
            assertThat(image.modules().value().orElseThrow()).as("the header and the debugger data lead there").hasSize(3);
            assertThat(image.counters().reason()).contains("symbols");
        }
    }

    private static void compare(KernelImage image, ModernKernel.Truth truth) throws Exception {
        List<LoadedModule> modules = image.modules().value().orElseThrow();
        assertThat(modules.stream().map(m -> new ModernKernel.Module(m.name(), m.base(), (int) m.size())))
                .containsExactlyElementsOf(truth.modules());

        Map<String, String> tags = new TreeMap<>();
        for (TagUsage row : image.tagTable().value().orElseThrow().rows()) {
            if (row.nonPaged().allocs() + row.paged().allocs() > 0) {
                tags.put(row.tag().toString(), use(row.nonPaged()) + use(row.paged()));
            }
        }
        Map<String, String> expected = new TreeMap<>();
        truth.tags().forEach((tag, c) -> {
            if (c[0] + c[3] > 0) {
                expected.put(tag, c[0] + "-" + c[1] + "=" + c[2] + " " + c[3] + "-" + c[4] + "=" + c[5] + " ");
            }
        });
        assertThat(tags).isEqualTo(expected);

        BigPageTable big = image.bigPages().value().orElseThrow();
        TreeSet<String> allocations = new TreeSet<>();
        for (int i = 0; i < big.size(); i++) {
            allocations.add(big.address(i) + " " + big.tag(i) + " " + big.bytes(i) + " " + big.pool(i).orElseThrow());
        }
        assertThat(allocations).containsExactlyInAnyOrderElementsOf(truth.big().stream().map(one -> one.address() + " "
                + one.tag()
                + " " + one.bytes() + " " + (one.paged() ? "paged" : "nonpaged")).toList());

        MemoryCounters counters = image.counters().value().orElseThrow();
        Map<String, Long> figures = truth.figures();
        assertThat(counters.nonPagedUsedBytes()).isEqualTo(figures.get("nonPaged") * 4096);
        assertThat(counters.nonPagedMaximumBytes()).isEqualTo(figures.get("nonPagedMaximum") * 4096);
        assertThat(counters.pagedUsedBytes()).isEqualTo(figures.get("paged") * 4096);
        assertThat(counters.pagedMaximumBytes()).isEqualTo(figures.get("pagedMaximum") * 4096);
        assertThat(counters.availableBytes()).isEqualTo(figures.get("available") * 4096);
        assertThat(counters.committedBytes()).isEqualTo(figures.get("committed") * 4096);
        assertThat(counters.commitLimitBytes()).isEqualTo(figures.get("commitLimit") * 4096);
        assertThat(counters.peakCommitBytes()).isEqualTo(figures.get("peakCommit") * 4096);

        if (!truth.blocks().isEmpty()) {
            Map<String, long[]> walked = new TreeMap<>();
            for (BlockCursor block = PoolBlocks.walk(image, Progress.NONE).cursor(); block.next();) {
                if (block.state() == BlockState.ALLOCATED && truth.blocks().containsKey(block.tag().toString())) {
                    long[] sum = walked.computeIfAbsent(block.tag().toString(), tag -> new long[2]);
                    sum[0]++;
                    sum[1] += block.size();
                }
            }
            truth.blocks().forEach((tag, sum) -> assertThat(walked.get(tag)).as(tag).containsExactly(sum));
        }

        KernelObjects objects = KernelObjects.of(image).value().orElseThrow();
        assertThat(objects.processes().value().orElseThrow().stream().map(process -> new ModernKernel.Process(process.name(),
                process.pid(), process.address(), process.handleCount().intValue())))
                        .containsExactlyElementsOf(truth.processes());
        assertThat(objects.handles(Progress.NONE).value().orElseThrow()).extracting(HandleUse::process, HandleUse::type,
                HandleUse::count)
                .containsExactlyInAnyOrderElementsOf(truth.processes().stream().map(process ->
                        org.assertj.core.groups.Tuple.tuple(process.name(), "Event", (long) process.handles())).toList());
    }

    private static String use(PoolUse use) {
        return use.allocs() + "-" + use.frees() + "=" + use.bytes() + " ";
    }
}
