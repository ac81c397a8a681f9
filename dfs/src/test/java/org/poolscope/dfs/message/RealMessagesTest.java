package org.poolscope.dfs.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.ReferralPairs;
import org.poolscope.dfs.message.ReferralEntry.NameListEntry;
import org.poolscope.dfs.message.ReferralEntry.TargetEntry;
import org.poolscope.model.RealEvidence;

/** Messages of real servers: Windows domain controllers, Samba, and the trace in the specification itself. */
class RealMessagesTest {

    @Test
    void realRepliesAreWellFormedAndEncodeToTheSameBytes() {
        List<ReferralPairs.Pair> replies = ReferralPairs.all().stream().filter(pair -> pair.reply().length > 0).toList();
        assertThat(replies).hasSizeGreaterThan(60);
        for (ReferralPairs.Pair pair : replies) {
            Decoded<ReferralReply> decoded = ReferralReply.decode(pair.reply());
            assertThat(decoded.breaches()).as("%s frame %d", pair.file(), pair.replyFrame()).isEmpty();
            assertThat(decoded.message().orElseThrow().encode()).as("%s frame %d", pair.file(), pair.replyFrame())
                    .isEqualTo(pair.reply());
        }
    }

    @Test
    void readsTheReplyPrintedInTheSpecification() throws Exception {
        byte[] capture = Files.readAllBytes(RealEvidence.path("dfs/smb1-v3-root-two-targets.pcap"));
        byte[] reply = Arrays.copyOfRange(capture, capture.length - 252, capture.length);

        ReferralReply message = ReferralReply.decode(reply).message().orElseThrow();

        assertThat(message.strings()).isEqualTo(ReferralReply.StringArea.SHARED);
        assertThat(message.pathConsumed()).isEqualTo(38);
        assertThat(message.entries()).allMatch(entry -> entry instanceof TargetEntry target && target.ttlSeconds() == 300
                && target.serverType() == 1 && target.dfsPath().equals("\\dfsn-dev\\testroot1"));
        assertThat(message.entries()).extracting(entry -> ((TargetEntry) entry).target())
                .containsExactly("\\cfs-41x-2c03\\testroot1", "\\cfs-41x-2c02\\testroot1");
        assertThat(message.encode()).isEqualTo(reply);
    }

    @Test
    void readsThePaddedListOfDomainControllers() {
        byte[] reply = ReferralPairs.all().stream().filter(pair -> pair.replyFrame() == 31 && pair.file().startsWith("ad-"))
                .findFirst()
                .orElseThrow().reply();

        ReferralReply message = ReferralReply.decode(reply).message().orElseThrow();

        assertThat(message.entries()).containsExactly(new NameListEntry(3, 34, 0, 2, 600, "\\granitemania.com",
                List.of("\\GRANITEMANIA-DC.granitemania.com")));
    }

    @Test
    void readsTheExtendedRequest() {
        ReferralPairs.Pair pair = ReferralPairs.all().stream().filter(one -> one.fsctl() == 0x601b0).findFirst().orElseThrow();
        byte[] bytes = HexFormat.of().parseHex(pair.request());

        Decoded<ReferralRequest> request = ReferralRequest.decodeExtended(bytes);

        assertThat(request.isWellFormed()).isTrue();
        assertThat(request.message()).contains(new ReferralRequest(4, "\\127.0.0.1\\dfs\\link1", true,
                java.util.Optional.empty()));
        assertThat(request.message().orElseThrow().encode()).isEqualTo(bytes);
    }
}
