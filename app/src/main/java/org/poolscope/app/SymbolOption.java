package org.poolscope.app;

import org.poolscope.model.Progress;
import org.poolscope.report.Plain;
import org.poolscope.symbols.store.SymbolFinder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where commands on driver files look for the driver's PDB file when it does not lie beside the driver. */
final class SymbolOption {

    @Option(names = "--symbols", paramLabel = "PATH", description = "Where to look for the driver's PDB file when it is not beside the driver: folders, "
            + "files, srv*CACHE*URL, as in _NT_SYMBOL_PATH, which is used when this is not given.")
    private String path;

    SymbolFinder finder(CommandSpec command) {
        return finder(path, command);
    }

    /** The finder for what {@code --symbols} names, or the environment when it names nothing. */
    static SymbolFinder finder(String path, CommandSpec command) {
        try {
            return path == null ? SymbolFinder.ofEnvironment(System.getenv(), Progress.NONE)
                    : tellMissing(SymbolFinder.along(path, System.getenv(), Progress.NONE), command);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), (path == null ? "_NT_SYMBOL_PATH: " : "--symbols: ") + e.getMessage(), e);
        }
    }

    /** Says which folders and files of {@code --symbols} are not there: nobody names one in order not to have it looked into. */
    static SymbolFinder tellMissing(SymbolFinder finder, CommandSpec command) {
        finder.missing().forEach(place -> command.commandLine().getErr().println("poolscope: --symbols: "
                + Plain.text(place + ": no such file or folder")));
        return finder;
    }
}
