package org.poolscope.lab.machine;

/** A device object, in the making. */
public final class KernelDevice {

    private final String name;
    private final KernelDriver driver;
    private final Struct object;
    private final long extension;
    private final int type;
    private int stackSize = 1;
    private KernelDevice attached;

    KernelDevice(String name, KernelDriver driver, Struct object, long extension, int type) {
        this.name = name;
        this.driver = driver;
        this.object = object;
        this.extension = extension;
        this.type = type;
    }

    /** Its full name, or empty. */
    public String name() {
        return name;
    }

    /** Whose device it is. */
    public KernelDriver driver() {
        return driver;
    }

    /** The device object's body (DEVICE_OBJECT). */
    public long address() {
        return object.address();
    }

    Struct struct() {
        return object;
    }

    /** Where the driver's own data about it stand; 0 when it has none. */
    public long extension() {
        return extension;
    }

    /** The {@code FILE_DEVICE_…} number. */
    public int type() {
        return type;
    }

    /** Stack locations a request to it needs. */
    public int stackSize() {
        return stackSize;
    }

    /** The device attached on top of it, or {@code null}. */
    KernelDevice attached() {
        return attached;
    }

    void attach(KernelDevice upper) {
        attached = upper;
        upper.stackSize = stackSize + 1;
    }

    /** Whether a device is attached on top of it. */
    public boolean hasAttached() {
        return attached != null;
    }

    /** The address of the device attached on top of it; 0 when there is none. */
    public long attachedAddress() {
        return attached == null ? 0 : attached.address();
    }
}
