package org.poolscope.kernel;

import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;
import org.poolscope.symbols.store.SymbolFinder;

/**
 * The image itself, still open, for rules with deeper questions. Whoever holds the facts closes it.
 *
 * @param seenAt the image
 * @param image the image
 * @param symbols where the symbols of the programs in it are looked for
 */
public record OpenKernelImage(Provenance seenAt, KernelImage image, SymbolFinder symbols) implements Fact, AutoCloseable {

    @Override
    public void close() {
        image.close();
    }
}
