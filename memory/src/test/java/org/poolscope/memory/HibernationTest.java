package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/** Hibernation files byte by byte: what they say, and what is wrong with them. */
class HibernationTest {

    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    /** Six pages, each with its number and a little more in it. */
    private static byte[] pages() {
        byte[] pages = new byte[6 * PAGE];
        for (int page = 0; page < 6; page++) {
            Arrays.fill(pages, page * PAGE + 100 * page, page * PAGE + 100 * page + 30, (byte) 0xcc);
            pages[page * PAGE] = (byte) (page + 1);
        }
        return pages;
    }

    private MemoryImage open(FilePicture file) throws EvidenceException {
        return MemoryImage.open(file.write(folder));
    }

    private List<String> warnings(FilePicture file) throws EvidenceException {
        try (MemoryImage image = open(file)) {
            return image.warnings();
        }
    }

    @Test
    void pagesStandWhereTheirRangesSay() throws EvidenceException {
        for (FilePicture file : List.of(HibernationPicture.windows7(pages(), 8), HibernationPicture.windows10(pages(), 8))) {
            try (MemoryImage image = open(file)) {
                assertThat(image.format()).isEqualTo(ImageFormat.HIBERNATION);
                assertThat(image.warnings()).isEmpty();
                PhysicalMemory physical = image.physical().orElseThrow();
                assertThat(physical.presentPages()).isEqualTo(6);
                assertThat(physical.highestPage()).isEqualTo(108);
                for (int page = 0; page < 6; page++) {
                    long at = (page < 5 ? 8 + page : 108) << 12;
                    assertThat(physical.u32(at) & 0xff).isEqualTo(page + 1);
                    assertThat(physical.u32(at + 100 * page + 8)).isEqualTo(0xcccc_cccc);
                }
                assertThat(physical.fileOffset(7)).isEqualTo(-1);
                assertThat(physical.fileOffset(13)).isEqualTo(-1);
                assertThat(image.pageDirectories().limit(1)).containsExactly(new PageDirectory(PagingMode.X64_4, 0x8000));
                assertThat(image.damage()).isEmpty();
            }
        }
    }

    @Test
    void pagesOfADamagedBlockAreMissing() throws EvidenceException {
        FilePicture old = HibernationPicture.windows7(pages(), 8).bytes(0x4020, new byte[] {-1, -1, -1, -1, 0x7f, 0x7f});
        FilePicture modern = HibernationPicture.windows10(pages(), 8).bytes(0x3014, new byte[] {-1, -1, -1, -1, 0x7f, 0x7f});
        for (FilePicture file : List.of(old, modern)) {
            boolean isOld = file == old;
            try (MemoryImage image = open(file)) {
                PhysicalMemory physical = image.physical().orElseThrow();
                assertThat(image.damage()).as("nobody has looked").isEmpty();
                assertThat(physical.fileOffset(9)).isEqualTo(-1);
                assertThat(physical.contiguous(9, 10)).isEqualTo(-1);
                assertThat(physical.nextPresent(9)).isEqualTo(108);
                assertThat(physical.nextPresent(0)).isEqualTo(isOld ? 108 : 8);
                assertThat(physical.contiguous(8, 10)).isEqualTo(isOld ? -1 : 1);
                assertThat(physical.u32(108 << 12)).isEqualTo(6);
                assertThat(image.damage()).contains("1 packed blocks that were looked at are damaged: %d pages are missing"
                        .formatted(isOld ? 5 : 4));
            }
        }
    }

    @Test
    void filesThatEndTooEarlySayHowMuchIsMissing() throws EvidenceException {
        byte[] old = HibernationPicture.windows7(pages(), 8).bytes();
        assertThat(warnings(new FilePicture().bytes(0, Arrays.copyOf(old, old.length - 1))))
                .containsExactly("the file is damaged or cut short: 1 of 6 pages are missing");
        byte[] modern = HibernationPicture.windows10(pages(), 8).bytes();
        assertThat(warnings(new FilePicture().bytes(0, Arrays.copyOf(modern, modern.length - 9)))).singleElement().asString()
                .startsWith("the kernel's part of the file is damaged or cut short at 0x3").endsWith(": 1 of its 5 pages are missing");
    }

    @Test
    void whatAnEarlierHibernationLeftIsNotRead() throws EvidenceException {
        // a table that is not full keeps a link, and behind the last set stand others
        FilePicture old = HibernationPicture.windows7(pages(), 8).u64(0x3000, 8).u32(0x8008, 1).u64(0x8010, 500).u64(0x8018, 501);
        HibernationPicture.block(old, 0x9000, 1, HibernationPicture.packed(new byte[PAGE]));
        try (MemoryImage image = open(old)) {
            assertThat(image.physical().orElseThrow().highestPage()).isEqualTo(108);
        }
        FilePicture modern = HibernationPicture.windows10(pages(), 8);
        HibernationPicture.set(modern, modern.bytes().length - 8, 0, HibernationPicture.packed(new byte[PAGE]), 500 << 4);
        try (MemoryImage image = open(modern)) {
            assertThat(image.physical().orElseThrow().highestPage()).isEqualTo(108);
            assertThat(image.warnings()).isEmpty();
        }
        assertThat(warnings(modern.u32(0xc, 0x600))).as("a header of a version nobody knows").singleElement().asString()
                .contains("count of pages is not known");
    }

    @Test
    void whatTheHeaderTellsOfTheFileIsSaid() throws EvidenceException {
        assertThat(warnings(HibernationPicture.windows10(pages(), 8).u8(0x364, 1).u64(0x60, 9)))
                .anyMatch(warning -> warning.contains("fast startup")).anyMatch(warning -> warning.contains("hypervisor"));
        assertThat(warnings(HibernationPicture.windows7(pages(), 8).text(0, "wake"))).singleElement().asString()
                .contains("resumed").contains("wake");
    }

    @Test
    void onePageInTwoBlocksIsSaid() throws EvidenceException {
        assertThat(warnings(HibernationPicture.windows7(pages(), 8).u64(0x3020, 9).u64(0x3028, 10)))
                .containsExactly("some pages are in more than one block; of each, one place is used");
    }

    @Test
    void chainsOfTablesOnlyLeadForward() throws Exception {
        FilePicture file = HibernationPicture.windows7(pages(), 8).u32(0x3008, 255);
        for (int range = 0; range < 255; range++) {
            file.u64(0x3010 + 16 * range, 2L * range).u64(0x3018 + 16 * range, 2L * range + 1);
        }
        byte[] sixteen = HibernationPicture.packed(new byte[16 * PAGE]);
        int at = 0x4000;
        for (int done = 0; done < 255; done += 16) {
            HibernationPicture.block(file, at, Math.min(16, 255 - done),
                    done < 240 ? sixteen : HibernationPicture.packed(new byte[15 * PAGE]));
            at += 32 + (sixteen.length + 7) / 8 * 8;
        }
        for (long next : new long[] {3, 1, 1L << 40, -1, 1L << 52 | 3}) {
            assertThat(warnings(file.u64(0x3000, next))).as("next is %x", next).singleElement().asString()
                    .contains("is followed by page 0x").contains("where none can be");
        }
        assertThat(warnings(file.u64(0x3000, 0))).isEmpty();
    }

    @Test
    void filesWithoutPagesAreNamed() throws IOException {
        FilePicture empty = new FilePicture().text(0, "HIBR").u32(0xc, 0x3e0).u32(0x18, PAGE).u8(1 << 18, 0);
        assertThatThrownBy(() -> open(empty)).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("hibernation file without any page").hasMessageContaining("Copy it again");
        assertThatThrownBy(() -> open(empty.text(0, "WAKE"))).hasMessageContaining("no pages are left in it");
        FilePicture windows2000 = new FilePicture().text(0, "hibr").u32(0xc, 0x60).u32(0x14, PAGE).u8(1 << 16, 0);
        assertThatThrownBy(() -> open(windows2000)).hasMessageContaining("Windows 2000");
        Path text = Files.writeString(folder.resolve("text"), "wake up\n".repeat(1000));
        assertThat(catchRecognises(text)).isFalse();
        Path zeros = Files.write(folder.resolve("zeros"), new byte[1 << 20]);
        assertThat(catchRecognises(zeros)).isFalse();
    }

    private static boolean catchRecognises(Path file) {
        try {
            return MemoryImage.recognises(EvidenceFile.open(file));
        } catch (EvidenceException e) {
            throw new AssertionError(e);
        }
    }

    /** Counts and sizes that no machine has end at once, and take neither memory nor disk. */
    @Test
    void hugeCountsCostNothing() throws Exception {
        FilePicture old = HibernationPicture.windows7(pages(), 8).u64(0x3010, 0).u64(0x3018, 1L << 39);
        assertThat(warnings(old)).singleElement().asString().contains("pages are missing");
        FilePicture modern = HibernationPicture.windows10(pages(), 8).u64(0x58, Long.MAX_VALUE).u64(0x230, Long.MAX_VALUE);
        assertThat(warnings(modern)).hasSize(2).allMatch(warning -> warning.contains("of its 9223372036854775807 pages are missing"));
    }

    /** A file that unpacks to a thousand times its size: nothing is unpacked before it is asked for, and not without end. */
    @Test
    void aBombIsNotUnpacked() throws Exception {
        byte[] filler = new byte[16 * PAGE];
        Arrays.fill(filler, (byte) 'b');
        // 'b', and matches of four bytes of length
        byte[] packed = {-1, -1, -1, 0x7f, 'b', 7, 0, 15, -1, (byte) 0xfc, (byte) 0xff};
        FilePicture file = new FilePicture().text(0, "HIBR").u32(0xc, 0x3e0).u32(0x18, PAGE).u64(0x68, 2);
        int at = 0x2000;
        for (int set = 0; set < 50_000; set++) {
            at = HibernationPicture.set(file, at, 0, packed, (long) set * 16 << 4 | 15);
        }
        Path bomb = file.write(folder);
        try (MemoryImage image = MemoryImage.open(bomb)) {
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.presentPages()).isEqualTo(800_000);
            assertThat(physical.u32(1234 << 12)).isEqualTo('b' * 0x0101_0101);
            long held = 0;
            while (held < 800_000 && physical.fileOffset(held) >= 0) {
                held += 16;
            }
            assertThat(held * PAGE).isLessThanOrEqualTo(Math.max(64 << 20, 64 * Files.size(bomb))).isGreaterThan(Files.size(bomb));
            assertThat(image.damage()).contains("16 pages of the hibernation file could not be unpacked: there is no more room for"
                    + " them on the disk");
        }
    }

    @Test
    void manyThreadsUnpackEachBlockOnce() throws Exception {
        FilePicture file = new FilePicture().text(0, "HIBR").u32(0xc, 0x3e0).u32(0x18, PAGE).u64(0x68, 2);
        int at = 0x2000;
        for (int set = 0; set < 500; set++) {
            byte[] pages = new byte[16 * PAGE];
            for (int page = 0; page < 16; page++) {
                pages[page * PAGE] = (byte) set;
                pages[page * PAGE + 1] = (byte) (set >> 8);
                pages[page * PAGE + 2] = (byte) (page + 1);
            }
            at = HibernationPicture.set(file, at, 0, HibernationPicture.packed(pages), (long) set * 16 << 4 | 15);
        }
        try (MemoryImage image = open(file); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            PhysicalMemory physical = image.physical().orElseThrow();
            List<Future<Integer>> results = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                results.add(threads.submit(() -> {
                    int wrong = 0;
                    for (int i = 0; i < 20_000; i++) {
                        long page = random.nextInt(8000);
                        wrong += physical.u32(page << 12) == (page / 16 | page % 16 + 1 << 16) ? 0 : 1;
                    }
                    return wrong;
                }));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isZero();
            }
        }
    }
}
