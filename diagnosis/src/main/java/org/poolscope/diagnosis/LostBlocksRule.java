package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.poolscope.memory.Absence;
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
            pool.lost().rows().stream()
                    .filter(row -> row.unreferencedBlocks() >= FEWEST_BLOCKS && row.unreferencedShare() >= FEWEST_SHARE)
                    .limit(MOST_FINDINGS)
                    .forEach(row -> found.add(finding(pool, row, subject)));
        }
        return found;
    }

    private Finding finding(OpenPool pool, LostBlocks.Row row, Case subject) {
        PoolPressure pressure = PoolPressure.of(subject, row.pool());
        boolean critical = pressure.isHigh() && pressure.counters().map(totals -> totals.usedBytes(row.pool()))
                .filter(used -> row.unreferencedBytes() >= used / 4).isPresent();
        Optional<BlockOwner> owner = BlockOwner.of(pool, row.tag());
        String whose = owner.map(found -> " of " + found.file()).orElse("");
        String title = Quantity.count(row.unreferencedBlocks()) + " of " + Quantity.count(row.blocks(), "block", "blocks") + " of tag '" + row.tag() + "'"
                + whose + " (" + Quantity.percent(row.unreferencedShare()) + "), " + Quantity.bytes(row.unreferencedBytes()) + " of "
                + row.pool().word() + " pool, are lost: nothing points to them any more";
        Finding.Builder finding = Finding.of(this, critical ? Severity.CRITICAL : Severity.WARNING, confidence(pool.reachability(),
                pool.image().version().build()), title)
                .clause(Quantity.count(row.unreferencedBlocks()) + " blocks of tag '" + row.tag() + "'" + whose + " are lost, nothing points to them")
                .tags(List.of(row.tag()))
                .pool(row.pool())
                .evidence(pool.at("tag '" + row.tag() + "'", Quantity.count(row.unreferencedBlocks()) + " of " + Quantity.count(row.blocks())
                        + " blocks not reached from " + Quantity.bytes(pool.reachability().seenBytes()) + " of kernel memory"));
        StringBuilder text = new StringBuilder("Every pointer in the kernel's memory was followed. Blocks never reached cannot be freed by anybody. ");
        if (row.undecidedBlocks() > 0) {
            text.append(Quantity.count(row.undecidedBlocks())).append(" more may be held from memory that is not in the image. ");
        }
        owner.ifPresent(found -> {
            finding.driver(found.file()).evidence(found.seen());
            text.append(found.explanation()).append(' ');
        });
        text.append(IrpAccount.of(pool, row.tag()).sentence()).append(' ').append(processes(pool));
        boolean tracked = pool.verifier().filter(books -> books.settings().tracksPool()).isPresent();
        finding.next("See what these blocks hold, offset by offset.", "poolscope profile " + pool.file() + " --tag '" + row.tag() + "'");
        if (!tracked) {
            text.append(" Driver Verifier was not tracking pool.");
            owner.ifPresent(found -> finding.next("See where the driver allocates them: let Driver Verifier track its pool, wait for the leak, "
                    + "take a dump and diagnose it.", "verifier /flags 8 /driver " + found.file()));
        }
        text.append(" Why like machines do not leak, the evidence of this one cannot tell: what else is loaded there can.");
        owner.ifPresent(found -> finding.next("If like machines do not leak, compare drivers, their dates, and who is attached to whose devices "
                + "with one of them: a filter that completes requests in another way makes a driver forget its blocks.",
                "poolscope modules " + pool.file()));
        return finding.explanation(text.toString().strip()).build();
    }

    /** Whether a user process may be behind it: by the handles the processes keep open. */
    private static String processes(OpenPool pool) {
        return pool.busiestProcess().map(most -> "No user process seems to be behind it: the most handles any keeps open are "
                + Quantity.count(most.handleCount()) + ", " + most.name() + "'s.").filter(any -> pool.busiestProcess().get().handleCount() < HandleLeakRule.MANY)
                .orElse("");
    }

    private static Confidence confidence(Reachability reached, int build) {
        Map<Absence, Long> unseen = reached.unseenBytes();
        long hidden = unseen.values().stream().mapToLong(Long::longValue).sum();
        if (hidden <= reached.seenBytes() / 10) {
            return Confidence.high("nearly all of the kernel's memory is in the image and was searched for pointers");
        }
        String parts = unseen.entrySet().stream().map(part -> Quantity.bytes(part.getValue()) + " " + part.getKey().words(build)).sorted()
                .collect(Collectors.joining(", "));
        return Confidence.medium(Quantity.bytes(reached.seenBytes()) + " of the kernel's memory were searched; pointers may hide in the rest (" + parts + ")");
    }
}
