package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;
import picocli.CommandLine;

/** The rewritten library is the same library: every class verifies, and it reads a command line. */
class ArchivableJarTest {

    @TempDir
    private Path folder;

    @Test
    void everyClassIsNewEnoughAndVerifies() throws Exception {
        Path jar = library();
        List<String> before = classes(jar);
        assertThat(ArchivableJar.rewrite(jar)).isPositive();
        assertThat(classes(jar)).isEqualTo(before).isNotEmpty();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            for (String name : before) {
                // Initialising a class verifies it.
                assertThat(Class.forName(name, true, loader).getClassLoader()).isSameAs(loader);
            }
            Object parsed = loader.loadClass("picocli.CommandLine").getMethod("usage", Object.class, java.io.PrintStream.class)
                    .invoke(null, loader.loadClass("picocli.CommandLine$HelpCommand").getConstructor().newInstance(),
                            new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
            assertThat(parsed).isNull();
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            for (String name : before) {
                try (DataInputStream in = new DataInputStream(file.getInputStream(file.getEntry(name.replace('.', '/') + ".class")))) {
                    in.skipNBytes(6);
                    assertThat(in.readUnsignedShort()).as(name).isGreaterThanOrEqualTo(50);
                }
            }
        }
        assertThat(ArchivableJar.rewrite(jar)).as("nothing is left to do").isZero();
        try (var files = Files.list(folder)) {
            assertThat(files).as("no temporary file stays").containsExactly(jar);
        }
    }

    @Test
    void classesForLaterVersionsOfJavaTakeTheirPlace() throws Exception {
        Path original = Path.of(XZInputStream.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path jar = Files.copy(original, folder.resolve("library.jar"));
        String name = "org/tukaani/xz/lz/MatchLength.class";
        byte[] later = content(original, "META-INF/versions/9/" + name);
        assertThat(content(original, name)).as("there are two").isNotEqualTo(later);
        assertThat(ArchivableJar.rewrite(jar)).isPositive();
        assertThat(content(jar, name)).isEqualTo(later);
        try (JarFile file = new JarFile(jar.toFile())) {
            assertThat(file.stream().map(ZipEntry::getName)).noneMatch(each -> each.startsWith("META-INF/versions/")).doesNotHaveDuplicates();
            assertThat(file.isMultiRelease()).isFalse();
        }
        assertThat(ArchivableJar.rewrite(jar)).as("nothing is left to do").isZero();
    }

    private static byte[] content(Path jar, String name) throws IOException {
        try (JarFile file = new JarFile(jar.toFile()); InputStream in = file.getInputStream(file.getEntry(name))) {
            return in.readAllBytes();
        }
    }

    private Path library() throws Exception {
        Path original = Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return Files.copy(original, folder.resolve("library.jar"));
    }

    private static List<String> classes(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".class") && !name.contains("module-info"))
                    .map(name -> name.substring(0, name.length() - 6).replace('/', '.')).toList();
        }
    }
}
