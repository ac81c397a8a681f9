/**
 * The Xpress compression of Windows, as [MS-XCA] publishes it: {@link org.poolscope.memory.xpress.PlainLz77} and {@link
 * org.poolscope.memory.xpress.HuffmanLz77}. Only unpacking, into memory of the caller, within bounds the caller sets.
 */
package org.poolscope.memory.xpress;
