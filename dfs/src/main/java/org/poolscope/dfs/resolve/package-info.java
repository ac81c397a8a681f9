/**
 * A DFS client's name resolution as MS-DFSC 3.1 describes it, without a network: the referral cache, the domain cache, the way
 * from a path in a namespace to the share that holds the file, and the choice of a network provider in front of it. Whoever
 * uses it says how servers are asked ({@link org.poolscope.dfs.resolve.DfsServers}), so that the same code follows a live
 * namespace or one made up for a test.
 */
package org.poolscope.dfs.resolve;
