package org.poolscope.model;

/** Hears how far a long piece of work has come. Implementations must be cheap: they are called often, from any thread. */
@FunctionalInterface
public interface Progress {

    /** Listens to nothing. */
    Progress NONE = (what, done, total) -> {
    };

    /**
     * Work went on.
     *
     * @param what what is being done, for instance {@code reading MEMORY.DMP}
     * @param done how much is done, in units of the work's own
     * @param total how much there is in all; 0 when not known
     */
    void at(String what, long done, long total);
}
