package org.poolscope.memory.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.memory.MemoryImage;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;
import org.poolscope.model.Tool;

/** Real images packed by the packers' own programs, and files that are no good. */
class UnpackerTest {

    private static final String IMAGE = "layout-19041-full1.dmp";

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();

    private Unpacker unpacker(long limit) {
        Progress progress = (what, done, total) -> {
            assertThat(done).as(what).isBetween(0L, total);
            heard.add(what);
        };
        return new Unpacker(limit, folder.resolve("cache"), progress, notices::add);
    }

    private Path image() throws IOException {
        return Files.copy(RealEvidence.image(IMAGE), folder.resolve("MEMORY.DMP"));
    }

    /** Packs a file as its program does; {@code zip} does not append to a name that has a suffix. */
    private static Path pack(Path file, String program, String debianPackage, String suffix) {
        Tool.need(program, debianPackage);
        Path packed = file.resolveSibling(file.getFileName() + suffix);
        if (program.equals("zip")) {
            Tool.run("zip", "-q", "-j", packed.toString(), file.toString());
        } else {
            Tool.run(program, "-k", file.toString());
        }
        return packed;
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip, .gz", "xz, xz-utils, .xz", "bzip2, bzip2, .bz2", "zip, zip, .zip"})
    void anImageIsReadThroughAndKept(String program, String debianPackage, String suffix) throws Exception {
        Path plain = image();
        Path packed = pack(plain, program, debianPackage, suffix);
        Path opened = unpacker(1L << 30).image(packed);
        assertThat(opened).hasSameBinaryContentAs(plain).hasFileName("MEMORY.DMP");
        assertThat(opened.getParent()).isEqualTo(folder.resolve(".MEMORY.DMP" + suffix + ".unpacked"));
        assertThat(notices).singleElement().asString().contains("MEMORY.DMP" + suffix).contains(opened.getParent().toString());
        assertThat(heard).isNotEmpty().allMatch(what -> what.startsWith("unpacking MEMORY.DMP"));
        try (MemoryImage image = MemoryImage.open(opened)) {
            assertThat(image.header()).isPresent();
        }

        heard.clear();
        Object made = Files.readAttributes(opened, "fileKey").get("fileKey");
        assertThat(unpacker(1L << 30).image(packed)).isEqualTo(opened);
        assertThat(Files.readAttributes(opened, "fileKey").get("fileKey")).as("the same file again").isEqualTo(made);
        assertThat(heard).isEmpty();

        Files.setLastModifiedTime(packed, FileTime.fromMillis(1_000_000_000_000L));
        assertThat(unpacker(1L << 30).image(packed)).isEqualTo(opened).hasSameBinaryContentAs(plain);
        assertThat(heard).as("unpacked again").isNotEmpty();
        Files.write(opened, new byte[1]);
        assertThat(unpacker(1L << 30).image(packed)).as("what was kept is damaged").hasSameBinaryContentAs(plain);
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip, .gz", "zip, zip, .zip"})
    void datesAreKept(String program, String debianPackage, String suffix) throws Exception {
        Path plain = image();
        Files.setLastModifiedTime(plain, FileTime.from(Instant.parse("2007-01-14T02:26:46Z")));
        Path opened = unpacker(1L << 30).image(pack(plain, program, debianPackage, suffix));
        assertThat(Files.getLastModifiedTime(opened)).isEqualTo(Files.getLastModifiedTime(plain));
    }

    @Test
    void memoryOfARunningKernelThatIsMostlyZeros() throws Exception {
        Path packed = Files.copy(RealEvidence.path("dumps/nt52-x64-boot.raw.xz"), folder.resolve("memory.xz"));
        Path opened = unpacker(1L << 30).image(packed);
        Path plain = RealEvidence.image("nt52-x64-boot.raw");
        assertThat(Files.mismatch(opened, plain)).isEqualTo(-1);
    }

    @Test
    void severalStreamsAreOneFile() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (int half = 0; half < 2; half++) {
            try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
                out.write(new byte[] {'P', 'A', 'R', (byte) ('0' + half)});
            }
        }
        Path file = Files.write(folder.resolve("a.gz"), packed.toByteArray());
        assertThat(unpacker(100).image(file)).hasBinaryContent("PAR0PAR1".getBytes("ASCII"));
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip, .gz", "xz, xz-utils, .xz", "bzip2, bzip2, .bz2", "zip, zip, .zip"})
    void whatGrowsBeyondTheLimitIsRefused(String program, String debianPackage, String suffix) throws Exception {
        Path bomb = Files.write(folder.resolve("bomb"), new byte[8 << 20]);
        Path packed = pack(bomb, program, debianPackage, suffix);
        assertThatThrownBy(() -> unpacker((8 << 20) - 1).image(packed)).isInstanceOf(EvidenceException.class)
                .hasMessageContaining(packed.toString()).hasMessageContaining("more than").hasMessageContaining("--unpack-limit");
        assertNothingLeft("bomb", "bomb" + suffix);
        assertThat(unpacker(8 << 20).image(packed)).hasSize(8 << 20);
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip, .gz", "xz, xz-utils, .xz", "bzip2, bzip2, .bz2", "zip, zip, .zip"})
    void cutOffAndDamagedFilesAreRefusedAndLeaveNothing(String program, String debianPackage, String suffix) throws Exception {
        Path packed = pack(image(), program, debianPackage, suffix);
        byte[] whole = Files.readAllBytes(packed);
        byte[] damaged = whole.clone();
        Arrays.fill(damaged, whole.length / 2, whole.length / 2 + 8, (byte) 0x5a);
        for (byte[] bad : List.of(Arrays.copyOf(whole, whole.length / 2), Arrays.copyOf(whole, whole.length - 5), damaged)) {
            Files.write(packed, bad);
            assertThatThrownBy(() -> unpacker(1L << 30).image(packed)).isInstanceOf(EvidenceException.class)
                    .hasMessageContaining("cannot be unpacked").hasMessageContaining("cut off or damaged");
            assertNothingLeft("MEMORY.DMP", "MEMORY.DMP" + suffix);
        }
    }

    private void assertNothingLeft(String... expected) throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder(expected);
        }
    }

    @Test
    void whatAKilledProgramLeftIsTakenAwayByTheNext() throws Exception {
        Path packed = pack(image(), "gzip", "gzip", ".gz");
        Path part = Files.createDirectory(folder.resolve(".MEMORY.DMP.gz.unpacked.part-1"));
        Files.createFile(part.resolve("poolscope-lock"));
        Files.write(part.resolve("MEMORY.DMP"), new byte[100]);
        unpacker(1L << 30).image(packed);
        assertThat(part).doesNotExist();
    }

    @Test
    void whatIsBeingUnpackedBySomebodyElseIsLeftAlone() throws Exception {
        Path packed = pack(image(), "gzip", "gzip", ".gz");
        try (PartFolder other = PartFolder.forTarget(folder.resolve(".MEMORY.DMP.gz.unpacked"))) {
            unpacker(1L << 30).image(packed);
            assertThat(other.path()).isDirectory();
        }
        assertNothingLeft("MEMORY.DMP", "MEMORY.DMP.gz", ".MEMORY.DMP.gz.unpacked");
    }

    @Test
    void whereNothingCanBeWrittenBesideItTheCacheIsUsed() throws Exception {
        Path packed = pack(image(), "gzip", "gzip", ".gz");
        // the hidden folder's name would be too long for the file system
        Path longName = Files.move(packed, folder.resolve("x".repeat(240) + ".gz"));
        Path opened = unpacker(1L << 30).image(longName);
        assertThat(opened).startsWith(folder.resolve("cache")).hasSameBinaryContentAs(folder.resolve("MEMORY.DMP"));
        heard.clear();
        assertThat(unpacker(1L << 30).image(longName)).isEqualTo(opened);
        assertThat(heard).isEmpty();
    }

    @Test
    void theOnlyImageOfAnArchiveIsFound() throws Exception {
        byte[] image = Files.readAllBytes(RealEvidence.image(IMAGE));
        Path zip = zip("case.zip", "notes/readme.txt", "text".getBytes("ASCII"), "logs/MEMORY.DMP", image, "logs/empty", new byte[0]);
        assertThat(unpacker(1L << 30).image(zip)).hasBinaryContent(image).hasFileName("MEMORY.DMP");
        List<UnpackedFile> files = unpacker(1L << 30).unpack(EvidenceFile.open(zip)).orElseThrow();
        assertThat(files).extracting(UnpackedFile::member).containsExactly("notes/readme.txt", "logs/MEMORY.DMP", "logs/empty");
        assertThat(files.getFirst().nameIn("case.zip")).isEqualTo("case.zip/notes/readme.txt");

        Path two = zip("two.zip", "a.dmp", image, "b.dmp", image);
        assertThatThrownBy(() -> unpacker(1L << 30).image(two)).hasMessageContaining("2 memory images: a.dmp, b.dmp");
        Path none = zip("none.zip", "a", new byte[10], "b", new byte[10]);
        assertThatThrownBy(() -> unpacker(1L << 30).image(none)).hasMessageContaining("none of the 2 files in it is a memory image");
        Path empty = zip("empty.zip");
        assertThatThrownBy(() -> unpacker(1L << 30).image(empty)).hasMessageContaining("no file in this archive");
    }

    private Path zip(String name, Object... members) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < members.length; i += 2) {
                zip.putNextEntry(new ZipEntry((String) members[i]));
                zip.write((byte[]) members[i + 1]);
            }
        }
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../escaped", "/tmp/poolscope-escaped", "C:\\escaped", "a/../../../escaped", "..\\..\\escaped",
        "poolscope-unpacked", "poolscope-lock", "tab\tand\nline"})
    void namesLeadNowhereElse(String name) throws Exception {
        Path zip = zip("hostile.zip", name, new byte[] {7}, "other", new byte[] {8});
        List<UnpackedFile> files = unpacker(100).unpack(EvidenceFile.open(zip)).orElseThrow();
        assertThat(files.getFirst().path().toRealPath()).startsWith(folder.resolve(".hostile.zip.unpacked").toRealPath())
                .hasBinaryContent(new byte[] {7});
        assertThat(unpacker(100).unpack(EvidenceFile.open(zip)).orElseThrow()).as("known again").isEqualTo(files);
        assertThat(notices).hasSize(1);
    }

    @Test
    void namesThatDifferOnlyInCaseBothStay() {
        MemberNames names = new MemberNames();
        assertThat(List.of(names.clean("a/Log"), names.clean("a/log"), names.clean("a\\LOG"), names.clean(" . "), names.clean("")))
                .containsExactly("a/Log", "a/2-log", "a/3-LOG", "file", "2-file");
    }

    @Test
    void anEncryptedArchiveIsNamed() throws Exception {
        Tool.need("zip", "zip");
        Path image = image();
        Path zip = folder.resolve("secret.zip");
        Tool.run("zip", "-q", "-j", "-P", "secret", zip.toString(), image.toString());
        assertThatThrownBy(() -> unpacker(1L << 30).image(zip)).isInstanceOf(EvidenceException.class).hasMessageContaining("encrypted");
    }

    @Test
    void tablesOfSymbolsAndDocumentsStayAsTheyAre() throws Exception {
        Path document = zip("report.docx", "[Content_Types].xml", new byte[] {'<'}, "word/document.xml", new byte[10]);
        assertThat(unpacker(1L << 30).unpack(EvidenceFile.open(document))).isEmpty();
        try (Stream<Path> tables = Files.list(RealEvidence.path("symbols"))) {
            Path table = Files.copy(tables.filter(path -> path.toString().endsWith(".json.xz")).findFirst().orElseThrow(),
                    folder.resolve("table.json.xz"));
            assertThat(unpacker(1L << 30).unpack(EvidenceFile.open(table))).isEmpty();
        }
        assertNothingLeft("report.docx", "table.json.xz");
    }
}
