package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.memory.CrashDumpHeader.MemoryRun;

/**
 * Reads the header of a crash dump. Offsets: {@code DUMP_HEADER32} and {@code DUMP_HEADER64} of {@code mindumpdef.h} in the
 * Windows SDK; Volatility 2, Rekall and kdmp-parser agree, and real small dumps of builds 19041 (x64) and 22000 (ARM64) read so.
 */
final class CrashDumpHeaderReader {

    /** As many runs as fit into the 700 bytes of the descriptor. */
    private static final int RUN_LIMIT_32 = 86;
    private static final int RUN_LIMIT_64 = 42;

    private CrashDumpHeaderReader() {
    }

    static CrashDumpHeader read32(MemorySegment file, List<String> warnings) {
        HeaderBytes header = new HeaderBytes(file);
        List<Long> parameters = new ArrayList<>();
        for (int i = 0; i < 4 && header.has(0x2c + 4 * i, Integer.BYTES); i++) {
            parameters.add(Integer.toUnsignedLong(file.get(LittleEndian.U32, 0x2c + 4 * i)));
        }
        Integer pae = header.u8(0x5c);
        return new CrashDumpHeader(false, header.u32(0x08), header.u32(0x0c), header.u32AsLong(0x10), header.u32AsLong(0x14),
                header.u32AsLong(0x18), header.u32AsLong(0x1c), header.u32(0x20), header.u32(0x24), header.u32(0x28),
                wholeOrNone(parameters), pae == null || pae > 1 ? null : pae == 1, header.u32AsLong(0x60), header.u32(0xf88),
                header.u32(0xf94), header.u32(0xf98), header.u64(0xfa0), header.u64(0xfc0), header.u64(0xfb8), header.u32(0x8a0),
                header.u32(0x7d0), header.u32AsLong(0x7d0 + 0xc), header.text(0x820, 128, StandardCharsets.ISO_8859_1),
                runs32(header, warnings));
    }

    static CrashDumpHeader read64(MemorySegment file, List<String> warnings) {
        HeaderBytes header = new HeaderBytes(file);
        List<Long> parameters = new ArrayList<>();
        for (int i = 0; i < 4 && header.has(0x40 + 8 * i, Long.BYTES); i++) {
            parameters.add(file.get(LittleEndian.U64, 0x40 + 8 * i));
        }
        return new CrashDumpHeader(true, header.u32(0x08), header.u32(0x0c), header.u64(0x10), header.u64(0x18),
                header.u64(0x20), header.u64(0x28), header.u32(0x30), header.u32(0x34), header.u32(0x38),
                wholeOrNone(parameters), null, header.u64(0x80), header.u32(0xf98),
                header.u32(0x1040), header.u32(0x1044), header.u64(0xfa0), header.u64(0xfa8), header.u64(0x1030),
                header.u32(0x1050),
                header.u32(0xf00),
                header.u64(0xf00 + 0x10), header.text(0xfb0, 128, StandardCharsets.ISO_8859_1), runs64(header, warnings));
    }

    /** All four parameters, or none when they are cut off or none of them was ever filled in. */
    private static List<Long> wholeOrNone(List<Long> parameters) {
        boolean filled = parameters.stream().anyMatch(value -> value != HeaderBytes.FILL_64 && value != HeaderBytes.FILL_32);
        return parameters.size() == 4 && filled ? parameters : List.of();
    }

    private static List<MemoryRun> runs32(HeaderBytes header, List<String> warnings) {
        List<MemoryRun> runs = new ArrayList<>();
        int count = runCount(header.u32(0x64), RUN_LIMIT_32, warnings);
        for (int i = 0; i < count; i++) {
            if (!addRun(runs, header.u32AsLong(0x6c + 8L * i), header.u32AsLong(0x70 + 8L * i), warnings)) {
                break;
            }
        }
        return runs;
    }

    private static List<MemoryRun> runs64(HeaderBytes header, List<String> warnings) {
        List<MemoryRun> runs = new ArrayList<>();
        int count = runCount(header.u32(0x88), RUN_LIMIT_64, warnings);
        for (int i = 0; i < count; i++) {
            if (!addRun(runs, header.u64(0x98 + 16L * i), header.u64(0xa0 + 16L * i), warnings)) {
                break;
            }
        }
        return runs;
    }

    /** Adds a run; {@code false} when it makes no sense, and with it the place of all that follow. */
    private static boolean addRun(List<MemoryRun> runs, Long first, Long pages, List<String> warnings) {
        boolean sound = first != null && pages != null && first >= 0 && pages >= 0
                && first <= PageRuns.Builder.PAGE_LIMIT && pages <= PageRuns.Builder.PAGE_LIMIT;
        if (sound) {
            runs.add(new MemoryRun(first, pages));
        } else {
            warnings.add("run %d of physical memory in the header makes no sense: it and what follows are left out"
                    .formatted(runs.size()));
        }
        return sound;
    }

    private static int runCount(Integer count, int limit, List<String> warnings) {
        if (count == null) {
            return 0;
        }
        if (count < 0 || count > limit) {
            warnings.add("the header counts %s runs of physical memory, at most %d fit: the list is not used"
                    .formatted(Integer.toUnsignedString(count), limit));
            return 0;
        }
        return count;
    }
}
