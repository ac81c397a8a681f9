package org.poolscope.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The training run behind the ahead-of-time cache: does once, quietly, what users do, so that the classes this takes are loaded and
 * linked when the command starts.
 */
final class WarmUp {

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
        } finally {
            DemoCommand.delete(folder);
        }
        // The way out takes classes of its own.
        System.exit(0);
    }
}
