/**
 * A server for DFS namespaces over SMB 2 and 3: everything a client needs to find its way through a namespace, and no files.
 * Section numbers are those of MS-SMB2 unless they say otherwise. Requests are hostile until checked: a
 * {@link org.poolscope.dfs.server.Conversation} never fails on them, it refuses or ends.
 */
package org.poolscope.dfs.server;
