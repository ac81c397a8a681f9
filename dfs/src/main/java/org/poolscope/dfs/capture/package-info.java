/**
 * Referral exchanges in network captures: pcap and pcapng files, plain or gzipped, down to the SMB messages.
 *
 * <pre>
 *   file ──▶ frames ──▶ IP, TCP ──▶ streams put in order ──▶ SMB messages ──▶ requests and replies matched
 * </pre>
 *
 * Everything is read in one pass and in memory that does not grow with the file: streams, segments out of order and requests
 * without a reply are kept up to fixed limits. Messages that carry no referral are passed over without being copied. A capture
 * may lose, repeat and swap packets, begin in the middle of a stream and end in the middle of a packet.
 */
package org.poolscope.dfs.capture;
