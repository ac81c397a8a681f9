package org.poolscope.memory;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Fuzz targets: changes to sound images of each format, any bytes at all, and any page tables. */
class ImageFuzzTest {

    private static final List<byte[]> SOUND = HostileImages.sound();

    @FuzzTest(maxDuration = "30s")
    void changedImages(FuzzedDataProvider data) {
        byte[] file = data.pickValue(SOUND.toArray(byte[][]::new)).clone();
        while (data.remainingBytes() >= 6) {
            int at = data.consumeInt(0, file.length - Long.BYTES);
            long value = data.consumeLong();
            if (data.consumeBoolean()) {
                MemorySegment.ofArray(file).set(LittleEndian.U32, at, (int) value);
            } else {
                MemorySegment.ofArray(file).set(LittleEndian.U64, at, value);
            }
        }
        HostileImages.exercise(file);
    }

    /** What follows the header of a dump of each type: bitmaps, page ranges, the contents of a small dump. */
    @FuzzTest(maxDuration = "30s")
    void crashDumpContents(FuzzedDataProvider data) {
        int type = data.consumeInt(1, 10);
        boolean wide = data.consumeBoolean();
        FilePicture file = wide ? FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, type)
                : FilePicture.dump32().u32(0x10, 0x1000).u32(0xf88, type);
        int end = wide ? 0x2000 : 0x1000;
        if (data.consumeBoolean()) {
            file.text(end, "SDMPDUMP");
        } else {
            file.u32(end, 0x40).text(end + 4, "RDMPDUMP");
        }
        HostileImages.exercise(file.bytes(end + (type == 4 ? 0 : type < 8 ? 8 : 12), data.consumeRemainingAsBytes()).bytes());
    }

    /** The header itself, whole or cut anywhere. */
    @FuzzTest(maxDuration = "30s")
    void crashDumpHeaders(byte[] data) {
        byte[] file = new byte[data.length + 8];
        System.arraycopy((data.length % 2 == 0 ? "PAGEDUMP" : "PAGEDU64").getBytes(StandardCharsets.US_ASCII), 0, file, 0, 8);
        System.arraycopy(data, 0, file, 8, data.length);
        HostileImages.exercise(file);
    }

    @FuzzTest(maxDuration = "30s")
    void elfCores(byte[] data) {
        byte[] file = new byte[data.length + 4];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F'}, 0, file, 0, 4);
        System.arraycopy(data, 0, file, 4, data.length);
        HostileImages.exercise(file);
    }

    /** A state file with memory in it, and one that stands beside the memory. */
    @FuzzTest(maxDuration = "30s")
    void vmwareStates(FuzzedDataProvider data) {
        byte[] file = (data.consumeBoolean() ? VmwareTest.together(63) : VmwareTest.state(0xbed2_bed2L)).bytes();
        while (data.remainingBytes() >= 4) {
            int at = data.consumeInt(8, Math.min(file.length, 0x900) - 1);
            file[at] = data.consumeByte();
        }
        HostileImages.exercise(file);
        HostileImages.exerciseBeside(file);
    }

    /** Heads, tables and packed bytes of both forms, with the header and without it. */
    @FuzzTest(maxDuration = "30s")
    void hibernationFiles(FuzzedDataProvider data) {
        byte[] pages = new byte[6 * 4096];
        byte[] file = (data.consumeBoolean() ? HibernationPicture.windows7(pages, 1) : HibernationPicture.windows10(pages, 1)).bytes();
        if (data.consumeBoolean()) {
            Arrays.fill(file, 0xc, 0x1000, (byte) 0);
        }
        while (data.remainingBytes() >= 6) {
            int place = data.consumeInt(0, 0x600);
            int at = place < 0x100 ? place : 0x2000 + (place - 0x100) / 0x140 * 0x1000 + (place - 0x100) % 0x140;
            if (at <= file.length - Integer.BYTES) {
                MemorySegment.ofArray(file).set(LittleEndian.U32, at, data.consumeInt());
            } else {
                data.consumeInt();
            }
        }
        file[0] = 'H';
        HostileImages.exercise(file);
    }

    @FuzzTest(maxDuration = "30s")
    void pageTables(FuzzedDataProvider data) {
        PagingMode mode = data.pickValue(PagingMode.values());
        MemoryPicture picture = new MemoryPicture();
        for (int page = 0; page < 8; page++) {
            picture.page(page * 4096L);
        }
        while (data.remainingBytes() >= 6) {
            long at = data.consumeLong(0, 8 * 512 - 1) * 8;
            int frame = data.consumeInt(0, 9);
            long entry = data.consumeBoolean() ? (long) frame << 12 | data.consumeInt(0, 0xfff) : data.consumeLong();
            picture.u64(at, entry);
        }
        PagedMemory memory = PagedMemory.of(picture.physical(), mode, data.consumeLong(0, 0x7fff));
        HostileImages.exercise(memory);
        for (long va : new long[] {0, 0x8000_0000L, 0xffff_ffffL, 0xffff_f800_0000_0000L, -1}) {
            memory.locate(va);
            memory.physicalAddress(va);
            memory.isReadable(va, 0x3000);
        }
        PageDirectoryFinder.find(memory.physical());
    }
}
