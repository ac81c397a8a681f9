package org.poolscope.driver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Programs and files of others that judge ours. A test that needs one that is not installed is skipped and says which package
 * has it.
 */
public final class Tool {

    private Tool() {
    }

    /** Whether a program is on the path. */
    public static boolean exists(String program) {
        return org.poolscope.model.Tool.exists(program);
    }

    /** Skips the test when a program is not installed. */
    public static void need(String program, String debianPackage) {
        org.poolscope.model.Tool.need(program, debianPackage);
    }

    /** What a program prints; it must succeed. */
    public static String run(String... command) {
        return org.poolscope.model.Tool.run(command);
    }

    /** The drivers of Debian's {@code libwine}, of both processors where both are installed. */
    public static List<Path> wineDrivers() {
        List<Path> found = Stream.of("x86_64-linux-gnu/wine/x86_64-windows", "i386-linux-gnu/wine/i386-windows")
                .map(folder -> Path.of("/usr/lib", folder)).filter(Files::isDirectory).flatMap(Tool::drivers).sorted().toList();
        assumeTrue(!found.isEmpty(), "libwine is not installed (Debian: apt-get install libwine, also libwine:i386)");
        return found;
    }

    private static Stream<Path> drivers(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".sys")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
