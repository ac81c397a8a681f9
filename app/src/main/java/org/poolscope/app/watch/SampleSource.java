package org.poolscope.app.watch;

import java.util.Optional;
import org.poolscope.model.EvidenceException;

/** Where samples come from. */
public interface SampleSource {

    /** What is watched, for the screen's last line. */
    String name();

    /** Whether it is the machine itself: then a sample is taken at each call, and there is always another. */
    boolean isLive();

    /**
     * The next sample; empty at the end of a log.
     *
     * @throws EvidenceException when the machine does not answer
     */
    Optional<PoolSample> next() throws EvidenceException;

    /** How many samples there are; -1 when that is not known. */
    int count();
}
