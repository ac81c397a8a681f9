package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/** Files that lie: every length, count, offset and pointer of a sound image changed, and files that are no images at all. */
class HostileImageTest {

    @TempDir
    Path folder;

    @Test
    void imagesCutAtEveryLengthGiveWhatTheyHold() {
        for (byte[] sound : HostileImages.sound()) {
            HostileImages.exercise(sound);
            for (int length = 0; length < sound.length; length += length < 0x200 || length % 0x1000 < 0x80 ? 1 : 13) {
                HostileImages.exercise(Arrays.copyOf(sound, length));
            }
        }
    }

    @Test
    void everyNumberOfAHeaderMayBeAnything() {
        long[] values = {0, 1, -1, 1L << 31, Long.MIN_VALUE, Long.MAX_VALUE, 0x7fff_ffff_ffffL, 0x45474150};
        for (byte[] sound : HostileImages.sound()) {
            byte[] damaged = sound.clone();
            for (int at = 4; at < Math.min(sound.length - 8, 0x2900); at += 4) {
                boolean filler = sound[at] == 'P' && sound[at + 1] == 'A' && sound[at + 4] == 'P';
                boolean empty = sound[at] == 0 && sound[at + 1] == 0 && sound[at + 4] == 0 && at > 0x2100;
                if (filler || empty) {
                    continue;
                }
                for (long value : values) {
                    MemorySegment.ofArray(damaged).set(LittleEndian.U64, at, value);
                    HostileImages.exercise(damaged);
                }
                System.arraycopy(sound, at, damaged, at, 8);
            }
        }
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void anySetOfChangesIsSurvived(@ForAll("edits") List<Tuple2<Integer, Long>> edits, @ForAll int which) {
        List<byte[]> sound = HostileImages.sound();
        byte[] file = sound.get(Math.floorMod(which, sound.size())).clone();
        for (Tuple2<Integer, Long> edit : edits) {
            MemorySegment.ofArray(file).set(LittleEndian.U64, Math.floorMod(edit.get1(), file.length - 8),
                    edit.get2());
        }
        HostileImages.exercise(file);
    }

    @Provide
    Arbitrary<List<Tuple2<Integer, Long>>> edits() {
        Arbitrary<Integer> places = Arbitraries.integers().between(0, 0x7000);
        Arbitrary<Long> values = Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.longs().between(0, 0x8000),
                Arbitraries.longs().between(0, 8).map(page -> page << 12 | 0x63),
                Arbitraries.longs().between(0, 8).map(page -> page << 12 | 0xe3));
        return places.flatMap(place -> values.map(value -> Tuple.of(place, value))).list().ofMaxSize(20);
    }

    @Test
    void pageTablesThatLeadToThemselvesEnd() {
        // every entry of the only table leads to the table
        for (PagingMode mode : PagingMode.values()) {
            MemoryPicture picture = new MemoryPicture();
            for (int i = 0; i < 4096 / mode.entrySize(); i++) {
                long at = 0x1000 + (long) i * mode.entrySize();
                if (mode == PagingMode.X86) {
                    picture.u32(at, 0x1063);
                } else {
                    picture.u64(at, mode == PagingMode.PAE ? 0x1001 : 0x1063);
                }
            }
            PagedMemory memory = PagedMemory.of(picture.physical(), mode, 0x1000);
            WalkSummary summary = memory.forEachKernelRegion((va, offset, length) -> { });
            assertThat(summary.presentPages()).isZero();
            assertThat(summary.skippedTables()).isPositive();
            assertThat(memory.locate(mode.kernelStart())).isZero();
        }
    }

    @Test
    void tablesThatDescribeMoreThanAnyMachineHasAreLeft() {
        // 512 huge pages in a table, over memory of which every other page is missing
        MemoryPicture picture = new MemoryPicture().u64(0x1000 + 8 * 0x1f0, 0x2063);
        for (int i = 0; i < 512; i++) {
            picture.u64(0x2000 + 8 * i, 0x1e3);
        }
        for (int page = 4; page < 4000; page += 2) {
            picture.page(page * 4096L);
        }
        long[] pieces = {0};
        WalkSummary summary = PagedMemory.of(picture.physical(), PagingMode.X64_4, 0x1000)
                .forEachKernelRegion((va, offset, length) -> pieces[0]++);
        assertThat(summary.complete()).isTrue();
        assertThat(summary.presentPages()).isEqualTo(512 * (2 + 1998));
        // the same, many times over
        for (int i = 0; i < 128; i++) {
            for (int j = 0; j < 512; j++) {
                picture.u64(0x2_0000_0000L + i * 4096L + 8 * j, 0x1e3);
            }
            picture.u64(0x1000 + 8 * (0x100 + i), 0x2_0000_0063L + i * 4096L);
        }
        WalkSummary bounded = PagedMemory.of(picture.physical(), PagingMode.X64_4, 0x1000)
                .forEachKernelRegion((va, offset, length) -> { });
        assertThat(bounded.complete()).isFalse();
    }

    @Test
    void whatIsNoImageIsRefusedWithAReason() throws IOException {
        assertRefused(Files.createFile(folder.resolve("empty.dmp")), "empty");
        assertRefused(folder, "directory");
        assertRefused(folder.resolve("missing.dmp"), "no such file");
        assertRefused(Files.writeString(folder.resolve("text.dmp"), "MEMORY.DMP was here\n".repeat(1000)), "this is text");
        assertRefused(Files.write(folder.resolve("short.dmp"), new byte[100]), "less than one page");
        assertRefused(Files.write(folder.resolve("packed.dmp"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0}), "packed with gzip");
        assertRefused(Files.writeString(folder.resolve("user.dmp"), "MDMP\u0093\u00a7\0\0".repeat(1000)),
                "minidump of one process");
    }

    @Test
    void noPermissionIsSaid() throws IOException {
        Path file = Files.write(folder.resolve("secret.dmp"), new byte[0x2000]);
        if (file.toFile().setReadable(false) && !Files.isReadable(file)) {
            assertRefused(file, "permission");
        }
    }

    @Test
    void aRawFileWithoutPageTablesIsNotRecognisedButOpens() throws IOException, EvidenceException {
        byte[] noise = new byte[0x20_0000];
        new Random(1).nextBytes(noise);
        Path file = Files.write(folder.resolve("noise.raw"), noise);
        assertThat(MemoryImage.recognises(EvidenceFile.open(file))).isFalse();
        try (MemoryImage image = MemoryImage.open(file)) {
            assertThat(image.pageDirectories()).isEmpty();
            assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(0x200);
        }
    }

    private static void assertRefused(Path file, String why) {
        assertThatThrownBy(() -> MemoryImage.open(file)).isInstanceOf(EvidenceException.class).hasMessageContaining(why)
                .hasMessageContaining(file.toString());
    }
}
