package org.poolscope.symbols.store;

import java.util.List;
import java.util.Optional;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.SymbolTable;

/**
 * What a search for symbols came to.
 *
 * @param wanted whose symbols were looked for
 * @param table the symbols, if they were found
 * @param attempts the places looked at, in order
 */
public record SymbolSearch(PdbIdentity wanted, Optional<SymbolTable> table, List<Attempt> attempts) {

    /** Copies the list. */
    public SymbolSearch {
        attempts = List.copyOf(attempts);
    }
}
