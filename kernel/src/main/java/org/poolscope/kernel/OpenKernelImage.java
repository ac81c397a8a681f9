package org.poolscope.kernel;

import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * The image itself, still open, for rules with deeper questions. Whoever holds the facts closes it.
 *
 * @param seenAt the image
 * @param image the image
 */
public record OpenKernelImage(Provenance seenAt, KernelImage image) implements Fact, AutoCloseable {

    @Override
    public void close() {
        image.close();
    }
}
