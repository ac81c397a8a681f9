package org.poolscope.dfs.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralExchange.Carrier;
import org.poolscope.dfs.ReferralExchange.Transport;
import org.poolscope.dfs.message.ReferralEntry.TargetEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;

/** Replies made to hurt whoever reads them: they are told with file and frame, in bounded time and memory. */
@Timeout(60)
class HostileCapturesTest {

    private final DfsAudit audit = new DfsAudit();

    @Test
    void sixtyThousandReferralsInOneReply() {
        int count = 60_000;
        ByteBuffer reply = ByteBuffer.allocate(8 + count * 34).order(ByteOrder.LITTLE_ENDIAN);
        reply.putShort((short) 16).putShort((short) count).putInt(2);
        for (int i = 0; i < count; i++) {
            reply.putShort((short) 3).putShort((short) 34).putInt(0).putInt(1800 + i % 3).putShort((short) 34).putShort((short) 34)
                    .putShort((short) 65_534).position(reply.position() + 16);
        }
        take(77, "\\a\\b\\c\\d", reply.array());
        audit.endOfFile();

        assertThat(audit.findings()).isNotEmpty().hasSizeLessThan(30 * 200).allSatisfy(one -> {
            assertThat(one.seenAt().file()).isEqualTo("hostile.pcap");
            assertThat(one.seenAt().at()).isEqualTo("frame 77");
        });
        assertThat(audit.findings()).extracting(AuditFinding::rule).contains("unequal-ttl", "string-offset");
    }

    @Test
    void sixtyThousandReferralsClaimedAndNoneThere() {
        take(5, "\\a\\b\\c", new byte[] {0, 0, 0x60, (byte) 0xea, 2, 0, 0, 0});
        audit.endOfFile();
        assertThat(audit.findings()).anySatisfy(one -> {
            assertThat(one.rule()).isEqualTo("reply-cut");
            assertThat(one.seenAt()).hasToString("hostile.pcap, frame 5");
            assertThat(one.message()).contains("60000");
        });
    }

    @Test
    void namesThatLeadRoundInCirclesOverManyMessages() {
        List<String> links = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            links.add("\\s\\r\\l" + i);
        }
        for (int i = 0; i < links.size(); i++) {
            String link = links.get(i);
            String next = links.get((i + 1) % links.size());
            take(i + 1, link, new ReferralReply(2 * link.length(), 1, List.of(TargetEntry.of(3, 0, 0, 1800, link, next))).encode());
        }
        audit.endOfFile();
        assertThat(audit.findings()).filteredOn(one -> one.rule().equals("referral-loop")).singleElement().satisfies(one -> {
            assertThat(one.seenAt()).hasToString("hostile.pcap, frame 1");
            assertThat(one.message()).contains("\\s\\r\\l0 leads to \\s\\r\\l1").endsWith("and so back to \\s\\r\\l0.");
        });
    }

    private void take(long frame, String path, byte[] reply) {
        audit.take(new ReferralExchange("hostile.pcap", new Transport(Carrier.SMB2, "10.0.0.1:50000", "10.0.0.2:445",
                OptionalLong.of(frame), OptionalLong.of(frame), 0, OptionalLong.of(4096)), Optional.of(new ReferralRequest(4, path).encode()),
                OptionalLong.of(0), reply, List.of()));
    }
}
