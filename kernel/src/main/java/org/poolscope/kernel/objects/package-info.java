/**
 * The kernel's lists of objects, read out of an image: processes and what they hold, drivers and their devices, outstanding I/O
 * requests, threads and their stacks, Driver Verifier's books. {@link org.poolscope.kernel.objects.KernelObjects} is the way in:
 *
 * <pre>
 *   KernelObjects objects = KernelObjects.of(image);
 *   for (KernelProcess process : objects.processes().orThrow(path)) { … }
 * </pre>
 *
 * <p>Lists are followed by the layouts of the kernel's build. Where a kernel does not keep to them (Windows has relatives),
 * fields of processes and threads are found by their values, and a warning says so. Every list is bounded and may be damaged:
 * what can be had is given, with a warning that says what is missing.
 */
package org.poolscope.kernel.objects;
