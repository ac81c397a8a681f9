package org.poolscope.dfs.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.poolscope.dfs.namespace.Namespace;
import org.poolscope.dfs.namespace.NamespaceFile;
import org.poolscope.dfs.namespace.ReferralService;

/** Logons with a password, and what is signed afterwards. The client's half of NTLM version 2 is written here from MS-NLMP 3.3.2. */
class SigningTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final int SIGNED = 8;
    private static final Conversation.Later NEVER = (delay, asyncId) -> { };

    private final List<String> refusals = new ArrayList<>();
    private final Conversation conversation;
    private final PreauthHash hash = new PreauthHash();
    private long next;
    private long session;
    private byte[] exported;

    SigningTest() throws Exception {
        Namespace namespace = NamespaceFile.parse(Path.of("n.yaml"), "users: {anna: secret}\nroots: {ns: }");
        conversation = new Conversation(new ServerContext(namespace, new ReferralService(namespace, List.of()), ServerLimits.USUAL,
                refusals::add, referral -> { }), "client");
    }

    /** The keys Microsoft published with the anatomy of signing in Windows 10, for 3.0 and 3.1.1. */
    @Test
    void keysAreDerivedAsPublished() {
        assertThat(Signer.derived(HEX.parseHex("7cd451825d0450d235424e44ba6e78cc"), "SMB2AESCMAC\0",
                "SmbSign\0".getBytes(StandardCharsets.US_ASCII))).isEqualTo(HEX.parseHex("0b7e9c5cac36c0f6ea9ab275298cedce"));
        byte[] hash = HEX.parseHex("0dd13628cc3ed218ef9df9772d436d0887ab9814bfae63a80aa845f36909db79"
                + "28622dddad522d9751640a459762c5a9d6bb084cbb3ce6bdadef5d5bce3c6c01");
        assertThat(Signer.derived(HEX.parseHex("270e1ba896585eeb7af3472d3b4c75a7"), "SMBSigningKey\0", hash)).isEqualTo(
                HEX.parseHex("73fe7a9a77bef0bde49c650d8ccb5f76"));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void whoHasAPasswordSignsAndGetsSignedAnswers(Dialect dialect) throws Exception {
        byte[] last = logOn(dialect, "secret");
        assertThat(Messages.status(last)).isZero();
        Signer signer = Signer.of(dialect, exported, hash.value());
        assertThat(little(last).getInt(16) & SIGNED).isEqualTo(SIGNED);
        assertThat(signer.isRight(last)).isTrue();

        byte[] connect = Messages.treeConnect(next++, session, "\\\\s\\ns");
        signer.sign(connect);
        byte[] answer = conversation.receive(connect, NEVER);
        assertThat(Messages.status(answer)).isZero();
        assertThat(signer.isRight(answer)).isTrue();

        byte[] changed = Messages.treeConnect(next++, session, "\\\\s\\ns");
        signer.sign(changed);
        changed[changed.length - 2] = 'x';
        assertThat(Messages.status(conversation.receive(changed, NEVER))).isEqualTo(NtStatus.ACCESS_DENIED);

        byte[] unsigned = Messages.treeConnect(next++, session, "\\\\s\\ns");
        long expected = dialect == Dialect.SMB_3_1_1 ? NtStatus.ACCESS_DENIED : NtStatus.SUCCESS;
        assertThat(Messages.status(conversation.receive(unsigned, NEVER))).isEqualTo(expected);
    }

    @Test
    void wrongPasswordsStrangersAndOldLogonsAreRefused() throws Exception {
        assertThat(Messages.status(logOn(Dialect.SMB_2_1, "Secret"))).isEqualTo(NtStatus.LOGON_FAILURE);
        assertThat(Messages.status(conversation.receive(Messages.treeConnect(next++, session, "\\\\s\\ns"), NEVER)))
                .isEqualTo(NtStatus.USER_SESSION_DELETED);
        byte[] challenge = conversation.receive(Messages.sessionSetup(next++, 0, Messages.ntlmNegotiate()), NEVER);
        assertThat(Messages.status(conversation.receive(Messages.sessionSetup(next++, little(challenge).getLong(40),
                Messages.ntlmAnonymous()), NEVER))).isEqualTo(NtStatus.LOGON_FAILURE);
        challenge = conversation.receive(Messages.sessionSetup(next++, 0, Messages.ntlmNegotiate()), NEVER);
        assertThat(Messages.status(conversation.receive(Messages.sessionSetup(next++, little(challenge).getLong(40),
                token("anna", new byte[24], new byte[0])), NEVER))).isEqualTo(NtStatus.LOGON_FAILURE);
        assertThat(refusals).containsExactly("client: logon of anna refused: wrong password",
                "client: logon refused: anonymous users are not let in",
                "client: logon of anna refused: the client answered with NTLM version 1, which is not taken");
    }

    private byte[] logOn(Dialect dialect, String password) throws Exception {
        byte[] negotiate = dialect == Dialect.SMB_3_1_1 ? Messages.negotiate311(next++) : Messages.negotiate(next++, dialect.revision());
        hash.add(negotiate);
        hash.add(conversation.receive(negotiate, NEVER));
        byte[] first = Messages.sessionSetup(next++, 0, negotiateToken());
        hash.add(first);
        byte[] challenge = conversation.receive(first, NEVER);
        hash.add(challenge);
        session = little(challenge).getLong(40);
        byte[] token = Arrays.copyOfRange(challenge, 72, challenge.length);
        ByteBuffer bytes = little(token);
        byte[] names = Arrays.copyOfRange(token, bytes.getInt(44), bytes.getInt(44) + bytes.getShort(40));
        byte[] owner = md5("HmacMD5", md4(password), "ANNA".getBytes(StandardCharsets.UTF_16LE));
        byte[] blob = Messages.little(28 + names.length + 4).put((byte) 1).put((byte) 1).putShort((short) 0).putInt(0).putLong(1).putLong(0x55)
                .putInt(0).put(names).putInt(0).array();
        byte[] proof = md5("HmacMD5", owner, Arrays.copyOfRange(token, 24, 32), blob);
        exported = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        Cipher rc4 = Cipher.getInstance("ARCFOUR");
        rc4.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(md5("HmacMD5", owner, proof), "ARCFOUR"));
        byte[] answer = Messages.little(16 + blob.length).put(proof).put(blob).array();
        byte[] second = Messages.sessionSetup(next++, session, token("anna", answer, rc4.doFinal(exported)));
        hash.add(second);
        return conversation.receive(second, NEVER);
    }

    /** As anybody's first token, and a session key is exchanged. */
    private static byte[] negotiateToken() {
        byte[] token = Messages.ntlmNegotiate();
        little(token).putInt(12, little(token).getInt(12) | 0x40000000);
        return token;
    }

    private static byte[] token(String user, byte[] answer, byte[] key) {
        byte[] name = user.getBytes(StandardCharsets.UTF_16LE);
        int at = 64;
        ByteBuffer token = Messages.little(at + answer.length + name.length + key.length).put("NTLMSSP\0".getBytes(StandardCharsets.US_ASCII))
                .putInt(3);
        field(token, 0, at);
        field(token, answer.length, at);
        field(token, 0, at);
        field(token, name.length, at + answer.length);
        field(token, 0, at);
        field(token, key.length, at + answer.length + name.length);
        return token.putInt(0x40080205).put(answer).put(name).put(key).array();
    }

    private static void field(ByteBuffer token, int length, int at) {
        token.putShort((short) length).putShort((short) length).putInt(at);
    }

    private static byte[] md4(String password) {
        byte[] text = password.getBytes(StandardCharsets.UTF_16LE);
        MD4Digest digest = new MD4Digest();
        digest.update(text, 0, text.length);
        byte[] value = new byte[16];
        digest.doFinal(value, 0);
        return value;
    }

    private static byte[] md5(String algorithm, byte[] key, byte[]... pieces) throws Exception {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        Arrays.stream(pieces).forEach(mac::update);
        return mac.doFinal();
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
