package org.poolscope.lab.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.poolscope.lab.network.TcpConversation.Side;

/**
 * An SMB1 client asking a server for DFS referrals over its IPC$ share (MS-CIFS 2.2.4.52, 2.2.4.53, 2.2.4.55, 2.2.6.16): negotiation,
 * an anonymous session, a tree connect, the referrals, the end.
 */
public final class Smb1Conversation implements AutoCloseable {

    private static final int NEGOTIATE = 0x72;
    private static final int SESSION_SETUP = 0x73;
    private static final int TREE_CONNECT = 0x75;
    private static final int TREE_DISCONNECT = 0x71;
    private static final int LOGOFF = 0x74;
    private static final int TRANSACTION2 = 0x32;
    private static final int GET_DFS_REFERRAL = 0x10;
    private static final int NO_FURTHER_COMMAND = 0xff;

    /** CAP_RAW_MODE is left out; unicode, large files, NT SMBs, RPC, NT status, DFS. */
    private static final int CAPABILITIES = 0x0000_107c;
    private static final int HEADER = 32;
    private static final int REPLY = 0x80;
    /** Long names, NT status, unicode. */
    private static final int FLAGS2 = 0xc001;
    private static final int PROCESS = 0xfeff;
    private static final int SESSION = 0x0800;
    private static final int TREE = 0x0801;
    private static final int MOST_BYTES = 16_644;
    private static final int LEVEL = 3;
    /** Client time in units of 100 ns since 1601 that a negotiation tells: 10 January 2007, 15:00 UTC. */
    private static final long SYSTEM_TIME = 128_129_364_000_000_000L;

    private final TcpConversation tcp;
    private int session;
    private int tree;
    private int multiplex;

    /** Connects, logs on as nobody, and connects to IPC$. */
    public Smb1Conversation(PcapFile file, int clientAddress, int clientPort, int serverAddress, String serverName) throws IOException {
        this.tcp = new TcpConversation(file, clientAddress, clientPort, serverAddress, 445);
        negotiate();
        logOn();
        connect(serverName);
    }

    /** Asks for a referral, and is answered. */
    public void refer(String path, ReferralAnswer answer) throws IOException {
        byte[] parameters = new LittleEndianBytes().u16(LEVEL).wide(path).toBytes();
        int parametersAt = HEADER + 1 + 2 * 15 + 2 + 3;
        byte[] words = new LittleEndianBytes().u16(parameters.length).u16(0).u16(0).u16(4096).u8(0).u8(0).u16(0).u32(0).u16(0)
                .u16(parameters.length).u16(parametersAt).u16(0).u16(0).u8(1).u8(0).u16(GET_DFS_REFERRAL).toBytes();
        request(TRANSACTION2, words, new LittleEndianBytes().zeros(3).bytes(parameters).toBytes());
        byte[] data = answer.encode();
        int dataAt = HEADER + 1 + 2 * 10 + 2 + 1;
        byte[] reply = new LittleEndianBytes().u16(0).u16(data.length).u16(0).u16(0).u16(dataAt).u16(0).u16(data.length).u16(dataAt)
                .u16(0).u8(0).u8(0).toBytes();
        reply(TRANSACTION2, reply, new LittleEndianBytes().zeros(1).bytes(data).toBytes());
    }

    @Override
    public void close() throws IOException {
        request(TREE_DISCONNECT, new byte[0], new byte[0]);
        reply(TREE_DISCONNECT, new byte[0], new byte[0]);
        byte[] none = new LittleEndianBytes().u8(NO_FURTHER_COMMAND).u8(0).u16(0).toBytes();
        request(LOGOFF, none, new byte[0]);
        reply(LOGOFF, none, new byte[0]);
        tcp.close();
    }

    private void negotiate() throws IOException {
        request(NEGOTIATE, new byte[0], new LittleEndianBytes().u8(2).ascii("NT LM 0.12").toBytes());
        byte[] words = new LittleEndianBytes().u16(0).u8(3).u16(50).u16(1).u32(MOST_BYTES).u32(65_536).u32(0).u32(CAPABILITIES)
                .u64(SYSTEM_TIME).u16(0).u8(8).toBytes();
        reply(NEGOTIATE, words, new LittleEndianBytes().u64(0x1122_3344_5566_7788L).wide("DOMAIN").wide("SERVER").toBytes());
    }

    private void logOn() throws IOException {
        byte[] words = new LittleEndianBytes().u8(NO_FURTHER_COMMAND).u8(0).u16(0).u16(MOST_BYTES).u16(50).u16(1).u32(0).u16(0).u16(0)
                .u32(0).u32(CAPABILITIES).toBytes();
        // strings in UTF-16 begin at an even place: 32 + 1 + 26 + 2 bytes stand before, and one to pad
        request(SESSION_SETUP, words, new LittleEndianBytes().u8(0).wide("").wide("").wide("Windows Server 2003 3790 Service Pack 1")
                .wide("Windows Server 2003 5.2").toBytes());
        session = SESSION;
        reply(SESSION_SETUP, new LittleEndianBytes().u8(NO_FURTHER_COMMAND).u8(0).u16(0).u16(0).toBytes(), new LittleEndianBytes().u8(0)
                .wide("Windows Server 2003 3790 Service Pack 1").wide("Windows Server 2003 5.2").wide("DOMAIN").toBytes());
    }

    private void connect(String serverName) throws IOException {
        byte[] words = new LittleEndianBytes().u8(NO_FURTHER_COMMAND).u8(0).u16(0).u16(0).u16(1).toBytes();
        request(TREE_CONNECT, words, new LittleEndianBytes().u8(0).wide("\\\\" + serverName + "\\IPC$").ascii("?????").toBytes());
        tree = TREE;
        reply(TREE_CONNECT, new LittleEndianBytes().u8(NO_FURTHER_COMMAND).u8(0).u16(0).u16(1).toBytes(),
                new LittleEndianBytes().ascii("IPC").u8(0).u16(0).toBytes());
    }

    private void request(int command, byte[] words, byte[] bytes) throws IOException {
        multiplex += 64;
        tcp.send(Side.CLIENT, message(command, 0x18, words, bytes));
    }

    private void reply(int command, byte[] words, byte[] bytes) throws IOException {
        tcp.send(Side.SERVER, message(command, 0x18 | REPLY, words, bytes));
    }

    private byte[] message(int command, int flags, byte[] words, byte[] bytes) {
        LittleEndianBytes smb = new LittleEndianBytes().u8(0xff).u8('S').u8('M').u8('B').u8(command).u32(0).u8(flags).u16(FLAGS2).u16(0)
                .zeros(8).u16(0).u16(tree).u16(PROCESS).u16(session).u16(multiplex).u8(words.length / 2).bytes(words).u16(bytes.length)
                .bytes(bytes);
        // over TCP each message has its length before it, big-endian
        return ByteBuffer.allocate(4 + smb.size()).putInt(smb.size()).put(smb.toBytes()).array();
    }
}
