package org.poolscope.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.model.Architecture;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.isf.IsfReader;

/**
 * Symbol files and built-in tables must say the same, or one of them gives wrong numbers: every field, for every table at hand.
 */
class IsfAgreementTest {

    /** Described in the debugger's headers, or private to the memory manager: not in the kernel's public symbols. */
    static final Set<String> NOT_IN_SYMBOLS = Set.of("_UNLOADED_DRIVER", "_MMFREE_POOL_ENTRY");

    static List<Path> tables() throws IOException {
        try (Stream<Path> listing = Files.list(RealEvidence.path("symbols"))) {
            return listing.filter(path -> path.toString().endsWith(".json.xz")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void typesAndOffsetsAgreeWithTheBuiltInTable(Path path) throws Exception {
        SymbolTable table = IsfReader.read(path);
        assertThat(path.getFileName().toString()).startsWith(table.identity().name() + "-" + table.identity().key());
        assertThat(table.architecture()).contains(Architecture.X64);
        BuiltInGlobals globals = BuiltInGlobals.find(table.identity().key()).orElseThrow();
        LayoutFile file = LayoutFile.resource("x64.layout", Architecture.X64.pointerSize());
        KernelVersion version = globals.version().orElseThrow();
        Set<String> differences = new TreeSet<>();
        int same = 0;
        for (String type : file.types()) {
            StructLayout ours = file.layout(type, version);
            if (ours == null || NOT_IN_SYMBOLS.contains(type)) {
                continue;
            }
            StructLayout theirs = table.find(type).orElse(null);
            if (theirs == null || theirs.size() != ours.size()) {
                differences.add(type + ": " + theirs);
                continue;
            }
            for (FieldLayout field : ours.fields()) {
                FieldLayout other = theirs.find(field.name()).orElse(null);
                if (other == null || other.offset() != field.offset() || other.bit() != field.bit()
                        || other.bits() != field.bits()
                        || field.bytes() != 0 && other.bytes() != field.bytes()) {
                    differences.add(type + " " + field + "\n    " + other);
                } else {
                    same++;
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(same).isGreaterThan(450);
    }
}
