package org.poolscope.lab.image;

import java.util.Arrays;

/** Virtual page number to page frame number, as primitive arrays: millions of pages cost 12 bytes a slot. */
final class PageMap {

    private static final long FREE = -1;

    private long[] keys = new long[1 << 12];
    private int[] frames = new int[1 << 12];
    private int size;

    PageMap() {
        Arrays.fill(keys, FREE);
    }

    /** The frame of a virtual page, or -1. */
    int get(long virtualPage) {
        int slot = slot(virtualPage);
        return keys[slot] == FREE ? -1 : frames[slot];
    }

    /** Enters a page; one that is there already gets the new frame. */
    void put(long virtualPage, int frame) {
        int slot = slot(virtualPage);
        if (keys[slot] == FREE) {
            keys[slot] = virtualPage;
            size++;
        }
        frames[slot] = frame;
        if (size * 2 > keys.length) {
            grow();
        }
    }

    /** Takes a page's frame away; the page stays known as one without a frame. */
    void clear(long virtualPage) {
        int slot = slot(virtualPage);
        if (keys[slot] != FREE) {
            frames[slot] = -1;
        }
    }

    private int slot(long virtualPage) {
        int mask = keys.length - 1;
        int slot = (int) (virtualPage * 0x9e3779b97f4a7c15L >>> 40) & mask;
        while (keys[slot] != FREE && keys[slot] != virtualPage) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldFrames = frames;
        keys = new long[oldKeys.length * 2];
        frames = new int[oldKeys.length * 2];
        Arrays.fill(keys, FREE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                frames[slot] = oldFrames[i];
            }
        }
    }
}
