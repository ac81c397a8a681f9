/**
 * Memory images in the making, from the bottom up: frames of physical memory in a mapped file, page tables, the kernel's virtual
 * memory over them, and what stands in a dump file before the first page.
 *
 * <p>The file is written where its pages will stand, so that neither the heap nor the time spent grows with anything but the
 * pages the machine uses. Frames are handed out in no order and with gaps, as they lie in a machine that has run for a while: a
 * reader that takes neighbours in virtual memory for neighbours in the file fails at once.
 */
package org.poolscope.lab.image;
