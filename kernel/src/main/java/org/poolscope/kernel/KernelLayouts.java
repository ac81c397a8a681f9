package org.poolscope.kernel;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.TypeLayouts;

/**
 * The layouts of one kernel: those of its symbol file, and of structures that the file leaves out, those that come with the
 * program. Never one structure from both: a field that the file does not have is a field this kernel does not have.
 */
final class KernelLayouts implements TypeLayouts {

    private final SymbolTable table;
    private final BuiltInLayouts builtIn;
    private final ConcurrentMap<String, Optional<StructLayout>> known = new ConcurrentHashMap<>();

    KernelLayouts(SymbolTable table, BuiltInLayouts builtIn) {
        this.table = table;
        this.builtIn = builtIn;
    }

    @Override
    public Optional<StructLayout> find(String type) {
        return known.computeIfAbsent(type, name -> table.find(name).or(() -> builtIn.find(name)));
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
