package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * A machine of 6 GB with the hole from 3 GB to 4 GB. The picture shows the few pages of it that matter: the System process'
 * tables below, with the shared user data that makes them certain, and a second process' top table above 4 GB.
 */
class SqueezedHoleTest {

    private static final long SYSTEM = 0x1a_d000;
    private static final long HOLE = 0xc000_0000L;
    private static final long SECOND = 0x1_2345_6000L;

    private static MemoryPicture tables() {
        return new MemoryPicture()
                .u64(SYSTEM + 8 * 0x1ed, SYSTEM | 0x63)
                .u64(SYSTEM + 8 * 0x1ef, 0x20_0063)
                .u64(SYSTEM + 8 * 0x1f0, 0x20_4063)
                .u64(SYSTEM + 8 * 0x1f1, 0x20_5063)
                .u64(0x20_0000, 0x20_1063).u64(0x20_1000, 0x20_2063).u64(0x20_2000, 0x20_3063)
                .u16(0x20_3030, 'C').u16(0x20_3032, ':').u16(0x20_3034, '\\').u32(0x20_326c, 10);
    }

    private static MemoryPicture second(MemoryPicture picture, long at) {
        return picture
                .u64(at + 8 * 0x1ed, SECOND | 0x863)
                .u64(at + 8 * 0x1ef, 0x20_0063)
                .u64(at + 8 * 0x1f0, 0x20_4067)
                .u64(at + 8 * 0x1f1, 0x20_5063);
    }

    @Test
    void aTableThatStandsLowerThanItSaysShowsTheHole() {
        PhysicalMemory file = second(tables(), SECOND - 0x1_0000_0000L + HOLE).physical();
        assertThat(SqueezedHole.find(file)).hasValue(HOLE >> 12);
    }

    @Test
    void aTableThatStandsWhereItSaysShowsThatThereIsNone() {
        PhysicalMemory file = second(tables(), SECOND).physical();
        assertThat(SqueezedHole.find(file)).isEmpty();
    }

    @Test
    void aFileLongerThanTheMemoryTheKernelCountsHasTheHoleInIt() {
        // 2 GB counted; the table would show a hole, and is not even looked for
        PhysicalMemory file = second(tables(), SECOND - 0x1_0000_0000L + HOLE).u32(0x20_32e8, 0x8_0000).physical();
        assertThat(SqueezedHole.find(file)).isEmpty();
    }

    @Test
    void aPageThatSharesLittleWithTheKernelSaysNothing() {
        long at = SECOND - 0x1_0000_0000L + HOLE;
        PhysicalMemory file = second(tables(), at).u64(at + 8 * 0x1f0, 0x77_7063).physical();
        assertThat(SqueezedHole.find(file)).isEmpty();
    }

    @Test
    void paeTablesShowItToo() {
        long pointers = 0x18_5000;
        long directory = 0x18_9000;
        long at = SECOND - 0x1_0000_0000L + HOLE;
        MemoryPicture picture = new MemoryPicture()
                .u64(pointers, 0x18_6001).u64(pointers + 8, 0x18_7001).u64(pointers + 16, 0x18_8001)
                .u64(pointers + 24, directory | 1)
                .u64(directory, 0x18_6063).u64(directory + 8, 0x18_7063).u64(directory + 16, 0x18_8063)
                .u64(directory + 24, directory | 0x63)
                .page(0x18_6000).page(0x18_7000).page(0x18_8000)
                // ffdf0000: directory entry 0x1fe, table entry 0x1f0
                .u64(directory + 8 * 0x1fe, 0x20_2063).u64(0x20_2000 + 8 * 0x1f0, 0x20_3063)
                .u64(directory + 8 * 0x10, 0x20_4063)
                .u16(0x20_3030, 'C').u16(0x20_3032, ':').u16(0x20_3034, '\\').u32(0x20_326c, 5).u32(0x20_3270, 2)
                // the fourth directory of another process
                .u64(at, 0x1_3000_0063L).u64(at + 8, 0x1_3000_1063L).u64(at + 16, 0x1_3000_2063L).u64(at + 24, SECOND | 0x63)
                .u64(at + 8 * 0x1fe, 0x20_2063).u64(at + 8 * 0x10, 0x20_4063);
        assertThat(PageDirectoryFinder.find(picture.physical())).containsExactly(new PageDirectory(PagingMode.PAE, pointers));
        assertThat(SqueezedHole.find(picture.physical())).hasValue(HOLE >> 12);
    }

    @Test
    void smallImagesHaveNone() {
        assertThat(SqueezedHole.find(tables().physical())).isEmpty();
    }
}
