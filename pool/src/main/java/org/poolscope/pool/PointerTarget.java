package org.poolscope.pool;

/**
 * What a pointer leads to.
 *
 * @param what in words: {@code KEVENT in the device extension of \Driver\ioleak}, {@code pool block 'Irp ' +0x0}
 * @param driver name of the driver object whose thing it is, {@code \Driver\ioleak}, or the file name of a module; {@code null} when it
 *     is nobody's in particular
 */
public record PointerTarget(String what, String driver) {

    @Override
    public String toString() {
        return what;
    }
}
