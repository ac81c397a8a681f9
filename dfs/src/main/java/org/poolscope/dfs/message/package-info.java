/**
 * The messages of MS-DFSC: referral requests and replies, to and from bytes.
 *
 * <p>Decoding never fails on hostile bytes. It checks every length, count and offset, goes on wherever it can, and reports each
 * {@linkplain org.poolscope.dfs.message.Breach breach} of the layout beside what could be read. A well-formed message decoded and
 * encoded again gives the same bytes.
 *
 * <p>Conventions (MS-DFSC 2.2): little-endian; strings in UTF-16 with a NUL at the end; lengths and offsets in bytes. Section
 * numbers are those of MS-DFSC.
 */
package org.poolscope.dfs.message;
