package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands say of blocks on machines from Windows 8.1 on, against the truth the lab writes beside them. */
class LaterKernelsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private JsonNode make(String name, String build, String... more) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("lab", name, "-o", folder.resolve(name), "--build", build));
        arguments.addAll(List.of(more));
        CommandRun made = CommandRun.of(arguments.toArray());
        assertThat(made.status()).as(made.err()).isZero();
        return JSON.readTree(folder.resolve(name + ".truth.json").toFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"9600", "14393", "17763", "19041", "20348", "22000"})
    void aLostListIsSeenByEveryCommandOnBlocks(String build) throws IOException {
        JsonNode truth = make("lost-list", build, "--scale", "0.02");
        Path image = folder.resolve("lost-list").resolve(truth.at("/image/file").asText());
        long lost = truth.at("/cause/unreachable").asLong();
        long kept = truth.at("/cause/reachable").asLong();
        for (String tag : List.of("FcEn", "FcDb")) {
            assertThat(rows("leaks", image)).filteredOn(row -> row.get("tag").asText().equals(tag)).singleElement().satisfies(row -> {
                assertThat(row.get("blocks").asLong()).isEqualTo(lost + kept);
                assertThat(row.get("unreferencedBlocks").asLong()).isEqualTo(lost);
            });
            assertThat(rows("blocks", image, "--tag", tag)).hasSize((int) (lost + kept))
                    .allSatisfy(row -> assertThat(row.get("state").asText()).isEqualTo("allocated"));
        }
        JsonNode profile = JSON.readTree(CommandRun.of("profile", image, "--tag", "FcEn", "--format", "json").out());
        assertThat(profile.get("blocks").asLong()).isEqualTo(lost + kept);
        assertThat(profile.get("fields")).anySatisfy(field -> {
            assertThat(field.get("offset").asInt()).isEqualTo(0x20);
            assertThat(field.get("target").toString()).contains("FastCache");
        });
        String head = truth.at("/cause/listHead").asText();
        assertThat(rows("refs", image, "--tag", "FcEn")).anySatisfy(row -> {
            assertThat(row.get("from").asText()).isEqualTo(head);
            assertThat(row.get("fromWhat").asText()).contains("device extension of \\Driver\\FastCache");
        });
    }

    /** Two machines of the same kind, started twice: nothing of the kernel lies where it lay. */
    @Test
    void aMachineThatWasStartedAgainIsReadWhereverItsPartsLie() throws IOException {
        Set<String> places = new HashSet<>();
        for (String seed : List.of("1", "2", "3")) {
            JsonNode truth = make("slow-irps", "17763", "--scale", "0.001", "--seed", seed);
            Path image = folder.resolve("slow-irps").resolve("MEMORY.DMP");
            places.add(truth.at("/image/kernelBase").asText());
            places.add(truth.at("/image/drivers/0/address").asText().substring(0, 10));
            assertThat(rows("irps", image)).hasSize(truth.at("/image/irps").size());
            assertThat(rows("drivers", image)).hasSize(truth.at("/image/drivers").size());
        }
        assertThat(places).hasSize(6);
    }

    @Test
    void aBuildTheLabHasNoTableOfIsRefused() {
        CommandRun run = CommandRun.of("lab", "io-leak", "-o", folder.resolve("none"), "--build", "26100");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("there is no build 26100").contains("22000");
    }

    private static List<JsonNode> rows(Object... arguments) throws IOException {
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--format", "json"));
        CommandRun run = CommandRun.of(all.toArray());
        assertThat(run.status()).as(run.err()).isZero();
        List<JsonNode> rows = new ArrayList<>();
        for (String text : run.out().lines().toList()) {
            rows.add(JSON.readTree(text));
        }
        return rows;
    }
}
