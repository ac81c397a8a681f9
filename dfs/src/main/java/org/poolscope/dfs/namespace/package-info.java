/**
 * A DFS namespace written down by hand, and the referrals a server gives for it: correct ones, or ones with a
 * {@linkplain org.poolscope.dfs.namespace.Fault fault} on purpose, for testing clients. Knows nothing of SMB.
 */
package org.poolscope.dfs.namespace;
