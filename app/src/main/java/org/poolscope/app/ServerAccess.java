package org.poolscope.app;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.poolscope.dfs.client.SmbLogin;
import org.poolscope.dfs.client.SmbPlaces;
import org.poolscope.dfs.client.SmbServers;
import org.poolscope.model.EvidenceException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that talk to live servers. A password is never taken from the command line, where others can read it. */
final class ServerAccess {

    static final String PASSWORD_VARIABLE = "POOLSCOPE_PASSWORD";

    @Option(names = "--port", paramLabel = "N", defaultValue = "445", description = "TCP port of SMB on every server (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--at", paramLabel = "NAME=ADDRESS[:PORT]",
            description = "Where the server NAME is found, when its name cannot be looked up or its port differs. May be repeated.")
    private List<String> places = List.of();

    @Option(names = {"-U", "--user"}, paramLabel = "[DOMAIN\\]USER",
            description = {"As whom to log on; without it, anonymously. The password is taken from --password-file, else from the",
                "environment (" + PASSWORD_VARIABLE + "), else asked for on the terminal."})
    private String user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "A file whose first line is the password.")
    private Path passwordFile;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "5",
            description = "How long to wait for a connection and for each answer (default: ${DEFAULT-VALUE}).")
    private double timeout;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Access to servers as the options say. */
    SmbServers servers() throws IOException {
        if (!(timeout >= 0.001 && timeout <= 3600)) {
            throw misuse("--timeout takes 0.001 to 3600 seconds, not " + timeout);
        }
        try {
            SmbPlaces where = new SmbPlaces(port);
            places.forEach(where::add);
            return new SmbServers(where, login(), Duration.ofNanos((long) (timeout * 1e9)));
        } catch (IllegalArgumentException e) {
            throw misuse(e.getMessage());
        }
    }

    int port() {
        return port;
    }

    private SmbLogin login() throws IOException {
        return user == null ? SmbLogin.anonymous() : SmbLogin.user(user, password());
    }

    private char[] password() throws IOException {
        if (passwordFile != null) {
            try (var lines = Files.newBufferedReader(passwordFile, StandardCharsets.UTF_8)) {
                String first = lines.readLine();
                return first == null ? new char[0] : first.toCharArray();
            } catch (IOException e) {
                throw misuse("the password file " + EvidenceException.unreadable(passwordFile, e).getMessage());
            }
        }
        String given = System.getenv(PASSWORD_VARIABLE);
        if (given != null) {
            return given.toCharArray();
        }
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw misuse("--user needs a password: name a --password-file, set " + PASSWORD_VARIABLE + ", or run on a terminal");
        }
        char[] typed = console.readPassword("Password of %s: ", user);
        return typed == null ? new char[0] : typed;
    }

    private ParameterException misuse(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
