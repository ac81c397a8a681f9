package org.poolscope.dfs.server;

import java.time.Duration;

/**
 * What the server holds at most, so that no client can exhaust it.
 *
 * @param connections connections at a time
 * @param sessions logged-on sessions at a time, of all connections
 * @param sessionsPerConnection sessions of one connection
 * @param treesPerSession tree connects of one session
 * @param opensPerSession folders one session has open
 * @param pendingPerConnection requests of one connection that wait for a late answer
 * @param pending such requests of all connections
 * @param failedLogons failed logons after which a connection is ended
 * @param requestBytes the longest message; longer ones end the connection
 * @param idle how long a connection may be silent once somebody is logged on
 * @param idleBeforeLogon how long it may be silent before, or in the middle of a message
 */
public record ServerLimits(int connections, int sessions, int sessionsPerConnection, int treesPerSession, int opensPerSession,
        int pendingPerConnection, int pending, int failedLogons, int requestBytes, Duration idle, Duration idleBeforeLogon) {

    /** What is usual: 512 connections, 1024 sessions, messages of 128 KB, an hour of silence. */
    public static final ServerLimits USUAL = new ServerLimits(512, 1024, 16, 64, 256, 32, 512, 8, 128 << 10, Duration.ofHours(1),
            Duration.ofSeconds(30));
}
