/**
 * A Windows machine in the making: modules, pools, objects, processes and threads, drivers, devices and requests, and the books
 * the kernel keeps of them.
 *
 * <p>A {@link org.poolscope.lab.machine.Machine} begins with kernel, drivers and empty pools. Its parts ({@code pools()},
 * {@code objects()}, {@code processes()}, {@code io()}, {@code verifier()}) then make structures that lead to each other; {@code
 * settle()} makes what still takes pool for itself, and {@code stop()} writes counters, tables, the debugger's block and the dump
 * header.
 *
 * <p>Fields stand where the shared layout data says. What has no layout there (pool headers, the hash of the tag table, the order
 * of free lists, dump headers) is written from the sheets of facts and checked in the tests against images of a running kernel.
 */
package org.poolscope.lab.machine;
