package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.poolscope.diagnosis.SessionTags;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.Absence;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
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
            "be missed; what is reported has no pointer in anything the image holds. Blocks that memory out of sight may hold are",
            "undecided. refs says of one block which words lead to it, and why they do not count."},
        footer = {"", "Examples:", "  poolscope leaks MEMORY.DMP", "  poolscope leaks MEMORY.DMP --tag 'Fc*' --pool nonpaged",
            "  poolscope leaks MEMORY.DMP --all --format json"})
final class LeaksCommand extends PoolBlocksCommand {

    private static final long FEW_BLOCKS = 100;
    private static final long FEW_BYTES = 1 << 20;

    @Option(names = "--all", description = "List also the tags of which every block is reached, or all but a few.")
    private boolean all;

    @Option(names = "--tag", paramLabel = "PATTERN", converter = PoolUsedCommand.PatternConverter.class,
            description = "Only tags that match; ? stands for one character, * at the end for any.")
    private TagPattern pattern;

    @Option(names = "--pool", paramLabel = "paged|nonpaged", description = "Only one pool.")
    private PoolKind pool;

    @Override
    void answer(KernelImage image, PoolBlocks blocks, Progress progress, Output output) throws Exception {
        Reachability reached = Reachability.of(image, blocks, progress);
        LostBlocks lost = LostBlocks.of(image, blocks, reached, new SessionTags(), progress);
        List<LostBlocks.Row> asked = lost.rows().stream()
                .filter(row -> (pattern == null || pattern.matches(row.tag())) && (pool == null || pool == row.pool())).toList();
        List<LostBlocks.Row> rows = asked.stream().filter(row -> all || row.unreferencedBlocks() + row.undecidedBlocks() > 0).toList();
        // Who names a tag wants to see it, however little of it is lost.
        List<LostBlocks.Row> few = output.isJson() || all || pattern != null ? List.of() : rows.stream().filter(LeaksCommand::isFew).toList();
        List<LostBlocks.Row> listed = rows.stream().filter(row -> !few.contains(row)).toList();
        if (output.isJson() || !listed.isEmpty()) {
            output.list(LISTING, listed.iterator());
        } else if (few.isEmpty()) {
            output.line(asked.isEmpty() ? "There is no allocated block" + these() + " in the image."
                    : "Nothing is lost: every allocated block" + these() + " is reached.");
        }
        for (Reachability.StaleWord word : reached.staleWords()) {
            warn("a single word at " + Address.text(word.address()) + " leads to " + Quantity.count(word.blocks())
                    + " of these blocks; it stands where blocks of its kind hold leftovers, and was not believed");
        }
        if (!output.isJson()) {
            if (!few.isEmpty()) {
                output.line(few(few));
            }
            if (rows.stream().anyMatch(row -> row.undecidedBlocks() > 0)) {
                undecided(lost, output);
            }
            output.line("Searched " + Quantity.bytes(reached.seenBytes()) + " of kernel memory for pointers"
                    + unseen(reached.unseenBytes(), image.version().build()) + ".");
        }
    }

    /** Which blocks were asked for, as a part of a sentence. */
    private String these() {
        return (pattern == null ? "" : " of tag '" + pattern + "'") + (pool == null ? "" : " of " + pool.word() + " pool");
    }

    /** Drivers lose a few blocks while they start, on any machine. That is true of them, and no cause of anything. */
    private static boolean isFew(LostBlocks.Row row) {
        return row.unreferencedBlocks() < FEW_BLOCKS && row.unreferencedBytes() < FEW_BYTES && row.undecidedBlocks() < FEW_BLOCKS;
    }

    private static String few(List<LostBlocks.Row> few) {
        long lost = few.stream().mapToLong(LostBlocks.Row::unreferencedBlocks).sum();
        long undecided = few.stream().mapToLong(LostBlocks.Row::undecidedBlocks).sum();
        return "Not listed: " + Quantity.count(few.size(), "tag", "tags") + " of which fewer than " + FEW_BLOCKS + " blocks each are concerned ("
                + Quantity.count(lost) + " unreferenced, " + Quantity.bytes(few.stream().mapToLong(LostBlocks.Row::unreferencedBytes).sum())
                + (undecided == 0 ? "" : "; " + Quantity.count(undecided) + " undecided")
                + "). Drivers lose a few blocks while they start, on a healthy machine too. --all lists them.";
    }

    private static void undecided(LostBlocks lost, Output output) throws IOException {
        output.line("Undecided: nothing in the image points to these blocks, and what may is not in it:");
        if (lost.missingPages() > 0) {
            output.line("  the file is cut short or damaged: the " + Quantity.count(lost.missingPages(), "page", "pages")
                    + " it lacks may hold pointers to any of them.");
            return;
        }
        boolean sessions = lost.hiddenSessions().isPresent();
        if (lost.hiddenBytes() > 0) {
            output.line("  they point into, or are linked with blocks that point into, " + Quantity.bytes(lost.hiddenBytes())
                    + " of pool that are not in the image" + (sessions ? ";" : "."));
        }
        if (sessions) {
            output.line("  they are session pool or belong to windows and graphics (win32k.sys), whose tables stand in session memory, and "
                    + lost.hiddenSessions().get() + ".");
        }
    }

    private static String unseen(Map<Absence, Long> unseen, int build) {
        return unseen.isEmpty() ? "" : "; not searched, and able to hide pointers: " + unseen.entrySet().stream()
                .map(part -> Quantity.bytes(part.getValue()) + " " + part.getKey().words(build))
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
