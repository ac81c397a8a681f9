package org.poolscope.driver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.pdb.PdbReader;
import org.poolscope.symbols.store.SymbolFinder;

/** The names of a driver's functions, from its PDB file: the one beside the driver's file, else one found along a symbol path. */
final class DriverSymbols {

    private DriverSymbols() {
    }

    /** Function names by RVA; empty when no PDB file of this very build is at hand. */
    static Map<Integer, String> of(PeImage image, SymbolFinder finder, Consumer<String> warn) {
        Optional<PdbIdentity> wanted = image.debugId().flatMap(id -> PdbIdentity.of(id.fileName(), id.guid(), id.age()));
        if (wanted.isEmpty()) {
            return Map.of();
        }
        Optional<SymbolTable> near = image.isLoaded() ? Optional.empty() : beside(image, wanted.get(), warn);
        return near.or(() -> finder.find(wanted.get()).table()).map(table -> names(table, image.architecture()))
                .orElse(Map.of());
    }

    private static Optional<SymbolTable> beside(PeImage image, PdbIdentity wanted, Consumer<String> warn) {
        String stem = image.name().contains(".") ? image.name().substring(0, image.name().lastIndexOf('.')) : image.name();
        for (String name : List.of(wanted.name(), stem + ".pdb")) {
            Path file = image.path().resolveSibling(name);
            if (!Files.isRegularFile(file)) {
                continue;
            }
            try {
                SymbolTable table = PdbReader.read(file);
                if (table.identity().sameProgram(wanted)) {
                    return Optional.of(table);
                }
                warn.accept(name + " beside it is of another build: its names are not used");
            } catch (EvidenceException e) {
                warn.accept(name + " beside it is not used: " + e.problem());
            }
            break;
        }
        return Optional.empty();
    }

    private static Map<Integer, String> names(SymbolTable table, Architecture architecture) {
        Map<Integer, String> names = new HashMap<>();
        table.forEachSymbol((name, rva, length, code) -> {
            if (code && rva > 0 && rva <= Integer.MAX_VALUE) {
                names.merge((int) rva, PeImage.plainName(name, architecture), (first, second) -> first.length() <= second.length() ? first : second);
            }
        });
        return names;
    }
}
