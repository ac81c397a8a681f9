package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.lab.image.HibernationFiles;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.ModernKernel;
import org.poolscope.memory.MemoryImage;
import org.poolscope.memory.PageDirectory;
import org.poolscope.memory.PagingMode;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.store.SymbolCache;

/** Memory in hibernation files of every Windows: each page is there, and every command says what it says of the raw image. */
class HibernationTest {

    private static final int PAGE = 4096;
    private static final long CR0 = 0x8001_0033L;
    private static final long CR4_32 = 0x6d0;
    private static final long CR4_64 = 0x6f8;
    private static final long DIRECTORY = 0xb6c000;
    private static final long DIRECTORY_64 = 0x3ff000;

    /** Some pages of the image, with pages left out before, between and behind. */
    private static final List<MemoryRun> SOME = List.of(new MemoryRun(1, 3000), new MemoryRun(3100, 996));

    @TempDir
    static Path cache;

    @TempDir
    Path folder;

    private final Path raw = RealEvidence.image("nt52-before.raw");

    private Path file() {
        return folder.resolve("hiberfil.sys");
    }

    @ParameterizedTest
    @EnumSource
    void everyOldFormGivesEveryPage(HibernationFiles.Old windows) throws Exception {
        boolean wide = windows.name().endsWith("64");
        new HibernationFiles(SOME, CR0, DIRECTORY, wide ? CR4_64 : CR4_32).write(windows, raw, file());
        assertSomePages(wide, List.of());
        Path wiped = damaged(0, new byte[PAGE]);
        assertThat(MemoryImage.recognises(EvidenceFile.open(wiped))).isTrue();
        assertSomePages(wide, List.of("the first page is empty", "the header does not lead"));
        damaged(0, (windows.ordinal() % 2 == 0 ? "wake" : "RSTR").getBytes("ASCII"));
        assertSomePages(wide, List.of("the machine resumed from this file", "the header does not lead"));
    }

    /** Then no table has as many pages as the blocks behind it. */
    @ParameterizedTest
    @EnumSource
    void anOldFileThatIsCutShortIsReadAsFarAsItGoes(HibernationFiles.Old windows) throws Exception {
        boolean wide = windows.name().endsWith("64");
        new HibernationFiles(SOME, CR0, DIRECTORY, wide ? CR4_64 : CR4_32).write(windows, raw, file());
        try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
            file.setLength(file.length() * 2 / 3);
        }
        try (MemoryImage image = MemoryImage.open(file())) {
            assertThat(image.warnings()).last().asString().contains("damaged or cut short").contains("of 3996 pages are missing");
            assertThat(comparePages(image)).isEqualTo(image.physical().orElseThrow().presentPages()).isBetween(100L, 3900L);
        }
        damaged(0, new byte[PAGE]);
        assertThatThrownBy(() -> MemoryImage.open(file())).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("cannot be told").hasMessageContaining("kernel memory dump");
    }

    /** Headers with their fields where each kernel's own symbols have them. */
    static Stream<String> modernTables() throws IOException {
        try (Stream<Path> files = Files.list(RealEvidence.path("symbols"))) {
            return files.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".json.xz"))
                    .filter(name -> !name.contains(WINDOWS_7)).sorted().toList().stream();
        }
    }

    private static final String WINDOWS_7 = "339E74133576439CBCDF7E0229DA3773";
    private static final String WINDOWS_10 = "5278AFF86C341677D7D7835C85B7B844";

    private static SymbolTable table(String name) throws Exception {
        return new SymbolCache(cache.resolve("tables")).read(RealEvidence.path("symbols/" + name));
    }

    private static HibernationFiles.Modern header(SymbolTable table) {
        StructLayout image = table.find("PO_MEMORY_IMAGE").orElseThrow();
        return HibernationFiles.Modern.of(image, table.find("_PO_HIBER_PERF").orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("modernTables")
    void everyModernHeaderLeadsToEveryPage(String name) throws Exception {
        new HibernationFiles(SOME, CR0, DIRECTORY, CR4_64).write(header(table(name)), raw, file());
        assertSomePages(true, List.of());
    }

    @Test
    void windows8On32Bits() throws Exception {
        new HibernationFiles(SOME, CR0, DIRECTORY, CR4_32).write(HibernationFiles.Modern.WINDOWS_8_X86, raw, file());
        assertSomePages(false, List.of());
        damaged(0, new byte[PAGE]);
        assertSomePages(false, List.of("the first page is empty", "the header does not lead"));
    }

    @Test
    void windows7sHeaderIsWhereItsSymbolsSay() throws Exception {
        StructLayout image = table("ntkrnlmp.pdb-" + WINDOWS_7 + "-1.json.xz").find("PO_MEMORY_IMAGE").orElseThrow();
        new HibernationFiles(SOME, CR0, DIRECTORY, CR4_64).write(HibernationFiles.Old.WINDOWS_7_64, raw, file());
        try (RandomAccessFile header = new RandomAccessFile(file().toFile(), "r")) {
            header.seek(image.offset("FirstTablePage"));
            assertThat(header.read()).isEqualTo(6);
            header.seek(image.offset("LengthSelf"));
            assertThat(header.read() | header.read() << 8).isEqualTo(image.size());
        }
    }

    @Test
    void aWipedModernFileIsSearchedAndAnEmptyOneNamed() throws Exception {
        new HibernationFiles(SOME, CR0, DIRECTORY, CR4_64).write(header(table("ntkrnlmp.pdb-" + WINDOWS_10 + "-1.json.xz")), raw, file());
        damaged(0, new byte[PAGE]);
        assertSomePages(true, List.of("the first page is empty", "the header does not lead"));
        Path empty = Files.write(folder.resolve("empty.sys"), new byte[1 << 20]);
        damaged(empty, 0, "WAKE".getBytes("ASCII"));
        damaged(empty, 0x18, new byte[] {0, 0x10});
        assertThat(CommandRun.of("info", empty).err()).contains("resumed from").contains("no pages are left in it")
                .contains("collect a kernel memory dump");
    }

    @Test
    void whereNoKernelIsFoundItIsSaidHowFarTheFileCouldBeRead() throws Exception {
        // Memory of a 32-bit kernel under a header that says 64 bits: all pages are there, and make no sense.
        new HibernationFiles(SOME, CR0, 0, CR4_64).write(header(table("ntkrnlmp.pdb-" + WINDOWS_10 + "-1.json.xz")), raw, file());
        try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        byte[] noise = new byte[1 << 16];
        new Random(2).nextBytes(noise);
        damaged(40 * PAGE, noise);
        CommandRun run = CommandRun.of("info", file());
        assertThat(run.status()).isEqualTo(3);
        assertThat(run.err()).contains("no Windows kernel is found in it")
                .containsPattern("header and list of memory were read as far as they go and name [\\d,]+ page")
                .contains("pages are missing").contains("taken while the machine is off").doesNotContain("pagefile.sys");
    }

    private Path damaged(long at, byte[] bytes) throws IOException {
        return damaged(file(), at, bytes);
    }

    private static Path damaged(Path file, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(at);
            out.write(bytes);
        }
        return file;
    }

    private void assertSomePages(boolean wide, List<String> warnings) throws IOException, EvidenceException {
        try (MemoryImage image = MemoryImage.open(file())) {
            assertThat(image.format().word()).isEqualTo("hibernation");
            assertThat(image.warnings()).hasSize(warnings.size()).zipSatisfy(warnings, (warning, part) -> assertThat(warning).contains(part));
            assertThat(image.pageDirectories()).first()
                    .isEqualTo(new PageDirectory(wide ? PagingMode.X64_4 : PagingMode.X86, DIRECTORY));
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.presentPages()).isEqualTo(3996);
            assertThat(comparePages(image)).isEqualTo(3996);
            assertThat(physical.fileOffset(0)).isNegative();
            assertThat(physical.fileOffset(3050)).isNegative();
            assertThat(physical.contiguous(3001, 1000)).isEqualTo(-99);
            assertThat(physical.nextPresent(3001)).isEqualTo(3100);
            assertThat(image.damage()).isEmpty();
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(Path::toString)).as("nothing of ours stays").noneMatch(name -> name.contains("poolscope"));
        }
    }

    /** Compares the pages an image holds with the truth; returns how many there are. */
    private long comparePages(MemoryImage image) throws IOException {
        PhysicalMemory physical = image.physical().orElseThrow();
        byte[] page = new byte[PAGE];
        long found = 0;
        try (RandomAccessFile truth = new RandomAccessFile(raw.toFile(), "r")) {
            for (long pfn = physical.nextPresent(0); pfn >= 0; pfn = physical.nextPresent(pfn + 1)) {
                truth.seek(pfn * PAGE);
                truth.readFully(page);
                assertThat(MemorySegment.ofArray(page).mismatch(physical.bytes().asSlice(physical.fileOffset(pfn), PAGE)))
                        .as("page %d", pfn).isEqualTo(-1);
                found++;
            }
        }
        return found;
    }

    /** A damaged block takes its own pages with it, and is told of when it was looked at. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDamagedBlockIsNamedAndTheRestIsRead(boolean modern) throws Exception {
        HibernationFiles files = new HibernationFiles(List.of(new MemoryRun(0, Files.size(raw) / PAGE)), CR0, DIRECTORY, CR4_32);
        if (modern) {
            files.write(HibernationFiles.Modern.WINDOWS_8_X86, raw, file());
        } else {
            files.write(HibernationFiles.Old.XP, raw, file());
        }
        List<Long> starts = modern ? sets() : blocks();
        byte[] noise = new byte[64];
        new Random(1).nextBytes(noise);
        for (int i = starts.size() / 2; i < starts.size(); i += 10) {
            damaged(starts.get(i), noise);
        }
        CommandRun expected = CommandRun.of("blocks", raw);
        CommandRun run = CommandRun.of("blocks", file());
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines().count()).isBetween(expected.out().lines().count() / 2, expected.out().lines().count() - 1);
        assertThat(run.err()).containsPattern("\\d+ packed blocks that were looked at are damaged: \\d+ pages are missing");
        // Rules look at more than was read at first: the last count is told, and once.
        assertThat(CommandRun.of("diagnose", file()).out().replaceAll("\\n +", " ").split("packed blocks that were looked at are damaged", -1)).hasSize(2);
    }

    /** Where packed bytes begin. */
    private List<Long> blocks() throws IOException {
        List<Long> starts = new ArrayList<>();
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < file.capacity() - 8; at += 8) {
            if (file.getLong(at) == 0x7373657270788181L) {
                starts.add(at + 32L);
            }
        }
        return starts;
    }

    /** Where packed bytes begin, of a file of 32 bits. */
    private List<Long> sets() throws IOException {
        List<Long> starts = new ArrayList<>();
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0x12 * PAGE;
        while (file.getInt(at) != 0) {
            int start = at + 4 + 4 * (file.getInt(at) & 0xff);
            starts.add((long) start);
            at = start + (file.getInt(at) >>> 8 & 0x3fffff);
        }
        return starts;
    }

    @Test
    void commandsOnMemoryOfARunningKernelX86() throws Exception {
        Path after = RealEvidence.image("nt52-after.raw");
        new HibernationFiles(List.of(new MemoryRun(0, Files.size(after) / PAGE)), CR0, DIRECTORY, CR4_32)
                .write(HibernationFiles.Old.XP, after, file());
        assertThat(Files.size(file())).isLessThan(Files.size(after) / 2);
        assertSameAnswers(after, List.of("info", "modules", "vm", "poolused", "blocks", "processes"));
        assertThat(CommandRun.of("diagnose", file()).out()).contains("hiberfil.sys: memory image");
    }

    @Test
    void commandsOnMemoryOfARunningKernelX64() throws Exception {
        Path boot = RealEvidence.image("nt52-x64-boot.raw");
        new HibernationFiles(List.of(new MemoryRun(0, Files.size(boot) / PAGE)), CR0, DIRECTORY_64, CR4_64)
                .write(HibernationFiles.Old.XP_64, boot, file());
        assertSameAnswers(boot, List.of("info", "modules", "vm", "poolused", "blocks"));
    }

    @Test
    void commandsOnWindows10() throws Exception {
        SymbolTable table = table("ntkrnlmp.pdb-" + WINDOWS_10 + "-1.json.xz");
        Path image = folder.resolve("memory.raw");
        ModernKernel.write(image, table, 19041, ImageFormat.RAW);
        new HibernationFiles(List.of(new MemoryRun(0, Files.size(image) / PAGE)), CR0, 0, CR4_64).write(header(table), image, file());
        assertSameAnswers(image, List.of("info", "modules", "vm", "poolused", "blocks", "processes"));
    }

    private void assertSameAnswers(Path image, List<String> commands) {
        List<String> different = new ArrayList<>();
        for (String command : commands) {
            CommandRun expected = CommandRun.of(command, image, "--format", "json");
            CommandRun run = CommandRun.of(command, file(), "--format", "json");
            String format = command.equals("info") ? expected.out().replace("\"raw\"", "\"hibernation\"") : expected.out();
            assertThat(format).as(command).isNotBlank();
            if (!run.out().equals(format) || run.status() != expected.status()
                    || !run.err().equals(expected.err().replace(image.getFileName().toString(), file().getFileName().toString()))) {
                different.add(command + ": " + firstDifference(format, run.out()) + " " + run.err());
            }
        }
        assertThat(different).isEmpty();
    }

    private static Optional<String> firstDifference(String expected, String actual) {
        String[] lines = actual.split("\n");
        String[] wanted = expected.split("\n");
        for (int i = 0; i < Math.min(lines.length, wanted.length); i++) {
            if (!lines[i].equals(wanted[i])) {
                return Optional.of(wanted[i] + " / " + lines[i]);
            }
        }
        return Optional.of(wanted.length + " / " + lines.length + " lines");
    }
}
