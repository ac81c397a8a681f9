package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.kernel.FreeLists;
import org.poolscope.model.Quantity;
import org.poolscope.pool.FreeRuns;
import org.poolscope.pool.Fragmentation;

/** Prints what {@code vm --fragmentation} found. */
final class FragmentationText {

    private static final int PAGE = 4096;

    private FragmentationText() {
    }

    static void write(List<Fragmentation> pools, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("fragmentation");
        for (Fragmentation pool : pools) {
            json.writeStartObject();
            text(json, "pool", pool.pool().word());
            text(json, "verdict", pool.verdict().word());
            text(json, "sentence", pool.sentence());
            number(json, "maximumBytes", pool.limitBytes());
            number(json, "heldBytes", pool.heldBytes());
            number(json, "seenBytes", pool.seenBytes());
            number(json, "usedBytes", pool.usedBytes());
            number(json, "parkedBytes", pool.parkedBytes());
            number(json, "freeBytes", pool.free().bytes());
            number(json, "otherBytes", pool.otherBytes());
            number(json, "freeBlocks", pool.free().blocks());
            number(json, "largestFreeBlock", pool.free().largest());
            number(json, "leftBytes", pool.leftBytes());
            number(json, "freePages", pool.runs().map(FreeRuns::pages).orElse(null));
            number(json, "freeRuns", pool.runs().map(FreeRuns::count).orElse(null));
            number(json, "largestFreeRunBytes", pool.longestRunBytes());
            text(json, "freeRunsUnknown", pool.runsUnknown().isEmpty() ? null : pool.runsUnknown());
            json.writeArrayFieldStart("freeBlocksBySize");
            for (Map.Entry<Integer, Long> size : pool.free().bySize().entrySet()) {
                json.writeStartObject();
                number(json, "size", size.getKey());
                number(json, "blocks", size.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectFieldStart("freeLists");
            number(json, "lists", pool.lists().map(FreeLists::filled).orElse(null));
            number(json, "blocks", pool.lists().map(FreeLists::blocks).orElse(null));
            number(json, "alsoFoundFree", pool.lists().isPresent() ? pool.listed() : null);
            number(json, "cut", pool.lists().map(FreeLists::cut).orElse(null));
            number(json, "damaged", pool.lists().map(FreeLists::damaged).orElse(null));
            json.writeEndObject();
            number(json, "sparsePages", pool.sparsePages());
            json.writeArrayFieldStart("heldBy");
            for (Fragmentation.Pin pin : pool.pins()) {
                json.writeStartObject();
                text(json, "tag", pin.tag());
                number(json, "pages", pin.pages());
                number(json, "bytes", pin.bytes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void print(Fragmentation pool, Output output) throws IOException {
        output.line("");
        output.line(pool.sentence());
        line(output, "In blocks and big pages", pool.usedBytes(), "");
        line(output, "On lookaside lists", pool.parkedBytes(), "");
        line(output, "Free between blocks", pool.free().bytes(), "in " + Quantity.count(pool.free().blocks(), "block", "blocks")
                + " of at most " + Quantity.count(pool.free().largest()) + " bytes");
        if (pool.unseenBytes() > 0) {
            line(output, "Not in the image", pool.unseenBytes(), "");
        }
        if (pool.otherBytes() > 0) {
            line(output, "In no block that is known", pool.otherBytes(), "");
        }
        if (pool.lists().isPresent()) {
            lists(pool, pool.lists().get(), output);
        }
        if (pool.runs().isPresent()) {
            FreeRuns runs = pool.runs().get();
            line(output, "Free pages", runs.pages() * PAGE, "in " + Quantity.count(runs.count(), "run", "runs") + ", the longest of "
                    + Quantity.bytes((long) runs.longest() * PAGE));
        }
        if (!pool.runsUnknown().isEmpty()) {
            output.line("  Free pages: " + pool.runsUnknown() + ".");
        }
        bySize(pool, output);
        if (!pool.pins().isEmpty()) {
            Fragmentation.Pin first = pool.pins().getFirst();
            output.line("  " + Quantity.count(pool.sparsePages(), "page is", "pages are") + " more than half free; blocks of tag '" + first.tag()
                    + "' stand on " + Quantity.count(first.pages()) + " of them, with " + Quantity.bytes(first.bytes()) + ".");
        }
    }

    private static void lists(Fragmentation pool, FreeLists lists, Output output) throws IOException {
        output.line("  The pool's own free lists have " + Quantity.count(lists.blocks(), "block", "blocks") + ", of "
                + Quantity.count(lists.filled(), "size", "sizes") + "; " + (pool.listed() == lists.blocks() ? "all are free by their headers too"
                        : Quantity.count(lists.blocks() - pool.listed()) + " of them are not free by their headers")
                + (lists.cut() > 0 ? "; " + Quantity.count(lists.cut(), "list leads", "lists lead") + " to pages that are not in the image" : "")
                + (lists.damaged() > 0 ? "; " + Quantity.count(lists.damaged(), "list is", "lists are") + " broken" : "") + ".");
    }

    /** The sizes in steps that double: pools have hundreds of them. */
    private static void bySize(Fragmentation pool, Output output) throws IOException {
        TreeMap<Integer, long[]> steps = new TreeMap<>();
        pool.free().bySize().forEach((size, blocks) -> {
            long[] step = steps.computeIfAbsent(Integer.highestOneBit(size), any -> new long[2]);
            step[0] += blocks;
            step[1] += blocks * size;
        });
        for (Map.Entry<Integer, long[]> step : steps.entrySet()) {
            output.line(String.format("  %5d to %4d bytes  %,13d free %s, %s", step.getKey(), 2 * step.getKey() - 1, step.getValue()[0],
                    step.getValue()[0] == 1 ? "block" : "blocks", Quantity.bytes(step.getValue()[1])));
        }
    }

    private static void line(Output output, String label, long bytes, String more) throws IOException {
        output.line(String.format("  %-25s %9s  %s", label, Quantity.bytes(bytes), more).stripTrailing());
    }
}
