package org.poolscope.memory;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Small hibernation files, byte by byte. Pages are packed by runs of one byte alone. */
final class HibernationPicture {

    static final int PAGE = 4096;

    private HibernationPicture() {
    }

    /** Plain LZ77 in which every match repeats the byte before it. */
    static byte[] packed(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream group = new ByteArrayOutputStream();
        int flags = 0;
        int count = 0;
        int at = 0;
        while (at < bytes.length) {
            int run = 1;
            while (at > 0 && bytes[at] == bytes[at - 1] && at + run < bytes.length && run < 9 && bytes[at + run] == bytes[at]) {
                run++;
            }
            boolean match = at > 0 && bytes[at] == bytes[at - 1] && run >= 3;
            if (match) {
                group.write(run - 3);
                group.write(0);
            } else {
                run = 1;
                group.write(bytes[at]);
            }
            flags = flags << 1 | (match ? 1 : 0);
            at += run;
            if (++count == 32 || at == bytes.length) {
                int rest = 32 - count;
                int whole = rest == 0 ? flags : flags << rest | (1 << rest) - 1;
                out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(whole).array());
                out.writeBytes(group.toByteArray());
                group.reset();
                count = 0;
            }
        }
        return out.toByteArray();
    }

    /** A file of 64-bit Windows 7: two tables would not fit, so one, with two ranges in two blocks, the second stored as it is. */
    static FilePicture windows7(byte[] pages, long firstPage) {
        int count = pages.length / PAGE;
        byte[] first = packed(Arrays.copyOf(pages, pages.length - PAGE));
        FilePicture file = new FilePicture().text(0, "HIBR").u32(0xc, 0x128).u32(0x18, PAGE).u64(0x60, 3)
                .u64(0x1000, 0x8005_0031L).u64(0x1010, firstPage << 12).u64(0x1018, 0x6f8)
                .u32(0x3008, 2).u64(0x3010, firstPage).u64(0x3018, firstPage + count - 1)
                .u64(0x3020, firstPage + 100).u64(0x3028, firstPage + 101);
        block(file, 0x4000, count - 1, first);
        int second = 0x4000 + 32 + (first.length + 7) / 8 * 8;
        block(file, second, 1, Arrays.copyOfRange(pages, pages.length - PAGE, pages.length));
        return file;
    }

    static void block(FilePicture file, int at, int pages, byte[] content) {
        file.u8(at, 0x81).u8(at + 1, 0x81).text(at + 2, "xpress").u32(at + 8, (long) content.length - 1 << 10 | pages - 1)
                .bytes(at + 32, content);
    }

    /** A file of Windows 10: a set for the loader, with method 1, and two for the kernel, the last of them stored as it is. */
    static FilePicture windows10(byte[] pages, long firstPage) {
        int count = pages.length / PAGE;
        FilePicture file = new FilePicture().text(0, "HIBR").u32(0xc, 0x3e0).u32(0x18, PAGE).u64(0x58, 1).u64(0x68, 2)
                .u64(0x70, 3).u64(0x230, count - 1)
                .u64(0x1000, 0x8005_0031L).u64(0x1010, firstPage << 12).u64(0x1018, 0x6f8);
        set(file, 0x2000, 1, packed(Arrays.copyOf(pages, PAGE)), firstPage << 4);
        int next = set(file, 0x3000, 0, packed(Arrays.copyOfRange(pages, PAGE, pages.length - PAGE)), firstPage + 1 << 4 | 0,
                firstPage + 2 << 4 | count - 4);
        int end = set(file, next, 3, Arrays.copyOfRange(pages, pages.length - PAGE, pages.length), firstPage + 100 << 4);
        return file.u64(end, 0);
    }

    static int set(FilePicture file, int at, int method, byte[] content, long... ranges) {
        file.u32(at, ranges.length | (long) content.length << 8 | (long) method << 30);
        for (int i = 0; i < ranges.length; i++) {
            file.u64(at + 4 + 8 * i, ranges[i]);
        }
        file.bytes(at + 4 + 8 * ranges.length, content);
        return at + 4 + 8 * ranges.length + content.length;
    }
}
