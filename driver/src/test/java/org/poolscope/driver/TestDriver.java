package org.poolscope.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.provider.Arguments;

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

    private static final Path SOURCES = Path.of(Files.isDirectory(Path.of("src/test/c")) ? "src/test/c" : "../driver/src/test/c")
            .toAbsolutePath().normalize();
    private static final Map<List<String>, Path> COMPILED = new ConcurrentHashMap<>();
    private static final Map<Target, List<String>> IMPORT_LIBRARIES = new ConcurrentHashMap<>();
    private static final Path FOLDER = SOURCES.resolve("../../../target/test-drivers").normalize();
    private static byte[] sourceBytes;

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
        return COMPILED.computeIfAbsent(key, wanted -> build(target, source, options, built -> { }));
    }

    /** Compiles; what was compiled before, from the same sources with the same options, is taken as it is. */
    private static Path build(Target target, String source, String[] options, Consumer<Path> finish) {
        String key = fingerprint(target.name, source, String.join(" ", options));
        Path driver = folder().resolve(source + "-" + target.name + "-" + key + ".sys");
        if (Files.exists(driver)) {
            return driver;
        }
        try {
            Path unfinished = Files.createTempFile(folder(), source, ".tmp");
            List<String> command = new ArrayList<>(List.of(target.tool("gcc"), "-w", "-isystem", "/usr/share/mingw-w64/include/ddk",
                    "-shared", "-nostdlib", "-nostartfiles", "-Wl,--subsystem,native", "-Wl,--entry," + target.entry));
            command.addAll(List.of("-o", unfinished.toString(), source(source).toString()));
            command.addAll(List.of(options));
            command.addAll(List.of("-lntoskrnl", "-lhal"));
            command.addAll(IMPORT_LIBRARIES.computeIfAbsent(target, TestDriver::importLibraries));
            command.add("-lgcc");
            Tool.run(command.toArray(String[]::new));
            finish.accept(unfinished);
            // Several modules' tests may do this at once: each finds a whole driver or none.
            return Files.move(unfinished, driver, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String fingerprint(String... words) {
        CRC32 sum = new CRC32();
        for (String word : words) {
            sum.update((word + "\n").getBytes(StandardCharsets.UTF_8));
        }
        sum.update(sourceBytes());
        return Long.toHexString(sum.getValue());
    }

    /** All the sources, and this class: what drivers are made of. */
    private static synchronized byte[] sourceBytes() {
        if (sourceBytes == null) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try (Stream<Path> files = Files.list(SOURCES)) {
                for (Path file : files.sorted().toList()) {
                    all.writeBytes(Files.readAllBytes(file));
                }
                all.writeBytes(LIBRARIES.toString().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            sourceBytes = all.toByteArray();
        }
        return sourceBytes;
    }

    /** The driver of {@code image.c}: with a version, a PDB of its name, imports by number and delayed ones, and a forwarder. */
    public static Path image(Target target) {
        Tool.need(target.tool("gcc"), "gcc-mingw-w64-i686 gcc-mingw-w64-x86-64");
        return COMPILED.computeIfAbsent(List.of(target.name, "image"), key -> {
            String at = target == Target.X86 ? "@4" : "";
            Path numbered = folder().resolve(target.name + "-numbered.a");
            Path delayed = folder().resolve(target.name + "-delayed.a");
            Path version = folder().resolve(target.name + "-version.o");
            importLibrary(target, "LIBRARY \"numbered.sys\"\nEXPORTS\nByNumber" + at + " @12 NONAME\n", numbered, "-l");
            importLibrary(target, "LIBRARY \"late.sys\"\nEXPORTS\nDelayed" + at + "\nDelayedToo" + at + "\n", delayed, "-y");
            Tool.run(target.tool("windres"), SOURCES.resolve("image.rc").toString(), version.toString());
            String[] options = {"-O2", "-Wl,--pdb=" + folder().resolve("image.pdb"), SOURCES.resolve("image.def").toString(),
                version.toString(), numbered.toString(), delayed.toString()};
            return build(target, "image", options, built -> nameDelayedImports(target, built));
        });
    }

    /** GNU's linker puts the descriptors of delayed imports into the image but does not name them in the header: this does. */
    private static void nameDelayedImports(Target target, Path image) {
        Matcher symbol = Pattern.compile("([0-9a-f]+) . _*DELAY_IMPORT_DESCRIPTOR_").matcher(Tool.run(target.tool("nm"), image.toString()));
        Matcher base = Pattern.compile("ImageBase\\s+([0-9a-f]+)").matcher(Tool.run(target.tool("objdump"), "-p", image.toString()));
        if (!symbol.find() || !base.find()) {
            throw new IllegalStateException("no delayed imports in " + image);
        }
        try {
            ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
            int directories = file.getInt(0x3c) + 24 + (target == Target.X86 ? 96 : 112);
            file.putInt(directories + 8 * 13, (int) (Long.parseLong(symbol.group(1), 16) - Long.parseLong(base.group(1), 16)));
            file.putInt(directories + 8 * 13 + 4, 64);
            Files.write(image, file.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            Path made = Files.createTempFile(folder(), "library", ".tmp");
            Path file = Files.writeString(Files.createTempFile(folder(), "library", ".def"), definition);
            Tool.run(target.tool("dlltool"), "-k", "-d", file.toString(), kind, made.toString());
            Files.delete(file);
            Files.move(made, into, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles these drivers, several at once: {@code source target option}. */
    static void compileAll(Stream<Arguments> drivers) {
        drivers.parallel().forEach(each -> compile((Target) each.get()[1], (String) each.get()[0], (String) each.get()[2]));
    }

    /** Where drivers are kept from one run of the tests to the next. */
    public static synchronized Path folder() {
        try {
            return Files.createDirectories(FOLDER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
