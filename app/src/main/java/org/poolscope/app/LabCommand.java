package org.poolscope.app;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.poolscope.lab.LabCase;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.lab.LabResult;
import org.poolscope.model.Quantity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope lab}: makes a practice case. */
@Command(name = "lab", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Make a practice case: the evidence of a machine, and the truth beside it.",
        description = {"The evidence goes into the folder, the truth into a file beside the folder, where no analysis looks.",
            "The same options make the same files, byte for byte."},
        footer = {"", "Examples:", "  poolscope lab photo-upload -o case", "  poolscope lab photo-upload -o small --scale 0.01",
            "  poolscope diagnose case"})
final class LabCommand implements Callable<Integer> {

    /** Names the cases in the help text and in shell completion. */
    static final class CaseNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return LabCases.all().stream().map(LabCase::name).iterator();
        }
    }

    @Parameters(paramLabel = "CASE", completionCandidates = CaseNames.class, description = "One of: ${COMPLETION-CANDIDATES}.")
    private String name;

    @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The folder for the evidence.")
    private Path folder;

    @Option(names = "--scale", paramLabel = "N", defaultValue = "1",
            description = "1 is the full size; smaller numbers make smaller cases (default: ${DEFAULT-VALUE}).")
    private double scale;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Decides what is left to chance (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--variant", paramLabel = "NAME", defaultValue = "", description = "A variant of the case, where it has several.")
    private String variant;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        LabCase chosen = LabCases.find(name).orElseThrow(() -> new ParameterException(command.commandLine(),
                "no case named '" + name + "'; there are: " + String.join(", ", new CaseNames())));
        LabResult made;
        try (ProgressBar progress = new ProgressBar()) {
            made = chosen.write(folder, options(progress));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
        if (output.isJson()) {
            output.document(json -> {
                json.writeStringField("case", chosen.name());
                json.writeStringField("folder", made.folder().toString());
                json.writeStringField("truth", made.truth().toString());
                json.writeArrayFieldStart("files");
                for (Path file : made.files()) {
                    json.writeString(file.toString());
                }
                json.writeEndArray();
            });
        } else {
            output.line(chosen.name() + ": " + chosen.description());
            for (Path file : made.files()) {
                output.line(String.format("  %-32s %s", made.folder().relativize(file), Quantity.bytes(file.toFile().length())));
            }
            output.line("The truth: " + made.truth());
            output.line("Diagnose it: poolscope diagnose " + made.folder());
        }
        return 0;
    }

    private LabOptions options(ProgressBar progress) {
        return new LabOptions(scale, seed, variant, progress);
    }
}
