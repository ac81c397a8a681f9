package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.time.Instant;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.UnloadedModule;
import org.poolscope.model.Address;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code poolscope modules}: the loaded drivers. */
@Command(name = "modules", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The kernel and the drivers it had loaded.",
        footer = {"", "Example:", "  poolscope modules MEMORY.DMP --format json | grep mup"})
final class ModulesCommand extends ImageCommand {

    /** Since Windows 10 the linker writes a hash where it used to write the time: reproducible builds. */
    private static final int FIRST_BUILD_WITH_HASHES = 10240;

    private static final Listing<UnloadedModule> UNLOADED = new Listing<UnloadedModule>((module, json) -> {
        text(json, "name", module.name());
        text(json, "start", Address.text(module.start()));
        text(json, "end", Address.text(module.end()));
        text(json, "time", module.time());
    })
            .text("Start", module -> Address.text(module.start()))
            .text("End", module -> Address.text(module.end()))
            .text("Unloaded", module -> module.time() == null ? null : module.time().toString())
            .text("Name", UnloadedModule::name);

    @Option(names = "--unloaded",
            description = "The drivers that were unloaded instead, the latest first; the kernel remembers fifty.")
    private boolean unloaded;

    @Override
    void answer(KernelImage image, Progress progress, Output output) throws Exception {
        if (unloaded) {
            output.list(UNLOADED, image.unloadedModules().orThrow(path()).iterator());
            return;
        }
        Integer build = image.info().build();
        boolean dated = build != null && build < FIRST_BUILD_WITH_HASHES;
        Listing<LoadedModule> listing = new Listing<LoadedModule>((module, json) -> {
            text(json, "name", module.name());
            text(json, "base", Address.text(module.base()));
            number(json, "size", module.size());
            number(json, "timeDateStamp", module.timeDateStamp());
            text(json, "path", module.path());
        })
                .text("Base", module -> Address.text(module.base()))
                .number("Size", module -> Quantity.count(module.size()))
                .text(dated ? "Linked" : "Stamp", module -> linked(module.timeDateStamp(), dated))
                .text("Name", LoadedModule::name)
                .text("Path", LoadedModule::path);
        output.list(listing, image.modules().orThrow(path()).iterator());
    }

    private static String linked(Long stamp, boolean dated) {
        return stamp == null ? null
                : dated ? Instant.ofEpochSecond(stamp).toString().substring(0, 10) : String.format("%08x", stamp);
    }
}
