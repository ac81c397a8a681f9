package org.poolscope.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A library whose classes the ahead-of-time cache can hold. JDK 25 leaves classes out that are older than class file version 50, since
 * those come without stack maps and are verified in another way (the log of a training run calls them "old class"); picocli is still
 * compiled for version 49, so its 160 classes were read from its jar, verified and linked at every start. This gives such classes stack
 * maps and version {@value #VERSION}; nothing else in them changes.
 *
 * <p>The cache leaves out, too, what a multi-release jar holds for later versions of Java ("not defined from ... as claimed"). XZ for Java is one,
 * and as the verifier asks for such a class of it, every start went through all jars to find it. So a jar is written as this version of Java sees it.
 *
 * <p>Part of the build, by the launch script; to be dropped once the libraries or the JDK have moved on.
 */
final class ArchivableJar {

    /** The first version whose verifier relies on stack maps alone is 51; 52 is what Java 8 writes, understood by every tool. */
    private static final int VERSION = ClassFile.JAVA_8_VERSION;

    /** From this version on the cache takes classes. */
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private ArchivableJar() {
    }

    /** Rewrites the jars named where the cache cannot hold their classes. */
    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            rewrite(Path.of(jar));
        }
    }

    /**
     * Rewrites a jar in place when it has old classes, or some for later versions of Java.
     *
     * @return how many classes were raised, or took the place of another
     * @throws IOException when the jar cannot be read or written
     * @throws IllegalArgumentException when a class cannot be given stack maps; the jar is then as it was
     */
    static int rewrite(Path jar) throws IOException {
        Path fresh = Files.createTempFile(jar.toAbsolutePath().getParent(), "archivable", ".tmp");
        try {
            int changed = copy(jar, fresh);
            if (changed > 0) {
                Files.move(fresh, jar, StandardCopyOption.REPLACE_EXISTING);
            }
            return changed;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static int copy(Path from, Path to) throws IOException {
        int changed = 0;
        try (URLClassLoader loader = new URLClassLoader(new URL[] {from.toUri().toURL()}, null);
                JarFile jar = new JarFile(from.toFile(), true, ZipFile.OPEN_READ, Runtime.version());
                OutputStream file = Files.newOutputStream(to);
                ZipOutputStream out = new ZipOutputStream(file)) {
            ClassFile classes = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS, ClassFile.ClassHierarchyResolverOption
                    .of(ClassHierarchyResolver.ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver())));
            for (JarEntry entry : jar.versionedStream().toList()) {
                byte[] content = jar.getInputStream(entry).readAllBytes();
                boolean moved = !entry.getRealName().equals(entry.getName());
                boolean old = entry.getName().endsWith(".class") && classes.parse(content).majorVersion() < FIRST_WITH_STACK_MAPS;
                changed += moved || old ? 1 : 0;
                if (old) {
                    content = raised(classes, classes.parse(content));
                } else if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    content = singleRelease(jar.getManifest());
                }
                ZipEntry copied = new ZipEntry(entry.getName());
                copied.setTime(entry.getTime());
                out.putNextEntry(copied);
                out.write(content);
                out.closeEntry();
            }
        }
        return changed;
    }

    private static byte[] singleRelease(Manifest manifest) throws IOException {
        manifest.getMainAttributes().remove(Attributes.Name.MULTI_RELEASE);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        manifest.write(content);
        return content.toByteArray();
    }

    /** Method bodies must be built anew to get stack maps: so every one goes through a transformation that changes nothing. */
    private static byte[] raised(ClassFile classes, ClassModel model) {
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(VERSION, 0);
            } else {
                builder.with(element);
            }
        };
        return classes.transformClass(model, ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element))
                .andThen(version));
    }
}
