package org.poolscope.driver.pe;

/**
 * The checksum of an image, which Windows demands to be right of every driver: the 16-bit words of the file added with the carry
 * added back in, the checksum field counted as zero, plus the file's length (documentation of {@code CheckSumMappedFile}).
 */
final class Checksum {

    private Checksum() {
    }

    static long of(byte[] file, int checksumOffset) {
        long sum = 0;
        for (int at = 0; at < file.length; at += 2) {
            int word = file[at] & 0xff | (at + 1 < file.length ? (file[at + 1] & 0xff) << 8 : 0);
            if (checksumOffset % 2 != 0) {
                word = without(file, at, checksumOffset);
            } else if (at >= checksumOffset && at < checksumOffset + 4) {
                word = 0;
            }
            sum += word;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum + file.length;
    }

    private static int without(byte[] file, int at, int field) {
        int low = at >= field && at < field + 4 ? 0 : file[at] & 0xff;
        int high = at + 1 >= file.length || at + 1 >= field && at + 1 < field + 4 ? 0 : file[at + 1] & 0xff;
        return low | high << 8;
    }
}
