package org.poolscope.dfs.client;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Samba DFS server of its own: private folders, the loopback, a free port, the user who runs the test. It has the root {@code
 * dfs} and two plain shares with a few files.
 */
public final class SambaServer implements AutoCloseable {

    private static final Path SMBD = Path.of("/usr/sbin/smbd");
    /** Samba makes Unix sockets in its folders, whose paths have room for 107 bytes. */
    private static final int LONGEST_FOLDER = 60;
    private static final Duration START = Duration.ofSeconds(30);

    /** The password of {@link #user()}. */
    public static final String PASSWORD = "Passw0rd";

    private final Path folder;
    private final InetSocketAddress address;
    private final Process process;

    private SambaServer(Path folder, InetSocketAddress address, Process process) {
        this.folder = folder;
        this.address = address;
        this.process = process;
    }

    /** Starts a server on a free port; the test is skipped when Samba is not installed. */
    public static SambaServer start() throws IOException, InterruptedException {
        return start(new InetSocketAddress("127.0.0.1", freePort()));
    }

    /** Starts a server at an address of the loopback; the test is skipped when Samba is not installed. */
    public static SambaServer start(InetSocketAddress address) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(SMBD), "smbd is missing: install Debian's package samba to run this test");
        Path target = Path.of("target").toAbsolutePath();
        Path folder = target.toString().length() <= LONGEST_FOLDER && Files.isDirectory(target)
                ? Files.createTempDirectory(target, "samba") : Files.createTempDirectory("samba");
        for (String each : List.of("private", "state", "cache", "lock", "pid", "ncalrpc", "log", "root/sub", "one/a/b", "two/deep/er")) {
            Files.createDirectories(folder.resolve(each));
        }
        Files.writeString(folder.resolve("one/file.txt"), "one");
        Files.writeString(folder.resolve("one/a/b/c.txt"), "below");
        Files.writeString(folder.resolve("two/file.txt"), "two");
        Files.writeString(folder.resolve("two/deep/er/d.txt"), "deep");
        Files.writeString(folder.resolve("smb.conf"), configuration(folder, address));
        addUser(folder);
        Process process = new ProcessBuilder("setsid", SMBD.toString(), "-F", "--no-process-group", "-s",
                folder.resolve("smb.conf").toString(), "--debug-stdout").redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(folder.resolve("smbd.out").toFile()).start();
        SambaServer server = new SambaServer(folder, address, process);
        server.awaitStart();
        return server;
    }

    /** Makes a link below the root, as Samba keeps them: a symbolic link to targets without the leading backslash. */
    public SambaServer link(String path, String... targets) throws IOException {
        Path link = folder.resolve("root").resolve(path);
        Files.createDirectories(link.getParent());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("msdfs:" + String.join(",", targets)));
        return this;
    }

    /** The user whom {@link #PASSWORD} lets in. */
    public static String user() {
        return System.getProperty("user.name");
    }

    /** The port it listens on, on 127.0.0.1 unless told otherwise. */
    public int port() {
        return address.getPort();
    }

    /** Where its private files are. */
    public Path folder() {
        return folder;
    }

    /** Ends the server, and the connections to it. */
    public void stop() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        stop();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException failure) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void awaitStart() throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(address, 1000);
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    String said = Files.readString(folder.resolve("smbd.out"), StandardCharsets.ISO_8859_1);
                    close();
                    throw new UncheckedIOException("smbd does not start:\n" + said, e);
                }
                Thread.sleep(50);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void addUser(Path folder) throws IOException, InterruptedException {
        Process add = new ProcessBuilder("pdbedit", "-s", folder.resolve("smb.conf").toString(), "-a", "-t", "-u", user())
                .redirectErrorStream(true).start();
        try (var in = add.outputWriter()) {
            in.write(PASSWORD + "\n" + PASSWORD + "\n");
        }
        String said = new String(add.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (add.waitFor() != 0) {
            throw new IOException("pdbedit cannot add the user " + user() + ":\n" + said);
        }
    }

    private static String configuration(Path folder, InetSocketAddress address) {
        return """
                [global]
                  workgroup = LAB
                  netbios name = DFSLAB
                  server role = standalone server
                  disable netbios = yes
                  smb ports = @port
                  interfaces = @address/8
                  bind interfaces only = yes
                  host msdfs = yes
                  map to guest = Bad User
                  guest account = @user
                  passdb backend = tdbsam:@folder/private/passdb.tdb
                  private dir = @folder/private
                  state directory = @folder/state
                  cache directory = @folder/cache
                  lock directory = @folder/lock
                  pid directory = @folder/pid
                  ncalrpc dir = @folder/ncalrpc
                  log file = @folder/log/smbd.log
                  load printers = no
                  printing = bsd
                  printcap name = /dev/null
                  disable spoolss = yes
                  rpc start on demand helpers = no
                [dfs]
                  path = @folder/root
                  msdfs root = yes
                  guest ok = yes
                [one]
                  path = @folder/one
                  guest ok = yes
                [two]
                  path = @folder/two
                  guest ok = yes
                """.replace("@folder", folder.toString()).replace("@port", String.valueOf(address.getPort()))
                .replace("@address", address.getAddress().getHostAddress()).replace("@user", user());
    }
}
