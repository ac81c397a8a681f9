package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;

/**
 * Tags that hold a pool and are not lost: whose blocks they are by what they hold, and whether I/O requests that wait hold them.
 * The tag alone often leads to the wrong party: many drivers use the same one.
 */
final class HeldBlocksRule implements Rule {

    static final String ID = "owner-by-contents";

    /** Tags of one accusation looked into. */
    private static final int MOST_TAGS = 3;
    /** Requests that hold this much of a pool in trouble are worth naming. */
    private static final double WAITING_SHARE = 0.10;
    /** Requests that hold this much of it are a cause of the trouble. */
    private static final double CAUSE_SHARE = 0.25;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        // Also tags that are only named: a driver whose requests do not end frees much, and still fills the pool.
        List<Finding> accusations = earlier.stream().filter(one -> one.rule().equals(TagHoldsPoolRule.ID)).toList();
        List<Finding> found = new ArrayList<>();
        for (OpenPool pool : OpenPool.of(subject)) {
            for (PoolKind kind : PoolKind.values()) {
                Optional<Finding> waiting = waiting(pool, kind, subject);
                Set<PoolTag> told = waiting.map(one -> explained(pool, kind, one, accusations)).orElse(Set.of());
                List<Finding> ofTags = ofTags(pool, kind, accusations, told, earlier, subject);
                if (!told.isEmpty() || ofTags.isEmpty()) {
                    waiting.ifPresent(found::add);
                }
                found.addAll(ofTags);
            }
        }
        return found;
    }

    /** The accused tags whose blocks are there because of the requests of a finding. */
    private static Set<PoolTag> explained(OpenPool pool, PoolKind kind, Finding waiting, List<Finding> accusations) {
        return accusations.stream().filter(one -> one.pool() == kind).flatMap(one -> one.tags().stream().limit(MOST_TAGS))
                .filter(tag -> waiting.tags().contains(tag) && IrpAccount.of(pool, tag).isCause()).collect(Collectors.toSet());
    }

    private List<Finding> ofTags(OpenPool pool, PoolKind kind, List<Finding> accusations, Set<PoolTag> told, List<Finding> earlier, Case subject) {
        List<Finding> found = new ArrayList<>();
        for (Finding accusation : accusations) {
            if (accusation.pool() == kind) {
                accusation.tags().stream().limit(MOST_TAGS).filter(tag -> !told.contains(tag))
                        .filter(tag -> earlier.stream().noneMatch(lost -> lost.rule().equals(LostBlocksRule.ID) && lost.tags().contains(tag)))
                        .forEach(tag -> finding(pool, tag, accusation, subject).ifPresent(found::add));
            }
        }
        return found;
    }

    /**
     * Requests that wait in one driver and hold, under all their tags, a good part of a pool in trouble. Of a pool at ease nothing is said:
     * drivers of sockets and pipes keep requests by thousands, as they should.
     */
    private Optional<Finding> waiting(OpenPool pool, PoolKind kind, Case subject) {
        PoolPressure pressure = PoolPressure.of(subject, kind);
        Long used = pressure.counters().map(totals -> totals.usedBytes(kind)).orElse(null);
        if (!pressure.isHigh() || used == null || used == 0) {
            return Optional.empty();
        }
        return WaitingRequests.of(pool, kind).filter(waiting -> waiting.bytes() >= WAITING_SHARE * used)
                .map(waiting -> waiting(pool, kind, waiting, Math.min(1, (double) waiting.bytes() / used), subject));
    }

    private Finding waiting(OpenPool pool, PoolKind kind, WaitingRequests waiting, double share, Case subject) {
        String count = Quantity.count(waiting.requests());
        String file = pool.driverFile(waiting.driver());
        String where = waiting.driver() + (file.equalsIgnoreCase(waiting.driver()) ? "" : " (" + file + ")");
        // Of some tags the requests have a block or two: these are not theirs.
        List<PoolTag> tags = waiting.tags().stream().filter(tag -> IrpAccount.of(pool, tag).isMost()).toList();
        return Finding.of(this, share >= CAUSE_SHARE ? Severity.CRITICAL : Severity.WARNING, confidence(waiting, kind, subject),
                count + " I/O requests wait in " + where + " and hold " + Quantity.bytes(waiting.bytes()) + ", "
                        + Quantity.percent(share) + " of " + kind.word() + " pool")
                .clause(count + " I/O requests wait in " + where + " and hold " + Quantity.percent(share) + " of it")
                .tags(tags.isEmpty() ? waiting.tags() : tags)
                .pool(kind)
                .driver(file)
                .explanation(explanation(waiting))
                .evidence(pool.at("I/O requests", count + " of " + Quantity.count(pool.irpBlocks().outstanding())
                        + " outstanding requests wait in " + waiting.driver()))
                .next("List these requests: who sent them, and where they wait.", NextStep.requests(pool.word(), waiting.tags().getFirst()))
                .build();
    }

    private static String explanation(WaitingRequests waiting) {
        String tags = waiting.tags().stream().limit(MOST_TAGS).map(tag -> "'" + tag + "'").collect(Collectors.joining(", "));
        String sent = waiting.process() == null ? "" : waiting.process() + " sent "
                + (waiting.ofProcess() == waiting.requests() ? "all" : Quantity.count(waiting.ofProcess())) + " of them. ";
        return sent + "Their packets, buffers and descriptions have the " + (waiting.tags().size() == 1 ? "tag " + tags
                : "tags " + tags + ", so no one tag shows all they hold") + ". Requests that a driver does not end pile up as a leak does, and what "
                + "they hold is free again when they end: ask why the driver lets them wait, and why so many are sent."
                + (waiting.longest() == null ? "" : " A thread of theirs has waited " + MachineEvents.span(waiting.longest()) + ".");
    }

    /** One moment shows requests that wait; that they do not end takes their age, or samples. */
    private static Confidence confidence(WaitingRequests waiting, PoolKind kind, Case subject) {
        boolean grows = subject.once(PoolTrends.class, PoolTrends::of).leaks().stream()
                .anyMatch(leak -> leak.pool() == kind && waiting.tags().contains(leak.tag()));
        String looked = "the requests and all that belongs to them were looked at";
        return grows ? Confidence.high(looked + ", and samples show what they hold growing steadily")
                : Confidence.medium(looked + "; that they will never end, one moment cannot tell");
    }

    private Optional<Finding> finding(OpenPool pool, PoolTag tag, Finding accusation, Case subject) {
        IrpAccount requests = IrpAccount.of(pool, tag);
        if (accusation.driver() != null && !requests.isCause()) {
            // The tag names its owner already: what the blocks hold can add nothing the verdict needs.
            return Optional.empty();
        }
        Optional<BlockOwner> owner = BlockOwner.of(pool, tag);
        if (requests.isCause()) {
            return Optional.of(ofRequests(pool, tag, requests, owner, accusation, subject));
        }
        return owner.map(known -> {
            SeenBlocks seen = SeenBlocks.of(pool, tag, accusation.pool());
            return accusation.severity() == Severity.NOTE && seen.mayBeLost() && PoolPressure.of(subject, accusation.pool()).isHigh()
                    ? suspected(pool, tag, known, seen, requests, accusation) : owned(tag, known, seen, requests, accusation);
        });
    }

    private Finding owned(PoolTag tag, BlockOwner owner, SeenBlocks seen, IrpAccount requests, Finding accusation) {
        return Finding.of(this, accusation.severity(), seen.ofOwner(), "Blocks of tag '" + tag + "' belong to " + owner.file() + ", by what they hold")
                .clause("by what they hold, the blocks of tag '" + tag + "' belong to " + owner.file())
                .tags(List.of(tag))
                .pool(accusation.pool())
                .driver(owner.file())
                .explanation(owner.explanation() + " " + requests.sentence())
                .evidence(owner.seen())
                .build();
    }

    /**
     * Blocks that hold a good part of a pool in trouble and that nothing in what is left of the image points to. By its counts alone the tag looks
     * like a cache; that the blocks are lost, only the whole image could tell.
     */
    private Finding suspected(OpenPool pool, PoolTag tag, BlockOwner owner, SeenBlocks seen, IrpAccount requests, Finding accusation) {
        Confidence whose = seen.ofOwner();
        String reason = "the image lacks " + Quantity.count(seen.missingPages(), "page", "pages") + ", which may hold what points to these blocks; "
                + whose.reason();
        return Finding.of(this, Severity.WARNING, whose.level() == Confidence.Level.LOW ? Confidence.low(reason) : Confidence.medium(reason),
                owner.file() + " is suspected: of the " + Quantity.count(seen.found()) + " blocks of tag '" + tag + "' in the image "
                        + Quantity.count(owner.blocks()) + " are its own, by what they hold, and to " + Quantity.count(seen.undecided()) + " nothing there points")
                .clause(owner.file() + " is suspected, for nothing in this incomplete image points to its blocks of tag '" + tag
                        + "', as far as they are in it")
                .tags(List.of(tag))
                .pool(accusation.pool())
                .driver(owner.file())
                .explanation(owner.explanation() + " " + requests.sentence() + " The image is cut short or damaged. Whether these blocks are lost, or held "
                        + "by what is missing, it cannot tell: a cache whose head is missing looks the same.")
                .evidence(owner.seen())
                .evidence(pool.at("tag '" + tag + "'", Quantity.count(seen.undecided()) + " blocks not reached from "
                        + Quantity.bytes(pool.reachability().seenBytes()) + " of kernel memory; " + seen.of() + " are in the image"))
                .next("Copy the dump again from the machine, whole, and diagnose it: it tells whether the blocks are lost.")
                .build();
    }

    /** Requests that wait in several drivers, or in a pool that is not in trouble. */
    private Finding ofRequests(OpenPool pool, PoolTag tag, IrpAccount requests, Optional<BlockOwner> owner, Finding accusation, Case subject) {
        String file = requests.waitsIn() == null ? null : pool.driverFile(requests.waitsIn());
        String held = Quantity.count(requests.requests(), "I/O request", "I/O requests") + (requests.waitsIn() == null ? " that wait"
                : " that wait, most of them in " + requests.waitsIn() + (file.equalsIgnoreCase(requests.waitsIn()) ? "," : " (" + file + "),"))
                + (requests.requests() == 1 ? " holds " : " hold ") + Quantity.count(requests.blocks()) + " blocks of tag '" + tag + "'";
        Finding.Builder finding = Finding.of(this, PoolPressure.of(subject, accusation.pool()).isHigh() ? Severity.CRITICAL : accusation.severity(),
                Confidence.medium("all blocks of the tag were looked at; that the requests will never end, one moment cannot tell"),
                held + ", " + Quantity.bytes(requests.bytes()))
                .clause(held)
                .tags(List.of(tag))
                .pool(accusation.pool())
                .explanation((owner.map(BlockOwner::explanation).orElse("") + " " + requests.sentence()).strip())
                .evidence(pool.at("I/O requests", requests.sentence()))
                .next("List these requests: who sent them, and where they wait.", NextStep.requests(pool.word(), tag));
        owner.ifPresent(known -> finding.driver(known.file()).evidence(known.seen()));
        if (owner.isEmpty() && file != null) {
            finding.driver(file);
        }
        return finding.build();
    }
}
