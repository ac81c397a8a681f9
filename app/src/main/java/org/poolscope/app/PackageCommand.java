package org.poolscope.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope package}: what it is. Making the image is the launch script's work, which has the JDK and what was built at hand. */
@Command(name = "package", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "An image of Poolscope that runs without a JDK.",
        description = {"For the system it is made on: Linux, macOS or Windows (there from a Bash, such as Git's). Needs the full JDK, whose jpackage",
            "does the work. To be copied whole to where it is wanted; the program is in its bin folder."},
        footer = {"", "Examples:", "  ./poolscope package", "  ./poolscope package /opt"})
final class PackageCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "The folder to make it in (default: app/target/package).")
    private Path folder;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "the image is made from Poolscope's sources: run ./poolscope package there"
                + (folder == null ? "" : ", with " + folder));
    }
}
