package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.poolscope.driver.CallSite;
import org.poolscope.driver.DebuggerScript;
import org.poolscope.driver.DriverFile;
import org.poolscope.driver.Retag;
import org.poolscope.driver.TagMap;
import org.poolscope.model.Address;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
import org.poolscope.report.Listing;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope retag}: a copy of a driver in which each call site has a tag of its own. */
@Command(name = "retag", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "A copy of a driver in which each allocation call site has a tag of its own.",
        description = {"", "PoolMon or a dump then shows which code path leaks: 'Mup ' becomes Mu00, Mu01, ... Only the four bytes of tags in instructions,",
            "the checksum and the signature change; every changed byte is listed. Without -o nothing is written and the plan is shown.",
            "", "A site keeps its tag when the tag is protected (bit 31), does not stand in one instruction, or when the driver frees blocks by it.",
            "Where the driver names an old tag without giving it to a pool function (compares it, keeps it, has it in a table) is told, in the map",
            "as otherUses: such code goes on looking for the old tag.",
            "", "The copy has no signature. 64-bit Windows loads it only in test mode, on a machine set aside for tests (bcdedit /set testsigning on,",
            "Secure Boot off, restart), signed with a test certificate: makecert or New-SelfSignedCertificate -Type CodeSigningCert, the certificate",
            "put into the machine's root and trusted publisher stores, then signtool sign /fd sha256 OUT. Windows protects its own files: replace them",
            "from the recovery console. Or leave the file alone and use --script: it changes the loaded driver in a live kernel debugging session,",
            "needs no signature, and is gone after a restart."},
        footer = {"", "Examples:", "  poolscope retag mup.sys", "  poolscope retag mup.sys -o out/mup.sys --map mup.map.json",
            "  poolscope retag mup.sys --tag 'Mup ' --prefix Mu --map mup.map.json --script mup.kd",
            "Then: poolscope diagnose MEMORY.DMP --tag-map mup.map.json",
            "Exit status: 0 done, 1 no site can have a tag of its own: nothing was written, 3 the driver cannot be read."})
final class RetagCommand implements Callable<Integer> {

    private static final int MOST_OTHER_USES = 40;
    private static final int FEW_PLACES = 3;

    @Parameters(paramLabel = "DRIVER", description = "A driver file for x86 or x64.")
    private Path path;

    @Option(names = {"-o", "--output"}, paramLabel = "OUT", description = "Where the copy goes.")
    private Path copy;

    @Option(names = "--map", paramLabel = "MAP", description = "Write which tag is which site (JSON); diagnose --tag-map reads it.")
    private Path map;

    @Option(names = "--script", paramLabel = "KD",
            description = "Write debugger commands that do the same to the loaded driver, and KD.undo with those that undo it.")
    private Path script;

    @Option(names = "--tag", paramLabel = "PATTERN", converter = PoolUsedCommand.PatternConverter.class,
            description = "Only sites with a tag that matches; ? stands for one character, * at the end for any.")
    private TagPattern pattern;

    @Option(names = "--prefix", paramLabel = "XY", description = "The first two characters of all new tags (default: those of each old tag).")
    private String prefix;

    @Option(names = "--patch-frees", description = "Let frees that name a retagged tag free any tag, so that their sites can be retagged too.")
    private boolean patchFrees;

    @Mixin
    private SymbolOption symbols;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    private static final Listing<TagMap.Entry> SITES = new Listing<TagMap.Entry>((entry, json) -> {
    })
            .text("New", entry -> entry.tag().toString())
            .text("Old", entry -> entry.originalTag().toString())
            .text("Site", entry -> entry.function() + "+" + Address.text(entry.functionOffset()))
            .text("API", TagMap.Entry::api)
            .text("Pool", entry -> entry.pool() == null ? null : entry.pool().word())
            .text("Size", entry -> entry.sizes().isEmpty() ? null : String.join(" or ", entry.sizes().stream().map(Address::text).toList()))
            .text("Patched at", entry -> "offset " + Address.text(entry.patchOffset()));

    private static final Listing<Retag.Change> CHANGES = new Listing<Retag.Change>((change, json) -> {
    })
            .text("Offset", change -> Address.text(change.offset()))
            .text("Before", Retag.Change::before)
            .text("After", Retag.Change::after)
            .text("What", Retag.Change::what);

    @Override
    public Integer call() throws Exception {
        Retag.Options options = options();
        DriverFile driver = DriverFile.read(path, symbols.finder(command));
        Retag retag = Retag.plan(driver, options);
        PrintWriter err = command.commandLine().getErr();
        driver.warnings().forEach(warning -> err.println("poolscope: " + Plain.text(path.getFileName() + ": " + warning)));
        retag.warnings().forEach(warning -> err.println("poolscope: " + Plain.text(path.getFileName() + ": " + warning)));
        boolean empty = retag.map().entries().isEmpty();
        if (!empty) {
            write(retag);
        }
        print(retag);
        if (empty && (copy != null || map != null || script != null)) {
            err.println("poolscope: " + Plain.text(path.getFileName() + ": nothing was written: there is no site that can have a tag of its own"));
            return 1;
        }
        return 0;
    }

    private Retag.Options options() throws IOException {
        for (Path written : new Path[] {copy, map, script}) {
            if (written != null && Files.exists(written) && Files.exists(path) && Files.isSameFile(written, path)) {
                throw new ParameterException(command.commandLine(), written + " is the driver itself: name another file");
            }
            WritableFile.check(written);
        }
        try {
            return new Retag.Options(pattern, prefix, patchFrees);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private void write(Retag retag) throws IOException {
        if (copy != null) {
            Files.write(copy, retag.copy());
        }
        if (map != null) {
            try (Writer out = Files.newBufferedWriter(map, StandardCharsets.UTF_8)) {
                retag.map().write(out);
            }
        }
        if (script != null) {
            Files.writeString(script, DebuggerScript.apply(retag), StandardCharsets.US_ASCII);
            Files.writeString(undo(), DebuggerScript.undo(retag), StandardCharsets.US_ASCII);
        }
    }

    private Path undo() {
        return script.resolveSibling(script.getFileName() + ".undo");
    }

    private void print(Retag retag) throws IOException {
        if (output.isJson()) {
            output.document(json -> json(retag, json));
            return;
        }
        List<TagMap.Entry> entries = retag.map().entries();
        if (!entries.isEmpty()) {
            output.list(SITES, entries.iterator());
            output.line("");
            output.line("Changed bytes, all there are:");
            output.list(CHANGES, retag.changes().iterator());
        }
        if (!retag.otherUses().isEmpty()) {
            output.line("");
            output.line("The old tags stand elsewhere too. Nothing of this is changed: look whether it matters before the copy runs:");
            for (TagMap.OtherUse use : retag.otherUses().stream().limit(MOST_OTHER_USES).toList()) {
                output.line(Plain.text("  " + use.describe()));
            }
            if (retag.otherUses().size() > MOST_OTHER_USES) {
                output.line("  and " + Quantity.count(retag.otherUses().size() - MOST_OTHER_USES) + " more (--format json has them all)");
            }
        }
        if (!retag.refusals().isEmpty()) {
            output.line("");
            output.line("Left as they are:");
            Map<String, List<Retag.Refusal>> groups = new LinkedHashMap<>();
            retag.refusals().forEach(refusal -> groups.computeIfAbsent(refusal.site().tag() + refusal.reason(), key -> new ArrayList<>()).add(refusal));
            for (List<Retag.Refusal> group : groups.values()) {
                output.line(Plain.text("  " + leftOut(group)));
            }
        }
        if (!entries.isEmpty() || !retag.refusals().isEmpty()) {
            output.line("");
        }
        output.line(summary(retag));
        output.flush();
    }

    /** The sites of one tag that are left as they are for one reason. */
    private static String leftOut(List<Retag.Refusal> group) {
        CallSite first = group.getFirst().site();
        String places = group.stream().limit(FEW_PLACES).map(refusal -> refusal.site().place()).collect(Collectors.joining(", "))
                + (group.size() > FEW_PLACES ? " and " + Quantity.count(group.size() - FEW_PLACES) + " more" : "");
        return (first.tag() == null ? "" : "'" + first.tag() + "' ") + (group.size() == 1 ? places : Quantity.count(group.size()) + " sites (" + places + ")")
                + ": " + group.getFirst().reason();
    }

    /** Sites that get their tag from one instruction have it together. */
    private static String tagged(List<TagMap.Entry> entries) {
        Map<Integer, Long> byPlace = entries.stream().collect(Collectors.groupingBy(TagMap.Entry::patchRva, Collectors.counting()));
        int sharing = (int) entries.stream().filter(entry -> byPlace.get(entry.patchRva()) > 1).count();
        return Quantity.count(entries.size() - sharing, "site has a tag of its own", "sites have a tag of their own") + ", "
                + (sharing == 0 ? "" : Quantity.count(sharing) + " share one, because one instruction gives it to several, ");
    }

    private String summary(Retag retag) {
        String sites = tagged(retag.map().entries()) + Quantity.count(retag.refusals().size()) + " left as they are.";
        if (retag.map().entries().isEmpty()) {
            return retag.refusals().isEmpty() ? "Nothing to do: " + (pattern == null ? DriverText.NO_ALLOCATION : DriverText.NO_SUCH_TAG) + "." : sites;
        }
        return sites + (copy == null ? " Nothing was changed: -o OUT writes the copy." : " " + Plain.text(copy.toString())
                + " has no signature: it must be test-signed to load (see --help).")
                + (script == null ? "" : " In the debugger: $$>< " + Plain.text(script.toString()) + "  (undo: $$>< " + Plain.text(undo().toString()) + ").");
    }

    private static void json(Retag retag, JsonGenerator json) throws IOException {
        retag.map().write(json);
        json.writeArrayFieldStart("changes");
        for (Retag.Change change : retag.changes()) {
            json.writeStartObject();
            number(json, "offset", change.offset());
            text(json, "before", change.before());
            text(json, "after", change.after());
            text(json, "what", change.what());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("refusals");
        for (Retag.Refusal refusal : retag.refusals()) {
            json.writeStartObject();
            text(json, "rva", Address.text(refusal.site().rva()));
            text(json, "function", refusal.site().function());
            text(json, "tag", refusal.site().tag());
            text(json, "reason", refusal.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("warnings");
        for (String warning : retag.warnings()) {
            json.writeString(warning);
        }
        json.writeEndArray();
    }
}
