package org.poolscope.dfs.resolve;

import java.util.OptionalInt;
import java.util.function.Consumer;
import org.poolscope.dfs.DfsPath;

/** A network provider (redirector) that may serve a UNC path: the DFS client, the SMB client, WebDAV and so on. */
public interface UncProvider {

    /** Its name. */
    String name();

    /**
     * How many components of the path it claims, when it serves such paths; empty when it does not.
     *
     * @param path the path
     * @param steps takes what it does to find out, to be shown
     */
    OptionalInt claim(DfsPath path, Consumer<ResolutionStep> steps);
}
