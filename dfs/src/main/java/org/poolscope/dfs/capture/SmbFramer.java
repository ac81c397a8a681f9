package org.poolscope.dfs.capture;

import java.util.Arrays;

/**
 * Cuts one direction of a connection into SMB messages. They stand in frames: four bytes (a type, 0 for messages, and a length
 * of 24 bits; RFC 1002 4.3.1, MS-SMB2 2.1), then a message. A frame of SMB2 may hold several messages, each saying where the
 * next begins (MS-SMB2 2.2.1, NextCommand).
 *
 * <p>Only what the {@link ReferralMatcher} asks for is copied; it decides by the first {@link #HEAD} bytes. All else is passed
 * over by its length. In the middle of a stream, and where lost bytes hide the end of a frame, the next frame is looked for by
 * its signature.
 */
final class SmbFramer {

    /**
     * Bytes of a message that tell whether it can carry a referral: the SMB2 header and the first fields of an IOCTL. In a
     * frame of several messages each but the last has at least so many: 64 of header, 4 of body, padded to a multiple of 8.
     */
    static final int HEAD = 72;
    /** No referral is larger than this: 65,535 entries of 34 bytes and their strings. */
    private static final int MOST_MESSAGE_BYTES = 8 << 20;
    private static final int FIRST_COPY_BYTES = 4096;
    private static final int PREFIX = 4;
    private static final int SMB2_HEADER = 64;
    private static final int SMB1_LEAST = 35;
    /** Bytes by which the beginning of a frame is known. */
    private static final int SEARCHED = PREFIX + SMB1_LEAST;
    private static final byte[] NOTHING = new byte[0];

    private enum State {
        /** Looking for the beginning of a frame. */
        SEARCHING,
        /** Reading the four bytes before a message. */
        PREFIX,
        /** Reading the first bytes of a message. */
        HEAD,
        /** Reading the rest of a message: copying it when wanted, else passing over it. */
        BODY
    }

    private final ReferralMatcher matcher;
    private final MemoryBudget budget;
    private final Tally tally;
    private State state = State.SEARCHING;
    /** The prefix or head, as far as it was read. */
    private final byte[] held = new byte[HEAD];
    private int heldCount;
    private int heldWanted;
    /** Bytes of the frame not read yet, those of the message in hand among them. */
    private int frameLeft;
    /** Bytes of the message in hand not read yet. */
    private int messageLeft;
    private boolean copying;
    private byte[] copy = NOTHING;
    private int copied;

    SmbFramer(ReferralMatcher matcher, MemoryBudget budget, Tally tally) {
        this.matcher = matcher;
        this.budget = budget;
        this.tally = tally;
    }

    /** Whether a payload begins as an SMB frame does: prefix and signature. */
    static boolean beginsMessage(byte[] bytes, int from, int to) {
        return to - from >= SEARCHED && bytes[from] == 0 && isSignature(bytes, from + PREFIX);
    }

    /** Whether a payload begins with an SMB message that a server sends. */
    static boolean beginsReply(Segment segment) {
        if (!beginsMessage(segment.bytes, segment.from, segment.to)) {
            return false;
        }
        int at = segment.from + PREFIX;
        return segment.bytes[at] == (byte) 0xfe ? (segment.bytes[at + 16] & 1) != 0
                : segment.bytes[at] == (byte) 0xff && (segment.bytes[at + 9] & 0x80) != 0;
    }

    private static boolean isSignature(byte[] bytes, int at) {
        return (bytes[at] & 0xff) >= 0xfc && bytes[at + 1] == 'S' && bytes[at + 2] == 'M' && bytes[at + 3] == 'B';
    }

    /** The stream begins here, with a frame. */
    void begin() {
        drop();
        hold(State.PREFIX, PREFIX);
    }

    /** The stream is joined somewhere in its middle. */
    void beginInTheMiddle() {
        drop();
        seek();
    }

    /** Takes the next bytes of the stream. */
    void take(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            at += switch (state) {
                case SEARCHING -> search(bytes, at, to) - at;
                case PREFIX, HEAD -> takeHeld(bytes, at, to);
                case BODY -> takeBody(bytes, at, to);
            };
        }
    }

    /** That many bytes of the stream are missing here. */
    void lose(int count) {
        boolean inFrame = state == State.HEAD || state == State.BODY;
        if (copying) {
            tally.droppedMessages++;
        }
        boolean inMessage = state == State.BODY && count <= messageLeft;
        drop();
        if (!inFrame || count > frameLeft) {
            seek();
            return;
        }
        // the frame's end is still known: pass over the message, or the whole frame when the message's end is not known
        frameLeft -= count;
        messageLeft = inMessage ? messageLeft - count : frameLeft;
        state = State.BODY;
        if (messageLeft == 0) {
            endMessage();
        }
    }

    /** Gives back what is held. */
    void close() {
        beginInTheMiddle();
    }

    /**
     * Looks for the beginning of a frame. The last bytes are kept, since it may reach into the next segment.
     *
     * @return where to go on reading
     */
    private int search(byte[] bytes, int from, int to) {
        if (heldCount > 0) {
            int joined = Math.min(SEARCHED - 1, to - from);
            byte[] seam = Arrays.copyOf(held, heldCount + joined);
            System.arraycopy(bytes, from, seam, heldCount, joined);
            int before = heldCount;
            int found = find(seam, 0, seam.length);
            if (found >= 0 && found < before) {
                hold(State.PREFIX, PREFIX);
                take(seam, found, before);
                return from;
            }
        }
        int found = find(bytes, from, to);
        if (found >= 0) {
            hold(State.PREFIX, PREFIX);
            return found;
        }
        keepLast(bytes, from, to);
        return to;
    }

    /** Looks at the last byte of the four a signature has, and steps as far as that byte allows. */
    private static int find(byte[] bytes, int from, int to) {
        int at = from;
        while (to - at >= SEARCHED) {
            int last = bytes[at + PREFIX + 3] & 0xff;
            if (last == 'B') {
                if (bytes[at] == 0 && isSignature(bytes, at + PREFIX) && isPlausible(bytes, at)) {
                    return at;
                }
                at += 4;
            } else {
                at += last == 'M' ? 1 : last == 'S' ? 2 : last >= 0xfc ? 3 : 4;
            }
        }
        return -1;
    }

    private void keepLast(byte[] bytes, int from, int to) {
        int fresh = Math.min(SEARCHED - 1, to - from);
        int old = Math.min(heldCount, SEARCHED - 1 - fresh);
        System.arraycopy(held, heldCount - old, held, 0, old);
        System.arraycopy(bytes, to - fresh, held, old, fresh);
        heldCount = old + fresh;
    }

    /** Whether the length fits the kind of message, so that file contents which hold a signature are not taken for a frame. */
    private static boolean isPlausible(byte[] bytes, int at) {
        int length = length(bytes, at);
        return switch (bytes[at + PREFIX] & 0xff) {
            case 0xfe -> length >= SMB2_HEADER && bytes[at + 8] == SMB2_HEADER && bytes[at + 9] == 0;
            case 0xff -> length >= SMB1_LEAST;
            default -> length > 16;
        };
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
    }

    private int takeHeld(byte[] bytes, int from, int to) {
        int count = Math.min(heldWanted - heldCount, to - from);
        System.arraycopy(bytes, from, held, heldCount, count);
        heldCount += count;
        frameLeft -= state == State.HEAD ? count : 0;
        if (heldCount == heldWanted) {
            if (state == State.PREFIX) {
                beginFrame();
            } else {
                beginMessage();
            }
        }
        return count;
    }

    private void beginFrame() {
        int type = held[0] & 0xff;
        boolean message = type == 0;
        // session requests, their answers and keep-alives (RFC 1002 4.3.2 to 4.3.7) have lengths too, and nothing for us inside
        boolean session = type >= 0x81 && type <= 0x85;
        if (!message && !session) {
            seek();
            return;
        }
        frameLeft = length(held, 0);
        if (message) {
            nextInFrame();
        } else {
            passFrame();
        }
    }

    /** Reads the message that begins here, or the next frame when this one is at its end. */
    private void nextInFrame() {
        if (frameLeft == 0) {
            hold(State.PREFIX, PREFIX);
        } else if (frameLeft < SMB1_LEAST) {
            passFrame();
        } else {
            hold(State.HEAD, Math.min(HEAD, frameLeft));
        }
    }

    private void beginMessage() {
        if (!isSignature(held, 0)) {
            // not what the length promised: the stream is not where it was thought to be
            seek();
            return;
        }
        switch (held[0] & 0xff) {
            case 0xfe -> beginSmb2();
            case 0xff -> {
                tally.smb1Messages++;
                body(matcher.wantsSmb1(held, heldCount), frameLeft);
            }
            case 0xfd -> {
                tally.encryptedMessages++;
                matcher.noteEncrypted();
                passFrame();
            }
            default -> {
                tally.compressedMessages++;
                passFrame();
            }
        }
    }

    private void beginSmb2() {
        tally.smb2Messages++;
        long next = heldCount < SMB2_HEADER ? 0 : SmbBytes.u32(held, 20);
        if (heldCount < SMB2_HEADER || next != 0 && (next < HEAD || next > HEAD + frameLeft)) {
            tally.droppedMessages++;
            passFrame();
            return;
        }
        body(matcher.wantsSmb2(held, heldCount), next == 0 ? frameLeft : (int) next - HEAD);
    }

    private void passFrame() {
        body(false, frameLeft);
    }

    /** Reads the rest of a message, that many bytes. */
    private void body(boolean wanted, int rest) {
        state = State.BODY;
        messageLeft = rest;
        if (wanted) {
            beginCopy();
        }
        if (messageLeft == 0) {
            endMessage();
        }
    }

    private void beginCopy() {
        int whole = heldCount + messageLeft;
        int first = Math.min(whole, FIRST_COPY_BYTES);
        if (whole > MOST_MESSAGE_BYTES || !budget.take(first)) {
            tally.droppedMessages++;
            return;
        }
        copying = true;
        copy = Arrays.copyOf(held, first);
        copied = heldCount;
    }

    private int takeBody(byte[] bytes, int from, int to) {
        int count = Math.min(messageLeft, to - from);
        if (copying && makeRoom(count)) {
            System.arraycopy(bytes, from, copy, copied, count);
            copied += count;
        }
        messageLeft -= count;
        frameLeft -= count;
        if (messageLeft == 0) {
            endMessage();
        }
        return count;
    }

    private boolean makeRoom(int count) {
        if (copied + count <= copy.length) {
            return true;
        }
        int larger = Math.max(copied + count, Math.min(copy.length * 2, copied + messageLeft));
        if (!budget.take(larger - copy.length)) {
            tally.droppedMessages++;
            drop();
            return false;
        }
        copy = Arrays.copyOf(copy, larger);
        return true;
    }

    private void endMessage() {
        if (copying) {
            matcher.message(copy, copied);
            drop();
        }
        nextInFrame();
    }

    private void drop() {
        budget.giveBack(copy.length);
        copy = NOTHING;
        copying = false;
        copied = 0;
    }

    private void seek() {
        hold(State.SEARCHING, 0);
    }

    private void hold(State next, int count) {
        state = next;
        heldWanted = count;
        heldCount = 0;
    }
}
