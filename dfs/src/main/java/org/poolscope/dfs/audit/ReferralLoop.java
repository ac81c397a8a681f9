package org.poolscope.dfs.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.dfs.DfsPath;

/** Links that lead to links come to an end. */
final class ReferralLoop extends AuditRule {

    private static final int MOST_LOOPS = 100;

    private final SeenReferrals seen;

    ReferralLoop(SeenReferrals seen) {
        super("referral-loop", Severity.ERROR, "MS-DFSC 3.1.4.1, 3.1.5.4.5",
                "Following the targets of links never leads back to a link already followed.");
        this.seen = seen;
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        // links are followed when all were seen
    }

    @Override
    void conclude(Findings findings) {
        Map<String, List<SeenReferrals.Held>> leadsTo = new HashMap<>();
        for (SeenReferrals.Held link : seen.all()) {
            List<SeenReferrals.Held> next = next(link);
            if (!next.isEmpty()) {
                leadsTo.put(link.path().folded(), next);
            }
        }
        Set<String> done = new HashSet<>();
        int loops = 0;
        for (SeenReferrals.Held link : seen.all()) {
            if (loops < MOST_LOOPS && leadsTo.containsKey(link.path().folded()) && !done.contains(link.path().folded())) {
                loops += follow(link, leadsTo, done, findings);
            }
        }
    }

    /** The other links at or above the targets of a link. */
    private List<SeenReferrals.Held> next(SeenReferrals.Held link) {
        List<SeenReferrals.Held> next = new ArrayList<>(0);
        if (link.path().components() < 3) {
            return next;
        }
        for (DfsPath target : link.targets()) {
            for (int count = target.components(); count >= 3; count--) {
                SeenReferrals.Held other = seen.get(target.prefix(count));
                if (other != null) {
                    if (other != link) {
                        next.add(other);
                    }
                    break;
                }
            }
        }
        return next;
    }

    /** Walks on from a link, each link once; the way walked is kept on a stack of its own, so long chains do no harm. */
    private int follow(SeenReferrals.Held start, Map<String, List<SeenReferrals.Held>> leadsTo, Set<String> done,
            Findings findings) {
        List<SeenReferrals.Held> way = new ArrayList<>(List.of(start));
        List<Integer> turn = new ArrayList<>(List.of(0));
        Map<String, Integer> placeOnWay = new HashMap<>(Map.of(start.path().folded(), 0));
        int loops = 0;
        while (!way.isEmpty()) {
            int last = way.size() - 1;
            List<SeenReferrals.Held> choices = leadsTo.getOrDefault(way.get(last).path().folded(), List.of());
            int choice = turn.get(last);
            if (choice == choices.size()) {
                String key = way.remove(last).path().folded();
                turn.remove(last);
                placeOnWay.remove(key);
                done.add(key);
                continue;
            }
            turn.set(last, choice + 1);
            SeenReferrals.Held next = choices.get(choice);
            Integer before = placeOnWay.get(next.path().folded());
            if (before != null) {
                loops++;
                report(way.subList(before, way.size()), findings);
            } else if (!done.contains(next.path().folded())) {
                placeOnWay.put(next.path().folded(), way.size());
                way.add(next);
                turn.add(0);
            }
        }
        return loops;
    }

    private void report(List<SeenReferrals.Held> loop, Findings findings) {
        StringBuilder text = new StringBuilder();
        loop.stream().limit(8).forEach(link -> text.append(link.path()).append(" leads to "));
        text.append(loop.size() > 8 ? "... and so back to " : "").append(loop.getFirst().path());
        findings.add(this, severity(), loop.getFirst().seenAt(), Optional.of(loop.getFirst().path().toString()), -1,
                "Links lead round in a circle: " + text + ".");
    }
}
