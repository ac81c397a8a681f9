package org.poolscope.pool;

import java.util.BitSet;

/**
 * The places in an image at which pool stands, by page. What else the kernel maps there is pool seen at another address: its
 * content is not counted twice.
 */
final class FilePages {

    private final BitSet pages = new BitSet();

    private FilePages() {
    }

    static FilePages of(PoolBlocks blocks) {
        FilePages pool = new FilePages();
        for (PageGroup group : blocks.groups()) {
            for (long offset : group.offset) {
                pool.pages.set(number(offset));
            }
        }
        for (int i = 0; i < blocks.big().count(); i++) {
            blocks.memory().forEachRegion(blocks.big().address(i), blocks.big().end(i) - 1, (va, offset, length) -> {
                for (long page = 0; page < length; page += Words.PAGE) {
                    pool.pages.set(number(offset + page));
                }
            });
        }
        return pool;
    }

    boolean contains(long offset) {
        return pages.get(number(offset));
    }

    private static int number(long offset) {
        return (int) Math.min(offset >>> Words.PAGE_SHIFT, Integer.MAX_VALUE - 1);
    }
}
