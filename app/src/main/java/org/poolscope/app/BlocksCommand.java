package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.poolscope.kernel.Answer;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
import org.poolscope.pool.BlockCursor;
import org.poolscope.pool.Damage;
import org.poolscope.pool.PoolBlocks;
import org.poolscope.pool.WalkTotals;
import org.poolscope.report.Listing;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code poolscope blocks}: every block of pool, as the debugger's {@code !poolfind}. */
@Command(name = "blocks", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Every block of pool (as !poolfind).",
        description = {"", "A block in state lookaside was given back and is parked on a free list, though its header says allocated."},
        footer = {"", "Examples:", "  poolscope blocks MEMORY.DMP --tag 'Io  ' --size 0x40 --format json",
            "  poolscope blocks MEMORY.DMP --totals"})
final class BlocksCommand extends PoolBlocksCommand {

    @Option(names = "--tag", paramLabel = "PATTERN", converter = PoolUsedCommand.PatternConverter.class,
            description = "Only tags that match; ? stands for one character, * at the end for any.")
    private TagPattern pattern;

    @Option(names = "--pool", paramLabel = "paged|nonpaged", description = "Only one pool.")
    private PoolKind pool;

    @Option(names = "--size", paramLabel = "N", converter = SizeConverter.class,
            description = "Only blocks of this many bytes, header included.")
    private Long size;

    @ArgGroup
    private Instead instead = new Instead();

    /** What to print in place of the blocks. */
    static final class Instead {
        @Option(names = "--totals", description = "Totals by tag and pool instead, beside what the kernel's tracker table says. The session "
                + "that the image shows has a table of its own, which only the kernel's symbols name.")
        private boolean totals;

        @Option(names = "--damage", description = "The places where pool is damaged instead, each with the reason.")
        private boolean damage;
    }

    private static final Listing<BlockCursor> BLOCKS = new Listing<BlockCursor>((block, json) -> {
        text(json, "address", Address.text(block.address()));
        number(json, "size", block.size());
        text(json, "pool", block.pool());
        text(json, "tag", block.tag());
        text(json, "state", block.state());
        text(json, "kind", block.kind());
    })
            .text("Address", block -> Address.text(block.address()))
            .number("Size", block -> Quantity.count(block.size()))
            .text("Tag", block -> block.tag().toString())
            .text("Pool", block -> block.session() ? "session" : block.pool().word())
            .text("State", block -> block.state().word())
            .text("Kind", block -> block.kind().word());

    private static final Listing<WalkTotals.Comparison> TOTALS = new Listing<WalkTotals.Comparison>((row, json) -> {
        text(json, "tag", row.walked().tag());
        text(json, "pool", row.walked().poolWord());
        number(json, "blocks", row.walked().blocks());
        number(json, "bytes", row.walked().bytes());
        number(json, "lookasideBlocks", row.walked().parked());
        number(json, "trackerBlocks", row.blocks());
        number(json, "trackerBytes", row.bytes());
    })
            .text("Tag", row -> row.walked().tag().toString())
            .text("Pool", row -> row.walked().poolWord())
            .number("Blocks", row -> Quantity.count(row.walked().blocks()))
            .number("Bytes", row -> Quantity.count(row.walked().bytes()))
            .number("Parked", row -> Quantity.count(row.walked().parked()))
            .number("Tracker blocks", row -> count(row.blocks()))
            .number("Tracker bytes", row -> count(row.bytes()))
            .number("Surplus", row -> row.surplusBlocks() == null ? null
                    : row.surplusBlocks() == 0 ? "" : String.format("%+,d", row.surplusBlocks()));

    private static final Listing<Damage> DAMAGE = new Listing<Damage>((damage, json) -> {
        text(json, "address", Address.text(damage.address()));
        text(json, "reason", damage.reason());
    })
            .text("Address", damage -> Address.text(damage.address()))
            .text("Damage", Damage::reason);

    @Override
    void checkUsage() {
        if (size != null && instead.totals) {
            throw misused("--totals are of blocks of all sizes, as the tracker table's: give no --size with it");
        }
        if (instead.damage && (size != null || pattern != null || pool != null)) {
            throw misused("--damage lists places, not blocks: give no --tag, --pool or --size with it");
        }
    }

    @Override
    void answer(KernelImage image, PoolBlocks blocks, Progress progress, Output output) throws Exception {
        if (instead.damage) {
            if (blocks.damage().isEmpty() && !output.isJson()) {
                output.line("No damage was found in the pool that is in the image.");
            } else {
                output.list(DAMAGE, blocks.damage().iterator());
            }
        } else if (instead.totals) {
            totals(image, blocks, output);
        } else {
            output.list(BLOCKS, new Chosen(blocks.cursor()));
        }
    }

    private void totals(KernelImage image, PoolBlocks blocks, Output output) throws IOException {
        WalkTotals totals = WalkTotals.of(blocks);
        if (image.tagTable().value().isEmpty()) {
            warn("no tracker table to compare with: " + image.tagTable().reason());
        }
        Answer<PoolSnapshot> session = image.sessionTagTable();
        if (!session.reason().isEmpty() && totals.rows().stream().anyMatch(WalkTotals.Row::session)) {
            warn("session pool has no table to compare with: " + session.reason());
        }
        output.list(TOTALS, totals.against(image.tagTable().value(), session.value()).stream()
                .filter(row -> (pattern == null || pattern.matches(row.walked().tag())) && (pool == null || pool == row.walked().pool()))
                .iterator());
    }

    private static String count(Long value) {
        return value == null ? null : Quantity.count(value);
    }

    /** The blocks asked for; the same cursor for each. */
    private final class Chosen implements Iterator<BlockCursor> {

        private final BlockCursor cursor;
        private boolean ahead;
        private boolean any;

        Chosen(BlockCursor cursor) {
            this.cursor = cursor;
        }

        @Override
        public boolean hasNext() {
            if (!ahead) {
                do {
                    any = cursor.next();
                } while (any && !isChosen());
                ahead = true;
            }
            return any;
        }

        @Override
        public BlockCursor next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            ahead = false;
            return cursor;
        }

        private boolean isChosen() {
            return (pattern == null || pattern.matches(cursor.key())) && (pool == null || pool == cursor.pool())
                    && (size == null || size == cursor.size());
        }
    }
}
