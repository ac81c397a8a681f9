package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.LinkExtent;
import org.poolscope.dfs.NamespaceShape;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Quantity;

/**
 * The client's referral cache has entries for single files or for folders below a link: the server answered referral requests with the
 * whole path instead of the link (MS-DFSC 3.2.5.5: the DFS path of an entry is the part of the request that the link covers). Each
 * file opened then costs the client an entry in paged pool.
 */
final class FileLevelReferralsRule implements Rule {

    static final String ID = "file-level-referrals";

    private static final int MOST_LINKS = 3;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        NamespaceShape shape = ReferralCacheCost.shape(subject);
        WindowsBuild windows = WindowsBuild.of(subject);
        List<Finding> found = new ArrayList<>();
        for (LinkExtent extent : shape.reachingBelow().stream().limit(MOST_LINKS).toList()) {
            // what the cache costs in all is told once, with the link that most of it is for
            Optional<ReferralCacheCost.Held> held = found.isEmpty()
                    ? ReferralCacheCost.held(subject, extent.targets().size(), earlier) : Optional.empty();
            found.add(finding(extent, earlier, held, ReferralCacheCost.needed(subject), windows));
        }
        return found;
    }

    private Finding finding(LinkExtent extent, List<Finding> earlier, Optional<ReferralCacheCost.Held> held, int needed,
            WindowsBuild windows) {
        Optional<Finding> cacheOwner = ReferralCacheCost.holder(earlier);
        boolean sure = extent.sureness() != LinkExtent.Sureness.POSSIBLE;
        Severity severity = !sure ? Severity.NOTE
                : cacheOwner.filter(holder -> holder.severity() == Severity.CRITICAL).isPresent() ? Severity.CRITICAL : Severity.WARNING;
        boolean files = extent.files() > 0;
        String what = files ? "single files" : "folders below the link";
        String entries = extent.entries() > 1 ? Quantity.count(extent.entries()) + " entries are for " + what
                : "the entry seen is for " + (files ? "a single file, " : "a folder below it, ") + DfsPath.of(extent.sample()).last();
        String title = "DFS referrals reach below the link " + extent.link() + ": " + entries;
        Finding.Builder finding = Finding.of(this, severity, confidence(extent), title)
                .pool(PoolKind.PAGED)
                .evidence(extent.seenAt())
                .explanation(explanation(extent, cacheOwner) + held.filter(any -> sure).map(one -> cost(one, needed)).orElse(""));
        held.filter(any -> sure && any.isTable()).ifPresent(one -> finding.evidence(List.of(one.seenAt())));
        if (sure) {
            finding.clause("DFS referrals name " + what + " below " + extent.link() + ", so the client caches an entry for each");
        }
        cacheOwner.ifPresent(holder -> {
            finding.driver(holder.driver());
            finding.tags(holder.tags());
        });
        String server = DfsPath.of(extent.link()).components() > 0 ? DfsPath.of(extent.link()).component(0) : extent.link();
        return finding
                .next(windows.listReferrals())
                .next(windows.forgetReferrals())
                .next(windows.captureReferral("Capture one referral exchange and hand it to the maker of the server " + server
                        + ": the reply must name the link " + extent.link() + " as DFS path and consume no more than that."))
                .build();
    }

    /** What the needless entries cost, as far as one well-documented case tells what an entry needs. */
    private static String cost(ReferralCacheCost.Held held, int needed) {
        return " " + (needed == 1 ? "This namespace needs 1 entry" : "What was asked for needs " + Quantity.count(needed) + " entries")
                + "; the client holds " + Quantity.count(held.entries()) + ", with " + Quantity.count(held.targets()) + " targets"
                + (held.isTable() ? " (so many objects of an entry's shape are in the pool table)" : "") + "; that is about "
                + Quantity.bytes(held.bytes()) + " (" + Quantity.count(held.bytes()) + " bytes) of paged pool, by what an entry takes in one well-documented "
                + "case" + (held.isTable() ? ": " + Quantity.bytes(held.objects().bytes()) + " by the table in the " + held.objects().all().size()
                        + " tags of that shape, the rest in the driver's other tags and, not its own, in the names of the paths (tag 'IoNm')."
                        : ", the names of the paths (tag 'IoNm') among them.");
    }

    private static Confidence confidence(LinkExtent extent) {
        List<String> reasons = extent.signs().stream().map(FileLevelReferralsRule::sign).toList();
        String reason = String.join("; ", reasons);
        return switch (extent.sureness()) {
            case CERTAIN -> Confidence.high(reason);
            case LIKELY -> Confidence.medium(reason);
            case POSSIBLE -> Confidence.low(reason);
        };
    }

    private static String sign(LinkExtent.Sign sign) {
        return switch (sign) {
            case FILE_NAMES -> "entries end in file names, and a link is never a file";
            case BELOW_ANOTHER_LINK -> "entries lie below another link of the same namespace";
            case SHARED_SUFFIX -> "DFS path and target end in the same folders and name: the server appended what lies below the link to both";
            case MANY_SHARE_A_PREFIX -> "very many entries share one beginning";
            case WHOLE_REQUEST_CLAIMED -> "the reply takes the whole request for the link";
            case LONG_TTL -> "the time to live is far above a link's";
        };
    }

    private static String explanation(LinkExtent extent, Optional<Finding> cacheOwner) {
        StringBuilder text = new StringBuilder();
        text.append("One entry would do: ").append(extent.link());
        if (!extent.targets().isEmpty()) {
            text.append(" with ").append(extent.targets().size() == 1 ? "the target " : "the targets ")
                    .append(String.join(", ", extent.targets().subList(0, Math.min(4, extent.targets().size()))));
        }
        text.append(". Instead the server answers with the whole path, ").append(extent.sample()).append(" for one, and the client must keep")
                .append(" an entry for every name that is opened");
        if (extent.targets().size() > 1) {
            text.append(", each with ").append(extent.targets().size()).append(" targets");
        }
        text.append(". ");
        cacheOwner.ifPresent(holder -> text.append("Referral cache entries live in ").append(PoolKind.PAGED).append(" pool and belong to ")
                .append(holder.driver()).append(", whose tags hold the pool. "));
        return text.toString().strip();
    }
}
