package org.poolscope.fleet;

/**
 * Which figure of which machine: the use of one pool by one tag.
 *
 * @param machine the machine
 * @param tag the tag, four characters as the command line writes it
 * @param pool {@code paged} or {@code nonpaged}
 */
public record SeriesKey(String machine, String tag, String pool) {
}
