/**
 * A Windows kernel's own books, read out of a memory image: {@link org.poolscope.kernel.KernelImage} finds the kernel, and
 * answers from its lists and tables.
 *
 * <pre>
 *   try (KernelImage image = KernelImage.open(path)) {
 *       PoolSnapshot use = image.tagTable().orThrow(path);
 *   }
 * </pre>
 *
 * <p>What an image can tell depends on its kind: a small dump has no pool, a raw image may be of a kernel nobody knows. So each
 * question gives an {@link org.poolscope.kernel.Answer}: the value, or why there is none. Lists and tables that are damaged give
 * what can be had, and a {@linkplain org.poolscope.kernel.KernelImage#warnings() warning} says what is missing.
 */
package org.poolscope.kernel;
