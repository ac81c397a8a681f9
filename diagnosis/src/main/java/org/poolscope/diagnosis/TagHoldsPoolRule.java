package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * One driver's tags hold most of a pool that is in trouble, or a large part of one that is not yet. Much memory alone accuses nobody:
 * a tag that frees what it allocates is a cache or load, and is named as such.
 */
final class TagHoldsPoolRule implements Rule {

    static final String ID = "tag-holds-pool";

    /** In a pool in trouble, holding this much of it is a cause. */
    private static final double SHARE_IN_TROUBLE = 0.25;
    /** In a calm pool, or one of which the limit is not known, more is needed, and the sizes below as well. */
    private static final double SHARE_IN_PEACE = 0.60;
    private static final long BYTES_IN_PEACE = 64L << 20;
    private static final long BLOCKS_IN_PEACE = 10_000;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        OwnerBook owners = subject.once(OwnerBook.class, OwnerBook::of);
        PoolBooks books = subject.once(PoolBooks.class, PoolBooks::of);
        HandleLeaks handles = subject.once(HandleLeaks.class, HandleLeaks::of);
        List<Finding> found = new ArrayList<>();
        for (PoolKind pool : PoolKind.values()) {
            PoolPressure pressure = PoolPressure.of(subject, pool);
            List<Holder> accused = new ArrayList<>();
            for (PoolSnapshot snapshot : books.telling(pool)) {
                Holder.of(snapshot, pool, owners, books).stream().filter(holder -> isWorthNaming(holder, pressure))
                        .filter(holder -> !isLost(holder, earlier) && !handles.explain(holder.rows(), pool)).forEach(accused::add);
            }
            found.addAll(findings(accused, pressure, owners, subject));
        }
        return found;
    }

    /** Lost blocks say more than counts do: a tag many drivers use may look balanced though one of them loses its blocks. */
    private static boolean isLost(Holder holder, List<Finding> earlier) {
        return holder.behaviour() != Holder.Behaviour.HOARDS && earlier.stream()
                .anyMatch(lost -> lost.rule().equals(LostBlocksRule.ID) && lost.tags().containsAll(holder.tags()));
    }

    private static boolean isWorthNaming(Holder holder, PoolPressure pressure) {
        if (pressure.isHigh()) {
            return holder.share() >= SHARE_IN_TROUBLE;
        }
        return holder.share() >= SHARE_IN_PEACE && holder.bytes() >= BYTES_IN_PEACE && holder.outstanding() >= BLOCKS_IN_PEACE
                && holder.behaviour() == Holder.Behaviour.HOARDS;
    }

    /** One finding for each culprit, though several tables show it: the one that counts frees and has the most tags speaks. */
    private List<Finding> findings(List<Holder> holders, PoolPressure pressure, OwnerBook owners, Case subject) {
        List<Holder> ranked = new ArrayList<>(holders);
        ranked.sort((left, right) -> Integer.compare(weight(right), weight(left)));
        List<Finding> found = new ArrayList<>();
        Set<String> told = new HashSet<>();
        for (Holder holder : ranked) {
            if (told.add(holder.driver().orElse(holder.name()))) {
                List<Holder> also = ranked.stream()
                        .filter(other -> other != holder && other.driver().isPresent() && other.driver().equals(holder.driver())).toList();
                found.add(finding(holder, also, pressure, owners, grows(holder, subject), subject));
            }
        }
        return found;
    }

    private static int weight(Holder holder) {
        return (holder.behaviour() == Holder.Behaviour.NOT_COUNTED ? 0 : 1000) + Math.min(holder.rows().size(), 999);
    }

    /** Whether samples show one of its tags leaking: among much that comes and goes, something stays. */
    private static boolean grows(Holder holder, Case subject) {
        return holder.behaviour() == Holder.Behaviour.FREES && subject.once(PoolTrends.class, PoolTrends::of).leaks().stream()
                .anyMatch(leak -> leak.pool() == holder.pool() && holder.tags().contains(leak.tag()));
    }

    private Finding finding(Holder holder, List<Holder> also, PoolPressure pressure, OwnerBook owners, boolean grows,
            Case subject) {
        boolean frees = holder.behaviour() == Holder.Behaviour.FREES && !grows;
        Optional<String> driver = holder.driver();
        String whose = driver.map(name -> " of " + name).orElse("");
        String share = Quantity.percent(holder.share());
        String name = holder.name().substring(0, 1).toUpperCase(java.util.Locale.ROOT) + holder.name().substring(1);
        boolean one = holder.rows().size() == 1;
        Optional<IrpAccount> requests = requests(holder, subject);
        String title = name + whose + (one ? " holds " : " hold ") + Quantity.bytes(holder.bytes()) + ", " + share + " of "
                + holder.pool().word() + " pool, in " + Quantity.count(holder.outstanding(), "block", "blocks");
        Severity severity = frees ? Severity.NOTE : pressure.isHigh() && holder.share() >= 0.5 ? Severity.CRITICAL : Severity.WARNING;
        Finding.Builder finding = Finding.of(this, severity, confidence(holder, grows), title)
                .tags(holder.tags())
                .pool(holder.pool())
                .evidence(holder.seen(12))
                .explanation(explanation(holder, also, owners, grows, requests));
        driver.ifPresent(finding::driver);
        if (!frees) {
            // That the pool is in trouble was said before it.
            finding.clause(holder.name() + whose + (one ? " holds " : " hold ") + share + (pressure.isHigh() ? " of it" : " of " + holder.pool().word() + " pool"));
        }
        also.forEach(other -> finding.evidence(other.seen(2)));
        holder.owner().ifPresent(owner -> finding.evidence(owner.seen()));
        return steps(finding, holder, requests.isPresent(), subject).build();
    }

    /** The I/O requests that most blocks of the tag belong to: then they are the cause, whatever the table looks like. */
    private static Optional<IrpAccount> requests(Holder holder, Case subject) {
        return holder.rows().size() > 1 ? Optional.empty() : OpenPool.of(subject).stream()
                .map(pool -> IrpAccount.of(pool, holder.tags().getFirst())).filter(IrpAccount::isCause).findFirst();
    }

    private static Confidence confidence(Holder holder, boolean grows) {
        if (grows) {
            return Confidence.high("the samples show what it holds growing steadily");
        }
        return switch (holder.behaviour()) {
            case HOARDS -> Confidence.high("the table counts allocations and frees: almost nothing is freed");
            case FREES -> Confidence.high("the table counts allocations and frees: most is freed");
            case NOT_COUNTED -> Confidence.medium("the table shows what is held but does not count frees, so a large cache looks the same");
        };
    }

    private static String explanation(Holder holder, List<Holder> also, OwnerBook owners, boolean grows, Optional<IrpAccount> requests) {
        StringBuilder text = new StringBuilder();
        long allocs = 0;
        long frees = 0;
        for (TagUsage row : holder.rows()) {
            allocs += row.use(holder.pool()).allocs() == null ? 0 : row.use(holder.pool()).allocs();
            frees += row.use(holder.pool()).frees() == null ? 0 : row.use(holder.pool()).frees();
        }
        switch (holder.behaviour()) {
            case HOARDS -> text.append("Of ").append(Quantity.count(allocs, "allocation", "allocations")).append(" only ")
                    .append(Quantity.count(frees)).append(" (").append(Quantity.percent((double) frees / allocs))
                    .append(") were freed: this is built up and kept. ");
            case FREES -> text.append(grows ? "It frees most of what it allocates (" : "It frees what it allocates (").append(Quantity.percent((double) frees / Math.max(1, allocs)))
                    .append(" of all allocations").append(grows ? "), yet what stays grows from sample to sample: one of those who use it leaks. "
                            : requests.isPresent() ? "). " : "): that is the picture of a cache or of load; of a leak among much traffic only if what stays grows "
                            + "over time. ");
            case NOT_COUNTED -> {
            }
        }
        requests.ifPresent(known -> text.append("What is there now belongs to I/O requests that wait: ").append(Quantity.count(known.blocks()))
                .append(" of the blocks").append(known.waitsIn() == null ? "" : ", most of them to requests in " + known.waitsIn()).append(". "));
        holder.owner().ifPresent(owner -> {
            if (owner.shared() && requests.isPresent()) {
                text.append("Many components use this tag. ");
            } else if (owner.shared()) {
                text.append("Many components use this tag, so it names no culprit by itself. ");
            } else {
                if (owner.onBehalf()) {
                    text.append(owner.driver()).append(" allocates this for whoever asks it to: look for the one who asks and does not give back. ");
                }
                text.append("Owner ").append(owner.driver()).append(": ").append(owner.how());
                owners.isLoaded(owner.driver()).ifPresent(loaded ->
                        text.append(loaded || owner.isKernel() ? "" : "; but the list of loaded drivers does not have it"));
                text.append(". ");
            }
        });
        if (holder.family() != null) {
            text.append("No database lists these tags: they look like a driver rebuilt with one tag for each allocation site. ");
        }
        for (Holder other : also) {
            text.append(other.snapshot().seenAt().file()).append(" shows the same owner: ").append(other.name()).append(", ")
                    .append(Quantity.count(other.outstanding(), "block", "blocks")).append(", ").append(Quantity.bytes(other.bytes()))
                    .append(". ");
        }
        return text.toString().strip();
    }

    private static Finding.Builder steps(Finding.Builder finding, Holder holder, boolean explained, Case subject) {
        PoolTag tag = holder.rows().getFirst().tag();
        if (holder.driver().isEmpty() && !explained) {
            // Without /c: findstr takes a blank for the end of a word, and looks for each word by itself.
            finding.next("Find which drivers hold the tag as a constant.", "findstr /m /l /c:\"" + tag + "\" %SystemRoot%\\System32\\drivers\\*.sys");
        }
        String listed = holder.snapshot().seenAt().file();
        boolean ofImage = holder.snapshot().source().equals(KernelImage.TAG_TABLE);
        Optional<String> image = ofImage ? Optional.of(subject.word(listed)) : OpenPool.of(subject).stream().map(OpenPool::word).findFirst();
        if (image.isPresent()) {
            finding.next("See what these blocks hold, offset by offset.", NextStep.profile(image.get(), tag));
        } else if (holder.snapshot().source().startsWith("!")) {
            finding.next("Give the dump that the debugger looked at to diagnose: it says whose these blocks are by what they hold. A debugger of a running "
                    + "machine writes one.", ".dump /f MEMORY.DMP");
        } else {
            finding.next("Take a kernel dump of the machine while it is so, and diagnose it with this: it says whose these blocks are by what they hold.");
        }
        return finding;
    }

}
