package org.poolscope.pool;

/**
 * A place where pool is not as it should be.
 *
 * @param address the header, or the first byte, in question
 * @param reason what is wrong, as a clause
 */
public record Damage(long address, String reason) {
}
