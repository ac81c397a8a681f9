package org.poolscope.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Programs of others that judge ours. A test that needs one that is not installed is skipped and says which package has it. */
public final class Tool {

    private Tool() {
    }

    /** Whether a program is on the path. */
    public static boolean exists(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Skips the test when a program is not installed. */
    public static void need(String program, String debianPackage) {
        assumeTrue(exists(program), () -> program + " is not installed (Debian: apt-get install " + debianPackage + ")");
    }

    /** What a program prints; it must succeed. */
    public static String run(String... command) {
        try {
            Path complaints = Files.createTempFile("poolscope", ".err");
            try {
                Process process = new ProcessBuilder(command).redirectError(complaints.toFile()).start();
                String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                int status = process.waitFor();
                if (status != 0) {
                    throw new IllegalStateException(command[0] + " ended with status " + status + ": "
                            + Files.readString(complaints, StandardCharsets.ISO_8859_1));
                }
                return printed;
            } finally {
                Files.delete(complaints);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
