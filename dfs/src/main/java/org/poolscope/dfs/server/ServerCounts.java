package org.poolscope.dfs.server;

/**
 * What the server has done so far, and holds now.
 *
 * @param connections connections open now
 * @param sessions sessions there are now
 * @param accepted connections accepted so far
 * @param turnedAway connections turned away because there were too many
 * @param hangups connections ended because of what the client sent
 * @param requests requests answered so far
 * @param referrals referral requests answered so far
 */
public record ServerCounts(int connections, int sessions, long accepted, long turnedAway, long hangups, long requests, long referrals) {
}
