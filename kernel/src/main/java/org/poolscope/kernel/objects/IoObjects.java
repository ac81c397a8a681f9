package org.poolscope.kernel.objects;

import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/** Reads single driver and device objects, and tells them from what is none. */
final class IoObjects {

    /**
     * The first word of objects of the I/O manager ({@code IO_TYPE_DEVICE}, {@code IO_TYPE_DRIVER} of the driver kit's headers).
     */
    private static final int IO_TYPE_DEVICE = 3;
    private static final int IO_TYPE_DRIVER = 4;

    private final KernelSpace space;
    private final Optional<ObjectHeaders> headers;
    private final OptionalLong root;
    private final StructLayout driver;
    private final StructLayout device;

    IoObjects(KernelSpace space, Optional<ObjectHeaders> headers, OptionalLong root) {
        this.space = space;
        this.headers = headers;
        this.root = root;
        this.driver = space.layout("_DRIVER_OBJECT");
        this.device = space.layout("_DEVICE_OBJECT");
    }

    /** Whether this is a driver object: its type and size say so, and it has a name. */
    boolean isDriver(long address) {
        return space.isKernelPointer(address) && space.isReadable(address, driver.size())
                && space.number(address, driver.field("Type")) == IO_TYPE_DRIVER
                && space.number(address, driver.field("Size")) == driver.size() && driverName(address).isPresent();
    }

    /** Whether this is a device object: its type says so, and it belongs to a driver. */
    boolean isDevice(long address) {
        return space.isKernelPointer(address) && space.isReadable(address, device.size())
                && space.number(address, device.field("Type")) == IO_TYPE_DEVICE && isDriver(driverOf(address));
    }

    /** The driver object a device belongs to. */
    long driverOf(long deviceObject) {
        return pointer(deviceObject, device.field("DriverObject"));
    }

    /** The first device of a driver; 0 for none. */
    long firstDevice(long driverObject) {
        return pointer(driverObject, driver.field("DeviceObject"));
    }

    /** The next device of the same driver; 0 for none. */
    long nextDevice(long deviceObject) {
        return pointer(deviceObject, device.field("NextDevice"));
    }

    /** The device attached on top of a device; 0 for none. */
    long attachedDevice(long deviceObject) {
        return pointer(deviceObject, device.field("AttachedDevice"));
    }

    /** A driver's name as the driver object has it; failing that, as the object manager has it. */
    Optional<String> driverName(long driverObject) {
        Optional<String> own = space.text(driverObject + driver.offset("DriverName")).filter(name -> name.startsWith("\\"));
        return own.or(() -> headers.flatMap(header -> header.path(driverObject, root)));
    }

    long driverBase(long driverObject) {
        return pointer(driverObject, driver.field("DriverStart"));
    }

    long driverSize(long driverObject) {
        return space.number(driverObject, driver.field("DriverSize"));
    }

    /** A device, already known to be one. */
    DeviceObject device(long address) {
        long owner = driverOf(address);
        return new DeviceObject(address, driverName(owner).orElse(null), owner,
                headers.flatMap(header -> header.path(address, root)).orElse(null),
                (int) space.number(address, device.field("DeviceType")), attachedDevice(address),
                pointer(address, device.field("DeviceExtension")), (int) space.number(address, device.field("Size")),
                (int) space.number(address, device.field("Flags")), (int) space.number(address, device.field("StackSize")));
    }

    private long pointer(long structure, FieldLayout field) {
        return space.memory().canonical(space.number(structure, field));
    }

    /** The name of the driver a device belongs to; empty when this is no device. */
    Optional<String> driverNameOfDevice(long address) {
        try {
            return isDevice(address) ? driverName(driverOf(address)) : Optional.empty();
        } catch (UnreadableAddressException e) {
            return Optional.empty();
        }
    }
}
