package org.poolscope.memory;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How integers stand in every memory image, at any offset: for loops over the bytes that {@link VirtualMemory#locate} leads to.
 */
public final class LittleEndian {

    /** One byte. */
    public static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

    /** Two bytes. */
    public static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Four bytes. */
    public static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Eight bytes. */
    public static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {
    }
}
