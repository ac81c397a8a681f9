/**
 * Dump and image formats, physical memory, and address translation: from a file to "the byte at this virtual address".
 *
 * <pre>
 *   MemoryImage ──▶ PhysicalMemory ──▶ PagedMemory ─┐
 *   (the file)      (page → place)     (page tables) ├─▶ VirtualMemory: address → place in the file, or why not
 *        └────────▶ TriageDump ──▶ BlockMemory ─────┘
 * </pre>
 *
 * {@link org.poolscope.memory.MemoryImage#open} recognises a format by its content and maps the file; nothing is read whole.
 * {@link org.poolscope.memory.PhysicalMemory} knows where in the file a physical page stands, whatever the format.
 * {@link org.poolscope.memory.PagedMemory} walks the page tables in it. A small dump has no physical memory, only pieces of the
 * virtual address space: {@link org.poolscope.memory.BlockMemory}.
 *
 * <p><b>Absence is a value.</b> Translation answers with a file offset, or a negative number that says why there is none
 * ({@link org.poolscope.memory.Absence}): no exception and no object is made in the hot path.
 *
 * <p>All integers in these formats are little-endian. A page is 4096 bytes on x86 and x64.
 */
package org.poolscope.memory;
