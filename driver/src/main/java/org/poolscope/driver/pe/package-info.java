/**
 * Portable executables (drivers, kernels, libraries) from a file or from the memory they are loaded in: sections, imports, exports,
 * relocations, function tables, debug identity, version and signature. Layouts are those of Microsoft's published PE/COFF
 * specification; a fact from elsewhere is named where it is used.
 *
 * <p>A PE file is untrusted. Every count, offset and address in it is checked before it is followed, lists are bounded, and damage
 * becomes a warning beside whatever could be read.
 */
package org.poolscope.driver.pe;
