package org.poolscope.app;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.poolscope.fleet.FleetException;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.ProgramName;
import org.poolscope.report.Plain;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code poolscope} command. */
@Command(name = "poolscope", version = "poolscope 0.1.0", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Finds what ate the Windows kernel's memory pools, from evidence alone.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Start with:  poolscope diagnose FOLDER-OR-FILES", "Exit status: 0 done, 1 done and a problem was found, "
                + "2 wrong usage, 3 input that cannot be read."})
public final class Poolscope {

    static final int UNREADABLE = 3;
    private static final Pattern EXAMPLE = Pattern.compile("(?<=  |: |\\()poolscope ");

    static {
        // Nothing here is written in Groovy: picocli would look for its classes in every library, at every start.
        System.setProperty("picocli.disable.closures", "true");
    }

    private final Writer out;

    private Poolscope(Writer out) {
        this.out = out;
    }

    /** Runs the command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        end(run(arguments));
    }

    /**
     * Ends the process. {@link System#exit} first asks every library for a logger that wants to know of it, which takes a tenth of a short command's
     * time: so a command that went well, and left nothing running, just ends.
     */
    private static void end(int status) {
        if (status != 0 || othersRun()) {
            System.exit(status);
        }
    }

    /** Whether a thread would keep the process alive. */
    private static boolean othersRun() {
        Thread[] threads = new Thread[Thread.activeCount() + 16];
        int count = Thread.enumerate(threads);
        boolean found = count == threads.length;
        for (int i = 0; i < count; i++) {
            found |= threads[i] != Thread.currentThread() && !threads[i].isDaemon();
        }
        return found;
    }

    /** Runs the command on standard output: UTF-8 whatever the locale, and buffered, since results may have millions of lines. */
    static int run(String... arguments) {
        Writer out = new BufferedWriter(new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8), 1 << 16);
        PrintWriter err = new PrintWriter(new OutputStreamWriter(new FileOutputStream(FileDescriptor.err), StandardCharsets.UTF_8), true);
        return run(out, err, arguments);
    }

    /** Runs the command with its results and its complaints going where the caller wants them; returns its exit status. */
    static int run(Writer out, PrintWriter err, String... arguments) {
        CommandLine line = commandLine(out, arguments);
        line.setOut(new PrintWriter(out, true));
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(Poolscope::failed);
        line.setParameterExceptionHandler(Poolscope::misused);
        int status = line.execute(arguments);
        try {
            out.flush();
        } catch (IOException e) {
            return isBrokenPipe(e) ? status : complain(e, err);
        }
        return status;
    }

    /** The command that the first argument names, or all commands without one; results go to the writer. */
    static CommandLine commandLine(Writer out, String... arguments) {
        CommandLine line = new CommandLine(new Poolscope(out));
        CommandList.addTo(line, arguments);
        // The examples of a command's help are for pasting too.
        line.getHelpSectionMap().put(CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER, help -> EXAMPLE.matcher(help.footer())
                .replaceAll(Matcher.quoteReplacement(ProgramName.word() + " ")));
        line.setHelpSectionMap(line.getHelpSectionMap());
        return line;
    }

    Writer out() {
        return out;
    }

    private static int misused(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("poolscope: " + Plain.text(failure.getMessage()));
        if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
            err.println(unmatched.isUnknownOption() ? "Possible solutions: " + String.join(", ", unmatched.getSuggestions())
                    : "Did you mean: " + unmatched.getSuggestions().stream().map(name -> ProgramName.called(command.getCommandSpec().qualifiedName() + " " + name))
                            .collect(Collectors.joining(" or ")) + "?");
        }
        err.println("Try '" + ProgramName.called(command.getCommandSpec().qualifiedName() + " --help") + "'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (failure instanceof ParameterException misuse) {
            return misused(misuse, new String[0]);
        }
        PrintWriter err = command.getErr();
        if (System.getenv("POOLSCOPE_DEBUG") != null) {
            failure.printStackTrace(err);
        }
        switch (failure) {
            case EvidenceException unreadable -> err.println("poolscope: " + Plain.text(unreadable.getMessage()));
            case FleetException fleet -> err.println("poolscope: " + Plain.text(fleet.getMessage()));
            case IOException io when isBrokenPipe(io) -> {
                return CommandLine.ExitCode.OK;
            }
            case UncheckedIOException io when isBrokenPipe(io.getCause()) -> {
                return CommandLine.ExitCode.OK;
            }
            case IOException io -> complain(io, err);
            default -> err.println("poolscope: an error in Poolscope itself (" + Plain.text(failure.toString())
                    + "). Please report it; run again with POOLSCOPE_DEBUG=1 for details.");
        }
        return UNREADABLE;
    }

    private static int complain(IOException failure, PrintWriter err) {
        String why = switch (failure) {
            case NoSuchFileException e -> e.getMessage() + ": there is no such folder";
            case AccessDeniedException e -> e.getMessage() + ": no permission to write there";
            default -> String.valueOf(failure.getMessage());
        };
        err.println("poolscope: cannot write the result: " + Plain.text(why));
        return UNREADABLE;
    }

    /** The reader of our output went away ({@code poolscope … | head}): that is no error. */
    private static boolean isBrokenPipe(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("Broken pipe");
    }
}
