package org.poolscope.report;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.poolscope.model.Address;
import org.poolscope.pool.ContentProfile;

/** What blocks hold, offset by offset, as JSON: the same fields from the command, in the report and on the page. */
public final class ProfileJson {

    /** More shapes than this are rarely of interest. */
    public static final int USUAL_CLUSTERS = 16;

    private ProfileJson() {
    }

    /**
     * Writes the fields of a profile into an object that is open.
     *
     * @param mostValues how many values of each field; the most frequent come first
     * @param mostClusters how many shapes; the most frequent come first
     */
    public static void write(ContentProfile profile, int mostValues, int mostClusters, JsonGenerator json) throws IOException {
        text(json, "tag", profile.tag());
        number(json, "blocks", profile.blocks());
        number(json, "sampled", profile.sampled());
        number(json, "size", profile.size());
        number(json, "dataLength", profile.dataLength());
        json.writeArrayFieldStart("fields");
        for (ContentProfile.Field field : profile.fields()) {
            json.writeStartObject();
            field(field, mostValues, json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("clusters");
        for (ContentProfile.Cluster cluster : profile.clusters().subList(0, Math.min(mostClusters, profile.clusters().size()))) {
            json.writeStartObject();
            number(json, "size", cluster.size());
            number(json, "blocks", cluster.blocks());
            json.writeArrayFieldStart("pointersAt");
            for (int offset : cluster.pointersAt()) {
                json.writeNumber(offset);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes the fields of a profile as lines to read, into an object that is open; what is data and what is left over are folded apart. */
    static void lines(ContentProfile profile, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("lines");
        for (boolean data : new boolean[] {true, false}) {
            List<ContentProfile.Field> fields = profile.fields().stream().filter(field -> field.offset() < profile.dataLength() == data).toList();
            for (FoldedFields line : FoldedFields.of(fields, FieldText::besideAnExample)) {
                json.writeStartObject();
                number(json, "offset", line.offset());
                number(json, "size", line.size());
                number(json, "count", line.count());
                text(json, "kind", line.kind());
                text(json, "what", line.what());
                number(json, "field", line.first() == null ? null : profile.fields().indexOf(line.first()));
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private static void field(ContentProfile.Field field, int mostValues, JsonGenerator json) throws IOException {
        number(json, "offset", field.offset());
        number(json, "size", field.size());
        text(json, "kind", field.kind().words());
        number(json, "distinct", field.distinct());
        number(json, "minimum", field.minimum());
        number(json, "maximum", field.maximum());
        json.writeArrayFieldStart("values");
        for (ContentProfile.Value value : field.values().subList(0, Math.min(mostValues, field.values().size()))) {
            json.writeStartObject();
            text(json, "value", Address.text(value.value()));
            number(json, "count", field.distinct() == null ? null : value.count());
            text(json, "target", value.target().orElse(null));
            json.writeEndObject();
        }
        json.writeEndArray();
        text(json, "target", field.target().orElse(null));
        number(json, "targetShare", field.targetShare());
    }
}
