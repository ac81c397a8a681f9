package org.poolscope.dfs.capture;

/** Takes the frames of a capture, one after another. */
interface FrameSink {

    /**
     * Takes a frame.
     *
     * @param number its number in the file, from 1
     * @param linkType how it is framed, by the registry of tcpdump.org (LINKTYPE_)
     * @param bytes a buffer that holds it; valid during this call only
     * @param from where it begins
     * @param to where what was captured of it ends
     * @param original its length on the wire
     */
    void frame(long number, int linkType, byte[] bytes, int from, int to, long original);
}
