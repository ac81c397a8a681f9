package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.dfs.namespace.NamespaceFile;
import org.poolscope.dfs.server.Asker;
import org.poolscope.dfs.server.Messages;

/** The command as a user runs it: what it says when it starts, serves and is misused. */
class DfsServeTest {

    private static final Pattern STARTED = Pattern.compile("Serving ns \\(1 link\\) on 127\\.0\\.0\\.1 port (\\d+)\\.");

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    @Test
    void servesUntilItIsToldToEnd() throws Exception {
        Path file = Files.writeString(folder.resolve("n.yaml"), "roots: {ns: {links: {one: {targets: '\\\\a\\x'}}}}");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int[] status = {-1};
        Thread command = Thread.ofPlatform().start(() -> status[0] = Poolscope.run(out, new PrintWriter(err, true), "dfs", "serve",
                file.toString(), "--port", "0", "--trace", "--fault", "zero-ttl"));
        Matcher started = STARTED.matcher("");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!started.reset(out.toString()).find() && command.isAlive()) {
            assertThat(System.nanoTime()).as("the server starts").isLessThan(end);
            Thread.sleep(20);
        }
        int port = Integer.parseInt(started.group(1));
        try (Asker asker = Asker.loggedOn(new java.net.InetSocketAddress("127.0.0.1", port))) {
            assertThat(Messages.status(asker.ask("\\s\\ns\\one\\f", 4, 4096))).isZero();
            assertThat(Messages.status(asker.ask("\\s\\none", 4, 4096))).isEqualTo(0xc0000225L);
        }
        command.interrupt();
        assertThat(command.join(PATIENCE)).as("the server ends").isTrue();

        assertThat(status[0]).isZero();
        assertThat(out.toString()).contains("Fault zero-ttl: gives every referral a time to live of 0 seconds",
                "  \\s\\ns\\one\\f  ", "  \\s\\none  STATUS_NOT_FOUND (0xc0000225)");
        assertThat(err.toString()).contains("answered 6 requests on 1 connection, 2 of them for referrals");
    }

    @Test
    void theExampleOfTheHelpCanBeServed() throws Exception {
        StringWriter out = new StringWriter();
        assertThat(Poolscope.run(out, new PrintWriter(out, true), "dfs", "serve", "--help")).isZero();
        String example = out.toString().split("A namespace:\\R")[1].split("\\RExamples:")[0];
        assertThat(NamespaceFile.parse(folder.resolve("help.yaml"), example).root("projects").orElseThrow().links()).hasSize(3);
        assertThat(out.toString().lines().filter(line -> line.startsWith("  "))).allMatch(line -> line.length() <= 80);
    }

    @Test
    void tellsWhatIsWrong() throws Exception {
        Path file = Files.writeString(folder.resolve("n.yaml"), "roots:\n  ns:\n    ttl: soon\n");
        assertThat(failed(3, file.toString())).contains("n.yaml, line 3: 'ttl' is 'soon'. Write a number of seconds from 0 to");
        assertThat(failed(3, folder.resolve("none.yaml").toString())).contains("none.yaml: no such file");
        Files.writeString(file, "roots: {ns: }");
        assertThat(failed(2, file.toString(), "--fault", "per-fil")).contains("no fault named 'per-fil'; there are: per-file, ");
        assertThat(failed(2, file.toString(), "--port", "70000")).contains("70000 is no port");
        assertThat(failed(2, file.toString(), "--bind", "192.0.2.1")).contains("cannot listen on 192.0.2.1");
    }

    private static String failed(int status, String... arguments) {
        StringWriter err = new StringWriter();
        String[] all = new String[arguments.length + 2];
        all[0] = "dfs";
        all[1] = "serve";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        assertThat(Poolscope.run(new StringWriter(), new PrintWriter(err, true), all)).as(err.toString()).isEqualTo(status);
        return err.toString();
    }
}
