package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Quantity;
import org.poolscope.pool.Fragmentation;

/**
 * A pool that runs empty although much of what it holds is free: no page can be given back, because a block or two stand on each. Then no tag
 * holds much, and the search for the biggest one leads nowhere. Of a pool that is full it says so, because both look alike from outside.
 */
final class FragmentationRule implements Rule {

    static final String ID = "pool-fragmented";

    /** A pool is seen whole when no more than this share of it is not. */
    private static final double ALL_BUT = 0.05;

    /** A tag on so many of the pages that are mostly free is what keeps them. */
    private static final double HOLDS_PAGES = 0.5;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        for (OpenPool pool : OpenPool.of(subject)) {
            for (Fragmentation state : pool.fragmentation()) {
                PoolPressure pressure = PoolPressure.of(subject, state.pool());
                switch (state.verdict()) {
                    case FRAGMENTED -> {
                        if (pressure.isHigh()) {
                            found.add(cutUp(pool, state, leaks(state.pool(), earlier), subject));
                        }
                    }
                    case NO_LONG_RUN -> {
                        if (!pressure.events().isEmpty()) {
                            found.add(noLongRun(pool, state));
                        }
                    }
                    case SIZE -> {
                        if (pressure.state() == PoolPressure.State.EXHAUSTED) {
                            found.add(full(pool, state));
                        }
                    }
                    case NOT_SEEN -> {
                        if (pressure.state() == PoolPressure.State.EXHAUSTED) {
                            found.add(notSeen(pool, state));
                        }
                    }
                    case NOT_SHORT, UNKNOWN -> {
                    }
                }
            }
        }
        return found;
    }

    /** Whether lost blocks of this pool were found: then they are the cause, and the holes between them come with it. */
    private static boolean leaks(PoolKind kind, List<Finding> earlier) {
        return earlier.stream().anyMatch(lost -> lost.rule().equals(LostBlocksRule.ID) && lost.pool() == kind && lost.severity() == Severity.CRITICAL);
    }

    private Finding cutUp(OpenPool pool, Fragmentation state, boolean leaks, Case subject) {
        String name = name(state);
        Finding.Builder finding = Finding.of(this, leaks ? Severity.WARNING : Severity.CRITICAL,
                counted(state, ", and its books agree on its limit"),
                name + " fails from fragmentation: " + Quantity.percent(state.freeShare()) + " of the " + Quantity.bytes(state.heldBytes())
                        + " it holds is free, in pieces of at most " + Quantity.bytes(state.free().largest()))
                .clause(name.toLowerCase(Locale.ROOT) + " is fragmented: " + Quantity.percent(state.freeShare()) + " of it is free, in "
                        + Quantity.count(state.free().blocks()) + " pieces")
                .pool(state.pool())
                .evidence(pool.at("free blocks", Quantity.count(state.free().blocks()) + " of " + Quantity.bytes(state.free().bytes())
                        + "; " + Quantity.bytes(state.usedBytes()) + " in use"));
        StringBuilder text = new StringBuilder("The memory manager counts whole pages as used. A page goes back only when all of it is free, and ")
                .append(Quantity.count(state.sparsePages(), "page", "pages")).append(" are more than half free but held by some block. ")
                .append("A small request may still succeed; one of more than ")
                .append(Quantity.bytes(Math.max(state.free().largest(), state.longestRunBytes() == null ? 0 : state.longestRunBytes())))
                .append(" fails. Looking for the tag that holds most leads nowhere here: all blocks together hold only ")
                .append(Quantity.bytes(state.usedBytes())).append(". ");
        state.pins().stream().findFirst().filter(pin -> pin.pages() >= HOLDS_PAGES * state.sparsePages()).ifPresent(pin -> {
            Optional<String> owner = subject.once(OwnerBook.class, OwnerBook::of).listed(pin.tag())
                    .filter(known -> !known.shared() && !known.onBehalf()).map(OwnerBook.Owner::driver);
            if (owner.isEmpty()) {
                Optional<ReferringModule> keeper = ReferringModule.of(pool, pin.tag());
                keeper.ifPresent(known -> finding.evidence(known.seen()));
                owner = keeper.map(ReferringModule::file);
            }
            owner.ifPresent(finding::driver);
            finding.tags(List.of(pin.tag())).evidence(pool.at("tag '" + pin.tag() + "'", "on " + Quantity.count(pin.pages()) + " of the "
                    + Quantity.count(state.sparsePages()) + " pages that are more than half free"));
            text.append("What holds them: small blocks of tag '").append(pin.tag()).append("'").append(owner.map(file -> " of " + file).orElse(""))
                    .append(" stand on ").append(Quantity.count(pin.pages())).append(" of these pages, with only ").append(Quantity.bytes(pin.bytes()))
                    .append(" in all: blocks kept long, allocated among others that were soon freed. ");
            finding.next("See what these blocks hold.", NextStep.profile(pool.word(), pin.tag()))
                    .next("See who keeps them: what points to them.", NextStep.references(pool.word(), pin.tag()));
        });
        return finding.explanation(text.toString().strip())
                .next("See the free blocks by size.", "poolscope vm " + pool.word() + " --fragmentation")
                .next("A restart heals it for a time. For good, what is kept long must be allocated apart from what passes: from a "
                        + "lookaside list, or in one piece.")
                .build();
    }

    private Finding noLongRun(OpenPool pool, Fragmentation state) {
        return Finding.of(this, Severity.WARNING, Confidence.medium("the event does not say how large the request was that failed"),
                name(state) + " has room, but no run of free pages longer than " + Quantity.bytes(state.longestRunBytes()))
                .clause(name(state).toLowerCase(Locale.ROOT) + " has no run of free pages longer than "
                        + Quantity.bytes(state.longestRunBytes()))
                .pool(state.pool())
                .explanation(state.sentence())
                .evidence(pool.at("free pages", Quantity.count(state.runs().orElseThrow().count(), "run", "runs")))
                .next("See the runs and free blocks.", "poolscope vm " + pool.word() + " --fragmentation")
                .build();
    }

    private Finding full(OpenPool pool, Fragmentation state) {
        return Finding.of(this, Severity.NOTE, counted(state, ""),
                name(state) + " is full rather than fragmented: " + Quantity.percent(state.freeShare()) + " of what it holds is free")
                .pool(state.pool())
                .explanation(state.sentence() + " What is free is of no use to a larger request, but joined together it would not help either.")
                .evidence(pool.at("free blocks", Quantity.count(state.free().blocks()) + " of " + Quantity.bytes(state.free().bytes())))
                .build();
    }

    /** The memory manager counts a few pages more than there are pages of blocks. */
    private static Confidence counted(Fragmentation state, String more) {
        return state.unseenBytes() <= ALL_BUT * state.heldBytes() ? Confidence.high("every block of the pool was counted" + more)
                : Confidence.medium("of the " + Quantity.bytes(state.heldBytes()) + " it holds " + Quantity.bytes(state.seenBytes())
                        + " are in the image; what the rest holds cannot change this");
    }

    private Finding notSeen(OpenPool pool, Fragmentation state) {
        return Finding.of(this, Severity.NOTE, Confidence.high("the books and the pages of the pool were compared"),
                "Whether " + name(state).toLowerCase(Locale.ROOT) + " is full or fragmented cannot be told: " + Quantity.bytes(state.unseenBytes())
                        + " of the " + Quantity.bytes(state.heldBytes()) + " it holds are not in the image")
                .pool(state.pool())
                .explanation("Pages are missing from the image, or it was cut short. What is said here of tags and blocks holds for the "
                        + Quantity.bytes(state.seenBytes()) + " that could be looked at.")
                .evidence(pool.at("pages of the pool", Quantity.bytes(state.seenBytes()) + " of " + Quantity.bytes(state.heldBytes())))
                .next("Copy the dump again from the machine, whole, and compare the sizes of both files.")
                .build();
    }

    private static String name(Fragmentation state) {
        return state.pool() == PoolKind.PAGED ? "Paged pool" : "Nonpaged pool";
    }
}
