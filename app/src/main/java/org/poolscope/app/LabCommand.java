package org.poolscope.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.poolscope.lab.FleetCase;
import org.poolscope.lab.FleetOptions;
import org.poolscope.lab.LabCase;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.lab.LabResult;
import org.poolscope.model.ProgramName;
import org.poolscope.model.Quantity;
import org.poolscope.model.ShellWord;
import picocli.CommandLine.ArgGroup;
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
            "  poolscope lab io-leak -o leak --build 19041 --scale 0.05", "  poolscope diagnose case", "  poolscope lab fleet -o machines --machines 400 --leaking 4 --days 20"})
final class LabCommand implements Callable<Integer> {

    /** Names the cases in the help text and in shell completion. */
    static final class CaseNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.concat(LabCases.all().stream().map(LabCase::name), Stream.of(FleetCase.NAME)).iterator();
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

    @Option(names = "--build", paramLabel = "N",
            description = "Which Windows the machine has, in all cases but photo-upload, fragmented and fleet: 9600 (8.1), "
                    + "14393 (10 1607), 17763 (10 1809), 19041 (10 2004), 20348 (Server 2022) or 22000 (11). "
                    + "With --variant, that variant of it: verifier, control, raw or trimmed, where the case has it.")
    private Integer build;

    @ArgGroup(exclusive = false, heading = "For the case fleet:%n")
    private final FleetSize fleet = new FleetSize();

    /** How large a fleet is made. */
    static final class FleetSize {
        @Option(names = "--machines", paramLabel = "N", defaultValue = "400", description = "Machines (default: ${DEFAULT-VALUE}).")
        private int machines = 400;

        @Option(names = "--leaking", paramLabel = "N", defaultValue = "4", description = "How many of them leak (default: ${DEFAULT-VALUE}).")
        private int leaking = 4;

        @Option(names = "--days", paramLabel = "N", defaultValue = "20", description = "Days of samples (default: ${DEFAULT-VALUE}).")
        private int days = 20;

        @Option(names = "--samples-per-day", paramLabel = "N", defaultValue = "4", description = "Samples a day (default: ${DEFAULT-VALUE}).")
        private int samples = 4;

        @Option(names = "--tags", paramLabel = "N", defaultValue = "60", description = "Tags of each machine (default: ${DEFAULT-VALUE}).")
        private int tags = 60;
    }

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        if (name.equals(FleetCase.NAME)) {
            refuse("is for cases of one machine", "--build", "--variant", "--scale");
            return fleet();
        }
        LabCase chosen = LabCases.find(name).orElseThrow(() -> new ParameterException(command.commandLine(),
                "no case named '" + name + "'; there are: " + String.join(", ", new CaseNames())));
        refuse("is for the case " + FleetCase.NAME, "--machines", "--leaking", "--days", "--samples-per-day", "--tags");
        checkBuild(chosen);
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
            output.line("Diagnose it: " + ProgramName.called("poolscope diagnose ") + ShellWord.of(made.folder().toString()));
        }
        return 0;
    }

    /** Refuses options that would have no effect on the case that was asked for. */
    private void refuse(String why, String... options) {
        for (String option : options) {
            if (command.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(command.commandLine(), option + " " + why + ", not for " + name);
            }
        }
    }

    private void checkBuild(LabCase chosen) {
        if (build == null || chosen.builds().contains(build)) {
            return;
        }
        throw new ParameterException(command.commandLine(), chosen.builds().isEmpty()
                ? "the case " + name + " has no --build; these have: " + LabCases.all().stream().filter(other -> !other.builds().isEmpty())
                        .map(LabCase::name).collect(Collectors.joining(", "))
                : "there is no build " + build + "; there are: "
                        + chosen.builds().stream().map(Object::toString).collect(Collectors.joining(", ")));
    }

    private int fleet() throws IOException {
        Path truth;
        try (ProgressBar progress = new ProgressBar()) {
            truth = FleetCase.write(folder, new FleetOptions(fleet.machines, fleet.leaking, fleet.days, fleet.samples, fleet.tags, seed,
                    progress));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
        if (output.isJson()) {
            output.document(json -> {
                json.writeStringField("case", FleetCase.NAME);
                json.writeStringField("folder", folder.toAbsolutePath().normalize().toString());
                json.writeStringField("truth", truth.toString());
            });
        } else {
            output.line(FleetCase.NAME + ": " + FleetCase.DESCRIPTION);
            output.line("The truth: " + truth);
            output.line("Take it in: " + ProgramName.called("poolscope fleet ingest ") + ShellWord.of(folder.toString()) + " -o DATASET");
        }
        return 0;
    }

    private LabOptions options(ProgressBar progress) {
        String machine = build == null ? variant : variant.isEmpty() ? build.toString() : build + "-" + variant;
        return new LabOptions(scale, seed, machine, progress);
    }
}
