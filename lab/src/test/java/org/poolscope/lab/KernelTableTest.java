package org.poolscope.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.lab.machine.KernelTable;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.isf.IsfReader;

/** What the lab lays later kernels out by, against the whole symbol tables of those kernels. */
class KernelTableTest {

    static Stream<Integer> builds() {
        return KernelTable.builds().stream();
    }

    @ParameterizedTest
    @MethodSource("builds")
    void everyRowIsThatOfTheKernelsOwnSymbols(int build) throws Exception {
        KernelTable table = KernelTable.of(build);
        SymbolTable symbols = IsfReader.read(RealEvidence.path("symbols/ntkrnlmp.pdb-" + table.pdb() + ".json.xz"));
        assertThat(table.structures()).hasSizeGreaterThan(40);
        for (StructLayout structure : table.structures()) {
            StructLayout real = symbols.get(structure.name());
            assertThat(structure.size()).as(structure.name()).isEqualTo(real.size());
            for (FieldLayout field : structure.fields()) {
                FieldLayout there = real.field(field.name());
                assertThat(line(field)).as(structure.name() + "." + field.name()).isEqualTo(line(there));
            }
        }
        assertThat(table.variables()).hasSizeGreaterThan(60).allSatisfy((name, place) ->
                assertThat(symbols.offset(name)).as(name).hasValue(place));
    }

    private static String line(FieldLayout field) {
        return field.offset() + ":" + field.bytes() + ":" + field.bit() + "+" + field.bits() + "*" + field.count();
    }
}
