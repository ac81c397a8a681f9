package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
import org.poolscope.pool.WalkTotals;
import org.poolscope.report.Listing;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code poolscope refs}: every pointer to a block, or to any block of a tag. */
@Command(name = "refs", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Who points to this block, or to any block of a tag?",
        description = {"", "Searches all kernel memory in the image. A pointer may lead anywhere into a block; one that stands in "
                + "memory that is free by now was left behind, and is listed too; it does not count, no more than the kernel's own lists of "
                + "all allocations, what stands below a stack pointer, and words in blocks that nothing leads to. Those that count come first; of a "
                + "tag, the end says how many there are, from where."},
        footer = {"", "Examples:", "  poolscope refs MEMORY.DMP 0x8552a048", "  poolscope refs MEMORY.DMP --tag 'Io'",
            "  poolscope refs MEMORY.DMP --tag 'Io' --counting    who keeps these blocks"})
final class RefsCommand extends PoolBlocksCommand {

    /** Kinds of places told at the end. */
    private static final int MOST_KINDS = 10;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ADDRESS", converter = AddressConverter.class,
            description = "An address in the block, in hex.")
    private Long address;

    @Option(names = "--tag", paramLabel = "TAG", converter = ProfileCommand.TagConverter.class,
            description = "Any block of this tag; blanks at its end may be left out.")
    private PoolTag tag;

    @Option(names = "--counting", description = "List only those that count.")
    private boolean counting;

    @Override
    void checkUsage() {
        if ((address == null) == (tag == null)) {
            throw misused("give either an ADDRESS or a --tag");
        }
    }

    @Override
    void answer(KernelImage image, PoolBlocks blocks, Progress progress, Output output) throws Exception {
        if (tag != null && WalkTotals.of(blocks).rows().stream().noneMatch(row -> row.tag().equals(tag) && row.blocks() > 0)) {
            throw new EvidenceException(path(), "", "it has no allocated block of tag '" + tag + "'", "poolused lists the tags");
        }
        References references = tag != null ? References.to(image, blocks, tag)
                : References.to(image, blocks, address).orElseThrow(() -> new EvidenceException(path(), Address.text(address),
                        "it lies in no block of pool that is in the image", "blocks lists the blocks"));
        Reachability reached = Reachability.of(image, blocks, progress);
        Reachability.Doubt doubts = reached.doubts();
        PointerTargets names = new PointerTargets(image, blocks);
        References.Cursor cursor = references.cursor(progress);
        if (output.isJson()) {
            output.list(listing(names, doubts), new Rows(cursor, counting, doubts));
        } else {
            print(cursor, names, doubts, output);
            output.line(verdict(blocks, reached, LostBlocks.of(image, blocks, reached, new SessionTags(), progress)));
        }
        if (references.absentPages() > 0) {
            warn(Quantity.count(references.absentPages(), "kernel page is", "kernel pages are") + " not in the image and may hold pointers too");
        }
    }

    /** Those that count first, and for a tag at the end how many there are from where: of one that leaks there are thousands. */
    private void print(References.Cursor cursor, PointerTargets names, Reachability.Doubt doubts, Output output) throws IOException {
        Words counted = new Words();
        Words doubted = new Words();
        while (cursor.next()) {
            Word word = new Word(cursor.from(), cursor.word(), cursor.to());
            String doubt = doubt(doubts, word);
            String kind = names.describe(word.from()).map(PointerTargets::general).map(PointerTarget::what).orElse("kernel memory");
            (doubt == null ? counted : doubted).add(word, doubt == null || doubt.equals(kind) ? kind : kind + "; " + doubt);
        }
        long all = counted.count + doubted.count;
        if (all > 0) {
            output.list(listing(names, doubts), counting ? counted.iterator() : Stream.concat(counted.stream(), doubted.stream()).iterator());
        }
        if (tag != null) {
            output.line(all == 0 ? "No word points to a block of tag '" + tag + "'." : Quantity.count(all, "word points", "words point")
                    + " to blocks of tag '" + tag + "'; " + (counted.count == 0 ? "none counts." : Quantity.count(counted.count)
                    + (counted.count == 1 ? " counts:" : " count:")));
            counted.print(output);
            if (doubted.count > 0) {
                output.line(Quantity.count(doubted.count) + (doubted.count == 1 ? " does not count:" : " do not count:"));
                doubted.print(output);
            }
        }
    }

    private static Listing<Word> listing(PointerTargets names, Reachability.Doubt doubts) {
        return new Listing<Word>((one, json) -> {
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

    private static String doubt(Reachability.Doubt doubts, Word one) {
        return doubts.of(one.from(), one.word()).orElse(null);
    }

    private static String what(PointerTargets names, Word one) {
        return names.describe(one.from()).map(PointerTarget::what).orElse(null);
    }

    /**
     * A pointer.
     *
     * @param from where it stands
     * @param word what stands there
     * @param to where the data of the block begins that it leads to
     */
    private record Word(long from, long word, long to) {

        long offset() {
            return word - to;
        }
    }

    /** Pointers, kept as numbers: there may be millions; and how many there are of each kind of place. */
    private static final class Words {

        private final Map<String, Long> kinds = new HashMap<>();
        private long[] words = new long[48];
        private int count;

        void add(Word word, String kind) {
            if (3 * count == words.length) {
                words = Arrays.copyOf(words, 2 * words.length);
            }
            words[3 * count] = word.from();
            words[3 * count + 1] = word.word();
            words[3 * count + 2] = word.to();
            count++;
            kinds.merge(kind, 1L, Long::sum);
        }

        Stream<Word> stream() {
            return IntStream.range(0, count).mapToObj(i -> new Word(words[3 * i], words[3 * i + 1], words[3 * i + 2]));
        }

        Iterator<Word> iterator() {
            return stream().iterator();
        }

        /** The kinds of places, those with most words first. */
        void print(Output output) throws IOException {
            List<Map.Entry<String, Long>> most = kinds.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey())).toList();
            List<Map.Entry<String, Long>> shown = most.subList(0, Math.min(MOST_KINDS, most.size()));
            int width = shown.isEmpty() ? 0 : Quantity.count(shown.getFirst().getValue()).length();
            for (Map.Entry<String, Long> kind : shown) {
                String number = Quantity.count(kind.getValue());
                output.line("  " + " ".repeat(Math.max(0, width - number.length())) + number + "  " + Plain.text(kind.getKey()));
            }
            if (most.size() > shown.size()) {
                output.line("  " + Quantity.count(most.subList(shown.size(), most.size()).stream().mapToLong(Map.Entry::getValue).sum()) + " in "
                        + Quantity.count(most.size() - shown.size(), "more kind", "more kinds") + " of places");
            }
        }
    }

    /** What a search finds, in its order. */
    private static final class Rows implements Iterator<Word> {

        private final References.Cursor cursor;
        private final boolean counting;
        private final Reachability.Doubt doubts;
        private boolean ahead;
        private boolean any;

        Rows(References.Cursor cursor, boolean counting, Reachability.Doubt doubts) {
            this.cursor = cursor;
            this.counting = counting;
            this.doubts = doubts;
        }

        @Override
        public boolean hasNext() {
            if (!ahead) {
                do {
                    any = cursor.next();
                } while (any && counting && doubts.of(cursor.from(), cursor.word()).isPresent());
                ahead = true;
            }
            return any;
        }

        @Override
        public Word next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            ahead = false;
            return new Word(cursor.from(), cursor.word(), cursor.to());
        }
    }
}
