package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Page tables painted entry by entry, from Intel's manual and the symbols of Windows kernels. */
class AddressTranslationTest {

    private static final long NX = 1L << 63;

    @Test
    void x86PagesOfFourKilobytes() {
        // 0x8055a123: directory entry 0x201, table entry 0x15a, offset 0x123
        PagedMemory memory = memory(PagingMode.X86, 0x39000, new MemoryPicture()
                .u32(0x39000 + 4 * 0x201, 0x3a000 | 0x63)
                .u32(0x3a000 + 4 * 0x15a, 0x7b000 | 0x163)
                .u32(0x7b123, 0xcafe_f00dL));
        assertThat(memory.u32(0x8055_a123L)).isEqualTo(0xcafe_f00d);
        assertThat(memory.u16(0x8055_a124L)).isEqualTo(0xfef0);
        assertThat(memory.pointer(0x8055_a123L)).as("zero-extended").isEqualTo(0xcafe_f00dL);
        assertThat(memory.pointerSize()).isEqualTo(4);
        assertThat(memory.physicalAddress(0x8055_a123L)).isEqualTo(0x7b123);
        assertThat(memory.canonical(0xffff_ffff_8055_a123L)).isEqualTo(0x8055_a123L);
        assertAbsent(memory, 0xffff_ffff_8055_a123L, Absence.NOT_MAPPED);
        assertAbsent(memory, 0x8055_b000L, Absence.NOT_MAPPED);
        assertAbsent(memory, 0x8095_a000L, Absence.NOT_MAPPED);
    }

    @Test
    void x86LargePagesOfFourMegabytes() {
        // entry 0x202, bit 7 set: 0x80800000 to 0x80bfffff at 0x01c00000
        PagedMemory memory = memory(PagingMode.X86, 0x39000, new MemoryPicture()
                .u32(0x39000 + 4 * 0x202, 0x01c0_0000 | 0x1e3)
                .u32(0x01c0_0000 + 0x12_3450, 0x1111_1111)
                .u32(0x01ff_f000, 0x2222_2222));
        assertThat(memory.u32(0x8080_0000L + 0x12_3450)).isEqualTo(0x1111_1111);
        assertThat(memory.u32(0x80bf_f000L)).isEqualTo(0x2222_2222);
        assertAbsent(memory, 0x8080_0000L, Absence.NOT_IN_DUMP);
    }

    @Test
    void x86LargePagesAboveFourGigabytes() {
        // PSE-36: bits 13 to 16 of the entry are bits 32 to 35 of the address, here 9
        PagedMemory memory = memory(PagingMode.X86, 0x39000, new MemoryPicture()
                .u32(0x39000 + 4 * 0x3ff, 0x0040_0000 | 9 << 13 | 0xe3)
                .u32(0x9_0040_0000L + 0x1234, 0x3333_3333));
        assertThat(memory.u32(0xffc0_1234L)).isEqualTo(0x3333_3333);
    }

    @Test
    void paePages() {
        // 0xf7a01008: pointer 3, directory entry 0x1bd, table entry 1; the pointers stand at a 32-byte boundary
        PagedMemory memory = memory(PagingMode.PAE, 0x0740_01a7, new MemoryPicture()
                .u64(0x0740_01a0 + 8 * 3, 0x21000 | 1)
                .u64(0x21000 + 8 * 0x1bd, 0x22000 | 0x63)
                .u64(0x22000 + 8, NX | 0x1_2345_6000L | 0x963)
                .u64(0x21000 + 8 * 0x002, 0x0060_0000 | 0x1e3)
                .u32(0x1_2345_6008L, 0x4444_4444)
                .u32(0x007f_fffcL, 0x5555_5555));
        assertThat(memory.directory().base()).isEqualTo(0x0740_01a0);
        assertThat(memory.u32(0xf7a0_1008L)).isEqualTo(0x4444_4444);
        assertThat(memory.u32(0xc05f_fffcL)).as("large page of 2 MB").isEqualTo(0x5555_5555);
        assertAbsent(memory, 0x8000_0000L, Absence.NOT_MAPPED);
    }

    @Test
    void x64PagesOfAllSizes() {
        // 0xfffff800`02a5c010: slots 0x1f0, 0, 0x15, 0x5c
        PagedMemory memory = memory(PagingMode.X64_4, 0x18_7000, new MemoryPicture()
                .u64(0x18_7000 + 8 * 0x1f0, 0x10_0000 | 0x63)
                .u64(0x10_0000, 0x10_1000 | 0x63)
                .u64(0x10_1000 + 8 * 0x15, 0x10_2000 | 0x63)
                // bits 52 to 62 are software's, 63 forbids execution
                .u64(0x10_2000 + 8 * 0x5c, NX | 0x7ffL << 52 | 0xab_c000 | 0x963)
                .u64(0xab_c010, 0x0102_0304_0506_0708L)
                // next 2 MB: a large page
                .u64(0x10_1000 + 8 * 0x16, 0x4020_0000L | 0x1e3)
                .u64(0x4020_0000L + 0x1f_fff8, 0x1111)
                // next 1 GB: a huge page
                .u64(0x10_0000 + 8, 0x8000_0000L | 0x1e3)
                .u64(0x8000_0000L + 0x3fff_fff8, 0x2222));
        assertThat(memory.u64(0xffff_f800_02a5_c010L)).isEqualTo(0x0102_0304_0506_0708L);
        assertThat(memory.pointer(0xffff_f800_02a5_c010L)).isEqualTo(0x0102_0304_0506_0708L);
        assertThat(memory.u64(0xffff_f800_02df_fff8L)).isEqualTo(0x1111);
        assertThat(memory.u64(0xffff_f800_7fff_fff8L)).isEqualTo(0x2222);
        assertThat(memory.pointerSize()).isEqualTo(8);
        assertThat(memory.canonical(0x0000_f800_02a5_c010L)).isEqualTo(0xffff_f800_02a5_c010L);
        assertAbsent(memory, 0x0000_f800_02a5_c010L, Absence.NOT_MAPPED);
    }

    @Test
    void x64FiveLevels() {
        // the top slot of 57-bit addresses that look like 48-bit ones is 0x1ff
        PagedMemory memory = memory(PagingMode.X64_5, 0x1000, new MemoryPicture()
                .u64(0x1000 + 8 * 0x1ff, 0x2000 | 0x63)
                .u64(0x2000 + 8 * 0x1f0, 0x3000 | 0x63)
                .u64(0x3000, 0x4000 | 0x63)
                .u64(0x4000, 0x5000 | 0x63)
                .u64(0x5000 + 8 * 7, 0x6000 | 0x63)
                .u64(0x6000, 0x7777)
                // and one that does not: 0xff11`00000000`7000 has top slot 0x111, the rest 0, 0, 0, 7
                .u64(0x1000 + 8 * 0x111, 0x8000 | 0x63)
                .u64(0x8000, 0x3000 | 0x63));
        assertThat(memory.u64(0xffff_f800_0000_7000L)).isEqualTo(0x7777);
        assertThat(memory.u64(0xff11_0000_0000_7000L)).isEqualTo(0x7777);
        assertThat(memory.canonical(0x01ff_f800_0000_7000L)).isEqualTo(0xffff_f800_0000_7000L);
    }

    @Test
    void pagesInTransitionAreInMemory() {
        // (entry & C01) == 800, protection 4 in bits 5 to 9
        long transition = 0x880;
        assertThat(memory(PagingMode.X86, 0x39000, new MemoryPicture()
                .u32(0x39000 + 4 * 0x384, 0x3a000 | 0x63).u32(0x3a000, 0x7b000 | transition).u32(0x7b000, 0x1234))
                .u32(0xe100_0000L)).isEqualTo(0x1234);
        assertThat(memory(PagingMode.PAE, 0x1000, new MemoryPicture()
                .u64(0x1000 + 8 * 3, 0x21001).u64(0x21000 + 8 * 0x108, 0x3a063).u64(0x3a000, 0x7b000 | transition)
                .u32(0x7b000, 0x1234))
                .u32(0xe100_0000L)).isEqualTo(0x1234);
        assertThat(longMode(0x7b000 | transition).physicalAddress(0xffff_f8a0_0000_0000L)).isEqualTo(0x7b000);
    }

    @Test
    void aPageTableInTransitionIsFollowed() {
        assertThat(memory(PagingMode.X86, 0x39000, new MemoryPicture()
                .u32(0x39000 + 4 * 0x384, 0x3a000 | 0x880).u32(0x3a000, 0x7b063).u32(0x7b000, 0x1234))
                .u32(0xe100_0000L)).isEqualTo(0x1234);
    }

    @Test
    void framesMixedWithTheMaskAgainstSpeculation() {
        // Swizzle bit (4) clear: the frame is mixed with a mask of bits above memory, here bit 45
        long mask = 1L << 45;
        long entry = (0x7b000 ^ mask) | 0x880;
        assertThat(longMode(entry).with(new PteRules(19041, null, mask)).physicalAddress(0xffff_f8a0_0000_0000L))
                .isEqualTo(0x7b000);
        assertThat(longMode(entry).physicalAddress(0xffff_f8a0_0000_0000L)).as("without knowing the mask").isEqualTo(0x7b000);
        assertThat(longMode(0x7b000 | 0x890).with(new PteRules(19041, null, mask)).physicalAddress(0xffff_f8a0_0000_0000L))
                .as("swizzle bit set").isEqualTo(0x7b000);
        // demand zero, mixed as well
        assertAbsent(longMode(mask | 0x80).with(new PteRules(19041, null, mask)), 0xffff_f8a0_0000_0000L, Absence.DEMAND_ZERO);
    }

    @Test
    void absentPagesSayWhy() {
        MemoryPicture picture = new MemoryPicture()
                .u32(0x39000 + 4 * 0x384, 0x3a063)
                .u32(0x39000 + 4 * 0x385, 0x3b063)
                .u32(0x39000 + 4 * 0x386, 0x0001_2080)
                .u32(0x3a000 + 4, 0x0001_2080)
                .u32(0x3a000 + 8, 0x80)
                .u32(0x3a000 + 12, 0x7b063)
                .u32(0x3a000 + 16, 0xfffff000L)
                .u32(0x3a000 + 20, 0x0400);
        PagedMemory memory = memory(PagingMode.X86, 0x39000, picture);
        assertAbsent(memory, 0xe100_0000L, Absence.NOT_MAPPED);
        assertAbsent(memory, 0xe100_1000L, Absence.PAGED_OUT);
        assertAbsent(memory, 0xe100_2000L, Absence.DEMAND_ZERO);
        assertAbsent(memory, 0xe100_3000L, Absence.NOT_IN_DUMP);
        // a free system entry: a link to the next in bits 12 to 31, and no protection
        assertAbsent(memory, 0xe100_4000L, Absence.NOT_MAPPED);
        assertAbsent(memory, 0xe100_5000L, Absence.SECTION);
        assertAbsent(memory, 0xe140_0000L, Absence.TABLE_NOT_IN_DUMP);
        assertAbsent(memory, 0xe180_0000L, Absence.PAGED_OUT);
        assertAbsent(memory(PagingMode.X86, 0x55000, picture), 0xe100_0000L, Absence.TABLE_NOT_IN_DUMP);
        assertThatThrownBy(() -> memory.u64(0xe100_1000L)).isInstanceOf(UnreadableAddressException.class)
                .hasMessage("0xe1001000 cannot be read: paged out")
                .extracting(e -> ((UnreadableAddressException) e).absence()).isEqualTo(Absence.PAGED_OUT);
    }

    @Test
    void prototypeEntriesOfX64AreFollowed() {
        // bit 10; bits 16 to 63 are the address of the prototype entry, sign-extended
        long prototype = 0xffff_f8a0_0000_1018L;
        MemoryPicture picture = longModePicture()
                .u64(0x4000, prototype << 16 | 0x400)
                .u64(0x4000 + 8, 0x5063)
                .u32(0x6000, 0x1234);
        for (long toPage : new long[] {0x6063, 0x6880}) {
            assertThat(memory(PagingMode.X64_4, 0x1000, picture.u64(0x5018, toPage)).u32(0xffff_f8a0_0000_0000L))
                    .isEqualTo(0x1234);
        }
        // the prototype entry leads to a file: not in memory
        assertAbsent(memory(PagingMode.X64_4, 0x1000, picture.u64(0x5018, 0xffff_fa80_0123_4567L << 16 | 0x400)),
                0xffff_f8a0_0000_0000L, Absence.SECTION);
        assertAbsent(memory(PagingMode.X64_4, 0x1000, picture.u64(0x5018, 0x1L << 32 | 0x80)), 0xffff_f8a0_0000_0000L,
                Absence.PAGED_OUT);
        assertAbsent(memory(PagingMode.X64_4, 0x1000, picture.u64(0x5018, 0x80)), 0xffff_f8a0_0000_0000L, Absence.DEMAND_ZERO);
        // the page of the prototype entry is itself behind one: no second detour
        assertAbsent(memory(PagingMode.X64_4, 0x1000, picture.u64(0x4000 + 8, prototype << 16 | 0x400)),
                0xffff_f8a0_0000_0000L, Absence.SECTION);
    }

    @Test
    void prototypeEntriesOfPaeAreFollowed() {
        // bits 32 to 63 are the address
        PagedMemory memory = memory(PagingMode.PAE, 0x1000, new MemoryPicture()
                .u64(0x1000 + 8 * 3, 0x21001)
                .u64(0x21000 + 8 * 0x108, 0x3a063)
                .u64(0x3a000, 0xe100_1018L << 32 | 0x400)
                .u64(0x3a000 + 8, 0x5063)
                .u64(0x5018, 0x6063)
                .u32(0x6000, 0x1234));
        assertThat(memory.u32(0xe100_0000L)).isEqualTo(0x1234);
    }

    @Test
    void prototypeEntriesOfX86DependOnTheBuild() {
        // e1001018 is 1018 above the start of paged pool: bits 2 to 8 (here 6) go to 1 to 7, bits 9 to 29 (here 8) to 11 to 31
        long before = 0x1018 >> 9 << 11 | (0x1018 >> 2 & 0x7f) << 1 | 0x400;
        // since Vista: bits 2 to 9 of the address go to 1 to 8, bits 10 to 30 to 11 to 31
        long since = (0x6100_1018L >> 10 << 11 | (0x6100_1018L >> 2 & 0xff) << 1 | 0x400) & 0xffff_ffffL;
        MemoryPicture picture = new MemoryPicture()
                .u32(0x39000 + 4 * 0x384, 0x3a063)
                .u32(0x3a000, before)
                .u32(0x3a000 + 4, 0x5063)
                .u32(0x3a000 + 8, since)
                .u32(0x5018, 0x6063)
                .u32(0x6000, 0x1234);
        PagedMemory memory = memory(PagingMode.X86, 0x39000, picture);
        assertAbsent(memory, 0xe100_0000L, Absence.SECTION);
        assertAbsent(memory.with(new PteRules(3790, null, null)), 0xe100_0000L, Absence.SECTION);
        assertThat(memory.with(new PteRules(3790, 0xe100_0000L, null)).u32(0xe100_0000L)).isEqualTo(0x1234);
        assertThat(memory.with(new PteRules(6002, null, null)).u32(0xe100_2000L)).isEqualTo(0x1234);
    }

    @Test
    void readsAcrossPages() {
        PagedMemory memory = memory(PagingMode.X86, 0x39000, new MemoryPicture()
                .u32(0x39000 + 4 * 0x201, 0x3a063)
                .u32(0x3a000, 0x7b063)
                .u32(0x3a004, 0x50063)
                .u32(0x7bffc, 0x4433_2211)
                .u32(0x50000, 0x8877_6655));
        assertThat(memory.u64(0x8040_0ffcL)).isEqualTo(0x8877_6655_4433_2211L);
        assertThat(memory.u32(0x8040_0fffL)).isEqualTo(0x7766_5544);
        assertThat(memory.u16(0x8040_0fffL)).isEqualTo(0x5544);
        byte[] bytes = new byte[8];
        assertThat(memory.read(0x8040_0ffcL, bytes, 0, 8)).isEqualTo(8);
        assertThat(bytes).containsExactly(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
        assertThat(memory.read(0x8040_1ffcL, bytes, 0, 8)).as("up to the first byte that is not there").isEqualTo(4);
        assertThat(memory.isReadable(0x8040_0000L, 0x2000)).isTrue();
        assertThat(memory.isReadable(0x8040_0000L, 0x2001)).isFalse();
        assertThatThrownBy(() -> memory.u32(0x8040_1ffeL)).isInstanceOf(UnreadableAddressException.class)
                .extracting(e -> ((UnreadableAddressException) e).address()).isEqualTo(0x8040_2000L);
    }

    private static MemoryPicture longModePicture() {
        // slots of 0xfffff8a0`00000000: 0x1f1, 0x80, 0, 0
        return new MemoryPicture()
                .u64(0x1000 + 8 * 0x1f1, 0x2063)
                .u64(0x2000 + 8 * 0x80, 0x3063)
                .u64(0x3000, 0x4063)
                .page(0x7b000);
    }

    /** An address space whose only page, 0xfffff8a0`00000000, has this entry. */
    private static PagedMemory longMode(long entry) {
        return memory(PagingMode.X64_4, 0x1000, longModePicture().u64(0x4000, entry));
    }

    private static PagedMemory memory(PagingMode mode, long base, MemoryPicture picture) {
        return PagedMemory.of(picture.physical(), mode, base);
    }

    private static void assertAbsent(VirtualMemory memory, long va, Absence why) {
        assertThat(memory.locate(va)).isNegative();
        assertThat(Absence.of(memory.locate(va))).isEqualTo(why);
    }
}
