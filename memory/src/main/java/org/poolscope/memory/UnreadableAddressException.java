package org.poolscope.memory;

import org.poolscope.model.Address;

/**
 * A typed read met an address with nothing behind it. Has no stack trace, so that it is cheap; code that expects absence asks
 * {@link VirtualMemory#locate} instead.
 */
public final class UnreadableAddressException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long address;
    private final Absence absence;

    /** Says which address, and why. */
    public UnreadableAddressException(long address, Absence absence) {
        super(null, null, false, false);
        this.address = address;
        this.absence = absence;
    }

    /** The first address that could not be read. */
    public long address() {
        return address;
    }

    /** Why. */
    public Absence absence() {
        return absence;
    }

    @Override
    public String getMessage() {
        return Address.text(address) + " cannot be read: " + absence;
    }
}
