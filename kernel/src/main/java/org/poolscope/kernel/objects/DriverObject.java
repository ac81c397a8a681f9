package org.poolscope.kernel.objects;

import java.util.List;

/**
 * A driver as the I/O manager knows it. What could not be read is {@code null}.
 *
 * @param address where its {@code DRIVER_OBJECT} stands
 * @param name its name with the directory: {@code \Driver\Beep}, {@code \FileSystem\Npfs}
 * @param base where its image is loaded; 0 for drivers that are part of the kernel
 * @param size bytes its image takes; 0 for drivers that are part of the kernel
 * @param devices its devices, in the order of the driver's list, the newest first
 */
public record DriverObject(long address, String name, long base, long size, List<DeviceObject> devices) {

    public DriverObject {
        devices = List.copyOf(devices);
    }
}
