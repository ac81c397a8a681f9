package org.poolscope.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.TerminalBuilder;
import org.poolscope.app.watch.LivePools;
import org.poolscope.app.watch.Replay;
import org.poolscope.app.watch.SampleSource;
import org.poolscope.app.watch.WatchScreen;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.model.EvidenceException;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope watch}: the pool monitor's screen. */
@Command(name = "watch", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The pool monitor's screen: replay a log, or watch this machine.",
        description = {"Shows PoolMon's table in any terminal and obeys PoolMon's keys: p t a f d b m ( ) i x e g l q; and h for help on these and",
            "more: growth since the start, small charts, driver names, freeze (space), save (s). A log is replayed sample by sample; on",
            "Windows --live watches the running system. Without a terminal the samples are printed one below the other.",
            "Live watching is tested at the level of the buffer Windows returns (32- and 64-bit), not on Windows itself."},
        footer = {"", "Examples:", "  poolscope watch poolsnap.log", "  poolscope watch snapshots/ --speed 20",
            "  poolscope watch --live --interval 10 --log poolsnap.log"})
final class WatchCommand implements Callable<Integer> {

    private static final int PRINTED_LINES = 40;

    @Parameters(paramLabel = "LOG", arity = "0..*", description = "Logs to replay; or folders of them.")
    private List<Path> logs = List.of();

    @Option(names = "--live", description = "Watch this machine, which must run Windows.")
    private boolean live;

    @Option(names = "--interval", paramLabel = "SECONDS", defaultValue = "5",
            description = "Live: seconds between samples (default: ${DEFAULT-VALUE}).")
    private double interval;

    @Option(names = "--speed", paramLabel = "N", defaultValue = "1",
            description = "Replay: samples a second (default: ${DEFAULT-VALUE}).")
    private double speed;

    @Option(names = "--log", paramLabel = "FILE",
            description = "Append every sample to this file, as poolmon -n writes it, with its time.")
    private Path log;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        if (live == !logs.isEmpty()) {
            throw new ParameterException(command.commandLine(), live ? "Either --live or logs, not both"
                    : "Missing: a log to replay, or --live");
        }
        if (!(interval > 0) || !(speed > 0)) {
            throw new ParameterException(command.commandLine(), "--interval and --speed must be more than 0");
        }
        if (live) {
            watch(LivePools.open(), 1 / interval);
            return 0;
        }
        try (ProgressBar progress = new ProgressBar(); Case subject = CaseReader.read(logs, progress)) {
            progress.wipe();
            subject.warnings().forEach(warning -> command.commandLine().getErr()
                    .println("poolscope: " + Plain.text(warning.where() + ": " + warning.message())));
            watch(Replay.of(subject), speed);
        }
        return 0;
    }

    private void watch(SampleSource source, double samplesASecond) throws EvidenceException, IOException {
        boolean terminal = Terminal.isStdout();
        String no = System.getenv("NO_COLOR");
        boolean colour = no == null || no.isEmpty();
        Poolscope program = (Poolscope) command.root().userObject();
        TerminalBuilder builder = TerminalBuilder.builder().name("poolscope");
        builder = terminal ? builder.system(true).dumb(true) : builder.system(false).dumb(true).type("dumb")
                .streams(java.io.InputStream.nullInputStream(), java.io.OutputStream.nullOutputStream());
        try (org.jline.terminal.Terminal screen = builder.build()) {
            WatchScreen watch = new WatchScreen(screen, source, samplesASecond, colour, log, Path.of(""));
            if (terminal && WatchScreen.canShow(screen)) {
                watch.run();
            } else {
                // With a file to record to and nobody to look, there is nothing to print.
                watch.print(log != null && !terminal ? null : program.out(), PRINTED_LINES);
                program.out().flush();
            }
        }
    }
}
