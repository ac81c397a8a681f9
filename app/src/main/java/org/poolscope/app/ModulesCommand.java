package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.time.Instant;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Address;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;

/** {@code poolscope modules}: the loaded drivers. */
@Command(name = "modules", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The kernel and the drivers it had loaded.",
        footer = {"", "Example:", "  poolscope modules MEMORY.DMP --format json | grep mup"})
final class ModulesCommand extends ImageCommand {

    /** Since Windows 10 the linker writes a hash where it used to write the time: reproducible builds. */
    private static final int FIRST_BUILD_WITH_HASHES = 10240;

    @Override
    void answer(KernelImage image, Progress progress, Output output) throws Exception {
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
