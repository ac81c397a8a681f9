package org.poolscope.dfs.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.dfs.ReferralExchange.Carrier;
import org.poolscope.dfs.ReferralExchange.Transport;

/**
 * Finds referral requests among the SMB messages of one connection and puts each together with its final reply.
 *
 * <p>SMB2: IOCTL (command 11) with control code FSCTL_DFS_GET_REFERRALS or FSCTL_DFS_GET_REFERRALS_EX, matched by MessageId;
 * replies of status STATUS_PENDING are not final (MS-SMB2 2.2.31, 2.2.32, 3.3.4.2). SMB1: TRANSACTION2 (command 0x32) with
 * subcommand 0x10, matched by MID, PID, UID and TID, in one or several messages (MS-CIFS 2.2.4.46, 2.2.6.16).
 *
 * <p>A capture may show a reply before its request; such a reply waits for it.
 */
final class ReferralMatcher {

    private static final long STATUS_PENDING = 0x103;
    private static final int COMMAND_IOCTL = 11;
    private static final long FSCTL_GET_REFERRALS = 0x0006_0194;
    private static final long FSCTL_GET_REFERRALS_EX = 0x0006_01b0;
    private static final int SMB2_BODY = 64;
    private static final int IOCTL_REPLY_SIZE = 49;
    private static final int ERROR_REPLY_SIZE = 9;
    private static final int COMMAND_TRANS2 = 0x32;
    private static final int COMMAND_TRANS2_SECONDARY = 0x33;
    private static final int SUBCOMMAND_REFERRAL = 0x10;
    private static final int MOST_OPEN = 512;
    private static final int MOST_EARLY_ERRORS = 16;

    /** Takes each exchange when it is complete. */
    interface Sink {
        /** An exchange; the request is empty, or the status is, when the capture lacks it. */
        void exchange(Transport transport, Optional<byte[]> request, OptionalLong status, byte[] reply, List<String> problems);
    }

    private final String client;
    private final String server;
    private final Sink sink;
    private final Tally tally;
    /** Requests without a final reply, and replies without a request, by their numbers, oldest first. */
    private final Map<Long, Open> open = new LinkedHashMap<>(4);
    /** Refusals of some IOCTL whose request was not seen: number, status and frame, the oldest overwritten first. */
    private long[] earlyErrors = new long[0];
    private int earlyErrorCount;
    private long frame;
    private boolean encrypted;

    /** A request, a reply, or both while parts are missing. */
    private static final class Open {

        private Carrier carrier;
        private byte[] request;
        private long requestFrame;
        private long maxOutput;
        private int interim;
        private boolean replied;
        private long status;
        private byte[] reply = new byte[0];
        private long replyFrame;
        private Transaction requestParts;
        private Transaction replyParts;
        private final List<String> problems = new ArrayList<>(0);
    }

    ReferralMatcher(String client, String server, Sink sink, Tally tally) {
        this.client = client;
        this.server = server;
        this.sink = sink;
        this.tally = tally;
    }

    /** The frame in hand. */
    void frame(long number) {
        frame = number;
    }

    /** An encrypted message was seen. */
    void noteEncrypted() {
        if (!encrypted) {
            encrypted = true;
            tally.encryptedStreams++;
        }
    }

    /** Whether an SMB2 message that begins with these bytes is to be read whole. */
    boolean wantsSmb2(byte[] head, int count) {
        if (head[12] != COMMAND_IOCTL || head[13] != 0 || count < SmbFramer.HEAD) {
            return false;
        }
        if (isReferralCode(SmbBytes.u32(head, SMB2_BODY + 4)) && SmbBytes.u16(head, SMB2_BODY) != ERROR_REPLY_SIZE) {
            return true;
        }
        boolean reply = (head[16] & 1) != 0;
        return reply && SmbBytes.u16(head, SMB2_BODY) == ERROR_REPLY_SIZE;
    }

    /** Whether an SMB1 message that begins with these bytes is to be read whole. */
    boolean wantsSmb1(byte[] head, int count) {
        int command = head[4] & 0xff;
        if (command != COMMAND_TRANS2 && command != COMMAND_TRANS2_SECONDARY) {
            return false;
        }
        boolean reply = (head[9] & 0x80) != 0;
        if (reply || command == COMMAND_TRANS2_SECONDARY) {
            return open.containsKey(smb1Key(head));
        }
        return count >= 63 && head[32] >= 15 && SmbBytes.u16(head, 61) == SUBCOMMAND_REFERRAL;
    }

    /** Takes a message that was wanted. */
    void message(byte[] message, int length) {
        if (message[0] == (byte) 0xfe) {
            smb2(message, length);
        } else {
            smb1(message, length);
        }
    }

    /** Reports what is still open: nothing more will come. */
    void close() {
        open.values().forEach(this::emit);
        open.clear();
        earlyErrorCount = 0;
    }

    private static boolean isReferralCode(long code) {
        return code == FSCTL_GET_REFERRALS || code == FSCTL_GET_REFERRALS_EX;
    }

    private void smb2(byte[] message, int length) {
        long id = SmbBytes.u64(message, 24);
        boolean reply = (message[16] & 1) != 0;
        if (reply) {
            smb2Reply(message, length, id);
        } else {
            smb2Request(message, length, id);
        }
    }

    private void smb2Request(byte[] message, int length, long id) {
        Open one = open.get(id);
        if (one != null && one.request != null) {
            // the number is used again: what was open under it will get no reply
            close(id);
            one = null;
        }
        if (one == null) {
            one = open(id);
        }
        one.carrier = SmbBytes.u32(message, SMB2_BODY + 4) == FSCTL_GET_REFERRALS_EX ? Carrier.SMB2_EXTENDED : Carrier.SMB2;
        one.requestFrame = frame;
        if (length < SMB2_BODY + 56) {
            one.request = new byte[0];
            one.problems.add("the IOCTL request ends inside its fixed part");
        } else {
            one.request = part(message, length, SmbBytes.u32(message, SMB2_BODY + 24), SmbBytes.u32(message, SMB2_BODY + 28),
                    "request", one);
            one.maxOutput = SmbBytes.u32(message, SMB2_BODY + 44);
        }
        takeEarlyError(id, one);
        if (one.replied) {
            close(id);
        }
    }

    private void smb2Reply(byte[] message, int length, long id) {
        long status = SmbBytes.u32(message, 8);
        Open one = open.get(id);
        int structure = length >= SMB2_BODY + 2 ? SmbBytes.u16(message, SMB2_BODY) : 0;
        if (one == null) {
            if (structure != IOCTL_REPLY_SIZE) {
                keepEarlyError(id, status);
                return;
            }
            one = open(id);
            one.carrier = SmbBytes.u32(message, SMB2_BODY + 4) == FSCTL_GET_REFERRALS_EX ? Carrier.SMB2_EXTENDED : Carrier.SMB2;
        }
        if (status == STATUS_PENDING) {
            one.interim++;
            return;
        }
        one.replied = true;
        one.status = status;
        one.replyFrame = frame;
        if (structure == IOCTL_REPLY_SIZE) {
            if (length < SMB2_BODY + 48) {
                one.problems.add("the IOCTL reply ends inside its fixed part");
            } else {
                one.reply = part(message, length, SmbBytes.u32(message, SMB2_BODY + 32), SmbBytes.u32(message, SMB2_BODY + 36),
                        "reply", one);
            }
        }
        if (one.request != null) {
            close(id);
        }
    }

    /** A part of a message told by offset, from the message's start, and length. */
    private static byte[] part(byte[] message, int length, long offset, long count, String what, Open one) {
        if (count == 0) {
            return new byte[0];
        }
        if (offset > length) {
            one.problems.add("the " + what + " is said to begin at byte " + offset + " of a message of " + length);
            return new byte[0];
        }
        if (count > length - offset) {
            one.problems.add("the " + what + " is said to have " + count + " bytes, but the message ends after "
                    + (length - offset));
        }
        return Arrays.copyOfRange(message, (int) offset, (int) (offset + Math.min(count, length - offset)));
    }

    private void keepEarlyError(long id, long status) {
        if (earlyErrors.length == 0) {
            earlyErrors = new long[3 * MOST_EARLY_ERRORS];
        }
        int place = 3 * (earlyErrorCount++ % MOST_EARLY_ERRORS);
        earlyErrors[place] = id;
        earlyErrors[place + 1] = status;
        earlyErrors[place + 2] = frame;
    }

    /** Whether a refusal with this number was seen shortly before the request: the capture swapped them. */
    private void takeEarlyError(long id, Open one) {
        for (int i = 0; i < Math.min(earlyErrorCount, MOST_EARLY_ERRORS) && !one.replied; i++) {
            if (earlyErrors[3 * i] == id) {
                long status = earlyErrors[3 * i + 1];
                if (status == STATUS_PENDING) {
                    one.interim++;
                } else {
                    one.replied = true;
                    one.status = status;
                    one.replyFrame = earlyErrors[3 * i + 2];
                }
                earlyErrors[3 * i] = -1;
            }
        }
    }

    private static long smb1Key(byte[] message) {
        return (long) SmbBytes.u16(message, 30) << 48 | (long) SmbBytes.u16(message, 26) << 32 | (long) SmbBytes.u16(message,
                28) << 16
                | SmbBytes.u16(message, 24);
    }

    private void smb1(byte[] message, int length) {
        long id = smb1Key(message);
        boolean reply = (message[9] & 0x80) != 0;
        int words = message[32] & 0xff;
        if (SMB1_WORDS + 2 * words > length) {
            tally.droppedMessages++;
        } else if (reply) {
            smb1Reply(message, length, id, words);
        } else if ((message[4] & 0xff) == COMMAND_TRANS2) {
            close(id);
            Open one = open(id);
            one.carrier = Carrier.SMB1;
            one.maxOutput = SmbBytes.u16(message, SMB1_WORDS + 6);
            one.requestParts = new Transaction(SmbBytes.u16(message, SMB1_WORDS));
            smb1RequestPart(message, length, one, SMB1_WORDS + 18, -1);
        } else if (words >= 8 && open.containsKey(id) && open.get(id).requestParts != null) {
            smb1RequestPart(message, length, open.get(id), SMB1_WORDS + 4, SMB1_WORDS + 8);
        }
    }

    /** Where the parameter words of an SMB1 message begin. */
    private static final int SMB1_WORDS = 33;

    /**
     * The request stands in the transaction's parameters; count and offset stand at the given place, the displacement at
     * another.
     */
    private void smb1RequestPart(byte[] message, int length, Open one, int countAt, int displacementAt) {
        int displacement = displacementAt < 0 ? 0 : SmbBytes.u16(message, displacementAt);
        one.requestFrame = frame;
        one.requestParts.add(message, length, SmbBytes.u16(message, countAt), SmbBytes.u16(message, countAt + 2), displacement);
        if (one.requestParts.isComplete()) {
            boolean unicode = (SmbBytes.u16(message, 10) & 0x8000) != 0;
            one.request = unicode ? one.requestParts.bytes() : widened(one.requestParts.bytes());
        }
    }

    /** A request of a client that does not use Unicode, made as if it did: the level, then the path. */
    private static byte[] widened(byte[] narrow) {
        byte[] wide = new byte[narrow.length <= 2 ? narrow.length : 2 + 2 * (narrow.length - 2)];
        System.arraycopy(narrow, 0, wide, 0, Math.min(2, narrow.length));
        for (int i = 2; i < narrow.length; i++) {
            wide[2 + 2 * (i - 2)] = narrow[i];
        }
        return wide;
    }

    private void smb1Reply(byte[] message, int length, long id, int words) {
        Open one = open.get(id);
        if (one == null) {
            return;
        }
        long status = SmbBytes.u32(message, 5);
        boolean goOn = words == 0 && status == 0 && one.request == null;
        if (goOn) {
            // the server asks for the rest of the request
            one.interim++;
            return;
        }
        one.status = status;
        one.replyFrame = frame;
        if (words >= 10) {
            if (one.replyParts == null) {
                one.replyParts = new Transaction(SmbBytes.u16(message, SMB1_WORDS + 2));
            }
            one.replyParts.limit(SmbBytes.u16(message, SMB1_WORDS + 2));
            one.replyParts.add(message, length, SmbBytes.u16(message, SMB1_WORDS + 12), SmbBytes.u16(message, SMB1_WORDS + 14),
                    SmbBytes.u16(message, SMB1_WORDS + 16));
            one.reply = one.replyParts.bytes();
            if (!one.replyParts.isComplete()) {
                return;
            }
        }
        one.replied = true;
        close(id);
    }

    private Open open(long id) {
        if (open.size() >= MOST_OPEN) {
            close(open.keySet().iterator().next());
        }
        Open one = new Open();
        open.put(id, one);
        return one;
    }

    private void close(long id) {
        Open one = open.remove(id);
        if (one != null) {
            emit(one);
        }
    }

    private void emit(Open one) {
        if (one.requestParts != null && one.request == null) {
            one.problems.add("the request was not captured to its end");
            one.request = one.requestParts.bytes();
        }
        if (one.replyParts != null && !one.replyParts.isComplete()) {
            one.problems.add("the reply was not captured to its end");
            one.replied = true;
        }
        boolean asked = one.request != null;
        tally.exchanges++;
        tally.unanswered += one.replied ? 0 : 1;
        sink.exchange(new Transport(one.carrier, client, server, asked ? OptionalLong.of(one.requestFrame) : OptionalLong.empty(),
                one.replied ? OptionalLong.of(one.replyFrame) : OptionalLong.empty(), one.interim,
                asked ? OptionalLong.of(one.maxOutput) : OptionalLong.empty()), Optional.ofNullable(one.request),
                one.replied ? OptionalLong.of(one.status) : OptionalLong.empty(), one.reply, one.problems);
    }
}
