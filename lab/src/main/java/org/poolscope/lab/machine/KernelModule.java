package org.poolscope.lab.machine;

import org.poolscope.model.Address;

/** A loaded module, with the part of its data section that is still free for variables. */
public final class KernelModule {

    private final ModuleSpec spec;
    private final long base;
    private final long dataEnd;
    private long nextVariable;
    private long entry;

    /**
     * @param dataStart where its data section begins
     * @param dataBytes the bytes of it that are mapped
     */
    KernelModule(ModuleSpec spec, long base, long dataStart, int dataBytes) {
        this.spec = spec;
        this.base = base;
        this.nextVariable = dataStart;
        this.dataEnd = dataStart + dataBytes;
    }

    /** What it is. */
    public ModuleSpec spec() {
        return spec;
    }

    /** Where its image begins. */
    public long base() {
        return base;
    }

    /** Its entry in the list of loaded modules. */
    public long entry() {
        return entry;
    }

    void setEntry(long address) {
        this.entry = address;
    }

    /** An address in its code, for pointers to functions: the same for the same {@code number}. */
    public long code(int number) {
        return base + 0x1000 + 0x40L + number * 0x30L;
    }

    /**
     * Room for a variable in its data section, zeroed.
     *
     * @throws IllegalStateException when the section is full
     */
    public long variable(int bytes) {
        long at = nextVariable + 15 & -16;
        if (at + bytes > dataEnd) {
            throw new IllegalStateException("no room for " + bytes + " bytes in the data of " + spec.name());
        }
        nextVariable = at + bytes;
        return at;
    }

    @Override
    public String toString() {
        return spec.name() + " at " + Address.text(base);
    }
}
