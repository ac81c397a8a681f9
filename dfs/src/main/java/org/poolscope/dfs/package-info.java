/**
 * DFS referrals: what a client has cached, what a server answered, and whether that keeps the rules of MS-DFSC (the Distributed
 * File System: Referral Protocol).
 *
 * <p>The words used here are those of the protocol. A <em>namespace root</em> is {@code \server-or-domain\name}; a <em>link</em>
 * is a folder below a root whose contents live elsewhere; its <em>targets</em> are shares, or folders of shares, that hold them.
 * A <em>referral</em> tells a client the targets of a root or link; the client keeps it in its <em>referral cache</em> (the
 * "PKT" of Windows) under the DFS path, and replaces that prefix of every later name by the target's path. So a correct cache
 * holds one entry a root and one a link, however many files are opened.
 */
package org.poolscope.dfs;
