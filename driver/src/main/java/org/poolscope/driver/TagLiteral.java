package org.poolscope.driver;

import org.poolscope.model.PoolTag;

/**
 * Four bytes in a driver that read like a tag, though no call is known to use them: it may be one that is handed on in a structure, or
 * chance.
 *
 * @param tag the bytes as a tag
 * @param rva where they stand
 * @param inCode whether they are a number in an instruction; otherwise they stand in data
 */
public record TagLiteral(PoolTag tag, int rva, boolean inCode) {
}
