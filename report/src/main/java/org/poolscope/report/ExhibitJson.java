package org.poolscope.report;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.diagnosis.BlockContents;
import org.poolscope.diagnosis.BlockMap;
import org.poolscope.diagnosis.Exhibit;
import org.poolscope.diagnosis.GrowthCurves;
import org.poolscope.diagnosis.NamespaceView;
import org.poolscope.diagnosis.PointerGraph;
import org.poolscope.diagnosis.PoolGauges;
import org.poolscope.diagnosis.TagTables;
import org.poolscope.diagnosis.Timeline;
import org.poolscope.model.Address;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.pool.PoolBlock;

/** What there is to look at in a case, as JSON for the pages. Long tables are arrays of figures, since a case may have thousands of tags. */
public final class ExhibitJson {

    private static final long PAGE_MASK = 4095;
    /** Of one field; more than the report shows would only make the file larger. */
    private static final int MOST_VALUES = 4;

    private ExhibitJson() {
    }

    /** Writes one as an object, its kind in {@code kind}. */
    public static void write(Exhibit exhibit, JsonGenerator json) throws IOException {
        json.writeStartObject();
        switch (exhibit) {
            case PoolGauges gauges -> gauges(gauges, json);
            case TagTables tables -> tables(tables, json);
            case GrowthCurves growth -> growth(growth, json);
            case BlockMap map -> map(map, json);
            case BlockContents contents -> contents(contents, json);
            case PointerGraph graph -> graph(graph, json);
            case NamespaceView view -> namespace(view, json);
            case Timeline timeline -> timeline(timeline, json);
        }
        json.writeEndObject();
    }

    private static void gauges(PoolGauges gauges, JsonGenerator json) throws IOException {
        json.writeStringField("kind", "gauges");
        json.writeArrayFieldStart("gauges");
        for (PoolGauges.Gauge gauge : gauges.gauges()) {
            json.writeStartObject();
            text(json, "what", gauge.what());
            number(json, "usedBytes", gauge.usedBytes());
            number(json, "limitBytes", gauge.limitBytes());
            number(json, "share", gauge.share());
            json.writeBooleanField("high", gauge.high());
            text(json, "source", gauge.source());
            text(json, "taken", gauge.taken());
            place(json, gauge.seenAt());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void tables(TagTables tables, JsonGenerator json) throws IOException {
        json.writeStringField("kind", "tags");
        number(json, "leftOut", tables.leftOut());
        json.writeArrayFieldStart("tables");
        for (TagTables.Table table : tables.tables()) {
            json.writeStartObject();
            text(json, "source", table.source());
            text(json, "taken", table.taken());
            place(json, table.seenAt());
            json.writeBooleanField("complete", table.complete());
            // Drivers and purposes repeat from row to row: each stands once, and rows name it by number.
            Map<String, Integer> drivers = new LinkedHashMap<>();
            Map<String, Integer> texts = new LinkedHashMap<>();
            json.writeArrayFieldStart("rows");
            for (TagTables.Row row : table.rows()) {
                json.writeStartArray();
                json.writeString(row.tag().toString());
                shared(json, row.driver(), drivers);
                shared(json, row.how(), texts);
                shared(json, row.description(), texts);
                use(json, row.nonPaged());
                use(json, row.paged());
                json.writeNumber(row.accused() ? 1 : 0);
                json.writeEndArray();
            }
            json.writeEndArray();
            strings(json, "drivers", drivers.keySet());
            strings(json, "texts", texts.keySet());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void shared(JsonGenerator json, String value, Map<String, Integer> known) throws IOException {
        if (value == null) {
            json.writeNull();
        } else {
            json.writeNumber(known.computeIfAbsent(value, any -> known.size()));
        }
    }

    private static void use(JsonGenerator json, PoolUse use) throws IOException {
        if (use == null) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        for (Long figure : new Long[] {use.allocs(), use.frees(), use.outstanding(), use.bytes()}) {
            figure(json, figure);
        }
        json.writeEndArray();
    }

    private static void figure(JsonGenerator json, Long figure) throws IOException {
        if (figure == null) {
            json.writeNull();
        } else {
            json.writeNumber(figure);
        }
    }

    private static void growth(GrowthCurves growth, JsonGenerator json) throws IOException {
        json.writeStringField("kind", "growth");
        json.writeArrayFieldStart("charts");
        for (GrowthCurves.Chart chart : growth.charts()) {
            json.writeStartObject();
            text(json, "pool", chart.pool());
            text(json, "source", chart.source());
            strings(json, "times", chart.times().stream().map(ExhibitJson::time).toList());
            number(json, "limitBytes", chart.limitBytes());
            figures(json, "totalBytes", chart.totalBytes());
            text(json, "exhaustedAt", chart.exhaustedAt() == null ? null : time(chart.exhaustedAt().expected()));
            text(json, "exhausted", chart.exhaustedAt() == null ? null : chart.exhaustedAt().sentence(chart.pool().word() + " pool"));
            json.writeArrayFieldStart("lines");
            for (GrowthCurves.Line line : chart.lines()) {
                json.writeStartObject();
                text(json, "tag", line.tag());
                figures(json, "bytes", line.bytes());
                json.writeBooleanField("accused", line.accused());
                if (line.forecast() != null) {
                    json.writeObjectFieldStart("forecast");
                    text(json, "shape", line.forecast().shape());
                    number(json, "bytesPerHour", line.forecast().bytesPerHour());
                    number(json, "lowBytesPerHour", line.forecast().lowBytesPerHour());
                    number(json, "highBytesPerHour", line.forecast().highBytesPerHour());
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String time(LocalDateTime time) {
        return time.withNano(0).format(DateTimeFormatter.ISO_LOCAL_DATE_TIME);
    }

    private static void map(BlockMap map, JsonGenerator json) throws IOException {
        json.writeStringField("kind", "blocks");
        text(json, "file", map.file());
        text(json, "pool", map.pool());
        strings(json, "tags", map.tags());
        number(json, "lostBlocks", map.lostBlocks());
        number(json, "heldBlocks", map.heldBlocks());
        number(json, "pages", map.pages());
        number(json, "pagesPerCell", map.cells().isEmpty() ? 0 : map.cells().getFirst().pages());
        json.writeArrayFieldStart("cells");
        for (BlockMap.Cell cell : map.cells()) {
            json.writeStartArray();
            json.writeString(Address.text(cell.address()));
            json.writeNumber(cell.pages());
            for (long part : new long[] {cell.lost(), cell.held(), cell.other(), cell.free()}) {
                json.writeNumber(part);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("worst");
        for (BlockMap.Piece piece : map.worst()) {
            PoolBlock block = piece.block();
            json.writeStartObject();
            text(json, "address", Address.text(block.address()));
            number(json, "offset", block.address() - piece.headerBytes() & PAGE_MASK);
            number(json, "size", block.size());
            text(json, "tag", block.tag());
            text(json, "state", block.state());
            json.writeBooleanField("accused", piece.accused());
            json.writeBooleanField("lost", piece.lost());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void contents(BlockContents contents, JsonGenerator json) throws IOException {
        json.writeStringField("kind", "contents");
        text(json, "file", contents.file());
        ProfileJson.write(contents.profile(), MOST_VALUES, ProfileJson.USUAL_CLUSTERS, json);
        ProfileJson.lines(contents.profile(), json);
        json.writeArrayFieldStart("samples");
        for (BlockContents.Sample sample : contents.samples()) {
            json.writeStartObject();
            text(json, "address", Address.text(sample.address()));
            number(json, "size", sample.size());
            json.writeBooleanField("lost", sample.lost());
            text(json, "bytes", HexFormat.of().formatHex(sample.bytes()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void graph(PointerGraph graph, JsonGenerator json) throws IOException {
        json.writeStringField("kind", "owners");
        text(json, "file", graph.file());
        text(json, "tag", graph.tag());
        number(json, "blocks", graph.blocks());
        number(json, "pointersIn", graph.pointersIn());
        edges(json, "from", graph.from());
        edges(json, "to", graph.to());
    }

    private static void edges(JsonGenerator json, String name, List<PointerGraph.Edge> edges) throws IOException {
        json.writeArrayFieldStart(name);
        for (PointerGraph.Edge edge : edges) {
            json.writeStartObject();
            text(json, "what", edge.what());
            text(json, "driver", edge.driver());
            number(json, "count", edge.count());
            number(json, "offset", edge.offset());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void namespace(NamespaceView view, JsonGenerator json) throws IOException {
        json.writeStringField("kind", "namespace");
        number(json, "entriesHeld", view.entriesHeld());
        number(json, "entriesNeeded", view.entriesNeeded());
        json.writeArrayFieldStart("asItIs");
        for (NamespaceView.Link link : view.asItIs()) {
            json.writeStartObject();
            text(json, "path", link.path());
            strings(json, "targets", link.targets());
            json.writeBooleanField("inferred", link.inferred());
            number(json, "entries", link.entries());
            json.writeEndObject();
        }
        json.writeEndArray();
        nodes(json, "asReferred", view.asReferred());
    }

    private static void nodes(JsonGenerator json, String name, List<NamespaceView.Node> nodes) throws IOException {
        json.writeArrayFieldStart(name);
        for (NamespaceView.Node node : nodes) {
            json.writeStartObject();
            text(json, "name", node.name());
            number(json, "entries", node.entries());
            json.writeBooleanField("belowLink", node.belowLink());
            number(json, "more", node.more());
            nodes(json, "children", node.children());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void timeline(Timeline timeline, JsonGenerator json) throws IOException {
        json.writeStringField("kind", "timeline");
        number(json, "leftOut", timeline.leftOut());
        number(json, "undated", timeline.undated());
        json.writeArrayFieldStart("moments");
        for (Timeline.Moment moment : timeline.moments()) {
            json.writeStartObject();
            text(json, "time", time(moment.time()));
            json.writeBooleanField("utc", moment.utc());
            text(json, "kind", moment.kind().word());
            text(json, "what", moment.what());
            json.writeBooleanField("trouble", moment.trouble());
            place(json, moment.seenAt());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void place(JsonGenerator json, Provenance seen) throws IOException {
        json.writeObjectFieldStart("seenAt");
        text(json, "file", seen.file());
        text(json, "at", seen.at());
        json.writeEndObject();
    }

    private static void strings(JsonGenerator json, String name, Iterable<?> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (Object value : values) {
            json.writeString(value.toString());
        }
        json.writeEndArray();
    }

    private static void figures(JsonGenerator json, String name, List<Long> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (Long value : values) {
            figure(json, value);
        }
        json.writeEndArray();
    }
}
