package org.poolscope.kernel.objects;

import org.poolscope.model.PoolTag;

/**
 * A place in a driver's code, and what it allocated and nobody freed.
 *
 * @param driver the driver in whose books the allocations stand
 * @param tag their pool tag
 * @param caller the address the allocation returned to: the place in the code
 * @param callerSymbol that address as module and offset; {@code null} when no module is there
 * @param allocations how many are outstanding
 * @param bytes how many bytes they asked for
 */
public record AllocationSite(String driver, PoolTag tag, long caller, String callerSymbol, long allocations, long bytes) {
}
