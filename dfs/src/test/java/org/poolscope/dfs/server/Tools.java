package org.poolscope.dfs.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of others, run by tests; a test whose program is not there is skipped and says so. */
final class Tools {

    static final int SMB_PORT = 445;

    private Tools() {
    }

    /** Skips the test unless the program is installed. */
    static void need(String program) {
        assumeTrue(Stream.concat(Arrays.stream(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))), () -> "not installed: " + program);
    }

    /** An address of the loopback that no other test run uses. */
    static InetAddress loopback(int number) throws IOException {
        long pid = ProcessHandle.current().pid();
        return InetAddress.getByAddress(new byte[] {127, (byte) (64 + pid / 250 % 60), (byte) (pid % 250 + 1), (byte) number});
    }

    /** Skips the test unless the standard port, which clients use for targets, can be listened on. */
    static void needSmbPort(InetAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, SMB_PORT));
        } catch (IOException e) {
            assumeTrue(false, "port 445 of " + address + " cannot be listened on: " + e.getMessage());
        }
    }

    /** Runs a program for a minute at most; its standard output and error together. */
    static String run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("still running after a minute: " + command + "\n" + Files.readString(out));
        }
        return Files.readString(out, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
