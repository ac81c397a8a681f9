package org.poolscope.dfs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.hierynomus.msfscc.fileinformation.FileIdBothDirectoryInformation;
import com.hierynomus.mssmb2.SMB2Dialect;
import com.hierynomus.smbj.SMBClient;
import com.hierynomus.smbj.SmbConfig;
import com.hierynomus.smbj.auth.AuthenticationContext;
import com.hierynomus.smbj.connection.Connection;
import com.hierynomus.smbj.session.Session;
import com.hierynomus.smbj.share.DiskShare;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.dfs.audit.DfsAudit;
import org.poolscope.dfs.client.SambaServer;
import org.poolscope.dfs.namespace.Namespace;
import org.poolscope.dfs.namespace.NamespaceFile;
import org.poolscope.model.EvidenceFile;

/**
 * Clients made by others find their way through a namespace to files on Samba's server: Samba's client, smbj, impacket. What passed is
 * then read by Wireshark's dissector and by our own audit, which must find nothing wrong.
 */
class RealClientsTest {

    private static final String PASSWORD = SambaServer.PASSWORD;

    @TempDir
    private static Path captures;
    private static InetAddress ours;
    private static SambaServer samba;
    private static DfsServer server;
    private static Tap tap;
    private static final List<String> REFUSALS = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        Tools.need("smbd");
        InetAddress targets = Tools.loopback(1);
        ours = Tools.loopback(2);
        Tools.needSmbPort(targets);
        Tools.needSmbPort(ours);
        assumeTrue(System.getProperty("user.name").equals("root"), "Samba needs a user of this machine, and the rights to be it");
        samba = SambaServer.start(new InetSocketAddress(targets, Tools.SMB_PORT));
        Namespace namespace = NamespaceFile.parse(Path.of("n.yaml"), """
                guests: true
                users: {root: %s}
                roots:
                  ns:
                    links:
                      data: {targets: \\\\TARGET\\one}
                      below\\here: {targets: \\\\TARGET\\one\\a}
                      two: {targets: [\\\\GONE\\gone, \\\\TARGET\\two]}
                """.formatted(PASSWORD).replace("TARGET", targets.getHostAddress()).replace("GONE", Tools.loopback(9).getHostAddress()));
        server = DfsServer.start(new InetSocketAddress("127.0.0.1", 0), namespace, List.of(), ServerLimits.USUAL, REFUSALS::add,
                referral -> { });
        tap = new Tap(new InetSocketAddress(ours, Tools.SMB_PORT), server.address());
    }

    @AfterAll
    static void end() throws Exception {
        if (tap != null) {
            Path capture = tap.write(captures.resolve("capture.pcap"));
            tap.close();
            server.close();
            samba.close();
            checkCapture(capture);
        }
    }

    @BeforeEach
    void noRefusalYet() {
        REFUSALS.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SMB2_02", "SMB2_10", "SMB3_00", "SMB3_02", "SMB3_11"})
    void smbclientFollowsReferralsAsGuestAndAsUserWhoSigns(String dialect) throws Exception {
        Tools.need("smbclient");
        Path got = folder.resolve("got.txt");
        for (List<String> who : List.of(List.of("-U", "stranger%any"), List.of("-U", "root%" + PASSWORD, "--client-protection=sign"))) {
            String told = smbclient(dialect, who, "ls; ls below\\here\\*; ls two\\*; ls nothing\\*; cd data; cd a; cd b; get c.txt " + got);
            assertThat(told).contains("  data  ", "  below  ", "  two  ", "  b  ", "  deep  ",
                    "NT_STATUS_OBJECT_NAME_NOT_FOUND listing ");
            assertThat(got).as(told).hasContent("below");
            Files.delete(got);
        }
        assertThat(REFUSALS).isEmpty();
    }

    @Test
    void smbclientIsRefusedWithAWrongPassword() throws Exception {
        Tools.need("smbclient");
        assertThat(smbclient("SMB3_11", List.of("-U", "root%wrong"), "ls")).contains("NT_STATUS_LOGON_FAILURE");
        assertThat(REFUSALS).isNotEmpty().allMatch(line -> line.endsWith("logon of root refused: wrong password"));
    }

    @Test
    void smbclientBeginsWithSmb1() throws Exception {
        Tools.need("smbclient");
        String listing = Tools.run(folder, List.of("smbclient", "//" + ours.getHostAddress() + "/ns", "-s", "/dev/null", "-U", "a%b",
                "--option=client min protocol=NT1", "-c", "ls"));
        assertThat(listing).contains("  data  ");
    }

    @ParameterizedTest
    @EnumSource(value = SMB2Dialect.class, names = {"SMB_2_1", "SMB_3_1_1"})
    void smbjFollowsReferralsAsUserWhoSigns(SMB2Dialect dialect) throws Exception {
        AuthenticationContext user = new AuthenticationContext("root", PASSWORD.toCharArray(), "");
        SmbConfig config = SmbConfig.builder().withDialects(dialect).withDfsEnabled(true).withSigningRequired(true).build();
        try (SMBClient client = new SMBClient(config); Connection connection = client.connect(ours.getHostAddress());
                Session session = connection.authenticate(user); DiskShare share = (DiskShare) session.connectShare("ns")) {
            assertThat(share.list("data\\a\\b")).extracting(FileIdBothDirectoryInformation::getFileName).contains("c.txt");
            assertThat(share.list("below\\here")).extracting(FileIdBothDirectoryInformation::getFileName).contains("b");
            // the root comes last: once smbj holds a referral for it, it asks for no link below it any more
            assertThat(share.list("")).extracting(FileIdBothDirectoryInformation::getFileName).containsExactly(".", "..", "data", "below", "two");
        }
        assertThat(REFUSALS).isEmpty();
    }

    /** It does not follow referrals; and its 3.1.1, as Debian has it, is refused by Samba's server just as by ours. */
    @Test
    void impacketListsARootAndIsToldWhatIsNotHere() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/impacket")), "not installed: python3-impacket");
        Path script = Files.writeString(folder.resolve("list.py"), """
                import sys
                from impacket.smbconnection import SMBConnection, SessionError
                from impacket import smb3structs
                for dialect in (smb3structs.SMB2_DIALECT_002, smb3structs.SMB2_DIALECT_21, smb3structs.SMB2_DIALECT_30):
                    c = SMBConnection('FILES', sys.argv[1], preferredDialect=dialect)
                    c.login('root', sys.argv[2])
                    print(hex(c.getDialect()), [f.get_longname() for f in c.listPath('ns', '*')])
                    try:
                        c.openFile(c.connectTree('ns'), 'data')
                    except SessionError as e:
                        print(hex(e.getErrorCode()))
                    c.logoff()
                """);
        String out = Tools.run(folder, List.of("/usr/bin/python3", script.toString(), ours.getHostAddress(), PASSWORD));
        String listed = " ['.', '..', 'data', 'below', 'two']\n0xc0000257\n";
        assertThat(out).isEqualTo("0x202" + listed + "0x210" + listed + "0x300" + listed);
    }

    private String smbclient(String dialect, List<String> who, String commands) throws Exception {
        List<String> command = new ArrayList<>(List.of("smbclient", "//" + ours.getHostAddress() + "/ns", "-s", "/dev/null", "-m", dialect,
                "--option=client min protocol=SMB2_02", "-c", commands));
        command.addAll(who);
        return Tools.run(folder, command);
    }

    /** Wireshark's dissector reads all we sent and finds nothing malformed, and the audit finds nothing wrong with the referrals. */
    private static void checkCapture(Path capture) throws Exception {
        DfsAudit audit = new DfsAudit();
        List<String> warnings = new ArrayList<>();
        audit.read(EvidenceFile.open(capture), (where, text) -> warnings.add(text));
        assertThat(audit.findings()).isEmpty();
        assertThat(warnings).isEmpty();
        Tools.need("tshark");
        List<String> lines = Tools.run(captures, List.of("tshark", "-r", capture.toString(), "-T", "fields", "-e", "smb2.dialect", "-e",
                "smb2.cmd", "-e", "_ws.malformed", "-e", "_ws.short", "-e", "_ws.expert.message", "-Y", "smb2 && tcp.srcport == 445")).lines()
                .filter(line -> line.contains("\t")).toList();
        assertThat(lines).hasSizeGreaterThan(100).noneMatch(line -> line.matches("(?i).*(malformed|short|exception|trunc|unknown).*"));
        for (String dialect : List.of("0x02ff", "0x0202", "0x0210", "0x0300", "0x0302", "0x0311")) {
            assertThat(lines).anyMatch(line -> line.startsWith(dialect + "\t0\t"));
        }
        String commands = String.join(",", lines.stream().map(line -> line.split("\t")[1]).toList()) + ",";
        assertThat(List.of(commands.split(","))).contains("0", "1", "2", "3", "4", "5", "6", "11", "14", "16");
    }
}
