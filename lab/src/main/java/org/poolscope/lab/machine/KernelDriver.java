package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.List;

/** A driver object with its devices, in the making. */
public final class KernelDriver {

    private final String name;
    private final KernelModule module;
    private final Struct object;
    private final List<KernelDevice> devices = new ArrayList<>();

    KernelDriver(String name, KernelModule module, Struct object) {
        this.name = name;
        this.module = module;
        this.object = object;
    }

    /** The object's full name, for instance {@code \Driver\Tcpip}. */
    public String name() {
        return name;
    }

    /** Its image. */
    public KernelModule module() {
        return module;
    }

    /** The driver object's body (DRIVER_OBJECT). */
    public long address() {
        return object.address();
    }

    Struct struct() {
        return object;
    }

    /** Its devices, the newest first, as the list in the driver object has them. */
    public List<KernelDevice> devices() {
        return devices;
    }
}
