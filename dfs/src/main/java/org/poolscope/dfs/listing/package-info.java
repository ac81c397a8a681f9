/**
 * Readers of the texts in which referrals and referral caches are listed: {@code dfsutil}, Network Monitor, the Linux kernel.
 * Each reader finds its own sections in a file that may hold others, and claims the lines it understood. Listings reach us
 * through web pages and mail, so white space may be collapsed, lines may be run together, and single characters may be
 * damaged.
 */
package org.poolscope.dfs.listing;
