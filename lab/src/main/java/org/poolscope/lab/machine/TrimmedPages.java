package org.poolscope.lab.machine;

/**
 * What became of pages of paged pool that are not in the working set.
 *
 * @param standby pages still in memory whose entries are not valid (transition)
 * @param pageFile pages that are in the page file only
 */
public record TrimmedPages(int standby, int pageFile) {
}
