package org.poolscope.app;

import static org.poolscope.report.JsonDocument.text;

import java.util.List;
import java.util.stream.Collectors;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Address;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.pool.ContentProfile;
import org.poolscope.pool.PoolBlocks;
import org.poolscope.report.FieldText;
import org.poolscope.report.FoldedFields;
import org.poolscope.report.Listing;
import org.poolscope.report.ProfileJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code poolscope profile}: what the blocks of a tag hold, offset by offset. */
@Command(name = "profile", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "What do these blocks hold, offset by offset?",
        description = {"Looks at all blocks of a tag at once: which places are constant, which are pointers and what they lead to, and where the",
            "owner's data ends and leftovers of earlier owners begin. An owner betrays itself by where its pointers lead."},
        footer = {"", "Examples:", "  poolscope profile MEMORY.DMP --tag 'Io'", "  poolscope profile MEMORY.DMP --tag 'Io' --size 0x40 --format json"})
final class ProfileCommand extends PoolBlocksCommand {

    /** Shapes are told apart by so many places, each as long as a pointer. */
    private static final int SHAPE_PLACES = 64;
    /** Pointers of a shape that are listed; with {@code --all}, all of them. */
    private static final int OFFSETS_SHOWN = 8;

    @Option(names = "--tag", paramLabel = "TAG", required = true, converter = TagConverter.class, description = "The tag; blanks at its end may be left out.")
    private PoolTag tag;

    @Option(names = "--size", paramLabel = "BYTES", converter = SizeConverter.class, defaultValue = Option.NULL_VALUE,
            description = "Only blocks of this size, as blocks prints it (default: the size most of them have).")
    private Long size;

    @Option(names = "--sample", paramLabel = "N", converter = SampleConverter.class, defaultValue = Option.NULL_VALUE,
            description = "Look at N blocks at most, spread evenly (default: all).")
    private Long sample;

    @Option(names = "--all", description = "List every place by itself, though its neighbours say the same, and every shape.")
    private boolean all;

    @Override
    PoolBlocks walk(KernelImage image, Progress progress) throws EvidenceException {
        return sample != null ? super.walk(image, progress) : PoolBlocks.walk(image, tag, progress);
    }

    @Override
    void answer(KernelImage image, PoolBlocks blocks, Progress progress, Output output) throws Exception {
        ContentProfile profile = ContentProfile.of(image, blocks, tag, size == null ? 0 : size, sample == null ? 0 : sample, progress).orElseThrow(() ->
                new EvidenceException(path(), "", "it has no allocated block of tag '" + tag + "'" + (size == null ? "" : " and size " + size),
                        "poolused lists the tags, blocks --tag the sizes"));
        int shapes = all ? Integer.MAX_VALUE : ProfileJson.USUAL_CLUSTERS;
        if (output.isJson()) {
            output.document(json -> ProfileJson.write(profile, Integer.MAX_VALUE, shapes, json));
            return;
        }
        output.line("Tag '" + profile.tag() + "': " + Quantity.count(profile.blocks(), "block", "blocks") + ", " + Quantity.count(profile.sampled())
                + " of size " + Address.text(profile.size()) + " looked at; the data is " + profile.dataLength() + " bytes long.");
        List<FoldedFields> lines = all ? FoldedFields.unfolded(profile.fields(), FieldText::of)
                : FoldedFields.of(profile.fields(), FieldText::of);
        output.list(FIELDS, lines.iterator());
        if (profile.clusters().size() > 1) {
            output.line("");
            output.line(profile.size() > SHAPE_PLACES * image.architecture().pointerSize() ? "Shapes: (by the pointers in their first "
                    + SHAPE_PLACES * image.architecture().pointerSize() + " bytes)" : "Shapes:");
            List<ContentProfile.Cluster> shown = profile.clusters().subList(0, Math.min(shapes, profile.clusters().size()));
            for (ContentProfile.Cluster cluster : shown) {
                boolean part = sample != null && cluster.size() == profile.size();
                output.line("  " + Quantity.count(cluster.blocks(), "block", "blocks") + (part ? " looked at, of " : " of ") + Address.text(cluster.size())
                        + (cluster.pointersAt().isEmpty() ? "" : ", pointers at " + offsets(cluster.pointersAt())));
            }
            List<ContentProfile.Cluster> others = profile.clusters().subList(shown.size(), profile.clusters().size());
            if (!others.isEmpty()) {
                output.line("  and " + Quantity.count(others.size(), "more shape", "more shapes") + ", "
                        + Quantity.count(others.stream().mapToLong(ContentProfile.Cluster::blocks).sum(), "block", "blocks")
                        + " in all (--all lists them; --size looks into those of one size)");
            }
        }
    }

    private String offsets(List<Integer> pointersAt) {
        int shown = all || pointersAt.size() <= OFFSETS_SHOWN + 1 ? pointersAt.size() : OFFSETS_SHOWN;
        return pointersAt.stream().limit(shown).map(Address::text).collect(Collectors.joining(", "))
                + (shown == pointersAt.size() ? "" : " and " + (pointersAt.size() - shown) + " more");
    }

    private static final Listing<FoldedFields> FIELDS = new Listing<FoldedFields>((line, json) -> text(json, "offset", Address.text(line.offset())))
            .number("Offset", line -> Address.text(line.offset()))
            .number("Size", FoldedFields::sizeText)
            .text("Kind", FoldedFields::kind)
            .text("What", FoldedFields::what);

    /** Reads how many blocks to look at. */
    static final class SampleConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                long count = Long.parseLong(text.strip());
                if (count > 0) {
                    return count;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new TypeConversionException("not a number of blocks: '" + text + "'");
        }
    }

    /** Reads one tag, with picocli's own way to complain. */
    static final class TagConverter implements ITypeConverter<PoolTag> {
        @Override
        public PoolTag convert(String text) {
            try {
                return PoolTag.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
