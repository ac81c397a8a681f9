package org.poolscope.dfs.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralPairs;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.RealEvidence;

/** The audit on what others captured and published. */
class RealEvidenceAuditTest {

    private final List<String> warnings = new ArrayList<>();

    @Test
    void findsNothingInWhatWindowsServersAnswer() throws Exception {
        for (String name : List.of("ad-domain-dc-sysvol.pcap", "domain-after-pending.pcapng", "domain-ok-and-error.pcap",
                "fs-driver-required.pcap", "pending-then-not-found.pcap", "smb1-v3-root-two-targets.pcap",
                "dfsutil/pktinfo-accessstatus.txt",
                "dfsutil/pktinfo-state.txt")) {
            assertThat(audit("dfs/" + name)).as(name).isEmpty();
        }
        assertThat(audit("cases/photo-upload/netmon-expected.txt")).isEmpty();
    }

    @Test
    void findsTheKnownDeviationsOfSamba() throws Exception {
        List<String> found = audit("dfs/samba-levels-and-odd-paths.pcapng");

        assertThat(found).containsExactlyInAnyOrder(
                "ERROR version-above-request frame 17 The client takes versions up to 0, but the server answered with version 2.",
                "ERROR version-above-request frame 19 The client takes versions up to 1, but the server answered with version 2.",
                "ERROR target-syntax frame 47 The target \\nobackslash has one component, at least 2 are needed.",
                "ERROR path-consumed-boundary frame 63 PathConsumed is 40, which ends inside a component: after"
                        + " \\\\127.0.0.1\\dfs\\link comes 1.",
                "ERROR dfs-path frame 65 The DFS path 127.0.0.1\\dfs\\link1 does not begin with a backslash.",
                "ERROR dfs-path frame 65 The DFS path 127.0.0.1\\dfs\\link1 does not begin with a backslash.",
                "ERROR dfs-path frame 67 The DFS path \\127.0.0.1/dfs/link1 holds a forward slash.",
                "ERROR dfs-path frame 67 The DFS path \\127.0.0.1/dfs/link1 holds a forward slash.",
                "WARNING request-level frame 17 The client asked with MaxReferralLevel 0; there are versions 1 to 4.",
                "WARNING request-level frame 27 The client asked with MaxReferralLevel 5; there are versions 1 to 4.",
                "WARNING request-form frame 63 The client asked for \\\\127.0.0.1\\dfs\\link1, which begins with two"
                        + " backslashes, not one.",
                "WARNING request-form frame 65 The client asked for 127.0.0.1\\dfs\\link1, which does not begin with a"
                        + " backslash.",
                "WARNING request-form frame 67 The client asked for \\127.0.0.1/dfs/link1, which holds a forward slash.",
                "INFO interlink-mark frame 59 The target \\DFSLAB\\dfs\\link1 looks like the link \\127.0.0.1\\dfs\\link1"
                        + " under another server's"
                        + " name; if it is, the header should say that its server refers further.");
        assertThat(audit("dfs/samba-root-link-path-not-covered.pcapng")).extracting(line -> line.split(" ")[1])
                .containsExactlyInAnyOrder("target-syntax", "interlink-mark");
    }

    @Test
    void findsTheCauseOfTheCase() throws Exception {
        List<String> found = audit("cases/photo-upload/dfsutil-pktinfo.txt");

        assertThat(found.getFirst()).startsWith("ERROR reaches-below-link line 1 The referral for"
                + " \\MyFileServer\\Root\\lores\\20070110")
                .contains("down to single files").contains("seems to be \\MyFileServer\\Root\\lores with the targets"
                        + " \\MyFileServer\\{#}-Root");
        assertThat(found).anyMatch(line -> line.startsWith("WARNING ttl-far line 1 The time to live is at least 57377 seconds,"
                + " for that is left of it; usual for a link is 1800."));
        assertThat(audit("cases/photo-upload/netmon-bad.txt")).singleElement().asString()
                .startsWith("INFO reaches-below-link line 3 The referral for \\Server\\root\\Link1\\newdir may reach below");
    }

    @Test
    void refusesWhatHoldsNoReferrals() throws Exception {
        EvidenceFile other = EvidenceFile.open(RealEvidence.path("cases/photo-upload/kd-vm.txt"));
        assertThat(DfsAudit.recognises(other)).isFalse();
        assertThatThrownBy(() -> new DfsAudit().read(other, (where, text) -> { })).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("no DFS referrals");
    }

    @Test
    void enduresMutatedReplies() {
        Random random = new Random(3);
        List<ReferralPairs.Pair> pairs = ReferralPairs.all().stream().filter(pair -> pair.reply().length > 0).toList();
        DfsAudit audit = new DfsAudit();
        for (int round = 0; round < 20_000; round++) {
            byte[] reply = pairs.get(round % pairs.size()).reply().clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                // the first bytes hold the counts and offsets
                int at = random.nextInt(random.nextBoolean() ? Math.min(80, reply.length) : reply.length);
                reply[at] = (byte) (random.nextBoolean() ? random.nextInt() : 0xff);
            }
            audit.take(new ReferralExchange("mutated", new ReferralExchange.Transport(ReferralExchange.Carrier.SMB2, "c", "s",
                    OptionalLong.of(1), OptionalLong.of(2), 0, OptionalLong.of(4096)), Optional.of(Arrays.copyOf(new byte[] {4,
                    0, 0x5c, 0}, random.nextInt(2, 5))), OptionalLong.of(0), Arrays.copyOf(reply, random.nextInt(reply.length
                    + 1)), List.of()));
        }
        audit.endOfFile();

        assertThat(audit.findings()).isNotEmpty().allMatch(finding -> finding.message().endsWith("."));
        assertThat(audit.counts().exchanges()).isEqualTo(20_000);
    }

    private List<String> audit(String name) throws Exception {
        DfsAudit audit = new DfsAudit();
        audit.read(EvidenceFile.open(RealEvidence.path(name)), (where, text) -> warnings.add(text));
        assertThat(warnings).isEmpty();
        return audit.findings().stream().map(one -> one.severity() + " " + one.rule() + " " + one.seenAt().at() + " "
                + one.message()).toList();
    }
}
