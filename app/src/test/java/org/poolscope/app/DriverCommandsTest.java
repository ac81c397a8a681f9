package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    @Test
    void tagsOfAFolder() throws Exception {
        Files.copy(TestDriver.compile(Target.X64, "direct", "-O2"), folder.resolve("one.sys"));
        Files.copy(TestDriver.compile(Target.X86, "wrappers", "-O2"), folder.resolve("two.sys"));
        Path localTags = folder.resolve("localtag.txt");

        CommandRun run = CommandRun.of("tags", "scan", folder, "--sure", "--format", "json", "--localtag", localTags);

        assertThat(run.status()).isZero();
        JsonNode use = lines(run.out()).stream().filter(row -> row.get("tag").asText().equals("W1aa")).findFirst().orElseThrow();
        assertThat(use.get("binary").asText()).isEqualTo("two.sys");
        assertThat(use.get("via").asText()).isEqualTo("callsite");
        assertThat(use.get("sites").asInt()).isEqualTo(1);
        // Tags that many drivers use name no owner: the table says so, and PoolMon's file leaves them out.
        JsonNode none = lines(run.out()).stream().filter(row -> row.get("tag").asText().equals("None")).findFirst().orElseThrow();
        assertThat(none.get("shared").asBoolean()).isTrue();
        assertThat(Files.readString(localTags)).contains("W1aa - two.sys - 1 call site\r\n").doesNotContain("None");
        // Our own reader of PoolMon's files understands it.
        CommandRun lookup = CommandRun.of("tags", "lookup", "W1aa", "--database", localTags, "--format", "json");
        assertThat(lines(lookup.out())).singleElement().satisfies(row -> assertThat(row.get("binary").asText()).isEqualTo("two.sys"));
        assertThat(lines(CommandRun.of("tags", "lookup", "W1aa", "--drivers", folder, "--format", "json").out())).singleElement()
                .satisfies(row -> assertThat(row.get("via").asText()).isEqualTo("callsite"));
        assertThat(CommandRun.of("tags", "scan", localTags).status()).isEqualTo(3);
        assertThat(CommandRun.of("tags", "lookup", "too long").status()).isEqualTo(2);
    }

    @Test
    void retagsAndSaysHow() throws Exception {
        Path driver = Files.copy(TestDriver.compile(Target.X86, "wrappers", "-O2"), folder.resolve("wrap.sys"));
        Path copy = folder.resolve("copy.sys");
        Path map = folder.resolve("map.json");
        Path script = folder.resolve("wrap.kd");

        CommandRun run = CommandRun.of("retag", driver, "-o", copy, "--map", map, "--script", script, "--prefix", "Zz", "--format", "json");

        assertThat(run.status()).isZero();
        JsonNode document = JSON.readTree(run.out());
        assertThat(document.get("tags")).isNotEmpty().allSatisfy(tag -> assertThat(tag.get("tag").asText()).startsWith("Zz"));
        assertThat(document.get("changes")).hasSizeGreaterThan(2);
        assertThat(document.get("refusals")).isNotEmpty();
        assertThat(JSON.readTree(map.toFile()).get("tags")).isEqualTo(document.get("tags"));
        assertThat(script).content().contains("ed wrap+0x");
        assertThat(folder.resolve("wrap.kd.undo")).content().contains("ed wrap+0x");
        List<String> tags = new ArrayList<>();
        lines(CommandRun.of("callsites", copy, "--tag", "Zz*", "--format", "json").out()).forEach(row -> tags.add(row.get("tag").asText()));
        assertThat(tags).contains("Zz00", "Zz0b");
        assertThat(CommandRun.of("retag", driver, "-o", driver).status()).isEqualTo(2);
        assertThat(CommandRun.of("retag", driver, "--prefix", "long").status()).isEqualTo(2);
        assertThat(CommandRun.of("retag", driver, "--tag", "None", "-o", copy).status()).isEqualTo(1);
        assertThat(CommandRun.of("retag", driver).out()).contains("Changed bytes, all there are:").contains("Nothing was changed");
    }

    @Test
    void sitesOfATagThatIsLeftAloneAreToldTogether() throws Exception {
        Path driver = TestDriver.compile(Target.X86, "wrappers", "-O2");
        JsonNode document = JSON.readTree(CommandRun.of("retag", driver, "--format", "json").out());
        String out = CommandRun.of("retag", driver).out();

        Map<Integer, Integer> places = new HashMap<>();
        document.get("tags").forEach(tag -> places.merge(Integer.decode(tag.get("patchRva").asText()), 1, Integer::sum));
        int sharing = places.values().stream().filter(sites -> sites > 1).mapToInt(Integer::intValue).sum();
        int own = document.get("tags").size() - sharing;
        assertThat(out).contains(own + (own == 1 ? " site has a tag of its own, " : " sites have a tag of their own, ")
                + (sharing == 0 ? "" : sharing + " share one, because one instruction gives it to several, "));
        Set<String> reasons = new HashSet<>();
        document.get("refusals").forEach(refusal -> reasons.add(refusal.get("tag").asText() + refusal.get("reason").asText()));
        assertThat(out.split("Left as they are:\n")[1].split("\n\n")[0].lines()).hasSize(reasons.size());
    }

    private static List<JsonNode> lines(String out) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : out.split("\n")) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }
}
