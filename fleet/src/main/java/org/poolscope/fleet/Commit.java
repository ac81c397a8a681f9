package org.poolscope.fleet;

import java.util.List;

/**
 * One change of a data set that happened as a whole: files that came, files that went, and the evidence the new ones were made of. A
 * commit is a small JSON file; only Parquet files that a commit names belong to the data set.
 *
 * @param id its name; later commits have later names
 * @param adds the Parquet files that came, as paths below the data set with {@code /} between the parts
 * @param removes those that went, because others hold their rows now
 * @param sources the evidence files whose rows came
 */
record Commit(String id, List<String> adds, List<String> removes, List<Source> sources) {

    Commit {
        adds = List.copyOf(adds);
        removes = List.copyOf(removes);
        sources = List.copyOf(sources);
    }

    /**
     * An evidence file that was taken in.
     *
     * @param machine the machine it is of
     * @param sha256 the hash of its bytes, in hex: the same bytes are never taken twice for one machine
     * @param path where it was
     * @param size its length in bytes
     * @param modified when it was last changed, milliseconds since 1970
     */
    record Source(String machine, String sha256, String path, long size, long modified) {
    }
}
