package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.IOException;
import java.util.Locale;

/** A {@code poolmon -n} snapshot of the photo machine, taken while mup.sys still drew all its memory under one tag. */
final class PoolmonLog {

    /** Tag, pool, then allocs, frees and bytes at the first snapshot and how much each grows until the second. */
    private record Row(String tag, String pool, long allocs, long frees, long bytes, long moreAllocs, long moreFrees,
            long moreBytes) {
    }

    private static final Row[] ROWS = {
        new Row("Mup ", "Paged", 1_191_044, 18_220, 123_737_256, 848_317, 9_406, 88_460_432),
        new Row("IoNm", "Paged", 4_518_830, 4_447_213, 9_168_912, 961_044, 912_330, 6_234_880),
        new Row("MmSt", "Paged", 91_377, 72_604, 9_931_240, 20_118, 20_054, 34_112),
        new Row("CM31", "Paged", 1_804, 1_219, 6_471_680, 12, 11, 4_096),
        new Row("Ntff", "Paged", 51_022, 47_619, 2_722_400, 9_230, 9_244, -11_200),
        new Row("NtfF", "Paged", 40_121, 37_808, 1_018_720, 7_731, 7_702, 12_760),
        new Row("Gh05", "Paged", 18_430, 17_101, 1_532_088, 2_210, 2_204, 7_392),
        new Row("Toke", "Paged", 303_877, 303_240, 940_816, 60_410, 60_402, 12_160),
        new Row("FMfn", "Paged", 3_190_244, 3_186_804, 770_352, 712_044, 711_960, 19_040),
        new Row("LSwi", "Nonp", 2, 0, 1_048_576, 0, 0, 0),
        new Row("MmCa", "Nonp", 88_311, 80_147, 979_648, 19_877, 19_850, 3_240),
        new Row("File", "Nonp", 6_204_119, 6_199_830, 663_312, 1_230_004, 1_229_951, 8_056),
        new Row("Thre", "Nonp", 9_882, 9_461, 269_440, 1_904, 1_901, 1_920),
        new Row("Irp ", "Nonp", 8_104_406, 8_104_010, 118_952, 1_730_221, 1_730_213, 2_416),
        new Row("Even", "Nonp", 2_019_944, 2_016_377, 171_216, 422_801, 422_788, 624),
        new Row("Mup ", "Nonp", 5, 0, 408, 0, 0, 0),
    };

    private PoolmonLog() {
    }

    static void write(CaseFolder out, String name, String time, double scale, int snapshot) throws IOException {
        long paged = 0;
        long nonPaged = 0;
        for (Row row : ROWS) {
            long bytes = scaled(row.bytes() + snapshot * row.moreBytes(), scale);
            if (row.pool().equals("Paged")) {
                paged += bytes;
            } else {
                nonPaged += bytes;
            }
        }
        // The pools hold some more than the tags shown: free blocks, and tags too small to be listed here.
        long pagedK = (paged + paged / 12) >> 10;
        long nonPagedK = (nonPaged + nonPaged / 3) >> 10;
        try (BufferedWriter text = out.text(name)) {
            line(text, time);
            line(text, String.format(Locale.ROOT, " Memory: 2096056K Avail: %7dK  PageFlts: %5d   InRam Krnl: 2484K P:%6dK",
                    1_491_212 - snapshot * 81_344, 1_220 + snapshot * 44, pagedK * 9 / 10));
            line(text, String.format(Locale.ROOT, " Commit: %6dK Limit:4157084K Peak: 740284K            Pool N:%5dK P:%6dK",
                    604_112 + snapshot * 92_130, nonPagedK, pagedK));
            line(text, "");
            line(text, " Tag  Type        Allocs            Frees            Diff    Bytes      Per Alloc");
            line(text, "");
            for (Row row : ROWS) {
                long allocs = scaled(row.allocs() + snapshot * row.moreAllocs(), scale);
                long frees = scaled(row.frees() + snapshot * row.moreFrees(), scale);
                long bytes = scaled(row.bytes() + snapshot * row.moreBytes(), scale);
                long diff = allocs - frees;
                line(text, String.format(Locale.ROOT, " %-4s %-5s %10d (   0) %10d (   0) %8d %9d (     0) %6d", row.tag(),
                        row.pool(), allocs, frees,
                        diff, bytes, diff == 0 ? 0 : bytes / diff));
            }
        }
    }

    private static long scaled(long value, double scale) {
        return value < 10 ? value : Math.round(value * scale);
    }

    private static void line(BufferedWriter text, String line) throws IOException {
        text.write(line);
        text.write("\r\n");
    }
}
