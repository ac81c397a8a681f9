package org.poolscope.dfs.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.model.RealEvidence;

/** Wireshark's dissector on the same captures: path consumed, times to live, paths, targets and names of every whole reply. */
class TsharkAgreesTest {

    private static final String[] FIELDS = {"frame.number", "smb.dfs.path_consumed", "smb.dfs.referral.ttl", "smb.dfs.referral.path",
        "smb.dfs.referral.node", "smb.dfs.referral.domain_name", "smb.dfs.referral.expname"};

    @ParameterizedTest
    @ValueSource(strings = {"ad-domain-dc-sysvol.pcap", "domain-after-pending.pcapng", "domain-ok-and-error.pcap",
        "samba-levels-and-odd-paths.pcapng", "samba-root-link-path-not-covered.pcapng", "smb1-v3-root-two-targets.pcap"})
    void onEveryReply(String name) throws Exception {
        Map<Long, String> theirs = tshark(RealEvidence.path("dfs/" + name));
        int compared = 0;
        for (ReferralExchange one : RealCapturesTest.read(name)) {
            if (one.succeeded() && one.reply().isPresent() && one.reply().get().isWellFormed()) {
                long frame = one.transport().replyFrame().orElseThrow();
                assertThat(theirs.get(frame)).as("%s, frame %d", name, frame).isEqualTo(line(one.reply().get().message().orElseThrow()));
                compared++;
            }
        }
        assertThat(compared).isPositive();
    }

    private static String line(ReferralReply reply) {
        List<String> ttls = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        List<String> domains = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (ReferralEntry entry : reply.entries()) {
            switch (entry) {
                case ReferralEntry.TargetEntry target -> {
                    ttls.add(String.valueOf(target.ttlSeconds()));
                    paths.add(target.dfsPath());
                    targets.add(target.target());
                }
                case ReferralEntry.NameListEntry list -> {
                    ttls.add(String.valueOf(list.ttlSeconds()));
                    domains.add(list.specialName());
                    names.addAll(list.expandedNames());
                }
                case ReferralEntry.ShareEntry share -> targets.add(share.target());
            }
        }
        return reply.pathConsumed() + "\t" + List.of(ttls, paths, targets, domains, names).stream().map(list -> String.join("|", list))
                .collect(Collectors.joining("\t"));
    }

    private static Map<Long, String> tshark(Path capture) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "tshark is missing: install Debian's package tshark to run this test");
        List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", capture.toString(), "-d", "tcp.port==1445,nbss", "-Y", "smb.dfs.num_referrals", "-T", "fields",
                "-E", "aggregator=|"));
        for (String field : FIELDS) {
            command.addAll(List.of("-e", field));
        }
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        // it prints these fields with one byte a character, whatever the locale
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor()).isZero();
        Map<Long, String> byFrame = new LinkedHashMap<>();
        said.lines().forEach(line -> byFrame.put(Long.parseLong(line.substring(0, line.indexOf('\t'))), line.substring(line.indexOf('\t') + 1)));
        return byFrame;
    }
}
