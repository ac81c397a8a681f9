package org.poolscope.kernel.objects;

/**
 * A device. What could not be read is {@code null}.
 *
 * @param address where its {@code DEVICE_OBJECT} stands
 * @param driver name of the driver it belongs to
 * @param driverAddress where that driver's object stands
 * @param name its name with the directories that lead to it; {@code null} when it has none, as most devices on top of others
 * @param type its {@code FILE_DEVICE_…} number
 * @param attached address of the device that is attached on top of it; 0 when none is
 * @param extension address of the driver's own data of it; 0 when it has none
 * @param size its size in bytes with that data, as its own size field says (16 bits, so larger ones are cut)
 * @param flags its {@code DO_…} flags
 * @param stackSize how many stack locations a request to it needs
 */
public record DeviceObject(
        long address,
        String driver,
        long driverAddress,
        String name,
        int type,
        long attached,
        long extension,
        int size,
        int flags,
        int stackSize) {
}
