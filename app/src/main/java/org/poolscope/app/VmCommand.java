package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;
import org.poolscope.pool.Fragmentation;
import org.poolscope.pool.PoolBlocks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code poolscope vm}: memory totals, and pool use against its limit, as the debugger's {@code !vm 1}. */
@Command(name = "vm", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Memory totals, and pool use against its limit (as !vm 1).",
        footer = {"", "Examples:", "  poolscope vm MEMORY.DMP", "  poolscope vm MEMORY.DMP --fragmentation"})
final class VmCommand extends ImageCommand {

    private static final int PAGE = 4096;

    @Option(names = "--fragmentation", description = "Look also at what is free: free blocks by size, the pools' free lists, runs of free pages, "
            + "and whether a pool fails from fragmentation rather than from size. Walks all blocks.")
    private boolean fragmentation;

    private final List<String> warnings = new ArrayList<>();

    @Override
    void answer(KernelImage image, Progress progress, Output output) throws Exception {
        MemoryCounters totals = image.counters().orThrow(path());
        List<Fragmentation> pools = List.of();
        if (fragmentation) {
            PoolBlocks blocks = PoolBlocks.walk(image, progress);
            warnings.addAll(blocks.warnings());
            pools = Fragmentation.of(image, blocks);
            pools.forEach(pool -> pool.lists().ifPresent(lists -> warnings.addAll(lists.damage())));
        }
        List<Fragmentation> looked = pools;
        if (output.isJson()) {
            output.document(json -> {
                write(totals, json);
                if (fragmentation) {
                    FragmentationText.write(looked, json);
                }
            });
        } else {
            print(totals, output);
            for (Fragmentation pool : looked) {
                FragmentationText.print(pool, output);
            }
        }
    }

    @Override
    List<String> moreWarnings() {
        return warnings;
    }

    private static void write(MemoryCounters totals, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("nonPagedPool");
        number(json, "usedBytes", totals.nonPagedUsedBytes());
        number(json, "maximumBytes", totals.nonPagedMaximumBytes());
        json.writeEndObject();
        json.writeObjectFieldStart("pagedPool");
        number(json, "usedBytes", totals.pagedUsedBytes());
        number(json, "maximumBytes", totals.pagedMaximumBytes());
        json.writeArrayFieldStart("pools");
        for (MemoryCounters.PagedPoolUse pool : totals.pagedPools()) {
            json.writeStartObject();
            number(json, "index", pool.index());
            number(json, "usedBytes", pool.usedBytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        number(json, "physicalBytes", totals.physicalBytes());
        number(json, "availableBytes", totals.availableBytes());
        number(json, "residentAvailableBytes", totals.residentAvailableBytes());
        number(json, "committedBytes", totals.committedBytes());
        number(json, "commitLimitBytes", totals.commitLimitBytes());
        number(json, "peakCommitBytes", totals.peakCommitBytes());
        json.writeArrayFieldStart("excessive");
        for (PoolKind pool : totals.excessive()) {
            json.writeString(pool.word());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("impossible");
        for (String figure : totals.impossible()) {
            json.writeString(figure);
        }
        json.writeEndArray();
    }

    private static void print(MemoryCounters totals, Output output) throws IOException {
        line(output, "Physical memory", totals.physicalBytes());
        line(output, "Available", totals.availableBytes());
        line(output, "Resident available", totals.residentAvailableBytes());
        line(output, "Nonpaged pool used", totals.nonPagedUsedBytes());
        line(output, "Nonpaged pool maximum", totals.nonPagedMaximumBytes());
        for (MemoryCounters.PagedPoolUse pool : totals.pagedPools()) {
            line(output, "Paged pool " + pool.index() + " used", pool.usedBytes());
        }
        for (PoolKind pool : totals.excessive()) {
            output.line("********** excessive " + pool.word() + " pool use **********");
        }
        line(output, "Paged pool used", totals.pagedUsedBytes());
        line(output, "Paged pool maximum", totals.pagedMaximumBytes());
        line(output, "Committed", totals.committedBytes());
        line(output, "Commit limit", totals.commitLimitBytes());
        line(output, "Peak commitment", totals.peakCommitBytes());
        for (String figure : totals.impossible()) {
            output.line("Not used: " + figure);
        }
    }

    private static void line(Output output, String label, Long bytes) throws IOException {
        output.line(bytes == null ? String.format("%-24s %s", label, "not recorded")
                : String.format("%-24s %,13d pages (%,14d KB)", label, bytes / PAGE, bytes / 1024));
    }
}
