/**
 * Evidence that comes packed. {@link org.poolscope.memory.packed.Unpacker} turns a gzip, xz, bzip2 or zip file into plain files
 * that can be mapped, within a limit of size, and keeps them beside it for the next time.
 */
package org.poolscope.memory.packed;
