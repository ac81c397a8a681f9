package org.poolscope.fleet;

import java.util.List;

/** The engines there are, by name. */
public final class FleetEngines {

    private FleetEngines() {
    }

    /** Their names, the default one first. */
    public static List<String> names() {
        return List.of("duckdb", "spark");
    }

    /**
     * Starts an engine on a data set.
     *
     * @param name its name
     * @param master where Spark shall run: {@code local[2]}, {@code spark://HOST:PORT}, {@code yarn}; of no meaning to others
     * @throws FleetException when it cannot be started
     */
    public static FleetEngine open(FleetStore store, String name, String master) throws FleetException {
        if (!name.equals("spark")) {
            return DuckEngine.on(store);
        }
        try {
            return SparkEngine.on(store, master);
        } catch (LinkageError e) {
            throw sparkMissing(e);
        }
    }

    static FleetException sparkMissing(LinkageError e) {
        return new FleetException("Apache Spark is not on the class path (" + e + "). Set SPARK_HOME to where Spark 4 is unpacked, or start"
                + " this with the launch script of a source checkout, which fetches it", e);
    }
}
