package org.poolscope.app;

import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.poolscope.app.page.PageServer;
import org.poolscope.model.EvidenceException;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope ui}: the same in a browser. */
@Command(name = "ui", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The same in a browser, on this machine only.",
        description = {"Prints an address to open: the verdict, then tags, blocks, a block in hex, who points to it, and on from there; call sites of",
            "drivers, referrals of captures, two snapshots side by side. Files can be dropped on the page. It listens on 127.0.0.1",
            "only and answers only who has the token in the address; nothing leaves the machine. Ctrl+C ends it."},
        footer = {"", "Examples:", "  poolscope ui", "  poolscope ui MEMORY.DMP poolmon.log", "  poolscope ui case-folder/ --port 8800"})
final class UiCommand implements Callable<Integer> {

    @Parameters(paramLabel = "EVIDENCE", arity = "0..*", description = "Dumps, listings, logs; or folders of them. More can be dropped on the page.")
    private List<Path> evidence = List.of();

    @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "The port to listen on (default: any that is free).")
    private int port;

    @Option(names = "--max-upload", paramLabel = "SIZE", defaultValue = "4G", converter = UnitSizeConverter.class,
            description = "The most that may be dropped on the page, all files together (default: ${DEFAULT-VALUE}).")
    private long mostBytes;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > 0xffff) {
            throw new ParameterException(command.commandLine(), "--port: " + port + " is no port; 0 to 65535 are");
        }
        for (Path path : evidence) {
            if (!Files.exists(path)) {
                throw new EvidenceException(path, "", "there is no such file or folder", "Check the name");
            }
        }
        try (PageServer server = PageServer.start(evidence, port, mostBytes, command.root().version()[0], complaint ->
                command.commandLine().getErr().println("poolscope: " + Plain.text(complaint) + " (The page is open all the same: other files can be dropped there.)"))) {
            if (output.isJson()) {
                output.document(json -> json.writeStringField("address", server.address()));
            } else {
                output.line("Open this address in a browser on this machine:");
                output.line("");
                output.line("  " + server.address());
                output.line("");
                output.line("Ctrl+C ends it.");
            }
            output.flush();
            // Until the process is told to end; what was dropped is deleted then.
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            new CountDownLatch(1).await();
        } catch (BindException e) {
            throw new ParameterException(command.commandLine(), "cannot listen on port " + port + ": " + e.getMessage()
                    + ". Choose another, or --port 0 for any that is free", e);
        }
        return 0;
    }
}
