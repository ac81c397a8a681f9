package org.poolscope.lab;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.poolscope.lab.network.PcapFile;
import org.poolscope.lab.network.ReferralAnswer;
import org.poolscope.lab.network.Smb1Conversation;

/**
 * What went over the network of the photo machine: the file server, which answers a request for each photo as if each were a link;
 * and a Windows server, which answers as it should. Both kinds of exchange are those published with the case, the second name for
 * name.
 */
final class ReferralTraffic {

    static final String FILE = "referrals.pcap";
    /** Time to live of the file server's referrals, of which a listing shows what is left. */
    static final int LONG_TTL = 57_600;

    private static final Instant START = Instant.parse("2007-01-13T15:00:00Z");
    private static final int CLIENT = 0x0a00_0012;
    private static final int FILE_SERVER = 0x0a00_0034;
    private static final int WINDOWS_SERVER = 0x0a00_0056;
    private static final int ROOT_TTL = 300;
    private static final int LINK_TTL = 1800;
    private static final int REFERS = 1;
    private static final int STORES = 2;
    private static final String[] TARGETS = {"FileServer", "FileServer.domain.local", "FileServer1", "FileServer1.domain.local"};

    private ReferralTraffic() {
    }

    /** Writes the capture: the requests for so many photos, the first ones of the listing. */
    static void write(CaseFolder out, int photos) throws IOException {
        try (PcapFile file = new PcapFile(out.file(FILE), START)) {
            try (Smb1Conversation bad = new Smb1Conversation(file, CLIENT, 3021, FILE_SERVER, "FileServer")) {
                String root = "\\FileServer\\Root";
                bad.refer(root, new ReferralAnswer(root.length(), REFERS | STORES, 1, ROOT_TTL, root,
                        List.of("\\FileServer.domain.local\\Root", "\\FileServer1.domain.local\\Root")));
                PhotoPath path = new PhotoPath();
                for (int i = 0; i < photos; i++) {
                    file.pass(40_000);
                    PktListing.photo(path, i);
                    String asked = "\\FileServer" + path.path();
                    List<String> targets = List.of(TARGETS).stream().map(server -> "\\" + server + "\\10-Root" + path.tail()).toList();
                    bad.refer(asked, new ReferralAnswer(asked.length(), STORES, 0, LONG_TTL, asked, targets));
                }
            }
            file.pass(2_000_000);
            try (Smb1Conversation good = new Smb1Conversation(file, CLIENT, 3022, WINDOWS_SERVER, "2k3entspat")) {
                String root = "\\2k3entspat\\Root2";
                good.refer(root, new ReferralAnswer(root.length(), REFERS | STORES, 1, ROOT_TTL, root, List.of(root)));
                file.pass(3_000);
                String link = "\\2k3entspat\\root2\\Depth1\\Depth2";
                good.refer(link + "\\dirinlink\\", new ReferralAnswer(link.length(), STORES, 0, LINK_TTL, link,
                        List.of("\\spat2003-1\\link1", "\\2k3entspat\\dfs_link_1")));
            }
        }
    }
}
