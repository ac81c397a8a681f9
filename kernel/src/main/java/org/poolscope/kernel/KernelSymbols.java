package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.symbols.BuiltInGlobals;
import org.poolscope.symbols.CodeSymbol;
import org.poolscope.symbols.KernelGlobals;
import org.poolscope.symbols.KernelVersion;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.store.Attempt;
import org.poolscope.symbols.store.SymbolFinder;
import org.poolscope.symbols.store.SymbolSearch;

/**
 * What is known of the symbols of one kernel: whose they are, which of them come with the program, and which file of the user's
 * has all of them.
 *
 * <p>The kernel's debug directory names its symbol file. Small dumps do not hold that page; then the debugger data block tells,
 * because it holds the addresses of thirty variables, and no two kernels have all of them at the same places.
 */
public final class KernelSymbols implements KernelGlobals {

    private final PdbIdentity identity;
    private final boolean inferred;
    private final BuiltInGlobals builtIn;
    private final SymbolSearch search;
    private final SymbolTable table;
    private final List<String> notes;

    private KernelSymbols(PdbIdentity identity, boolean inferred, BuiltInGlobals builtIn, SymbolSearch search, SymbolTable table,
            List<String> notes) {
        this.identity = identity;
        this.inferred = inferred;
        this.builtIn = builtIn;
        this.search = search;
        this.table = table;
        this.notes = List.copyOf(notes);
    }

    /**
     * Finds out what can be known.
     *
     * @param named the symbol file that the kernel's debug directory names
     * @param fingerprint where variables stand, as the kernel itself says
     * @param finder where to look for symbol files
     */
    static KernelSymbols of(Optional<PdbIdentity> named, KernelFingerprint fingerprint, SymbolFinder finder) {
        List<String> notes = new ArrayList<>();
        PdbIdentity identity = named.orElse(null);
        BuiltInGlobals builtIn = identity == null ? fingerprint.builtIn().orElse(null)
                : BuiltInGlobals.find(identity.key()).orElse(null);
        if (identity == null && builtIn != null) {
            identity = builtIn.identity();
        }
        SymbolSearch search = identity == null ? null : finder.find(identity);
        SymbolTable table = search == null ? null : search.table().orElse(null);
        if (identity == null) {
            table = finder.named().stream().filter(fingerprint::matches).findFirst().orElse(null);
            identity = table == null ? null : table.identity();
        } else if (table != null && fingerprint.contradicts(table)) {
            notes.add("the symbol file of " + identity
                    + " puts variables elsewhere than the kernel says: it is damaged, and not used");
            table = null;
        }
        if (table == null && notes.isEmpty() && finder.looksSomewhere()) {
            notes.addAll(whyNone(identity, search));
        }
        return new KernelSymbols(identity, named.isEmpty() && identity != null, builtIn, search, table, notes);
    }

    /** What stands in the way of the symbols the user asked for. */
    private static List<String> whyNone(PdbIdentity identity, SymbolSearch search) {
        if (search == null) {
            return List.of("the image does not tell which symbol file belongs to its kernel, and no file named on the symbol path "
                    + "fits it");
        }
        List<String> troubles = search.attempts().stream()
                .filter(attempt -> attempt.outcome() == Attempt.Outcome.REFUSED || attempt.outcome() == Attempt.Outcome.FAILED)
                .map(attempt -> "symbols: " + attempt).toList();
        return troubles.isEmpty() ? List.of("no symbols of " + identity + " are on the symbol path") : troubles;
    }

    /** Which symbol file belongs to the kernel; empty when the image does not tell. */
    public Optional<PdbIdentity> identity() {
        return Optional.ofNullable(identity);
    }

    /** Whether the identity is not the kernel's own word, but follows from where its variables stand. */
    public boolean isInferred() {
        return inferred;
    }

    /** What the program itself knows of this very kernel. */
    public Optional<BuiltInGlobals> builtIn() {
        return Optional.ofNullable(builtIn);
    }

    /** All symbols of the kernel, from a file. */
    public Optional<SymbolTable> table() {
        return Optional.ofNullable(table);
    }

    /** How the search for the file went; empty when it was not known what to look for. */
    public Optional<SymbolSearch> search() {
        return Optional.ofNullable(search);
    }

    /** The symbol a place in the kernel belongs to. */
    public Optional<CodeSymbol> nearest(long rva) {
        return table == null ? Optional.empty() : table.nearest(rva);
    }

    /** Whether anything at all is known of where variables stand. */
    boolean isEmpty() {
        return table == null && builtIn == null;
    }

    List<String> notes() {
        return notes;
    }

    @Override
    public OptionalLong offset(String variable) {
        OptionalLong offset = table == null ? OptionalLong.empty() : table.offset(variable);
        return offset.isPresent() || builtIn == null ? offset : builtIn.offset(variable);
    }

    @Override
    public Optional<KernelVersion> version() {
        return builtIn == null ? Optional.empty() : builtIn.version();
    }
}
