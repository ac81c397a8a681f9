package org.poolscope.app.watch;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

/**
 * Appends samples to a file in the form of {@code poolmon -n}, each with its time in a line before it, as support scripts have
 * it: what
 * reads PoolMon's logs reads it.
 */
final class SnapshotLog {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final Path file;

    SnapshotLog(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** Appends a sample; figures that are not known are left out with their line. */
    void append(PoolSample sample) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.ISO_8859_1, StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
            if (sample.taken() != null) {
                line(out, TIME.format(sample.taken()));
            }
            MemoryCounters totals = sample.totals();
            if (totals != null && totals.physicalBytes() != null && totals.availableBytes() != null) {
                line(out, String.format(Locale.ROOT, " Memory:%8dK Avail:%8dK", totals.physicalBytes() >> 10,
                        totals.availableBytes() >> 10));
            }
            if (totals != null && totals.committedBytes() != null && totals.commitLimitBytes() != null
                    && totals.nonPagedUsedBytes() != null
                    && totals.pagedUsedBytes() != null) {
                long peak = totals.peakCommitBytes() == null ? totals.committedBytes() : totals.peakCommitBytes();
                line(out, String.format(Locale.ROOT, " Commit:%8dK Limit:%8dK Peak:%8dK            Pool N:%6dK P:%6dK",
                        totals.committedBytes() >> 10,
                        totals.commitLimitBytes() >> 10, peak >> 10, totals.nonPagedUsedBytes() >> 10,
                                totals.pagedUsedBytes() >> 10));
            }
            line(out, "");
            line(out, " Tag  Type     Allocs            Frees            Diff   Bytes      Per Alloc");
            line(out, "");
            List<TagUsage> rows = new ArrayList<>(sample.tags().rows());
            rows.sort(Comparator.comparing(TagUsage::tag));
            for (TagUsage row : rows) {
                for (PoolKind pool : PoolKind.values()) {
                    PoolUse use = row.use(pool);
                    if (use != null && !use.isUnused()) {
                        row(out, row, pool, use);
                    }
                }
            }
            line(out, "");
        }
    }

    private static void row(BufferedWriter out, TagUsage row, PoolKind pool, PoolUse use) throws IOException {
        long blocks = use.outstandingOrZero();
        long allocs = use.allocs() == null ? blocks : use.allocs();
        long frees = use.frees() == null ? allocs - blocks : use.frees();
        line(out, String.format(Locale.ROOT, " %s %-5s %10d %10d %8d %9d %6d", bytes(row), pool == PoolKind.PAGED ? "Paged"
                : "Nonp", allocs, frees, blocks,
                use.bytesOrZero(), blocks == 0 ? 0 : use.bytesOrZero() / blocks));
    }

    /** The tag's four bytes, as PoolMon writes them; what would end or break the line becomes a dot. */
    private static String bytes(TagUsage row) {
        StringBuilder text = new StringBuilder(4);
        for (int i = 0; i < 4; i++) {
            int value = row.tag().byteAt(i);
            text.append(value < 0x20 || value >= 0x7f && value < 0xa0 ? '.' : (char) value);
        }
        return text.toString();
    }

    private static void line(BufferedWriter out, String line) throws IOException {
        out.write(line);
        out.write("\r\n");
    }
}
