package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.poolscope.memory.Absence;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Quantity;
import org.poolscope.pool.LostBlocks;
import org.poolscope.pool.Reachability;

/**
 * Blocks that nothing points to any more: nobody can free them. And, since lost blocks still hold what their owner wrote, whose they are:
 * where their pointers lead.
 */
final class LostBlocksRule implements Rule {

    static final String ID = "lost-blocks";

    /** Fewer lost blocks of a tag are within what a conservative search of a sound machine leaves over. */
    private static final long FEWEST_BLOCKS = 1000;
    private static final double FEWEST_SHARE = 0.10;
    private static final int MOST_FINDINGS = 5;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        for (OpenPool pool : OpenPool.of(subject)) {
            List<LostBlocks.Row> rows = pool.lostRows().stream()
                    .filter(row -> row.unreferencedBlocks() >= FEWEST_BLOCKS && row.unreferencedShare() >= FEWEST_SHARE)
                    .limit(MOST_FINDINGS).toList();
            Loss.of(pool, rows).forEach(loss -> found.add(finding(pool, loss, subject, found.isEmpty())));
        }
        return found;
    }

    /** @param first whether it is the report's first loss: what holds for all of them is said there */
    private Finding finding(OpenPool pool, Loss loss, Case subject, boolean first) {
        LostBlocks.Row row = loss.row();
        Optional<PoolKind> critical = Stream.of(loss.pool(), row.pool()).filter(kind -> fills(loss, kind, subject)).findFirst();
        Optional<BlockOwner> owner = loss.owner();
        String whose = owner.map(found -> " of " + found.file()).orElse("");
        String title = lost(row, whose) + loss.parts().stream().map(part -> "; with them, " + lost(part, "")).collect(Collectors.joining())
                + (loss.parts().isEmpty() ? ", are lost: nothing points to them any more" : ": all lost, nothing else points to them any more");
        Finding.Builder finding = Finding.of(this, critical.isPresent() ? Severity.CRITICAL : Severity.WARNING,
                confidence(pool.reachability(), pool.image().version().build()), title)
                .clause(Quantity.count(row.unreferencedBlocks()) + " blocks of tag '" + row.tag() + "'" + whose
                        + (loss.parts().isEmpty() ? "" : ", and the blocks of " + tags(loss.parts()) + " they point to,")
                        + " are lost, nothing points to them")
                .tags(loss.rows().stream().map(LostBlocks.Row::tag).toList())
                .pool(critical.orElse(loss.pool()));
        loss.rows().forEach(one -> finding.evidence(pool.at("tag '" + one.tag() + "'", Quantity.count(one.unreferencedBlocks()) + " of "
                + Quantity.count(one.blocks()) + " blocks not reached from " + Quantity.bytes(pool.reachability().seenBytes()) + " of kernel memory")));
        StringBuilder text = new StringBuilder("Every pointer in the kernel memory that the image holds was followed. Blocks never reached cannot be freed by anybody. ");
        if (!loss.parts().isEmpty()) {
            text.append("Lost blocks of '").append(row.tag()).append("' point to those of ").append(tags(loss.parts()))
                    .append(": whoever forgot the first forgot the others with them, so this is one loss. ");
        }
        if (row.undecidedBlocks() > 0) {
            text.append(Quantity.count(row.undecidedBlocks())).append(" more may be held from memory that is not in the image. ");
        }
        owner.ifPresent(found -> {
            finding.driver(found.file()).evidence(found.seen());
            text.append(found.explanation()).append(' ');
        });
        text.append(IrpAccount.of(pool, row.tag()).sentence()).append(' ').append(processes(pool));
        boolean tracked = pool.verifier().filter(books -> books.settings().tracksPool()).isPresent();
        finding.next("See what these blocks hold, offset by offset.", NextStep.profile(pool.word(), row.tag()));
        if (!tracked) {
            text.append(" Driver Verifier was not tracking pool.");
            owner.ifPresent(found -> finding.next("See where the driver allocates them: let Driver Verifier track its pool (it begins with the next start of the "
                    + "machine), wait for the leak, take a dump and diagnose it.", "verifier /flags 8 /driver " + found.file()));
        }
        if (first) {
            text.append(" Why only some of otherwise equal machines leak cannot be told from one of them: compare them with "
                    + "'fleet outliers'.");
            owner.ifPresent(found -> finding.next("If like machines do not leak, compare drivers, their dates, and who is attached to whose devices "
                    + "with one of them: a filter that completes requests in another way makes a driver forget its blocks.",
                    "poolscope modules " + pool.word()));
        }
        return finding.explanation(text.toString().strip()).build();
    }

    private static String lost(LostBlocks.Row row, String whose) {
        return Quantity.count(row.unreferencedBlocks()) + " of " + Quantity.count(row.blocks(), "block", "blocks") + " of tag '" + row.tag() + "'"
                + whose + " (" + Quantity.percent(row.unreferencedShare()) + "), " + Quantity.bytes(row.unreferencedBytes()) + " of "
                + row.pool().word() + " pool";
    }

    private static String tags(List<LostBlocks.Row> rows) {
        return rows.stream().map(row -> "'" + row.tag() + "'").collect(Collectors.joining(", "));
    }

    /** Whether a loss is a good part of what a pool in trouble holds. */
    private static boolean fills(Loss loss, PoolKind pool, Case subject) {
        PoolPressure pressure = PoolPressure.of(subject, pool);
        return loss.bytes(pool) > 0 && pressure.isHigh()
                && pressure.counters().map(totals -> totals.usedBytes(pool)).filter(used -> loss.bytes(pool) >= used / 4).isPresent();
    }

    /** Whether a user process may be behind it: by the handles the processes keep open. */
    private static String processes(OpenPool pool) {
        return pool.busiestProcess().map(most -> "No user process seems to be behind it: the most handles any keeps open are "
                + Quantity.count(most.handleCount()) + ", " + most.name() + "'s.").filter(any -> pool.busiestProcess().get().handleCount() < HandleLeaks.MANY)
                .orElse("");
    }

    private static Confidence confidence(Reachability reached, int build) {
        Map<Absence, Long> unseen = reached.unseenBytes();
        long hidden = unseen.values().stream().mapToLong(Long::longValue).sum();
        if (hidden <= reached.seenBytes() / 10) {
            return Confidence.high("nearly all that the kernel's page tables lead to is in the image and was searched for pointers");
        }
        String parts = unseen.entrySet().stream().map(part -> Quantity.bytes(part.getValue()) + " " + part.getKey().words(build)).sorted()
                .collect(Collectors.joining(", "));
        return Confidence.medium(Quantity.bytes(reached.seenBytes()) + " of the kernel's memory were searched; pointers may hide in the rest (" + parts + ")");
    }
}
