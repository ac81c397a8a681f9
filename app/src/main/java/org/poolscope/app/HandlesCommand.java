package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.HandleUse;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code poolscope handles}: which process holds how many handles of which type. */
@Command(name = "handles", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Which process holds how many handles of which type, and the pool tag that type uses; the most first.",
        footer = {"", "Examples:", "  poolscope handles MEMORY.DMP", "  poolscope handles MEMORY.DMP --by process"})
final class HandlesCommand extends ObjectsCommand {

    /** What the handles are added up by. */
    enum By {
        type,
        process
    }

    private static final Listing<HandleUse> LISTING = new Listing<HandleUse>((row, json) -> {
        text(json, "process", row.process());
        number(json, "pid", row.pid());
        text(json, "type", row.type());
        text(json, "tag", row.tag());
        number(json, "count", row.count());
    })
            .number("Handles", row -> Quantity.count(row.count()))
            .number("Pid", row -> row.pid() == null ? null : row.pid().toString())
            .text("Process", HandleUse::process)
            .text("Tag", row -> row.tag() == null ? null : row.tag().toString())
            .text("Type", HandleUse::type);

    @Option(names = "--by", paramLabel = "type|process",
            description = "Add up over all processes, or over all types: ${COMPLETION-CANDIDATES} (default: neither).")
    private By by;

    @Override
    void answer(KernelImage image, KernelObjects objects, Progress progress, Output output) throws Exception {
        UnaryOperator<HandleUse> key = switch (by) {
            case null -> use -> use.with(0);
            case type -> use -> new HandleUse(null, null, 0, use.type(), use.tag(), 0);
            case process -> use -> new HandleUse(use.process(), use.pid(), use.processAddress(), null, null, 0);
        };
        Map<HandleUse, Long> sums = new LinkedHashMap<>();
        objects.handles(progress).orThrow(path()).forEach(use -> sums.merge(key.apply(use), use.count(), Long::sum));
        output.list(LISTING, sums.entrySet().stream().map(sum -> sum.getKey().with(sum.getValue()))
                .sorted(Comparator.comparingLong(HandleUse::count).reversed()).iterator());
    }
}
