package org.poolscope.symbols.pdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.poolscope.model.Tool;

/** {@code src/test/c/shapes.c}, compiled and linked with a PDB file by LLVM's tools, for one of two processors. */
public final class CompiledShapes {

    private static final Map<String, Path> BUILT = new ConcurrentHashMap<>();

    private CompiledShapes() {
    }

    /**
     * The PDB file; the program is beside it.
     *
     * @param processor {@code x86_64} or {@code i686}
     */
    public static Path pdb(String processor) {
        Tool.need("clang", "clang");
        Tool.need("lld-link", "lld");
        Tool.need("llvm-pdbutil", "llvm");
        return BUILT.computeIfAbsent(processor, CompiledShapes::build);
    }

    private static Path build(String processor) {
        try {
            Path folder = Files.createTempDirectory("poolscope-shapes");
            folder.toFile().deleteOnExit();
            Path object = folder.resolve("shapes.obj");
            Path pdb = folder.resolve("shapes.pdb");
            Tool.run("clang", "--target=" + processor + "-pc-windows-msvc", "-g", "-gcodeview", "-O1", "-c",
                    Path.of("src/test/c/shapes.c").toAbsolutePath().toString(), "-o", object.toString());
            Tool.run("lld-link", "/debug", "/nodefaultlib", "/dll", "/noentry", "/export:EntryPoint",
                    "/out:" + folder.resolve("shapes.dll"), "/pdb:" + pdb, object.toString());
            return pdb;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
