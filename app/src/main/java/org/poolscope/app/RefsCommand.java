package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.poolscope.diagnosis.SessionTags;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Address;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.pool.BlockState;
import org.poolscope.pool.LostBlocks;
import org.poolscope.pool.PointerTarget;
import org.poolscope.pool.PointerTargets;
import org.poolscope.pool.PoolBlocks;
import org.poolscope.pool.Reachability;
import org.poolscope.pool.References;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code poolscope refs}: every pointer to a block, or to any block of a tag. */
@Command(name = "refs", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Who points to this block, or to any block of a tag?",
        description = {"", "Searches all kernel memory in the image. A pointer may lead anywhere into a block; one that stands in "
                + "memory that is free by now was left behind, and is listed too; it does not count, no more than the kernel's own lists of "
                + "all allocations, what stands below a stack pointer, and words in blocks that nothing leads to."},
        footer = {"", "Examples:", "  poolscope refs MEMORY.DMP 0x8552a048", "  poolscope refs MEMORY.DMP --tag 'Io'"})
final class RefsCommand extends PoolBlocksCommand {

    @Parameters(index = "1", arity = "0..1", paramLabel = "ADDRESS", converter = AddressConverter.class,
            description = "An address in the block, in hex.")
    private Long address;

    @Option(names = "--tag", paramLabel = "TAG", converter = ProfileCommand.TagConverter.class,
            description = "Any block of this tag; blanks at its end may be left out.")
    private PoolTag tag;

    @Override
    void checkUsage() {
        if ((address == null) == (tag == null)) {
            throw misused("give either an ADDRESS or a --tag");
        }
    }

    @Override
    void answer(KernelImage image, PoolBlocks blocks, Progress progress, Output output) throws Exception {
        References references = tag != null ? References.to(image, blocks, tag)
                : References.to(image, blocks, address).orElseThrow(() -> new EvidenceException(path(), Address.text(address),
                        "it lies in no block of pool that is in the image", "blocks lists the blocks"));
        Reachability reached = Reachability.of(image, blocks, progress);
        Reachability.Doubt doubts = reached.doubts();
        PointerTargets names = new PointerTargets(image, blocks);
        References.Cursor cursor = references.cursor(progress);
        Listing<References.Cursor> listing = new Listing<References.Cursor>((one, json) -> {
            text(json, "from", Address.text(one.from()));
            text(json, "fromWhat", what(names, one));
            text(json, "to", Address.text(one.to()));
            number(json, "offset", one.offset());
            text(json, "doubt", doubt(doubts, one));
        })
                .text("From", one -> Address.text(one.from()))
                .text("To", one -> Address.text(one.to()))
                .text("Offset", one -> (one.offset() < 0 ? "-" : "+") + Address.text(Math.abs(one.offset())))
                .text("Counts", one -> doubts.of(one.from(), one.word()).isEmpty() ? "yes" : "no")
                .text("From what", one -> Stream.of(what(names, one), doubt(doubts, one)).filter(Objects::nonNull).distinct()
                        .collect(Collectors.joining("; ")));
        output.list(listing, new Rows(cursor));
        if (!output.isJson()) {
            output.line(verdict(blocks, reached, LostBlocks.of(image, blocks, reached, new SessionTags(), progress)));
        }
        if (references.absentPages() > 0) {
            warn(Quantity.count(references.absentPages(), "kernel page is", "kernel pages are") + " not in the image and may hold pointers too");
        }
    }

    /** What {@code leaks} makes of the block asked for. */
    private String verdict(PoolBlocks blocks, Reachability reached, LostBlocks lost) {
        if (address == null) {
            return "Words that do not count keep no block: leaks does not follow them.";
        }
        boolean used = blocks.blockAt(address).filter(block -> block.state() == BlockState.ALLOCATED).isPresent();
        if (!used || reached.isReached(address)) {
            return used ? "The block is reached." : "The block is not in use.";
        }
        return lost.isUndecided(address) ? "No word that counts leads to the block, but memory that is not in the image may: it is undecided."
                : "No word that counts leads to the block: it is unreferenced.";
    }

    private static String doubt(Reachability.Doubt doubts, References.Cursor one) {
        return doubts.of(one.from(), one.word()).orElse(null);
    }

    private static String what(PointerTargets names, References.Cursor one) {
        return names.describe(one.from()).map(PointerTarget::what).orElse(null);
    }

    /** The same cursor for each row. */
    private static final class Rows implements Iterator<References.Cursor> {

        private final References.Cursor cursor;
        private boolean ahead;
        private boolean any;

        Rows(References.Cursor cursor) {
            this.cursor = cursor;
        }

        @Override
        public boolean hasNext() {
            if (!ahead) {
                any = cursor.next();
                ahead = true;
            }
            return any;
        }

        @Override
        public References.Cursor next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            ahead = false;
            return cursor;
        }
    }
}
