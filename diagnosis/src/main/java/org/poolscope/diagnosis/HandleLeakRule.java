package org.poolscope.diagnosis;

import java.util.List;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.HandleUse;
import org.poolscope.model.Address;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/**
 * A process opens handles of one type and never closes them: the kernel keeps an object alive for each, and the pool grows though no
 * driver is at fault. Answers the question whether a user process is behind a leak, and tells what the objects hold, so that their tag need
 * not be accused besides.
 */
final class HandleLeakRule implements Rule {

    static final String ID = "handle-leak";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        return subject.once(HandleLeaks.class, HandleLeaks::of).leaks().stream().map(leak -> finding(leak, subject)).toList();
    }

    private Finding finding(HandleLeaks.Leak leak, Case subject) {
        HandleUse use = leak.use();
        HandleLeaks.Cost cost = leak.cost();
        String count = Quantity.count(use.count());
        Provenance seen = new Provenance(leak.open().seenAt().file(), "address " + Address.text(use.processAddress()),
                leak.who() + ": " + count + " " + leak.handles() + " of " + Quantity.count(leak.all()));
        boolean high = cost != null && PoolPressure.of(subject, cost.pool()).isHigh();
        String holds = cost == null ? "" : "; their objects hold " + Quantity.bytes(cost.use().bytesOrZero()) + ", "
                + Quantity.percent(cost.share()) + " of " + cost.pool().word() + " pool";
        Finding.Builder finding = Finding.of(this, high && cost.share() >= 0.5 ? Severity.CRITICAL : Severity.WARNING,
                use.type() != null ? Confidence.high("the process's own handle table was read; a program that needs so many handles of one type is not known")
                        : Confidence.medium("the process's own handle table was read; what the handles lead to is not in the image: whether it is all of one type "
                                + "it cannot tell"),
                leak.who() + " has " + count + " " + leak.handles() + " open" + holds)
                .clause(use.process() + " leaks " + leak.handles() + " (" + count + " open)"
                        + (high ? ", which hold " + Quantity.percent(cost.share()) + " of it" : ""))
                .tags(use.tag() == null ? List.of() : List.of(use.tag()))
                .evidence(seen)
                .explanation(explanation(leak))
                .next("See where the program opens them (Application Verifier's handle checks, or a debugger's).",
                        use.pid() == null ? "!htrace" : "!handle 0 0 " + Long.toHexString(use.pid()) + (use.type() == null ? "" : " " + use.type()))
                .next("Restart the program: its handles are closed and the objects freed. If the pool falls, it was the cause.");
        if (cost != null) {
            finding.pool(cost.pool()).evidence(seen(cost));
            if (cost.table().source().equals(KernelImage.TAG_TABLE)) {
                finding.next("See what these objects hold, offset by offset.",
                        NextStep.profile(subject.word(cost.table().seenAt().file()), use.tag()));
            }
        }
        return finding.build();
    }

    /** What the objects cost, from the tag's row of a table. */
    private static String explanation(HandleLeaks.Leak leak) {
        String text = "A program that opens and never closes makes the kernel keep an object for each handle.";
        if (leak.cost() == null) {
            return text;
        }
        return text + " " + leak.use().type() + " objects use tag '" + leak.use().tag() + "': "
                + Quantity.count(leak.cost().use().outstandingOrZero(), "block", "blocks") + ". The kernel allocates them for whoever asks: no driver "
                + "is at fault.";
    }

    private static Provenance seen(HandleLeaks.Cost cost) {
        return cost.row().seenAt() != null ? cost.row().seenAt() : cost.table().seenAt().quoting(Holder.quote(cost.row(), cost.pool()));
    }
}
