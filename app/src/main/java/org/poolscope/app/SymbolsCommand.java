package org.poolscope.app;

import static org.poolscope.report.JsonDocument.flag;
import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.KernelSymbols;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.report.Plain;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.store.Attempt;
import org.poolscope.symbols.store.SymbolSearch;
import picocli.CommandLine.Command;

/** {@code poolscope symbols}: which symbols the kernel needs, and what was found. */
@Command(name = "symbols", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Which symbols this kernel needs, what was found, and where.",
        description = "Much can be read without symbol files: this says what is known of the kernel without one, and what one "
                + "adds. PDB files and ISF tables (.json, .json.xz) are read. Nothing is fetched unless --symbols or "
                + "_NT_SYMBOL_PATH names a server.",
        footer = {"", "Examples:", "  poolscope symbols MEMORY.DMP --symbols ntkrnlmp.pdb",
            "  poolscope symbols MEMORY.DMP --symbols 'srv*~/symbols*https://msdl.microsoft.com/download/symbols'"})
final class SymbolsCommand extends ImageCommand {

    @Override
    void answer(KernelImage image, Progress progress, Output output) throws Exception {
        KernelSymbols symbols = image.symbols().orThrow(path());
        if (output.isJson()) {
            output.document(json -> write(image, symbols, json));
            return;
        }
        Optional<PdbIdentity> identity = symbols.identity();
        line(output, "Kernel's symbol file", identity.map(PdbIdentity::name)
                .orElse("not known: the image does not hold the kernel's headers"));
        if (identity.isPresent()) {
            line(output, "GUID and age", identity.get().guid() + ", " + identity.get().age());
            line(output, "Known from", symbols.isInferred()
                    ? "the places of the kernel's variables, which are those of this build alone"
                    : "the kernel's debug directory");
        }
        line(output, "Without a file", builtIn(image, symbols));
        line(output, "Symbol file", symbols.table().map(table -> Quantity.count(table.typeCount(), "structure",
                "structures") + ", "
                + Quantity.count(table.symbolCount(), "symbol", "symbols")).orElse("none"));
        List<Attempt> attempts = symbols.search().map(SymbolSearch::attempts).orElse(List.of());
        for (Attempt attempt : attempts) {
            output.line("  " + Plain.text(attempt.toString()));
        }
        if (symbols.table().isEmpty()) {
            output.line("");
            output.line(Plain.text(advice(image, symbols, attempts)));
        }
    }

    private static String builtIn(KernelImage image, KernelSymbols symbols) {
        String layouts = image.symbols().value().flatMap(KernelSymbols::table).isPresent() ? "" : image.layouts().caveat()
                .map(caveat -> "; " + caveat).orElse("");
        return (symbols.builtIn().isPresent() ? "structures and variables of exactly this kernel are built in"
                : "structures are those of build " + image.version() + "; variables are where the debugger data block says")
                        + layouts;
    }

    private static String advice(KernelImage image, KernelSymbols symbols, List<Attempt> attempts) {
        boolean complete = image.counters().value().isPresent() && image.tagTable().value().isPresent();
        String gain = symbols.builtIn().isPresent() || complete ? "A symbol file would add names of functions on call stacks"
                + (complete ? "; counters and tables of pools are read without one." : ".")
                : "A symbol file would add the memory manager's counters, the tables of pools, and names of functions.";
        String where = symbols.identity().map(identity -> " A symbol server has it as " + identity.name() + "/"
                + identity.folder() + "/"
                + identity.name() + ".").orElse("");
        return gain + where + (attempts.isEmpty() && symbols.identity().isPresent()
                ? " Name a folder, a file or a server with --symbols or in _NT_SYMBOL_PATH." : "");
    }

    private static void write(KernelImage image, KernelSymbols symbols, JsonGenerator json) throws IOException {
        PdbIdentity identity = symbols.identity().orElse(null);
        text(json, "pdb", identity == null ? null : identity.name());
        text(json, "guid", identity == null ? null : identity.guid());
        number(json, "age", identity == null ? null : identity.age());
        flag(json, "inferred", identity == null ? null : symbols.isInferred());
        flag(json, "builtIn", symbols.builtIn().isPresent());
        number(json, "build", image.version().build());
        SymbolTable table = symbols.table().orElse(null);
        text(json, "source", table == null ? null : table.toString());
        number(json, "structures", table == null ? null : (long) table.typeCount());
        number(json, "symbols", table == null ? null : (long) table.symbolCount());
        json.writeArrayFieldStart("attempts");
        for (Attempt attempt : symbols.search().map(SymbolSearch::attempts).orElse(List.of())) {
            json.writeStartObject();
            text(json, "place", attempt.place());
            text(json, "outcome", attempt.outcome().name().toLowerCase(Locale.ROOT));
            text(json, "why", attempt.why().isEmpty() ? null : attempt.why());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void line(Output output, String label, String value) throws IOException {
        output.line(String.format("%-22s %s", label, Plain.text(value)));
    }
}
