package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.TestDriver.Target;

/** The commands on driver files. */
class DriverCommandsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void callSitesAsTheContractHasThem() throws Exception {
        Path driver = TestDriver.compile(Target.X64, "direct", "-O2");

        CommandRun run = CommandRun.of("callsites", driver, "--format", "json");

        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        JsonNode site = lines(run.out()).stream().filter(row -> row.get("tag").asText().equals("Mup ")).findFirst().orElseThrow();
        assertThat(site.get("rva").asText()).matches("0x[0-9a-f]+");
        assertThat(site.get("function").asText()).isEqualTo("PlainPaged");
        assertThat(site.get("api").asText()).isEqualTo("ExAllocatePoolWithTag");
        assertThat(site.get("pool").asText()).isEqualTo("paged");
        assertThat(site.get("size").asLong()).isEqualTo(204);
        assertThat(site.get("via").asText()).isEqualTo("call");
    }

    @Test
    void callSitesForPeople() throws Exception {
        Path driver = TestDriver.compile(Target.X86, "wrappers", "-O2");

        CommandRun run = CommandRun.of("callsites", driver, "--tag", "W2*");

        assertThat(run.status()).isZero();
        assertThat(run.out().lines().skip(1)).hasSize(2).allMatch(line -> line.contains("wrapper AllocateLogged > Allocate"));
        assertThat(run.out()).contains("TwoLevelsA").contains("'W2aa'".replace("'", "")).contains("paged");
    }

    @Test
    void whatIsNoDriverIsRefused() throws Exception {
        Path text = Files.writeString(folder.resolve("mup.sys"), "not a driver ".repeat(20));

        for (Path path : List.of(text, folder, folder.resolve("none.sys"))) {
            CommandRun run = CommandRun.of("callsites", path);
            assertThat(run.status()).as(path.toString()).isEqualTo(3);
            assertThat(run.err()).startsWith("poolscope: ").doesNotContain("error in Poolscope itself");
        }
    }

    private static List<JsonNode> lines(String out) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : out.split("\n")) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }
}
