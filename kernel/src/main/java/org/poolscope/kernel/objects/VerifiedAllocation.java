package org.poolscope.kernel.objects;

import org.poolscope.model.PoolTag;

/**
 * An allocation in Driver Verifier's books that was not freed.
 *
 * @param driver the driver in whose books it stands
 * @param address where its data begin
 * @param tag its pool tag
 * @param size the bytes the driver asked for
 * @param caller the address the allocation returned to: the place in the driver's code
 */
public record VerifiedAllocation(VerifiedDriver driver, long address, PoolTag tag, long size, long caller) {
}
