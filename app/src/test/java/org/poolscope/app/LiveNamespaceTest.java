package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.dfs.client.SambaServer;

/** {@code dfs resolve} and {@code dfs probe} as people run them, against a Samba server. */
class LiveNamespaceTest {

    private static SambaServer samba;
    private static String port;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        samba = SambaServer.start().link("projects", "gone\\one", "files\\one").link("bad", "nobackslash");
        port = String.valueOf(samba.port());
    }

    @AfterAll
    static void stop() throws Exception {
        if (samba != null) {
            samba.close();
        }
    }

    @Test
    void resolveShowsEachStep() {
        CommandRun run = CommandRun.of("dfs", "resolve", "\\\\127.0.0.1\\dfs\\projects\\a\\b\\c.txt", "--port", port, "--at", "files=127.0.0.1",
                "--at", "gone=127.0.0.1:1", "--times", "2");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("no prefix known: the providers are asked in order", "ROOT referral for \\127.0.0.1\\dfs: 1 target",
                "STATUS_PATH_NOT_COVERED", "STATUS_BAD_NETWORK_PATH (0xc00000be): on to the next target", "(gone: connection refused)",
                "Leads to \\files\\one\\a\\b\\c.txt", "\\127.0.0.1\\dfs is served by dfs", "Referral cache: 2 entries");
    }

    @Test
    void resolveAsJson() throws Exception {
        CommandRun run = CommandRun.of("dfs", "resolve", "//127.0.0.1/dfs/projects/file.txt", "//127.0.0.1/two/file.txt", "//127.0.0.1/nothing/x",
                "--port", port, "--at", "files=127.0.0.1", "--at", "gone=127.0.0.1:1", "--format", "json");

        assertThat(run.status()).isEqualTo(1);
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.path("paths").findValuesAsText("outcome")).containsExactly("resolved", "not-dfs", "failed");
        assertThat(json.at("/paths/0/path").asText()).isEqualTo("\\files\\one\\file.txt");
        assertThat(json.at("/paths/0/steps/0/action").asText()).isEqualTo("look-up-prefix");
        assertThat(json.path("referralCache")).hasSize(2);
        assertThat(json.path("prefixCache").findValuesAsText("provider")).contains("dfs", "smb");
    }

    @Test
    void passwordsComeFromAFileNeverFromTheCommandLine() throws Exception {
        Path good = Files.writeString(folder.resolve("good"), SambaServer.PASSWORD + "\n");
        Path wrong = Files.writeString(folder.resolve("wrong"), "wrong\n");
        String[] path = {"dfs", "resolve", "//127.0.0.1/dfs/projects/file.txt", "--port", port, "--at", "files=127.0.0.1", "--at",
            "gone=127.0.0.1:1", "--user", SambaServer.user(), "--password-file"};

        assertThat(CommandRun.of(with(path, good.toString())).status()).isZero();
        CommandRun refused = CommandRun.of(with(path, wrong.toString()));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.out()).contains("STATUS_LOGON_FAILURE").contains("refused the logon").doesNotContainPattern("hierynomus|\\w@[0-9a-f]{5}");
        CommandRun probe = CommandRun.of("dfs", "probe", "//127.0.0.1/dfs", "--port", port, "--user", SambaServer.user(), "--password-file", wrong);
        assertThat(probe.status()).isEqualTo(3);
        assertThat(probe.err()).contains("it refused the logon, STATUS_LOGON_FAILURE (0xc000006d). Check the user and the password");
        CommandRun missing = CommandRun.of(with(path, folder.resolve("missing").toString()));
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.err()).contains("no such file");
    }

    @Test
    void probeJudges() throws Exception {
        CommandRun text = CommandRun.of("dfs", "probe", "//127.0.0.1/dfs", "--port", port, "--questions");
        assertThat(text.status()).isEqualTo(1);
        assertThat(text.out()).contains("link, level 4", "version-above-request", "reply-cut", "Not shown (--all shows them)", "2 links");

        CommandRun json = CommandRun.of("dfs", "probe", "//127.0.0.1/dfs", "--port", port, "--format", "json");
        assertThat(json.status()).isEqualTo(1);
        JsonNode report = new ObjectMapper().readTree(json.out());
        assertThat(report.path("questions").size()).isGreaterThan(50);
        assertThat(report.path("findings").findValuesAsText("rule")).contains("target-syntax", "probe-foreign-name");

        CommandRun nobody = CommandRun.of("dfs", "probe", "//127.0.0.1/dfs", "--port", "1");
        assertThat(nobody.status()).isEqualTo(3);
        assertThat(nobody.err()).contains("connection refused");
        assertThat(CommandRun.of("dfs", "probe", "//127.0.0.1/one", "--port", port).status()).isEqualTo(3);
    }

    @Test
    void wrongUsageIsToldAsSuch() {
        assertThat(CommandRun.of("dfs", "probe", "//server").status()).isEqualTo(2);
        assertThat(CommandRun.of("dfs", "resolve", "server").status()).isEqualTo(2);
        assertThat(CommandRun.of("dfs", "resolve", "//a/b", "--providers", "nfs").status()).isEqualTo(2);
        assertThat(CommandRun.of("dfs", "resolve", "//a/b", "--at", "x").status()).isEqualTo(2);
        assertThat(CommandRun.of("dfs", "resolve", "//a/b", "--port", "0").status()).isEqualTo(2);
        assertThat(CommandRun.of("dfs", "resolve", "//a/b", "--timeout", "0").status()).isEqualTo(2);
    }

    private static Object[] with(String[] arguments, String last) {
        Object[] all = Arrays.copyOf(arguments, arguments.length + 1, Object[].class);
        all[arguments.length] = last;
        return all;
    }
}
