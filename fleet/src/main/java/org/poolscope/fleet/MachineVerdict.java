package org.poolscope.fleet;

import java.io.Serializable;
import java.util.ArrayList;

/**
 * What the diagnosis of one machine of a fleet came to. Travels between the processes of a cluster.
 *
 * @param machine the machine
 * @param verdict the verdict in one sentence; {@code null} when its evidence could not be read
 * @param problem whether something is wrong with the machine
 * @param findings the findings, the most important first
 * @param failure why there is no verdict, or {@code null}
 */
public record MachineVerdict(String machine, String verdict, boolean problem, ArrayList<Item> findings, String failure)
        implements Serializable {

    /**
     * One finding.
     *
     * @param rule the rule that found it
     * @param severity how bad it is
     * @param confidence how sure it is
     * @param title what it is
     * @param tag the first tag it is about, or {@code null}
     * @param pool the pool it is about, or {@code null}
     * @param driver the driver it names, or {@code null}
     */
    public record Item(String rule, String severity, String confidence, String title, String tag, String pool, String driver)
            implements Serializable {
    }
}
