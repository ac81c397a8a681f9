package org.poolscope.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.poolscope.diagnosis.EvidenceReaders;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.MemoryImage;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.ProgramName;
import org.poolscope.model.Progress;
import org.poolscope.report.Plain;
import org.poolscope.symbols.store.SymbolFinder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that asks one kernel image one question. */
abstract class ImageCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "IMAGE",
            description = "A crash dump, a raw memory image, the memory of a virtual machine (ELF core, VMware), or a hibernation "
                    + "file; as it is, or packed with gzip, xz, bzip2 or zip.")
    private Path path;

    @Option(names = "--symbols", paramLabel = "PATH", description = "Where to look for the kernel's symbols: folders, files, "
            + "srv*CACHE*URL, as in _NT_SYMBOL_PATH, which is used when this is not given.")
    private String symbolPath;

    @Mixin
    private UnpackOption unpacking;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public final Integer call() throws Exception {
        checkUsage();
        try (ProgressBar progress = new ProgressBar()) {
            progress.at("opening " + path.getFileName(), 0, 0);
            Path plain = unpacking.unpacker(progress).image(path);
            try (KernelImage image = open(plain, symbols(progress))) {
                answer(image, progress, output);
                output.flush();
                progress.wipe();
                warn(image);
            }
        }
        return 0;
    }

    /** Opens the image; evidence of another kind is told as what it is. */
    private static KernelImage open(Path plain, SymbolFinder symbols) throws EvidenceException {
        try {
            return KernelImage.open(plain, symbols);
        } catch (EvidenceException e) {
            EvidenceFile file = EvidenceFile.open(plain);
            if (MemoryImage.recognises(file)) {
                throw e;
            }
            List<String> formats = EvidenceReaders.installed().formats(file);
            throw formats.isEmpty() ? e : new EvidenceException(plain, "", "this is no memory image but another kind of evidence ("
                    + String.join(", ", formats) + ")",
                    "'" + ProgramName.called("poolscope diagnose") + "' reads it, and '" + ProgramName.called("poolscope trend") + "' when it tells of several times", e);
        }
    }

    private SymbolFinder symbols(Progress progress) {
        try {
            return symbolPath == null ? SymbolFinder.ofEnvironment(System.getenv(), progress)
                    : SymbolOption.tellMissing(SymbolFinder.along(symbolPath, System.getenv(), progress), command);
        } catch (IllegalArgumentException e) {
            throw misused((symbolPath == null ? "_NT_SYMBOL_PATH: " : "--symbols: ") + e.getMessage());
        }
    }

    /** Refuses options that do not go together, before the image is opened. */
    void checkUsage() {
        // Most commands take any combination.
    }

    /** What {@link #checkUsage} throws. */
    final ParameterException misused(String why) {
        return new ParameterException(command.commandLine(), why);
    }

    /** Answers the question. */
    abstract void answer(KernelImage image, Progress progress, Output output) throws Exception;

    /** What the answer lacks, beside what the image itself says of that. */
    List<String> moreWarnings() {
        return List.of();
    }

    /** The image, as the user named it. */
    final Path path() {
        return path;
    }

    private void warn(KernelImage image) {
        PrintWriter err = command.commandLine().getErr();
        for (String warning : image.warnings()) {
            err.println("poolscope: " + Plain.text(path.getFileName() + ": " + warning));
        }
        for (String warning : moreWarnings()) {
            err.println("poolscope: " + Plain.text(path.getFileName() + ": " + warning));
        }
    }
}
