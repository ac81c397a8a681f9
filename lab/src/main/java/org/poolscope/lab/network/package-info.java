/**
 * Network captures: pcap files with Ethernet, IPv4 and TCP, and on them SMB1 conversations as Server 2003 had them, down to DFS
 * referrals. Writers only; nothing here can read.
 */
package org.poolscope.lab.network;
