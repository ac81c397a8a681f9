package org.poolscope.pool;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How integers stand in an image. */
final class Words {

    static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Bytes of a page, on x86 and x64. */
    static final int PAGE = 4096;
    static final int PAGE_SHIFT = 12;
    static final int PAGE_MASK = PAGE - 1;

    private Words() {
    }
}
