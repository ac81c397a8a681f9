package org.poolscope.driver.pe;

/**
 * Where an image keeps its signature. Only its presence is looked at; it is not verified.
 *
 * @param offset where it starts in the file
 * @param size its bytes
 * @param whole whether all of it is there
 */
public record Signature(int offset, int size, boolean whole) {
}
