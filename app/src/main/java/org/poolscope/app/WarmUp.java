package org.poolscope.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jline.terminal.Terminal;
import org.poolscope.model.EvidenceException;
import org.poolscope.symbols.store.SymbolCache;

/**
 * The training run behind the ahead-of-time cache: does once, quietly, what users do, so that the classes this takes are loaded and
 * linked when the command starts.
 */
final class WarmUp {

    private static final List<String> PROCESSORS = List.of("x86", "x86_64", "arm64");

    /** What libraries import, and what drivers do. */
    private static final Map<String, String> DRIVER_NAMES = Map.of("KERNEL32.dll", "ntoskrnl.exe", "GetProcAddress", "ExAllocatePool",
            "DeleteCriticalSection", "ExAllocatePoolWithTag", "EnterCriticalSection", "ExFreePoolWithTag", "LeaveCriticalSection", "ExFreePool",
            "WriteConsoleW", "ExFreePool", "GetLastError", "ExFreePool", "VirtualProtect", "ExAllocatePool");

    private WarmUp() {
    }

    /** Runs the commands a user begins with on a small practice case. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("poolscope-warm-up");
        try {
            String image = folder.resolve("case/MEMORY.DMP").toString();
            Poolscope.run("--help");
            Poolscope.run("lab", "photo-upload", "-o", folder.resolve("case").toString(), "--scale", "0.002");
            for (String command : new String[] {"info", "modules", "vm", "poolused"}) {
                Poolscope.run(command, image);
                Poolscope.run(command, image, "--format", "json");
            }
            for (String command : new String[] {"processes", "handles", "drivers", "devices", "irps", "verifier", "leaks"}) {
                Poolscope.run(command, image);
            }
            Poolscope.run("blocks", image, "--totals");
            Poolscope.run("profile", image, "--tag", "Mu46");
            Poolscope.run("diagnose", folder.resolve("case").toString());
            Poolscope.run("diagnose", folder.resolve("case").toString(), "--format", "json");
            // A machine of 64 bits, with pages of blocks enough that several threads have work.
            String wide = folder.resolve("wide").toString();
            Poolscope.run("lab", "lost-list", "-o", wide, "--scale", "0.1");
            Poolscope.run("leaks", wide + "/MEMORY.DMP", "--format", "json");
            Poolscope.run("blocks", wide + "/MEMORY.DMP", "--totals", "--format", "json");
            Poolscope.run("profile", wide + "/MEMORY.DMP", "--tag", "FcEn", "--format", "json");
            Poolscope.run("diagnose", wide);
            String drivers = drivers(Files.createDirectory(folder.resolve("drivers"))).toString();
            Poolscope.run("tags", "scan", drivers);
            Poolscope.run("tags", "scan", "--sure", drivers, "--format", "json");
            for (String processor : PROCESSORS) {
                Poolscope.run("callsites", folder.resolve("drivers/" + processor + ".sys").toString());
            }
            symbols(folder);
        } finally {
            DemoCommand.delete(folder);
        }
        // The way out takes classes of its own.
        System.exit(0);
    }

    /**
     * Something to scan: JLine's libraries for Windows are the only ones at hand everywhere, made to look like drivers that allocate and free pool in
     * many places.
     */
    private static Path drivers(Path folder) throws IOException {
        for (String processor : PROCESSORS) {
            try (InputStream in = Terminal.class.getResourceAsStream("/org/jline/nativ/Windows/" + processor + "/jlinenative.dll")) {
                if (in != null) {
                    String image = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                    for (Map.Entry<String, String> name : DRIVER_NAMES.entrySet()) {
                        String end = "\0".repeat(1 + name.getKey().length() - name.getValue().length());
                        image = image.replace(name.getKey() + "\0", name.getValue() + end);
                    }
                    Files.writeString(folder.resolve(processor + ".sys"), image, StandardCharsets.ISO_8859_1);
                }
            }
        }
        return folder;
    }

    /** Reads a table of symbols as the first command on an image does, and as all later ones do. */
    private static void symbols(Path folder) throws IOException {
        Path table = folder.resolve("warmup.json.xz");
        WarmUpSymbols.write(table);
        SymbolCache cache = new SymbolCache(folder.resolve("tables"));
        try {
            cache.read(table);
            cache.read(table);
        } catch (EvidenceException e) {
            throw new IllegalStateException(e);
        }
    }
}
