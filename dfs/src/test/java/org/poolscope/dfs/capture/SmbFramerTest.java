package org.poolscope.dfs.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.ReferralExchange.Transport;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;

/** Messages as MS-SMB2 and MS-CIFS lay them out, in forms the real captures at hand do not have. */
class SmbFramerTest {

    private static final int IOCTL = 11;
    private static final int CREATE = 5;
    private static final int REPLY = 1;
    private static final int ASYNC = 2;
    private static final int REFERRAL = 0x60194;
    private static final byte[] REQUEST = new ReferralRequest(4, "\\a\\b").encode();
    private static final byte[] ANSWER = new ReferralReply(8, 3, List.of()).encode();

    private final List<String> found = new ArrayList<>();
    private final Tally tally = new Tally();
    private final ReferralMatcher matcher = new ReferralMatcher("c", "s", this::note, tally);
    private final SmbFramer client = new SmbFramer(matcher, new MemoryBudget(), tally);
    private final SmbFramer server = new SmbFramer(matcher, new MemoryBudget(), tally);

    @Test
    void findsReferralsAmongCompoundedMessages() {
        take(client, frame(chained(smb2(CREATE, 0, 7, 0, new byte[100])), chained(request(8)), smb2(CREATE, 0, 9, 0,
                new byte[3000])));
        take(server, frame(chained(smb2(CREATE, REPLY, 7, 0, new byte[88])), chained(reply(8, 0, ANSWER)), smb2(6, REPLY, 9, 0,
                new byte[60])));

        assertThat(found).containsExactly("\\a\\b 0 " + ANSWER.length + " interim 0");
        assertThat(tally.smb2Messages).isEqualTo(6);
    }

    @Test
    void waitsForTheFinalReply() {
        take(client, frame(request(5)));
        take(server, frame(smb2(IOCTL, REPLY | ASYNC, 5, 0x103, error())));
        take(server, frame(smb2(IOCTL, REPLY | ASYNC, 5, 0x103, error())));
        assertThat(found).isEmpty();
        take(server, frame(smb2(IOCTL, REPLY | ASYNC, 5, 0xc0000225L, error())));

        assertThat(found).containsExactly("\\a\\b 3221226021 0 interim 2");
    }

    @Test
    void takesAReplyBeforeItsRequest() {
        take(server, frame(reply(5, 0, ANSWER)));
        take(server, frame(smb2(IOCTL, REPLY, 6, 0xc0000225L, error())));
        take(client, frame(request(5)));
        take(client, frame(request(6)));

        assertThat(found).containsExactly("\\a\\b 0 " + ANSWER.length + " interim 0", "\\a\\b 3221226021 0 interim 0");
    }

    @Test
    void reportsWhatStaysOpen() {
        take(client, frame(request(5)));
        take(server, frame(reply(6, 0, ANSWER)));
        matcher.close();

        assertThat(found).containsExactly("\\a\\b - 0 interim 0", "- 0 " + ANSWER.length + " interim 0");
        assertThat(tally.unanswered).isOne();
    }

    @Test
    void takesNothingForAReferralThatIsNone() {
        take(client, frame(smb2(IOCTL, 0, 5, 0, ioctlRequest(0x11c017, REQUEST))));
        take(server, frame(smb2(IOCTL, REPLY, 5, 0, ioctlReply(0x11c017, ANSWER))));
        take(server, frame(smb2(IOCTL, REPLY, 5, 0xc0000225L, error())));
        matcher.close();

        assertThat(found).isEmpty();
    }

    @Test
    void saysWhatDoesNotFit() {
        byte[] body = ioctlReply(REFERRAL, ANSWER);
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(36, 5000);
        take(client, frame(request(5)));
        take(server, frame(smb2(IOCTL, REPLY, 5, 0, body)));

        assertThat(found).containsExactly("\\a\\b 0 " + ANSWER.length
                + " interim 0 the reply is said to have 5000 bytes, but the message"
                + " ends after 8");
    }

    @Test
    void countsWhatIsEncryptedOrCompressed() {
        take(client, frame(with(new byte[200], 0xfd)));
        take(client, frame(with(new byte[200], 0xfd)));
        take(server, frame(with(new byte[200], 0xfc)));

        assertThat(tally.encryptedMessages).isEqualTo(2);
        assertThat(tally.encryptedStreams).isOne();
        assertThat(tally.compressedMessages).isOne();
    }

    @Test
    void joinsTheSecondariesOfSmb1() {
        byte[] request = REQUEST;
        take(client, frame(trans2Request(0x32, request.length, Arrays.copyOf(request, 6), 0)));
        take(server, frame(trans2Reply(new byte[0], 0, 0, false)));
        take(client, frame(trans2Request(0x33, request.length, Arrays.copyOfRange(request, 6, request.length), 6)));
        take(server, frame(trans2Reply(Arrays.copyOf(ANSWER, 3), ANSWER.length, 0, true)));
        take(server, frame(trans2Reply(Arrays.copyOfRange(ANSWER, 3, ANSWER.length), ANSWER.length, 3, true)));

        assertThat(found).containsExactly("\\a\\b 0 " + ANSWER.length + " interim 1");
    }

    @Test
    void goesOnAfterLostBytesWhoseNumberIsKnown() {
        byte[] large = frame(smb2(8, REPLY, 4, 0, new byte[5000]));
        client.begin();
        server.begin();
        client.take(frame(request(5)), 0, frame(request(5)).length);
        server.take(large, 0, 500);
        server.lose(1000);
        server.take(large, 1500, large.length);
        byte[] reply = frame(reply(5, 0, ANSWER));
        server.take(reply, 0, reply.length);

        assertThat(found).containsExactly("\\a\\b 0 " + ANSWER.length + " interim 0");
    }

    @Property(tries = 200)
    void framesDoNotDependOnSegments(@ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 200) Integer> sizes,
            @ForAll boolean inTheMiddle) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(frame(chained(smb2(CREATE, 0, 7, 0, new byte[100])), chained(request(8)), smb2(CREATE, 0, 9, 0,
                new byte[300])));
        stream.writeBytes(new byte[] {(byte) 0x85, 0, 0, 0});
        stream.writeBytes(frame(request(10)));
        stream.writeBytes(frame(smb2(9, 0, 11, 0, new byte[700])));
        stream.writeBytes(frame(request(12)));
        byte[] bytes = stream.toByteArray();
        if (inTheMiddle) {
            client.beginInTheMiddle();
        } else {
            client.begin();
        }
        int at = 0;
        for (int i = 0; at < bytes.length; i++) {
            int end = Math.min(bytes.length, at + sizes.get(i % sizes.size()));
            client.take(Arrays.copyOfRange(bytes, at, end), 0, end - at);
            at = end;
        }
        matcher.close();

        assertThat(found).hasSize(3).allMatch(line -> line.startsWith("\\a\\b -"));
        found.clear();
    }

    private void note(Transport transport, Optional<byte[]> request, OptionalLong status, byte[] reply, List<String> problems) {
        String path = request.map(bytes -> ReferralRequest.decode(bytes).message().orElseThrow().path()).orElse("-");
        found.add(path + " " + (status.isPresent() ? status.getAsLong() : "-") + " " + reply.length + " interim "
                + transport.interimReplies()
                + (problems.isEmpty() ? "" : " " + String.join("; ", problems)));
    }

    private static void take(SmbFramer framer, byte[] bytes) {
        framer.begin();
        framer.take(bytes, 0, bytes.length);
    }

    private static byte[] frame(byte[]... messages) {
        int length = Arrays.stream(messages).mapToInt(one -> one.length).sum();
        ByteBuffer frame = ByteBuffer.allocate(4 + length).putInt(length);
        Arrays.stream(messages).forEach(frame::put);
        return frame.array();
    }

    /** A message another one follows: padded, with NextCommand set (MS-SMB2 2.2.1). */
    private static byte[] chained(byte[] message) {
        byte[] padded = Arrays.copyOf(message, (message.length + 7) & ~7);
        ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).putInt(20, padded.length);
        return padded;
    }

    private static byte[] smb2(int command, int flags, long id, long status, byte[] body) {
        ByteBuffer message = ByteBuffer.allocate(64 + body.length).order(ByteOrder.LITTLE_ENDIAN);
        message.put(new byte[] {(byte) 0xfe, 'S', 'M', 'B'}).putShort((short) 64).putShort((short) 1).putInt((int) status)
                .putShort((short) command).putShort((short) 1).putInt(flags).putInt(0).putLong(id);
        return message.position(64).put(body).array();
    }

    private static byte[] request(long id) {
        return smb2(IOCTL, 0, id, 0, ioctlRequest(REFERRAL, REQUEST));
    }

    private static byte[] reply(long id, long status, byte[] data) {
        return smb2(IOCTL, REPLY, id, status, ioctlReply(REFERRAL, data));
    }

    /** MS-SMB2 2.2.31. */
    private static byte[] ioctlRequest(int code, byte[] data) {
        return ByteBuffer.allocate(56 + data.length).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 57).putShort((short) 0)
                .putInt(code)
                .putLong(-1).putLong(-1).putInt(120).putInt(data.length).putInt(0).putInt(0).putInt(0).putInt(4096).putInt(1)
                .putInt(0)
                .put(data).array();
    }

    /** MS-SMB2 2.2.32. */
    private static byte[] ioctlReply(int code, byte[] data) {
        return ByteBuffer.allocate(48 + data.length).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 49).putShort((short) 0)
                .putInt(code)
                .putLong(-1).putLong(-1).putInt(112).putInt(0).putInt(112).putInt(data.length).putInt(0).putInt(0).put(data)
                .array();
    }

    /** MS-SMB2 2.2.2. */
    private static byte[] error() {
        return new byte[] {9, 0, 0, 0, 0, 0, 0, 0, 0};
    }

    private static byte[] with(byte[] bytes, int first) {
        bytes[0] = (byte) first;
        bytes[1] = 'S';
        bytes[2] = 'M';
        bytes[3] = 'B';
        return bytes;
    }

    private static ByteBuffer smb1(int command, boolean reply, int words, int bytes) {
        ByteBuffer message = ByteBuffer.allocate(33 + 2 * words + 2 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        message.put(new byte[] {(byte) 0xff, 'S', 'M', 'B', (byte) command}).putInt(0).put((byte) (reply ? 0x98 : 0x18))
                .putShort((short) 0xc807);
        return message.put(32, (byte) words).position(33);
    }

    /** MS-CIFS 2.2.4.46.1 and 2.2.4.47.1: the request stands in the parameters. */
    private static byte[] trans2Request(int command, int total, byte[] part, int displacement) {
        boolean first = command == 0x32;
        int words = first ? 15 : 9;
        ByteBuffer message = smb1(command, false, words, part.length);
        int offset = 33 + 2 * words + 2;
        message.putShort((short) total).putShort((short) 0);
        if (first) {
            message.putShort((short) 0).putShort((short) 4096).putShort((short) 0).putShort((short) 0).putInt(0)
                    .putShort((short) 0)
                    .putShort((short) part.length).putShort((short) offset).putShort((short) 0).putShort((short) 0)
                    .putShort((short) 1)
                    .putShort((short) 0x10);
        } else {
            message.putShort((short) part.length).putShort((short) offset).putShort((short) displacement).putShort((short) 0)
                    .putShort((short) 0).putShort((short) 0).putShort((short) 0);
        }
        return message.putShort((short) part.length).put(part).array();
    }

    /** MS-CIFS 2.2.4.46.2: the reply stands in the data; without words it only asks for more. */
    private static byte[] trans2Reply(byte[] part, int total, int displacement, boolean data) {
        int words = data ? 10 : 0;
        ByteBuffer message = smb1(0x32, true, words, part.length);
        if (data) {
            message.putShort((short) 0).putShort((short) total).putShort((short) 0).putShort((short) 0).putShort((short) 55)
                    .putShort((short) 0)
                    .putShort((short) part.length).putShort((short) 55).putShort((short) displacement).putShort((short) 0);
        }
        return message.putShort((short) part.length).put(part).array();
    }
}
