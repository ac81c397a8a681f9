package org.poolscope.driver;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.poolscope.driver.pe.DebugId;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.Address;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Fact;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;

/**
 * Which tag stands for which call site of a driver that was {@linkplain Retag retagged}.
 *
 * @param seenAt where the map was found; the driver itself for a map just made
 * @param driver the driver's file name
 * @param architecture its processor, as in {@code info}
 * @param timeDateStamp its link time, which tells builds apart
 * @param pdb GUID and age of its PDB file; {@code null} when it names none
 * @param entries the tags
 * @param otherUses where the driver names an old tag of these sites without giving it to a pool function
 */
public record TagMap(Provenance seenAt, String driver, String architecture, long timeDateStamp, String pdb, List<Entry> entries,
        List<OtherUse> otherUses) implements Fact {

    /** The value of the field {@code format} of every map. */
    static final String FORMAT = "poolscope tag map";

    public TagMap {
        entries = List.copyOf(entries);
        otherUses = List.copyOf(otherUses);
    }

    /**
     * One site and its tag. Sites that share the instruction with the tag share the tag.
     *
     * @param tag the tag it has now
     * @param originalTag the tag it had
     * @param rva the call
     * @param function the function it stands in
     * @param functionOffset how far into the function
     * @param patchRva where the four bytes of the tag stand in the image
     * @param patchOffset where they stand in the file
     * @param api the function called in the end
     * @param operation what the call does
     * @param pool the pool, or {@code null}
     * @param sizes the sizes it can ask for; empty when not known
     */
    public record Entry(PoolTag tag, PoolTag originalTag, int rva, String function, int functionOffset, int patchRva, int patchOffset,
            String api, String operation, PoolKind pool, List<Long> sizes) {

        public Entry {
            sizes = List.copyOf(sizes);
        }
    }

    /**
     * Four bytes that are an old tag but no call's argument: the driver may compare the tags of blocks with it, or keep it in a table.
     *
     * @param tag the old tag
     * @param rva where the four bytes stand in the image
     * @param offset where they stand in the file
     * @param place the function and how far into it the instruction is; the section for data
     * @param use what the instruction does with it ({@code cmp}, {@code mov}, {@code push}, ...); {@code data} for a number in data, which may be
     *     chance; {@code bytes} for what stands among the code and nothing is known to run
     */
    public record OtherUse(PoolTag tag, int rva, int offset, String place, String use) {

        /** In words, as a clause. */
        public String describe() {
            return switch (use) {
                case "data" -> "'" + tag + "' stands in data at " + Address.text(rva) + " (" + place + ")";
                case "bytes" -> "'" + tag + "' stands among the code at " + Address.text(rva) + " (" + place + ")";
                case "cmp" -> place + " compares with '" + tag + "'";
                default -> place + " uses '" + tag + "' (" + use + ")";
            };
        }
    }

    static TagMap of(PeImage image, List<Entry> entries, List<OtherUse> otherUses) {
        DebugId pdb = image.debugId().orElse(null);
        return new TagMap(new Provenance(image.name(), ""), image.name(), image.architecture().word(), image.timeDateStamp(),
                pdb == null ? null : pdb.guid() + "-" + pdb.age(), entries, otherUses);
    }

    /** The sites a tag stands for; empty when it is not one of the map's. */
    public List<Entry> sites(PoolTag tag) {
        return entries.stream().filter(entry -> entry.tag().equals(tag)).toList();
    }

    /** Where the map names a tag, with what it says of it. */
    public Provenance at(PoolTag tag) {
        return new Provenance(seenAt.file(), "tag '" + tag + "'",
                sites(tag).stream().map(this::describe).distinct().collect(Collectors.joining(" or ")));
    }

    /** A site in words: {@code mup!DfsCreateEntry+0x5c, size 0xcc, paged}. */
    public String describe(Entry entry) {
        String module = driver.contains(".") ? driver.substring(0, driver.lastIndexOf('.')) : driver;
        String sizes = entry.sizes().stream().map(Address::text).collect(Collectors.joining(" or "));
        return module + "!" + entry.function() + (entry.functionOffset() == 0 ? "" : "+" + Address.text(entry.functionOffset()))
                + (sizes.isEmpty() ? "" : ", size " + sizes) + (entry.pool() == null ? "" : ", " + entry.pool());
    }

    /** Writes the fields of the map into an object that is open. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStringField("format", FORMAT);
        json.writeStringField("driver", driver);
        json.writeStringField("architecture", architecture);
        json.writeNumberField("timeDateStamp", timeDateStamp);
        json.writeStringField("pdb", pdb);
        json.writeArrayFieldStart("tags");
        for (Entry entry : entries) {
            json.writeStartObject();
            json.writeStringField("tag", entry.tag().toString());
            json.writeStringField("originalTag", entry.originalTag().toString());
            json.writeStringField("rva", Address.text(entry.rva()));
            json.writeStringField("function", entry.function());
            json.writeNumberField("functionOffset", entry.functionOffset());
            json.writeStringField("patchRva", Address.text(entry.patchRva()));
            json.writeNumberField("patchOffset", entry.patchOffset());
            json.writeStringField("api", entry.api());
            json.writeStringField("operation", entry.operation());
            json.writeStringField("pool", entry.pool() == null ? null : entry.pool().word());
            json.writeArrayFieldStart("sizes");
            for (long size : entry.sizes()) {
                json.writeNumber(size);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("otherUses");
        for (OtherUse each : otherUses) {
            json.writeStartObject();
            json.writeStringField("tag", each.tag().toString());
            json.writeStringField("rva", Address.text(each.rva()));
            json.writeNumberField("offset", each.offset());
            json.writeStringField("place", each.place());
            json.writeStringField("use", each.use());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes the map as a JSON document. */
    public void write(Writer out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            write(json);
            json.writeEndObject();
        }
    }

    /**
     * Reads a map that was written before.
     *
     * @throws EvidenceException when it is none, or is damaged
     */
    public static TagMap read(Path file) throws EvidenceException {
        return TagMapReader.read(file, file.toString());
    }
}
