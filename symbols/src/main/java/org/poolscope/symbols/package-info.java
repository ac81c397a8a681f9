/**
 * What the bytes of a kernel build mean: {@linkplain org.poolscope.symbols.StructLayout structure layouts} and where
 * {@linkplain org.poolscope.symbols.KernelGlobals global variables} stand.
 *
 * <p>Built-in facts are data files beside the classes, one row a field, each with its builds and its source:
 * {@code x86.layout}, {@code x64.layout}, {@code arm64.layout}, {@code debugger.layout} (what is the same for every processor)
 * and {@code globals-x64.txt}. A new kernel build is rows in these files. {@link org.poolscope.symbols.BuiltInLayouts} reads
 * them:
 *
 * <pre>
 *   TypeLayouts layouts = BuiltInLayouts.forBuild(Architecture.X86, KernelVersion.servicePack(3790, 1));
 *   int bytes = layouts.get("_POOL_TRACKER_TABLE").offset("PagedBytes");
 * </pre>
 *
 * Readers fetch the offsets they need once, as {@code int}s, and keep them; lookups by name are not for loops.
 */
package org.poolscope.symbols;
