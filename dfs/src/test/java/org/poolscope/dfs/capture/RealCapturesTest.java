package org.poolscope.dfs.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralExchange.Carrier;
import org.poolscope.dfs.ReferralPairs;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.RealEvidence;

/** The captures of others: what another program found in them is what must be found. */
class RealCapturesTest {

    @Test
    void findsExactlyTheKnownExchanges() throws Exception {
        Map<String, List<ReferralPairs.Pair>> known = ReferralPairs.all().stream()
                .collect(Collectors.groupingBy(ReferralPairs.Pair::file));
        assertThat(known).hasSize(7);
        for (String name : known.keySet()) {
            List<String> found = read(name).stream().filter(one -> one.transport().carrier() != Carrier.SMB1)
                    .map(RealCapturesTest::line).sorted()
                    .toList();
            assertThat(found).as(name).containsExactlyElementsOf(known.get(name).stream().map(RealCapturesTest::line).sorted()
                    .toList());
        }
    }

    @Test
    void findsTheExchangesOverSmb1() throws Exception {
        ReferralExchange printed = read("smb1-v3-root-two-targets.pcap").getFirst();
        assertThat(printed.transport().carrier()).isEqualTo(Carrier.SMB1);
        assertThat(printed.requestPath()).contains("\\dfsn-dev\\testroot1");
        assertThat(printed.transport().server()).isEqualTo("10.193.33.243:139");
        assertThat(printed.reply().orElseThrow().message().orElseThrow().pathConsumed()).isEqualTo(38);

        // tshark shows the same five, the refusal in frame 762 among them
        assertThat(read("samba-root-link-path-not-covered.pcapng").stream().filter(one -> one.transport()
                .carrier() == Carrier.SMB1)
                .map(one -> one.transport().replyFrame().orElse(0) + " " + one.requestPath().orElse("") + " " + one.status()
                .orElse(-1)))
                .containsExactly("725 \\127.0.0.1\\dfs 0", "746 \\127.0.0.1\\dfs\\link1 0",
                        "762 \\127.0.0.1\\share1 " + 0xc0000225L, "771 \\127.0.0.1\\dfs\\link1 0",
                        "777 \\127.0.0.1\\dfs\\link1 0");
    }

    @Test
    void countsWhatItSaw() throws Exception {
        CaptureSummary summary = ReferralCapture.read(EvidenceFile.open(RealEvidence.path("dfs/ad-domain-dc-sysvol.pcap")),
                one -> { });

        assertThat(summary.frames()).isEqualTo(782);
        assertThat(summary.exchanges()).isEqualTo(20);
        assertThat(summary.unanswered()).isZero();
    }

    static List<ReferralExchange> read(String name) throws Exception {
        List<ReferralExchange> found = new ArrayList<>();
        ReferralCapture.read(EvidenceFile.open(RealEvidence.path("dfs/" + name)), found::add);
        return found;
    }

    private static String line(ReferralPairs.Pair pair) {
        return String.format("%05d %05d %x %s %d %x %s", pair.requestFrame(), pair.replyFrame(), pair.fsctl(),
                pair.fsctl() == 0x601b0 ? "4 \\127.0.0.1\\dfs\\link1" : pair.maxLevel() + " " + pair.request(), pair.maxOutput(),
                pair.status(), HexFormat.of().formatHex(pair.reply()));
    }

    private static String line(ReferralExchange one) {
        int level = one.request().orElseThrow().message().orElseThrow().maxLevel();
        return String.format("%05d %05d %x %s %d %x %s", one.transport().requestFrame().orElse(0), one.transport().replyFrame()
                .orElse(0), one.transport().carrier() == Carrier.SMB2_EXTENDED ? 0x601b0 : 0x60194, level + " "
                + one.requestPath().orElseThrow(), one.transport().maxOutput().orElse(-1), one.status().orElse(-1),
                HexFormat.of().formatHex(one.rawReply()));
    }
}
