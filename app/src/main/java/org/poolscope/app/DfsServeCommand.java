package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.poolscope.dfs.StatusCode;
import org.poolscope.dfs.namespace.Fault;
import org.poolscope.dfs.namespace.Namespace;
import org.poolscope.dfs.namespace.NamespaceFile;
import org.poolscope.dfs.namespace.NamespaceRoot;
import org.poolscope.dfs.server.DfsServer;
import org.poolscope.dfs.server.ServedReferral;
import org.poolscope.dfs.server.ServerCounts;
import org.poolscope.dfs.server.ServerLimits;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope dfs serve}: a DFS namespace server, correct or faulty on purpose. */
@Command(name = "serve", mixinStandardHelpOptions = true, usageHelpAutoWidth = true, sortOptions = false,
        header = "Serve a DFS namespace over SMB2 and SMB3, correctly or with faults, to see what a client makes of it.",
        description = {"Answers referral requests and lets clients list the namespace; it has no files, reads none and writes none.",
            "It listens on this machine only unless --bind says otherwise. Guests and users with NTLMv2 and signing; no encryption.",
            "Refusals are told on standard error. Ctrl-C ends it."})
final class DfsServeCommand implements Callable<Integer> {

    private static final int HELP_WIDTH = 79;
    private static final List<String> EXAMPLE = List.of("", "A namespace:",
            "  server: FILES                   # the server's name as clients are told",
            "  users: {anna: correct horse}    # without users everybody gets in",
            "  roots:",
            "    projects:                     # clients open \\\\thisserver\\projects",
            "      ttl: 300                    # seconds",
            "      links:",
            "        lores:",
            "          ttl: 1800",
            "          targets: ['\\\\fs1\\lores', '\\\\fs2\\lores']",
            "        archive\\2024: {targets: '\\\\fs1\\archive\\2024'}",
            "        partner: {interlink: true, targets: '\\\\partner.example\\public'}",
            "", "Examples:", "  poolscope dfs serve namespace.yaml",
            "  poolscope dfs serve namespace.yaml --fault per-file --trace",
            "  smbclient //127.0.0.1/projects -p 1445 -U 'anna%%correct horse' -c ls",
            "docs/namespace.yaml is a longer example. To a link's target, and from there back, clients go by port 445.");

    private static final Listing<ServedReferral> TRACE = new Listing<>((referral, json) -> {
        text(json, "client", referral.client());
        text(json, "path", referral.path().orElse(null));
        text(json, "status", String.format("0x%08x", referral.status()));
        number(json, "bytes", referral.bytes());
    });

    /** Names the faults in the help text and in shell completion. */
    static final class FaultNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Fault.all().stream().map(Fault::name).iterator();
        }
    }

    @Parameters(paramLabel = "NAMESPACE", description = "A YAML file with the namespace.")
    private Path file;

    @Option(names = "--fault", paramLabel = "NAME", split = ",", completionCandidates = FaultNames.class,
            description = "What to do wrong; may be given several times.")
    private List<String> faultNames = List.of();

    @Option(names = "--port", paramLabel = "N", defaultValue = "1445",
            description = "The TCP port; 0 for any that is free (default: ${DEFAULT-VALUE}; Windows clients use 445 only).")
    private int port;

    @Option(names = "--bind", paramLabel = "ADDRESS", defaultValue = "127.0.0.1",
            description = "The address to listen on; 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
    private String bind;

    @Option(names = "--trace", description = "Print each referral request.")
    private boolean trace;

    @Mixin
    private Output output;

    private CommandSpec command;

    /** The help text tells of each fault what it does, in the fault's own words. */
    @Spec
    void command(CommandSpec spec) {
        command = spec;
        List<String> footer = new ArrayList<>(List.of("", "Faults:"));
        Fault.all().forEach(fault -> footer.addAll(described(fault)));
        footer.addAll(EXAMPLE);
        spec.usageMessage().footer(footer.toArray(String[]::new));
    }

    /** A fault's name and what it does, in lines that fit a terminal of 80 columns. */
    private static List<String> described(Fault fault) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(String.format("  %-20s", fault.name()));
        for (String word : fault.what().split(" ")) {
            if (line.length() + 1 + word.length() > HELP_WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(22));
            }
            line.append(' ').append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    @Override
    public Integer call() throws Exception {
        List<Fault> faults = faults();
        if (port < 0 || port > 0xffff) {
            throw new ParameterException(command.commandLine(), "--port: " + port + " is no port; 0 to 65535 are");
        }
        Namespace namespace = NamespaceFile.read(file);
        PrintWriter err = command.commandLine().getErr();
        try (DfsServer server = DfsServer.start(new InetSocketAddress(address(), port), namespace, faults, ServerLimits.USUAL,
                line -> err.println("poolscope: " + Plain.text(line)), this::trace)) {
            AtomicBoolean told = new AtomicBoolean();
            Runnable end = () -> {
                if (!told.getAndSet(true)) {
                    tellEnd(server.counts(), err);
                }
            };
            Thread atExit = new Thread(end, "dfs-end");
            Runtime.getRuntime().addShutdownHook(atExit);
            tellStart(server, namespace, faults);
            awaitEnd(server);
            end.run();
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IOException e) {
            throw new ParameterException(command.commandLine(), "cannot listen on " + bind + " port " + port + ": " + e.getMessage()
                    + (port > 0 && port < 1024 ? ". Ports below 1024 need the administrator's rights" : ". Choose another with --port"), e);
        }
        return 0;
    }

    private static void awaitEnd(DfsServer server) {
        try {
            server.await();
        } catch (InterruptedException e) {
            // whoever runs this command wants it to end, and it does
        }
    }

    private List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        for (String name : faultNames) {
            faults.add(Fault.named(name).orElseThrow(() -> new ParameterException(command.commandLine(), "no fault named '" + name
                    + "'; there are: " + String.join(", ", new FaultNames()))));
        }
        return faults;
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(bind);
        } catch (UnknownHostException e) {
            throw new ParameterException(command.commandLine(), "--bind: " + bind + " is no address of this machine", e);
        }
    }

    private void tellStart(DfsServer server, Namespace namespace, List<Fault> faults) throws IOException {
        InetSocketAddress at = server.address();
        if (output.isJson()) {
            output.document(json -> {
                json.writeStringField("address", at.getAddress().getHostAddress());
                json.writeNumberField("port", at.getPort());
                json.writeArrayFieldStart("roots");
                for (NamespaceRoot root : namespace.roots()) {
                    json.writeString(root.name());
                }
                json.writeEndArray();
                json.writeArrayFieldStart("faults");
                for (Fault fault : faults) {
                    json.writeString(fault.name());
                }
                json.writeEndArray();
            });
        } else {
            output.line("Serving " + namespace.roots().stream().map(root -> root.name() + " ("
                    + Quantity.count(root.links().size(), "link", "links") + ")").collect(Collectors.joining(", "))
                    + " on " + at.getAddress().getHostAddress() + " port " + at.getPort() + ".");
            for (Fault fault : faults) {
                output.line("Fault " + fault.name() + ": " + fault.what() + ".");
            }
        }
        output.flush();
    }

    private static void tellEnd(ServerCounts counts, PrintWriter err) {
        err.println("poolscope: answered " + Quantity.count(counts.requests(), "request", "requests") + " on "
                + Quantity.count(counts.accepted(), "connection", "connections") + ", " + Quantity.count(counts.referrals())
                + " of them for referrals");
    }

    private synchronized void trace(ServedReferral referral) {
        if (!trace) {
            return;
        }
        try {
            if (output.isJson()) {
                output.list(TRACE, List.of(referral).iterator());
            } else {
                output.line(Plain.text(referral.client() + "  " + referral.path().orElse("(unreadable)") + "  " + (referral.status() == 0
                        ? Quantity.bytes(referral.bytes()) : StatusCode.text(referral.status()))));
            }
            output.flush();
        } catch (IOException e) {
            // whoever read the trace has gone; the server goes on
        }
    }
}
