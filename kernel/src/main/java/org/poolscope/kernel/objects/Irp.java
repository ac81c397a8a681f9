package org.poolscope.kernel.objects;

import java.time.Duration;
import java.util.List;

/**
 * An I/O request. What it does not say, or does not say credibly, is {@code null}.
 *
 * @param address where it stands
 * @param thread the thread it was issued for
 * @param process the image name of that thread's process
 * @param stackCount how many stack locations it has, one for each driver it passes through
 * @param currentLocation the stack location in use, counted down from {@code stackCount}; {@code stackCount + 1} before it is
 *     sent and after it is completed
 * @param majorFunction what the driver that holds it is asked for ({@code IRP_MJ_…})
 * @param minorFunction the finer part of that
 * @param device the device that holds it
 * @param driver the name of that device's driver
 * @param systemBuffer the buffer in pool that takes the data of buffered requests
 * @param mdl the description of locked pages that take the data of direct requests
 * @param userBuffer the caller's buffer
 * @param stack the stack locations in use, the current one first: the drivers it came through
 * @param waited how long its thread has been waiting: the request is at least that old; {@code null} when the thread is not
 *     waiting, or that is not known
 * @param completed whether it is complete, or was never sent: no driver holds it
 * @param listed whether it is on its thread's list of requests; others were found in pool by their tag
 */
public record Irp(
        long address,
        Long thread,
        String process,
        int stackCount,
        int currentLocation,
        Integer majorFunction,
        Integer minorFunction,
        Long device,
        String driver,
        Long systemBuffer,
        Long mdl,
        Long userBuffer,
        List<Location> stack,
        Duration waited,
        boolean completed,
        boolean listed) {

    public Irp {
        stack = List.copyOf(stack);
    }

    /**
     * One stack location: what one driver was asked for.
     *
     * @param number its number, from 1 for the last driver to be asked
     * @param majorFunction what the driver was asked for ({@code IRP_MJ_…})
     * @param minorFunction the finer part of that
     * @param device the driver's device; {@code null} where the location was left empty
     * @param driver the name of the driver
     */
    public record Location(int number, int majorFunction, int minorFunction, Long device, String driver) {
    }
}
