package org.poolscope.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.poolscope.model.Architecture;
import org.poolscope.model.RealEvidence;
import org.tukaani.xz.XZInputStream;

/** The x64 rows against eight whole kernel symbol tables: also the structures the fact listings leave out. */
class SymbolTablesTest {

    private static final List<String> VARIABLES = List.of("PoolTrackTable", "PoolBigPageTable", "ExPoolTagTables",
            "KdDebuggerDataBlock", "MiSystemPartition", "PsActiveProcessHead", "NtBuildLab", "KiWaitNever", "KiWaitAlways",
            "KdpDataBlockEncoded", "MiState", "ExPoolState");

    @Test
    void structuresAndGlobalsEqualWholeSymbolTables() throws IOException {
        List<Path> files;
        try (Stream<Path> listing = Files.list(RealEvidence.path("symbols"))) {
            files = listing.filter(path -> path.toString().endsWith(".json.xz")).sorted().toList();
        }
        int fields = 0;
        int variables = 0;
        Set<String> failures = new TreeSet<>();
        for (Path path : files) {
            String name = path.getFileName().toString();
            BuiltInGlobals globals = BuiltInGlobals.find(name.substring("ntkrnlmp.pdb-".length(), name.indexOf(".json")))
                    .orElseThrow();
            JsonNode table;
            try (InputStream in = new XZInputStream(Files.newInputStream(path))) {
                table = new ObjectMapper().readTree(in);
            }
            KernelVersion version = globals.version().orElseThrow();
            LayoutFile file = LayoutFile.resource("x64.layout", Architecture.X64.pointerSize());
            for (String type : file.types()) {
                StructLayout ours = file.layout(type, version);
                JsonNode truth = table.get("user_types").get(type);
                if (ours == null || truth == null) {
                    if (ours != null && !IsfAgreementTest.NOT_IN_SYMBOLS.contains(type)) {
                        failures.add(type + " is not in " + version);
                    }
                    continue;
                }
                if (ours.size() != truth.get("size").intValue()) {
                    failures.add(type + " has another size in " + version);
                }
                for (FieldLayout field : ours.fields()) {
                    List<Integer> places = places(table, truth, field.name());
                    if (places.contains(field.offset())) {
                        fields++;
                    } else if (!places.isEmpty()) {
                        failures.add(type + "." + field.name() + " in " + version + " is at " + places + ", not "
                                + field.offset());
                    }
                }
            }
            for (String variable : VARIABLES) {
                JsonNode symbol = table.get("symbols").get(variable);
                if (symbol == null) {
                    assertThat(globals.offset(variable)).as(variable).isEmpty();
                } else {
                    assertThat(globals.offset(variable)).as(variable).hasValue(symbol.get("address").longValue());
                    variables++;
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(fields).isGreaterThan(4_000);
        assertThat(variables).isGreaterThan(80);
    }

    /** Where a dotted path leads; several unnamed unions may hold the same name. */
    private static List<Integer> places(JsonNode table, JsonNode type, String path) {
        List<Integer> places = new ArrayList<>();
        String first = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
        type.get("fields").properties().forEach(field -> {
            int offset = field.getValue().get("offset").intValue();
            JsonNode inner = table.get("user_types").get(field.getValue().get("type").path("name").asText());
            if (field.getKey().equals(first)) {
                if (first.length() == path.length()) {
                    places.add(offset);
                } else if (inner != null) {
                    places(table, inner, path.substring(first.length() + 1)).forEach(place -> places.add(offset + place));
                }
            } else if (field.getValue().path("anonymous").asBoolean() && inner != null) {
                places(table, inner, path).forEach(place -> places.add(offset + place));
            }
        });
        return places;
    }
}
