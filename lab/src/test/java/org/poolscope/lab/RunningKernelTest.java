package org.poolscope.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;
import org.poolscope.model.RealEvidence;

/**
 * What the lab writes against what a running kernel of that age wrote: the same small checks, free of any knowledge of the lab,
 * are put to an image of that kernel and to one of ours.
 */
class RunningKernelTest {

    @TempDir
    static Path folder;
    static ImageProbe real;
    static ImageProbe ours;

    @BeforeAll
    static void open() throws IOException {
        real = ImageProbe.open(RealEvidence.image("nt52-before.raw"));
        CaseFolder out = new CaseFolder(folder.resolve("case"));
        out.image("ours.raw", Specs.of(WindowsVersion.SERVER_2003_SP1, false, ImageFormat.RAW), new Dice(7), machine -> {
            Filler paged = new Filler(machine, PoolKind.PAGED, "p").with(machine, "NtfF", "Ntfs.sys", 16, 2000, 1, 0)
                    .with(machine, "Toke", "ntoskrnl.exe", 40, 900, 2, 0);
            Filler nonPaged = new Filler(machine, PoolKind.NONPAGED, "n").with(machine, "AfdC", "afd.sys", 16, 400, 1, 5);
            for (int i = 0; i < 6000; i++) {
                paged.passThrough(200);
                nonPaged.passThrough(300);
                paged.add(100);
                nonPaged.add(50);
            }
            machine.stop(StopState.requested(java.time.Instant.EPOCH, 60), Figures.SOME);
        });
        ours = ImageProbe.open(folder.resolve("case/ours.raw"));
    }

    @Test
    void bothHaveTheirDebuggerBlockInThePlaceItsFieldsTell() {
        for (ImageProbe image : new ImageProbe[] {real, ours}) {
            long base = image.debugger(0x18);
            assertThat(image.u16(base)).isEqualTo(0x5a4d);
            int kernel = 0;
            long head = image.debugger(0x48);
            for (long link = image.pointer(head); link != head; link = image.pointer(link)) {
                assertThat(image.u16(image.pointer(link + 0x18))).as("every module begins with MZ").isEqualTo(0x5a4d);
                kernel += image.pointer(link + 0x18) == base ? 1 : 0;
            }
            assertThat(kernel).isEqualTo(1);
            assertThat(image.debugger(0x138) & 0xffff).as("page size").isEqualTo(4096);
        }
    }

    @Test
    void rowsOfTheTagTableStandWhereTheirHashPutsThem() {
        assertThat(distances(real)).containsKey(0).allSatisfy((distance, rows) -> assertThat(distance).isLessThan(8));
        assertThat(distances(ours)).containsKey(0).allSatisfy((distance, rows) -> assertThat(distance).isLessThan(8));
    }

    /** How many rows stand how many places behind the one their hash names. */
    private static Map<Integer, Integer> distances(ImageProbe image) {
        Map<Integer, Integer> distances = new TreeMap<>();
        long table = image.pointer(image.debugger(0x1b8));
        for (int i = 0; i < 2048; i++) {
            long key = image.u32(table + 28L * i) & 0xffffffffL;
            if (key != 0) {
                long product = 40543 * key;
                int home = (int) ((product & 0xffffffffL ^ product >>> 32) & 0x7ff);
                distances.merge(i - home & 0x7ff, 1, Integer::sum);
            }
        }
        assertThat(image.u32(table + 28L * 2048)).as("the overflow row").isZero();
        return distances;
    }

    @Test
    void everyPoolPageClosesAndTheFreeListsHoldTheFreeBlocksOfTheirSize() {
        for (ImageProbe image : new ImageProbe[] {real, ours}) {
            long pagedDescriptor = image.pointer(image.debugger(0x68));
            int listed = freeLists(image, pagedDescriptor) + freeLists(image, image.debugger(0x1c0));
            assertThat(listed).isGreaterThan(10);
        }
    }

    /** Free blocks on the lists of a descriptor, each checked: its page closes, it is free, and its size is that of the list. */
    private static int freeLists(ImageProbe image, long descriptor) {
        int listed = 0;
        PageWalk walk = new PageWalk(image, 0x7f);
        for (int i = 0; i < 512; i++) {
            long head = descriptor + 0x30 + 8L * i;
            // The running kernel sets bit 0 of the links of its free lists; Windows does not.
            for (long link = image.pointer(head) & ~1L; link != head; link = image.pointer(link) & ~1L) {
                int sizes = image.u16(link - 6);
                assertThat(sizes & 0x1ff).isEqualTo(i + 1);
                assertThat(sizes >> 9).as("type of a free block").isZero();
                walk.page(link & ~0xfffL);
                listed++;
            }
        }
        assertThat(walk.broken).isZero();
        return listed;
    }
}
