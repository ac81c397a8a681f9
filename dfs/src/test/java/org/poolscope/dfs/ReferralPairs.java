package org.poolscope.dfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import org.poolscope.model.RealEvidence;

/** The table of referral exchanges another program found in the real captures. */
public final class ReferralPairs {

    /**
     * One request and its final reply.
     *
     * @param request the path asked for; for the extended request (0x601b0) its bytes in hex
     */
    public record Pair(String file, int requestFrame, int replyFrame, int fsctl, String maxLevel, String request, long maxOutput,
            long status, byte[] reply) {
    }

    private ReferralPairs() {
    }

    public static List<Pair> all() {
        try {
            return Files.readAllLines(RealEvidence.path("dfs/referral-pairs.tsv")).stream().skip(1).map(ReferralPairs::pair)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pair pair(String line) {
        String[] cells = line.split("\t", -1);
        return new Pair(cells[0], Integer.parseInt(cells[1]), Integer.parseInt(cells[2]), Integer.decode(cells[3]), cells[4],
                cells[5], Long.parseLong(cells[6]), Long.decode(cells[7]), HexFormat.of().parseHex(cells[8]));
    }
}
