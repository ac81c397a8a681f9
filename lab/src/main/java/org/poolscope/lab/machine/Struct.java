package org.poolscope.lab.machine;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/** A structure in the image, written field by field where its layout says. */
public final class Struct {

    private final KernelSpace space;
    private final StructLayout layout;
    private final long address;

    Struct(KernelSpace space, StructLayout layout, long address) {
        this.space = space;
        this.layout = layout;
        this.address = address;
    }

    /** Where it stands. */
    public long address() {
        return address;
    }

    /** Where a field of it stands. */
    public long at(String field) {
        return address + layout.offset(field);
    }

    /** Whether this system's structure has the field. */
    public boolean has(String field) {
        return layout.has(field);
    }

    /** Writes a number, as wide as the field is; a bit field leaves its neighbours alone. */
    public Struct set(String field, long value) {
        return set(field, 0, value);
    }

    /** Writes one element of an array. */
    public Struct set(String field, int index, long value) {
        FieldLayout place = layout.field(field);
        if (index >= place.count()) {
            throw new IllegalArgumentException(layout.name() + "." + field + " has " + place.count() + " elements");
        }
        long at = address + place.offset() + (long) index * place.bytes();
        if (place.isBitField()) {
            long mask = (1L << place.bits()) - 1 << place.bit();
            write(at, place.bytes(), read(at, place.bytes()) & ~mask | value << place.bit() & mask);
        } else {
            write(at, place.bytes(), value);
        }
        return this;
    }

    /** Writes a number if this system's structure has the field. */
    public Struct setIfThere(String field, long value) {
        return has(field) ? set(field, value) : this;
    }

    /** Reads a number or pointer. */
    public long get(String field) {
        FieldLayout place = layout.field(field);
        return place.extract(read(address + place.offset(), place.bytes()));
    }

    private void write(long at, int bytes, long value) {
        switch (bytes) {
            case 1 -> space.put8(at, (int) value);
            case 2 -> space.put16(at, (int) value);
            case 4 -> space.put32(at, (int) value);
            case 8 -> space.put64(at, value);
            default -> throw new IllegalArgumentException("not a number: a field of " + layout.name() + " at 0x"
                    + Long.toHexString(at));
        }
    }

    private long read(long at, int bytes) {
        return switch (bytes) {
            case 1 -> space.u8(at);
            case 2 -> space.u16(at);
            case 4 -> space.u32(at) & 0xffffffffL;
            case 8 -> space.u64(at);
            default -> throw new IllegalArgumentException("not a number: a field of " + layout.name() + " at 0x"
                    + Long.toHexString(at));
        };
    }
}
