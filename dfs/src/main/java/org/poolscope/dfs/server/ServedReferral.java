package org.poolscope.dfs.server;

import java.util.Optional;

/**
 * A referral request that was answered.
 *
 * @param client address and port of who asked
 * @param path the path asked for; empty when it could not be read
 * @param status NTSTATUS of the answer
 * @param bytes length of the reply
 */
public record ServedReferral(String client, Optional<String> path, long status, int bytes) {
}
