package org.poolscope.dfs.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One request of a message: the header (2.2.1.2) and what follows up to the next request. */
final class Request {

    static final int HEADER_SIZE = 64;
    static final int FLAG_RESPONSE = 0x1;
    static final int FLAG_ASYNC = 0x2;
    static final int FLAG_RELATED = 0x4;
    static final int FLAG_SIGNED = 0x8;
    static final int FLAG_DFS = 0x1000_0000;
    static final long NO_FILE = -1;

    private final byte[] message;
    private final int start;
    private final int end;

    /** A request that stands in a message from one offset to another, of which at least the header is there. */
    Request(byte[] message, int start, int end) {
        this.message = message;
        this.start = start;
        this.end = end;
    }

    /** Whether the header says what it is and how long it is. */
    boolean isSmb2() {
        return message[start] == (byte) 0xfe && message[start + 1] == 'S' && message[start + 2] == 'M' && message[start + 3] == 'B'
                && at(start + 4, 2) == HEADER_SIZE;
    }

    /** The same request without its body, to be kept while it waits. */
    Request headerOnly() {
        return new Request(Arrays.copyOfRange(message, start, start + HEADER_SIZE), 0, HEADER_SIZE);
    }

    int commandCode() {
        return at(start + 12, 2);
    }

    Command command() {
        return Command.of(commandCode());
    }

    int creditCharge() {
        return Math.max(1, at(start + 6, 2));
    }

    int creditRequest() {
        return at(start + 14, 2);
    }

    int flags() {
        return at(start + 16, 4);
    }

    boolean has(int flag) {
        return (flags() & flag) != 0;
    }

    long nextCommand() {
        return at(start + 20, 4) & 0xffff_ffffL;
    }

    long messageId() {
        return u64At(start + 24);
    }

    long asyncId() {
        return u64At(start + 32);
    }

    int treeId() {
        return at(start + 36, 4);
    }

    long sessionId() {
        return u64At(start + 40);
    }

    /** The whole request with its header, as signatures cover it. */
    byte[] copy() {
        return Arrays.copyOfRange(message, start, end);
    }

    /** Whether the body says the size its command has, and has it. */
    boolean isSound() {
        Command command = command();
        return command != null && end - start - HEADER_SIZE >= command.fixedSize() && u16(0) == command.structureSize();
    }

    int bodyLength() {
        return end - start - HEADER_SIZE;
    }

    int u8(int offset) {
        return message[start + HEADER_SIZE + offset] & 0xff;
    }

    int u16(int offset) {
        return at(start + HEADER_SIZE + offset, 2);
    }

    int s32(int offset) {
        return at(start + HEADER_SIZE + offset, 4);
    }

    long u32(int offset) {
        return s32(offset) & 0xffff_ffffL;
    }

    long u64(int offset) {
        return u64At(start + HEADER_SIZE + offset);
    }

    byte[] bytes(int offset, int length) {
        return Arrays.copyOfRange(message, start + HEADER_SIZE + offset, start + HEADER_SIZE + offset + length);
    }

    /**
     * Bytes of the variable part.
     *
     * @param fromHeader where they begin, in bytes from the start of the header
     * @param length how many
     * @throws Refusal when they do not lie in the variable part
     */
    byte[] variable(long fromHeader, long length) throws Refusal {
        if (length == 0) {
            return new byte[0];
        }
        if (fromHeader < HEADER_SIZE + command().fixedSize() || fromHeader + length > end - start) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        return Arrays.copyOfRange(message, start + (int) fromHeader, start + (int) (fromHeader + length));
    }

    /** Text of the variable part, without a NUL. */
    String text(long fromHeader, long length) throws Refusal {
        if ((length & 1) != 0) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        return new String(variable(fromHeader, length), StandardCharsets.UTF_16LE);
    }

    private int at(int offset, int width) {
        int value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | message[offset + i] & 0xff;
        }
        return value;
    }

    private long u64At(int offset) {
        return at(offset, 4) & 0xffff_ffffL | (long) at(offset + 4, 4) << 32;
    }
}
