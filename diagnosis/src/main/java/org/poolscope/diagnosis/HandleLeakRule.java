package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.kernel.objects.HandleUse;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * A process opens handles of one type and never closes them: the kernel keeps an object alive for each, and the pool grows though no
 * driver is at fault. Answers the question whether a user process is behind a leak.
 */
final class HandleLeakRule implements Rule {

    static final String ID = "handle-leak";

    /** Busy services hold some thousands, of many types; this many of one type nobody needs. */
    static final long MANY = 10_000;
    /** Of all handles the process has. */
    private static final double OF_ONE_TYPE = 0.8;
    /** The System process opens handles on behalf of drivers and of the cache; its share says nothing about a program. */
    static final long SYSTEM_PID = 4;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        for (OpenKernelImage open : subject.facts(OpenKernelImage.class)) {
            List<HandleUse> uses = KernelObjects.of(open.image()).then(objects -> objects.handles(Progress.NONE)).value().orElse(List.of());
            Map<Long, List<HandleUse>> byProcess = new LinkedHashMap<>();
            uses.forEach(use -> byProcess.computeIfAbsent(use.processAddress(), any -> new ArrayList<>()).add(use));
            for (List<HandleUse> process : byProcess.values()) {
                long all = process.stream().mapToLong(HandleUse::count).sum();
                HandleUse most = process.stream().max(Comparator.comparingLong(HandleUse::count)).orElseThrow();
                boolean system = most.pid() != null && most.pid() == SYSTEM_PID;
                if (most.count() >= MANY && most.count() >= OF_ONE_TYPE * all && !system) {
                    found.add(finding(open, most, all, subject));
                }
            }
        }
        return found;
    }

    private Finding finding(OpenKernelImage open, HandleUse use, long all, Case subject) {
        String who = use.process() + (use.pid() == null ? "" : " (pid " + use.pid() + ")");
        Provenance seen = new Provenance(open.seenAt().file(), "address " + Address.text(use.processAddress()),
                who + ": " + Quantity.count(use.count()) + " " + use.type() + " handles of " + Quantity.count(all));
        Finding.Builder finding = Finding.of(this, Severity.WARNING,
                Confidence.high("the process's own handle table was read; a program that needs so many handles of one type is not known"),
                who + " has " + Quantity.count(use.count()) + " " + use.type() + " handles open")
                .clause(use.process() + " leaks " + use.type() + " handles (" + Quantity.count(use.count()) + " open)")
                .evidence(seen);
        List<PoolTag> tags = use.tag() == null ? List.of() : List.of(use.tag());
        return finding.tags(tags)
                .explanation(cost(use, subject))
                .next("See where the program opens them (Application Verifier's handle checks, or a debugger's).",
                        use.pid() == null ? "!htrace" : "!handle 0 0 " + Long.toHexString(use.pid()) + " " + use.type())
                .next("Restart the program: its handles are closed and the objects freed. If the pool falls, it was the cause.")
                .build();
    }

    /** What the objects cost, from the tag's row of the tracker table. */
    private static String cost(HandleUse use, Case subject) {
        StringBuilder text = new StringBuilder("A program that opens and never closes makes the kernel keep an object for each handle. ");
        if (use.tag() == null) {
            return text.toString().strip();
        }
        for (TagUsage row : subject.once(PoolBooks.class, PoolBooks::of).snapshots().stream().flatMap(table -> table.rows().stream())
                .filter(row -> row.tag().equals(use.tag())).toList()) {
            for (PoolKind pool : PoolKind.values()) {
                PoolUse usage = row.use(pool);
                if (usage != null && usage.outstandingOrZero() >= use.count() / 2) {
                    text.append(use.type()).append(" objects use tag '").append(use.tag()).append("': ")
                            .append(Quantity.count(usage.outstandingOrZero())).append(" blocks, ").append(Quantity.bytes(usage.bytesOrZero()))
                            .append(" of ").append(pool.word()).append(" pool. ");
                    return text.toString().strip();
                }
            }
        }
        return text.toString().strip();
    }
}
