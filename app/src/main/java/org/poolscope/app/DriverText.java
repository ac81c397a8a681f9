package org.poolscope.app;

/** What the commands on driver files say, in the same words, of a driver that has nothing for them. */
final class DriverText {

    static final String NO_ALLOCATION = "no call in it is known to allocate pool with a tag";
    static final String NO_CALL = "no call in it is known to allocate or free pool";
    static final String NO_SUCH_TAG = "no call in it names such a tag";

    private DriverText() {
    }
}
