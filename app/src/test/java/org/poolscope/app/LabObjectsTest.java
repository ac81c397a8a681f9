package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.lab.LabCase;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.lab.LabResult;

/** The kernel's objects in every case of the lab, in every variant, against the truth beside it. */
class LabObjectsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    static Stream<String> cases() {
        return LabCases.all().stream().flatMap(lab -> lab.variants().stream().map(variant -> lab.name() + " " + variant));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void objectsAreAsMade(String which) throws IOException {
        LabCase lab = LabCases.find(which.split(" ")[0]).orElseThrow();
        LabOptions options = LabOptions.scale(LabOptions.SMALLEST_SCALE).withVariant(which.split(" ")[1]);
        LabResult made = lab.write(folder.resolve("case"), options);
        JsonNode truth = JSON.readTree(made.truth().toFile());
        JsonNode machine = truth.get("image");
        Path image = folder.resolve("case").resolve(machine.get("file").asText());
        same(image, machine, "processes", "address", "pid", "name", "threads", "handleCount", "pagedPoolQuotaBytes",
                "nonPagedPoolQuotaBytes");
        same(image, machine, "drivers", "address", "name", "base", "size", "devices");
        same(image, machine, "devices", "address", "driver", "name", "type", "attached", "extension");
        same(image, machine, "irps", "address", "thread", "process", "stackCount", "currentLocation", "majorFunction",
                "minorFunction", "device", "driver", "systemBuffer", "mdl");
        Map<String, Long> handles = new TreeMap<>();
        rows("handles", image, "--by", "type").forEach(row ->
                handles.put(row.get("type").asText() + " " + row.get("tag").asText(), row.get("count").asLong()));
        Map<String, Long> expected = new TreeMap<>();
        machine.get("handlesByType").forEach(row -> expected.put(row.get("type").asText() + " " + row.get("tag").asText(),
                row.get("handles").asLong()));
        expected.values().removeIf(count -> count == 0);
        if (truth.get("variant").asText().endsWith("-trimmed")) {
            // Handle tables are in paged pool: what was trimmed to the page file cannot be told by type, but is counted.
            assertThat(handles.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(expected.values().stream().mapToLong(Long::longValue).sum());
            handles.remove("null null");
            assertThat(handles).allSatisfy((type, count) -> assertThat(count).isLessThanOrEqualTo(expected.get(type)));
        } else {
            assertThat(handles).isEqualTo(expected);
        }
        JsonNode verifier = truth.at("/cause/verifier");
        List<JsonNode> books = rows("verifier", image);
        assertThat(books).hasSize(1 + verifier.path("allocations").asInt());
        assertThat(books.subList(1, books.size()).stream().mapToLong(row -> row.get("size").asLong()).sum())
                .isEqualTo(verifier.path("bytes").asLong());
        assertThat(books.subList(1, books.size())).allSatisfy(row ->
                assertThat(row.get("driver")).isEqualTo(verifier.get("driver")));
        // Whatever a verified driver allocates is in the books, in both pools.
        if (truth.at("/cause/tags").size() > 0 && !verifier.isMissingNode()) {
            assertThat(books.subList(1, books.size()).stream().map(row -> row.get("tag").asText()).distinct())
                    .containsExactlyInAnyOrderElementsOf(elements(truth.at("/cause/tags")).stream().map(JsonNode::asText).toList());
        }
    }

    private static void same(Path image, JsonNode machine, String list, String... fields) throws IOException {
        assertThat(rows(list, image).stream().map(row -> line(row, fields))).as(list)
                .containsExactlyInAnyOrderElementsOf(elements(machine.get(list)).stream().map(row -> line(row, fields)).toList());
    }

    private static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> all = new ArrayList<>();
        array.forEach(all::add);
        return all;
    }

    /** The fields of a row; the truth has an empty text where the program says null. */
    private static String line(JsonNode row, String... fields) {
        return Stream.of(fields).map(field -> row.get(field).isNull() || row.get(field).isTextual() ? row.get(field).asText("")
                : row.get(field).toString()).map(text -> text.equals("null") ? "" : text).collect(Collectors.joining(" "));
    }

    private static List<JsonNode> rows(Object... arguments) throws IOException {
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--format", "json"));
        CommandRun run = CommandRun.of(all.toArray());
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err().lines()).allSatisfy(line -> assertThat(line).contains("handle table", "cannot be read"));
        List<JsonNode> rows = new ArrayList<>();
        for (String text : run.out().lines().toList()) {
            rows.add(JSON.readTree(text));
        }
        return rows;
    }
}
