package org.poolscope.app;

import org.poolscope.memory.packed.Unpacker;
import org.poolscope.model.CacheFolder;
import org.poolscope.report.Plain;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How much a packed file may hold, for commands that read images and other evidence. */
final class UnpackOption {

    @Option(names = "--unpack-limit", paramLabel = "SIZE", defaultValue = "64G", converter = UnitSizeConverter.class,
            description = "The most that a packed file (gzip, xz, bzip2, zip) may hold (default: ${DEFAULT-VALUE}). It is unpacked beside "
                    + "itself, into a hidden folder that is used again.")
    private long limit;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Unpacker unpacker(ProgressBar progress) {
        return new Unpacker(limit, CacheFolder.of(System.getenv()), progress, notice -> {
            progress.wipe();
            command.commandLine().getErr().println("poolscope: " + Plain.text(notice));
        });
    }
}
