package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.Absence;
import org.poolscope.model.Address;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.pool.LostBlocks;
import org.poolscope.pool.PoolBlocks;
import org.poolscope.pool.Reachability;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code poolscope leaks}: blocks that nothing points to any more. */
@Command(name = "leaks", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Blocks that nothing points to any more.",
        description = {"Follows every pointer from the kernel's memory into and through the pools. An allocated block that is never reached",
            "cannot be freed by anybody: it is leaked. A word that only looks like a pointer counts as one, so a leaked block may",
            "be missed; what is reported has no pointer in anything the image holds."},
        footer = {"", "Examples:", "  poolscope leaks MEMORY.DMP", "  poolscope leaks MEMORY.DMP --all --format json"})
final class LeaksCommand extends PoolBlocksCommand {

    @Option(names = "--all", description = "List also the tags of which every block is reached.")
    private boolean all;

    @Override
    void answer(KernelImage image, PoolBlocks blocks, Progress progress, Output output) throws Exception {
        Reachability reached = Reachability.of(image, blocks, progress);
        LostBlocks lost = LostBlocks.of(image, blocks, reached, progress);
        List<LostBlocks.Row> rows = lost.rows().stream().filter(row -> all || row.unreferencedBlocks() + row.undecidedBlocks() > 0).toList();
        output.list(LISTING, rows.iterator());
        for (Reachability.StaleWord word : reached.staleWords()) {
            warn("a single word at " + Address.text(word.address()) + " leads to " + Quantity.count(word.blocks())
                    + " of these blocks; it stands where blocks of its kind hold leftovers, and was not believed");
        }
        if (!output.isJson()) {
            if (lost.hiddenBytes() > 0) {
                output.line("Undecided: nothing in the image points to these blocks, but they point into, or are linked with blocks that point into, "
                        + Quantity.bytes(lost.hiddenBytes()) + " of pool that are not in it.");
            }
            output.line("Searched " + Quantity.bytes(reached.seenBytes()) + " of kernel memory for pointers" + unseen(reached.unseenBytes()) + ".");
        }
    }

    private static String unseen(Map<Absence, Long> unseen) {
        return unseen.isEmpty() ? "" : "; not searched, and able to hide pointers: " + unseen.entrySet().stream()
                .map(part -> Quantity.bytes(part.getValue()) + " " + part.getKey())
                .sorted().collect(Collectors.joining(", "));
    }

    private static final Listing<LostBlocks.Row> LISTING = new Listing<LostBlocks.Row>((row, json) -> {
        text(json, "tag", row.tag());
        text(json, "pool", row.pool());
        number(json, "blocks", row.blocks());
        number(json, "bytes", row.bytes());
        number(json, "unreferencedBlocks", row.unreferencedBlocks());
        number(json, "unreferencedBytes", row.unreferencedBytes());
        number(json, "undecidedBlocks", row.undecidedBlocks());
        text(json, "example", row.example() == null ? null : Address.text(row.example()));
    })
            .text("Tag", row -> row.tag().toString())
            .text("Pool", row -> row.pool().word())
            .number("Blocks", row -> Quantity.count(row.blocks()))
            .number("Bytes", row -> Quantity.count(row.bytes()))
            .number("Unreferenced", row -> Quantity.count(row.unreferencedBlocks()))
            .number("Bytes", row -> Quantity.count(row.unreferencedBytes()))
            .number("Undecided", row -> row.undecidedBlocks() == 0 ? "" : Quantity.count(row.undecidedBlocks()))
            .number("Share", row -> Quantity.percent(row.unreferencedShare()))
            .text("For instance", row -> row.example() == null ? "" : Address.text(row.example()));
}
