package org.poolscope.memory;

/** How the pages of a block of a hibernation file are packed. */
enum HibernationPacking {
    /** They stand as they are. */
    STORED,
    /** Plain LZ77. */
    PLAIN,
    /** LZ77 with Huffman codes. */
    HUFFMAN,
    /**
     * Method 1 of Windows 8 and later. Hibr2Bin and the layer for Volatility 3 take it for plain LZ77, LeechCore for Huffman codes: what
     * unpacks to exactly the pages is believed.
     */
    EITHER;

    private static final HibernationPacking[] ALL = values();

    static HibernationPacking of(int ordinal) {
        return ALL[ordinal];
    }
}
