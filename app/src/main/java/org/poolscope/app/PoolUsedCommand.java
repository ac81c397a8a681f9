package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Comparator;
import java.util.function.Function;
import java.util.Optional;
import org.poolscope.kernel.KernelImage;
import org.poolscope.logs.TagDatabase;
import org.poolscope.logs.TagEntry;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
import org.poolscope.model.TagUsage;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code poolscope poolused}: pool use by tag, as the debugger's {@code !poolused}. */
@Command(name = "poolused", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Pool use by tag (as !poolused).",
        footer = {"", "Examples:", "  poolscope poolused MEMORY.DMP --sort paged",
            "  poolscope poolused MEMORY.DMP --tag 'Mu*' --format json"})
final class PoolUsedCommand extends ImageCommand {

    /** What the rows are sorted by. */
    enum Sort {
        tag,
        nonpaged,
        paged
    }

    @Option(names = "--sort", paramLabel = "tag|nonpaged|paged", defaultValue = "tag",
            description = "Sort by ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); bytes, the biggest first.")
    private Sort sort;

    @Option(names = "--tag", paramLabel = "PATTERN", converter = PatternConverter.class,
            description = "Only tags that match; ? stands for one character, * at the end for any.")
    private TagPattern pattern;

    private final TagDatabase database = TagDatabase.builtIn();

    @Override
    void answer(KernelImage image, Progress progress, Output output) throws Exception {
        Comparator<TagUsage> order = switch (sort) {
            case tag -> Comparator.comparing(TagUsage::tag);
            case nonpaged -> bytes(TagUsage::nonPaged).reversed().thenComparing(TagUsage::tag);
            case paged -> bytes(TagUsage::paged).reversed().thenComparing(TagUsage::tag);
        };
        output.list(listing(), image.tagTable().orThrow(path()).rows().stream()
                .filter(row -> pattern == null || pattern.matches(row.tag())).sorted(order).iterator());
    }

    private static Comparator<TagUsage> bytes(Function<TagUsage, PoolUse> pool) {
        return Comparator.comparingLong(row -> pool.apply(row) == null ? 0 : pool.apply(row).bytesOrZero());
    }

    private Listing<TagUsage> listing() {
        Listing<TagUsage> listing = new Listing<TagUsage>((row, json) -> {
            text(json, "tag", row.tag());
            use(json, "nonPaged", row.nonPaged());
            use(json, "paged", row.paged());
            text(json, "binary", entry(row).map(TagEntry::binary).orElse(null));
            text(json, "description", entry(row).map(TagEntry::description).orElse(null));
        }).text("Tag", row -> row.tag().toString());
        pool(listing, "Nonpaged", TagUsage::nonPaged);
        pool(listing, "Paged", TagUsage::paged);
        return listing.text("Binary", row -> entry(row).map(TagEntry::binary).orElse(""))
                .text("Description", row -> entry(row).map(TagEntry::description).orElse(""));
    }

    private static void pool(Listing<TagUsage> listing, String name, Function<TagUsage, PoolUse> pool) {
        listing.number(name + " allocs", row -> count(pool.apply(row).allocs()))
                .number("frees", row -> count(pool.apply(row).frees()))
                .number("diff", row -> count(pool.apply(row).outstanding()))
                .number("bytes", row -> count(pool.apply(row).bytes()));
    }

    private static String count(Long value) {
        return value == null ? null : Quantity.count(value);
    }

    private Optional<TagEntry> entry(TagUsage row) {
        return database.lookup(row.tag()).stream().findFirst();
    }

    private static void use(JsonGenerator json, String name, PoolUse use) throws IOException {
        if (use == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        number(json, "allocs", use.allocs());
        number(json, "frees", use.frees());
        number(json, "outstanding", use.outstanding());
        number(json, "bytes", use.bytes());
        json.writeEndObject();
    }

    /** Reads a tag pattern, with picocli's own way to complain. */
    static final class PatternConverter implements picocli.CommandLine.ITypeConverter<TagPattern> {
        @Override
        public TagPattern convert(String text) {
            try {
                return TagPattern.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
