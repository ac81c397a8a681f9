package org.poolscope.dfs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.namespace.Fault;
import org.poolscope.dfs.namespace.Namespace;
import org.poolscope.dfs.namespace.NamespaceFile;
import org.poolscope.dfs.namespace.ReferralService;

/** The protocol without sockets: what is answered to what, and that nothing hostile brings it down. */
class ConversationTest {

    private static final int RELATED = 4;
    private static final Conversation.Later NEVER = (delay, asyncId) -> { };

    private final List<String> refusals = new ArrayList<>();
    private final Namespace namespace;
    private ServerContext context;
    private Conversation conversation;
    private long next;
    private long session;
    private int pipes;
    private int root;

    ConversationTest() throws Exception {
        namespace = NamespaceFile.parse(Path.of("n.yaml"), """
                users: {anna: secret}
                guests: true
                roots:
                  ns:
                    links:
                      one: {targets: '\\\\a\\x'}
                      deep\\er: {targets: '\\\\c\\w'}
                """);
    }

    @BeforeEach
    void begin() throws Exception {
        begin(List.of());
    }

    private void begin(List<Fault> faults) throws Exception {
        context = new ServerContext(namespace, new ReferralService(namespace, faults), ServerLimits.USUAL, refusals::add, referral -> { });
        conversation = new Conversation(context, "client");
        next = 0;
        say(Messages.negotiate(next++, 0x202, 0x210));
        session = little(say(Messages.sessionSetup(next++, 0, Messages.ntlmNegotiate()))).getLong(40);
        say(Messages.sessionSetup(next++, session, Messages.ntlmAnonymous()));
        pipes = little(say(Messages.treeConnect(next++, session, "\\\\s\\IPC$"))).getInt(36);
        root = little(say(Messages.treeConnect(next++, session, "\\\\s\\ns"))).getInt(36);
    }

    @Test
    void answersAReferralRequest() throws Exception {
        byte[] answer = say(Messages.referral(next++, pipes, session, "\\s\\ns\\one\\f", 4, 4096));

        assertThat(Messages.status(answer)).isZero();
        assertThat(ReferralReply.decode(Messages.output(answer)).message().orElseThrow().pathConsumed()).isEqualTo(18);
        assertThat(Messages.status(say(Messages.referral(next++, pipes, session, "\\s\\ns\\one", 4, 20)))).isEqualTo(NtStatus.BUFFER_OVERFLOW);
    }

    @Test
    void aShareOfANamespaceSaysSo() throws Exception {
        ByteBuffer answer = little(say(Messages.treeConnect(next++, session, "\\\\server\\NS")));

        assertThat(answer.get(66)).isEqualTo((byte) 1);
        assertThat(answer.getInt(68)).isEqualTo(3);
        assertThat(answer.getInt(72)).isEqualTo(8);
        assertThat(Messages.status(say(Messages.treeConnect(next++, session, "\\\\server\\other")))).isEqualTo(NtStatus.BAD_NETWORK_NAME);
        assertThat(refusals).containsExactly("client: \\\\server\\other refused: there is no such root");
    }

    @ParameterizedTest
    @CsvSource({"'', 0x0", "deep, 0x0", "one, 0xc0000257", "one\\x\\y, 0xc0000257", "ONE, 0xc0000257", "deep\\er\\z, 0xc0000257",
        "none, 0xc0000034", "none\\x, 0xc000003a", "deep\\none, 0xc0000034", "\\deep, 0xc000000d", "a*b, 0xc0000033", "a/b, 0xc0000033"})
    void opensFoldersAndCoversNoLinks(String path, String status) throws Exception {
        assertThat(Messages.status(say(Messages.create(next++, root, session, 0, path)))).isEqualTo(Long.decode(status));
        if (!path.startsWith("\\")) {
            String full = "server\\ns" + (path.isEmpty() ? "" : "\\" + path);
            assertThat(Messages.status(say(Messages.create(next++, root, session, 0x10000000, full)))).isEqualTo(Long.decode(status));
        }
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        byte[] create = Messages.create(next++, root, session, 0, "deep");
        little(create).putInt(64 + 24, 0x2);
        assertThat(Messages.status(say(create))).isEqualTo(NtStatus.ACCESS_DENIED);
        byte[] make = Messages.create(next++, root, session, 0, "new");
        little(make).putInt(64 + 36, 2);
        assertThat(Messages.status(say(make))).isEqualTo(NtStatus.ACCESS_DENIED);
        byte[] again = Messages.create(next++, root, session, 0, "deep");
        little(again).putInt(64 + 36, 2);
        assertThat(Messages.status(say(again))).isEqualTo(NtStatus.OBJECT_NAME_COLLISION);
        byte[] file = Messages.create(next++, root, session, 0, "deep");
        little(file).putInt(64 + 40, 0x40);
        assertThat(Messages.status(say(file))).isEqualTo(NtStatus.FILE_IS_A_DIRECTORY);
        byte[] gone = Messages.create(next++, root, session, 0, "deep");
        little(gone).putInt(64 + 40, 0x1000);
        assertThat(Messages.status(say(gone))).isEqualTo(NtStatus.ACCESS_DENIED);
    }

    @Test
    void aChainOpensListsAndCloses() throws Exception {
        byte[] answer = say(Messages.chain(Messages.create(next++, root, session, 0, ""),
                Messages.queryDirectory(next++, root, session, RELATED, -1, 4096),
                Messages.queryDirectory(next++, root, session, RELATED, -1, 4096),
                Messages.close(next++, root, session, RELATED, -1)));

        List<byte[]> parts = parts(answer);
        assertThat(parts).extracting(Messages::status).containsExactly(0L, 0L, NtStatus.NO_MORE_FILES, 0L);
        String names = new String(parts.get(1), StandardCharsets.UTF_16LE);
        assertThat(names).contains("one").contains("deep");
        assertThat(Messages.status(say(Messages.close(next++, root, session, 0, little(parts.get(0)).getLong(64 + 64)))))
                .isEqualTo(NtStatus.FILE_CLOSED);
    }

    @Test
    void aChainWhoseFirstRequestFailsFailsWhole() throws Exception {
        byte[] answer = say(Messages.chain(Messages.create(next++, root, session, 0, "one"), Messages.queryInfo(next++, root, session,
                RELATED, -1, 1, 18), Messages.close(next++, root, session, RELATED, -1)));

        assertThat(parts(answer)).extracting(Messages::status).containsOnly(NtStatus.PATH_NOT_COVERED).hasSize(3);
    }

    @Test
    void tellsWhatFoldersAndVolumesAre() throws Exception {
        long open = little(say(Messages.create(next++, root, session, 0, "deep"))).getLong(64 + 64);
        int[][] sizes = {{1, 4, 40}, {1, 5, 24}, {1, 6, 8}, {1, 18, 110}, {1, 34, 56}, {1, 35, 8}, {1, 22, 0}, {1, 48, 12}, {2, 1, 22}, {2, 3, 24},
            {2, 4, 8}, {2, 5, 20}, {2, 7, 32}};
        for (int[] size : sizes) {
            byte[] answer = say(Messages.queryInfo(next++, root, session, 0, open, size[0], size[1]));
            assertThat(Messages.status(answer)).as(Arrays.toString(size)).isZero();
            assertThat(little(answer).getInt(64 + 4)).as(Arrays.toString(size)).isEqualTo(size[2]);
        }
        assertThat(Messages.status(say(Messages.queryInfo(next++, root, session, 0, open, 1, 99)))).isEqualTo(NtStatus.INVALID_INFO_CLASS);
        assertThat(Messages.status(say(Messages.queryInfo(next++, root, session, 0, open, 3, 0)))).isEqualTo(NtStatus.NOT_SUPPORTED);
        byte[] small = Messages.queryInfo(next++, root, session, 0, open, 1, 4);
        little(small).putInt(64 + 4, 39);
        assertThat(Messages.status(say(small))).isEqualTo(NtStatus.INFO_LENGTH_MISMATCH);
        byte[] cut = Messages.queryInfo(next++, root, session, 0, open, 1, 18);
        little(cut).putInt(64 + 4, 102);
        assertThat(Messages.status(say(cut))).isEqualTo(NtStatus.BUFFER_OVERFLOW);
    }

    @Test
    void othersGetTheRightErrors() throws Exception {
        long open = little(say(Messages.create(next++, root, session, 0, ""))).getLong(64 + 64);
        assertThat(Messages.status(say(withFile(8, 49, 49, 16, open)))).isEqualTo(NtStatus.INVALID_DEVICE_REQUEST);
        assertThat(Messages.status(say(withFile(9, 49, 49, 16, open)))).isEqualTo(NtStatus.ACCESS_DENIED);
        assertThat(Messages.status(say(withFile(10, 48, 48, 8, open)))).isEqualTo(NtStatus.INVALID_DEVICE_REQUEST);
        assertThat(Messages.status(say(withFile(15, 32, 32, 8, open)))).isEqualTo(NtStatus.NOT_SUPPORTED);
        assertThat(Messages.status(say(withFile(17, 33, 33, 16, open)))).isEqualTo(NtStatus.ACCESS_DENIED);
        assertThat(Messages.status(say(withFile(7, 24, 24, 8, open)))).isEqualTo(NtStatus.ACCESS_DENIED);
        assertThat(Messages.status(say(withFile(7, 24, 24, 8, open + 1)))).isEqualTo(NtStatus.FILE_CLOSED);
        assertThat(Messages.status(say(withFile(99, 4, 4, 0, 0)))).isEqualTo(NtStatus.INVALID_PARAMETER);
        assertThat(Messages.status(say(Messages.ioctl(next++, pipes, session, 0x1401fc, new byte[0], 4096)))).isEqualTo(NtStatus.INVALID_DEVICE_REQUEST);
        assertThat(Messages.status(say(Messages.ioctl(next++, pipes, session, 0x60194, new byte[2], 65537)))).isEqualTo(NtStatus.INVALID_PARAMETER);
        assertThat(Messages.status(say(Messages.create(next++, pipes, session, 0, "srvsvc")))).isEqualTo(NtStatus.OBJECT_NAME_NOT_FOUND);
        assertThat(Messages.status(say(Messages.referral(next++, 77, session, "\\s\\ns", 4, 4096)))).isEqualTo(NtStatus.NETWORK_NAME_DELETED);
        assertThat(Messages.status(say(Messages.referral(next++, pipes, session + 2, "\\s\\ns", 4, 4096)))).isEqualTo(NtStatus.USER_SESSION_DELETED);
        assertThat(Messages.status(say(Messages.plain(13, next++, 0, 0)))).isZero();
        assertThat(Messages.status(say(Messages.plain(4, next++, root, session)))).isZero();
        assertThat(Messages.status(say(Messages.create(next++, root, session, 0, "")))).isEqualTo(NtStatus.NETWORK_NAME_DELETED);
        assertThat(Messages.status(say(Messages.plain(2, next++, 0, session)))).isZero();
        assertThat(Messages.status(say(Messages.referral(next++, pipes, session, "\\s\\ns", 4, 4096)))).isEqualTo(NtStatus.USER_SESSION_DELETED);
        assertThat(context.sessionCount()).isZero();
    }

    private byte[] withFile(int command, int structureSize, int length, int at, long open) {
        ByteBuffer body = Messages.little(Math.max(length, at + 16)).putShort((short) structureSize);
        if (at > 0) {
            body.putLong(at, open).putLong(at + 8, open);
        }
        return Messages.request(command, next++, root, session, 0, body.array());
    }

    @Test
    void aLateAnswerIsAnnouncedAndCanBeCancelled() throws Exception {
        begin(List.of(Fault.named("slow").orElseThrow()));
        List<Long> waiting = new ArrayList<>();
        Conversation.Later later = (delay, asyncId) -> {
            assertThat(delay).isEqualTo(Duration.ofSeconds(3));
            waiting.add(asyncId);
        };
        byte[] interim = conversation.receive(Messages.referral(next++, pipes, session, "\\s\\ns", 4, 4096), later);
        assertThat(Messages.status(interim)).isEqualTo(NtStatus.PENDING);
        assertThat(little(interim).getLong(32)).isEqualTo(waiting.getFirst());
        byte[] answer = conversation.finish(waiting.getFirst());
        assertThat(Messages.status(answer)).isZero();
        assertThat(little(answer).getLong(24)).isEqualTo(next - 1);
        assertThat(conversation.finish(waiting.getFirst())).isEmpty();

        conversation.receive(Messages.referral(next++, pipes, session, "\\s\\ns", 4, 4096), later);
        byte[] cancel = Messages.request(12, next - 1, 0, session, 2, new byte[] {4, 0, 0, 0});
        little(cancel).putLong(32, waiting.getLast());
        assertThat(Messages.status(conversation.receive(cancel, later))).isEqualTo(NtStatus.CANCELLED);
        assertThat(conversation.finish(waiting.getLast())).isEmpty();
    }

    @Test
    void connectionsEndWhereTheProtocolDemandsIt() {
        assertThatThrownBy(() -> say(Messages.plain(13, 0, 0, 0))).isInstanceOf(Hangup.class).hasMessageContaining("used before");
        assertThatThrownBy(() -> say(Messages.plain(13, 1_000_000, 0, 0))).isInstanceOf(Hangup.class).hasMessageContaining("not granted");
        assertThatThrownBy(() -> say(Messages.negotiate(next, 0x210))).isInstanceOf(Hangup.class).hasMessageContaining("second NEGOTIATE");
        assertThatThrownBy(() -> say(new byte[0])).isInstanceOf(Hangup.class);
        assertThatThrownBy(() -> say(new byte[] {(byte) 0xfd, 'S', 'M', 'B'})).isInstanceOf(Hangup.class).hasMessageContaining("encrypted");
        conversation = new Conversation(context, "client");
        assertThatThrownBy(() -> say(Messages.plain(13, 0, 0, 0))).isInstanceOf(Hangup.class).hasMessageContaining("no NEGOTIATE");
    }

    @Test
    void whatCannotBeAgreedOnIsRefused() throws Exception {
        conversation = new Conversation(context, "client");
        assertThat(Messages.status(say(Messages.negotiate(0, 0x2ff, 0x999)))).isEqualTo(NtStatus.NOT_SUPPORTED);
        conversation = new Conversation(context, "client");
        assertThat(Messages.status(say(Messages.negotiate(0)))).isEqualTo(NtStatus.INVALID_PARAMETER);
        conversation = new Conversation(context, "client");
        // 3.1.1 without a list of hash functions
        assertThat(Messages.status(say(Messages.negotiate(0, 0x210, 0x311)))).isEqualTo(NtStatus.INVALID_PARAMETER);
        conversation = new Conversation(context, "client");
        byte[] otherHash = Messages.negotiate311(0);
        otherHash[64 + 40 + 12] = 9;
        assertThat(Messages.status(say(otherHash))).isEqualTo(NtStatus.SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP);
        conversation = new Conversation(context, "client");
        assertThat(Messages.status(say(Messages.negotiate311(0)))).isZero();
    }

    @Test
    void creditsAreGrantedWithinTheWindow() throws Exception {
        for (int i = 0; i < 2000; i++) {
            byte[] answer = say(Messages.plain(13, next++, 0, session));
            assertThat(Messages.status(answer)).isZero();
            assertThat(little(answer).getShort(14)).isBetween((short) 1, (short) 64);
        }
    }

    @Test
    void sessionsTreesAndOpensAreLimited() throws Exception {
        for (int i = 1; i < ServerLimits.USUAL.sessionsPerConnection(); i++) {
            assertThat(Messages.status(say(Messages.sessionSetup(next++, 0, Messages.ntlmNegotiate())))).isEqualTo(NtStatus.MORE_PROCESSING_REQUIRED);
        }
        assertThat(Messages.status(say(Messages.sessionSetup(next++, 0, Messages.ntlmNegotiate())))).isEqualTo(NtStatus.INSUFFICIENT_RESOURCES);
        for (int i = 2; i < ServerLimits.USUAL.treesPerSession(); i++) {
            assertThat(Messages.status(say(Messages.treeConnect(next++, session, "\\\\s\\ns")))).isZero();
        }
        assertThat(Messages.status(say(Messages.treeConnect(next++, session, "\\\\s\\ns")))).isEqualTo(NtStatus.INSUFFICIENT_RESOURCES);
        for (int i = 0; i < ServerLimits.USUAL.opensPerSession(); i++) {
            assertThat(Messages.status(say(Messages.create(next++, root, session, 0, "")))).isZero();
        }
        assertThat(Messages.status(say(Messages.create(next++, root, session, 0, "")))).isEqualTo(NtStatus.INSUFFICIENT_RESOURCES);
        conversation.end();
        assertThat(context.sessionCount()).isZero();
    }

    @Test
    void tooManyFailedLogonsEndTheConnection() {
        assertThatThrownBy(() -> {
            for (int i = 0; i < 100; i++) {
                assertThat(Messages.status(say(Messages.sessionSetup(next++, 0, new byte[] {1, 2, 3})))).isEqualTo(NtStatus.INVALID_PARAMETER);
            }
        }).isInstanceOf(Hangup.class).hasMessage("8 logons failed");
        assertThat(refusals).hasSize(8).allMatch(line -> line.equals("client: logon refused: its token is not understood"));
    }

    /** Valid messages with bytes changed, cut, doubled and put together, at every stage of a conversation. */
    @Test
    void enduresMutatedMessages() throws Exception {
        HostileMessages hostile = new HostileMessages(20_261_122);
        for (int i = 0; i < 30_000; i++) {
            hostile.sayOne(context, NEVER);
        }
        assertThat(hostile.answered()).isGreaterThan(12_000);
        assertThat(hostile.hangups()).isGreaterThan(3_000);
        hostile.end();
        assertThat(context.sessionCount()).isEqualTo(1);
        // whoever was there before is served as ever
        assertThat(Messages.status(say(Messages.referral(next++, pipes, session, "\\s\\ns\\one", 4, 4096)))).isZero();
    }

    /** Each message is as long as its first two bytes say; the first few are valid, so that all commands are reached. */
    @FuzzTest
    void enduresAnything(byte[] data) throws Exception {
        if (data == null || data.length == 0) {
            return;
        }
        begin();
        int at = 1;
        try {
            if ((data[0] & 1) != 0) {
                conversation.end();
                conversation = new Conversation(context, "client");
            }
            while (at + 2 <= data.length) {
                int length = Math.min(data.length - at - 2, data[at] & 0xff | (data[at + 1] & 0xff) << 8);
                byte[] message = Arrays.copyOfRange(data, at + 2, at + 2 + length);
                at += 2 + length;
                if ((data[0] & 2) != 0 && message.length >= 64) {
                    // so that a fuzzer need not guess what the server made up
                    ByteBuffer header = little(message).putInt(0, 0x424d53fe).putShort(4, (short) 64).putLong(24, next++).putLong(40, session);
                    header.putInt(36, (header.getInt(36) & 1) == 0 ? root : pipes);
                }
                conversation.receive(message, NEVER);
            }
        } catch (Hangup e) {
            // the right way to answer most of it
        } finally {
            conversation.end();
        }
    }

    private byte[] say(byte[] message) throws Hangup {
        return conversation.receive(message, NEVER);
    }

    private static List<byte[]> parts(byte[] answer) {
        List<byte[]> parts = new ArrayList<>();
        int at = 0;
        while (true) {
            int length = little(answer).getInt(at + 20);
            parts.add(Arrays.copyOfRange(answer, at, length == 0 ? answer.length : at + length));
            if (length == 0) {
                return parts;
            }
            at += length;
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
