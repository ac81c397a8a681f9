package org.poolscope.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Small drivers, compiled with Debian's mingw-w64 from {@code src/test/c} when a test asks for one. */
public final class TestDriver {

    /** The processors. */
    public enum Target {
        /** 32-bit x86. */
        X86("i686", "_DriverEntry@8"),
        /** 64-bit x86. */
        X64("x86_64", "DriverEntry");

        private final String name;
        private final String entry;

        Target(String name, String entry) {
            this.name = name;
            this.entry = entry;
        }

        String tool(String program) {
            return name + "-w64-mingw32-" + program;
        }
    }

    /** Libraries that mingw-w64 has no import library for: the file, then its functions with the bytes of their arguments. */
    private static final List<List<String>> LIBRARIES = List.of(
            List.of("ntoskrnl.exe", "ExAllocatePool2@16", "ExAllocatePool3@24", "ExFreePool2@16", "FsRtlAllocatePoolWithTag@12"),
            List.of("fltmgr.sys", "FltAllocatePoolAlignedWithTag@16", "FltFreePoolAlignedWithTag@12"),
            List.of("ndis.sys", "NdisAllocateMemoryWithTag@12", "NdisAllocateMemoryWithTagPriority@16", "NdisFreeMemory@12"),
            List.of("storport.sys", "StorPortExtendedFunction"),
            List.of("videoprt.sys", "VideoPortAllocatePool@16"),
            List.of("wdfldr.sys", "WdfVersionBind@16"));

    private static final Path SOURCES = Path.of("src/test/c").toAbsolutePath();
    private static final Map<List<String>, Path> COMPILED = new ConcurrentHashMap<>();
    private static final Map<Target, List<String>> IMPORT_LIBRARIES = new ConcurrentHashMap<>();
    private static Path folder;

    private TestDriver() {
    }

    /** A source file. */
    public static Path source(String name) {
        return SOURCES.resolve(name + ".c");
    }

    /** The driver of a source file; compiled at the first call. */
    public static Path compile(Target target, String source, String... options) {
        Tool.need(target.tool("gcc"), "gcc-mingw-w64-i686 gcc-mingw-w64-x86-64");
        List<String> key = new ArrayList<>(List.of(target.name, source));
        key.addAll(List.of(options));
        return COMPILED.computeIfAbsent(key, wanted -> build(target, source, options));
    }

    private static Path build(Target target, String source, String[] options) {
        Path driver = folder().resolve(source + "-" + target.name + String.join("", options).replaceAll("[^A-Za-z0-9]", "_") + ".sys");
        List<String> command = new ArrayList<>(List.of(target.tool("gcc"), "-w", "-isystem", "/usr/share/mingw-w64/include/ddk",
                "-shared", "-nostdlib", "-nostartfiles", "-Wl,--subsystem,native", "-Wl,--entry," + target.entry));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", driver.toString(), source(source).toString(), "-lntoskrnl", "-lhal"));
        command.addAll(IMPORT_LIBRARIES.computeIfAbsent(target, TestDriver::importLibraries));
        command.add("-lgcc");
        Tool.run(command.toArray(String[]::new));
        return driver;
    }

    private static List<String> importLibraries(Target target) {
        List<String> made = new ArrayList<>();
        for (List<String> library : LIBRARIES) {
            StringBuilder definition = new StringBuilder("LIBRARY \"" + library.getFirst() + "\"\nEXPORTS\n");
            for (String function : library.subList(1, library.size())) {
                definition.append(target == Target.X86 ? function : function.replaceAll("@.*", "")).append('\n');
            }
            Path file = folder().resolve(target.name + "-" + library.getFirst() + ".a");
            importLibrary(target, definition.toString(), file, "-l");
            made.add(file.toString());
        }
        return made;
    }

    /** Makes an import library from the text of a definition file; {@code kind} is {@code -l}, or {@code -y} for delayed imports. */
    static void importLibrary(Target target, String definition, Path into, String kind) {
        try {
            Path file = Files.writeString(folder().resolve(into.getFileName() + ".def"), definition);
            Tool.run(target.tool("dlltool"), "-k", "-d", file.toString(), kind, into.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where drivers are put; removed when the tests end. */
    static synchronized Path folder() {
        if (folder == null) {
            try {
                folder = Files.createTempDirectory("poolscope-drivers");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
        }
        return folder;
    }

    private static void remove(Path directory) {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // a temporary file more
        }
    }
}
