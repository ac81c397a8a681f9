/**
 * DFS referrals from live servers over SMB2 and SMB3: {@link org.poolscope.dfs.client.SmbServers} asks servers for a {@linkplain
 * org.poolscope.dfs.resolve.DfsResolver resolver} and for a {@linkplain org.poolscope.dfs.client.ServerProbe probe}. The SMB
 * protocol itself is smbj's; its own DFS resolution is off, since it is what is being looked at.
 */
package org.poolscope.dfs.client;
