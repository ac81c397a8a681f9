package org.poolscope.lab.machine;

/**
 * An I/O request packet that was made.
 *
 * @param address where it stands
 * @param thread the thread that waits for it
 * @param device the device it is at
 * @param major the major function of its current stack location
 * @param minor the minor function
 * @param stackCount how many stack locations it has
 * @param currentLocation the number of the current one; {@code stackCount + 1} when it was not sent or is completed
 * @param systemBuffer its system buffer, or 0
 * @param mdl its memory descriptor list, or 0
 */
public record KernelIrp(long address, KernelThread thread, KernelDevice device, int major, int minor, int stackCount,
        int currentLocation, long systemBuffer, long mdl) {
}
