package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.kernel.objects.HandleUse;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * The processes of a case that keep very many handles of one type open, and what the objects behind them cost. The objects' tag is not a
 * cause of its own: rules that count tags ask here first.
 */
record HandleLeaks(List<Leak> leaks) {

    /** Busy services hold some thousands, of many types; this many of one type nobody needs. */
    static final long MANY = 10_000;
    /** Of all handles the process has. */
    private static final double OF_ONE_TYPE = 0.8;
    /** The System process opens handles on behalf of drivers and of the cache; its share says nothing about a program. */
    static final long SYSTEM_PID = 4;
    /** Of a tag's blocks, or of several tags' bytes: who keeps so many of them accounts for them. */
    private static final double MOST = 0.5;

    /**
     * A process with too many handles.
     *
     * @param open the image it is in
     * @param use its handles of the type
     * @param all all its handles
     * @param cost the objects behind the handles, as a table counts them; {@code null} when no table shows so many
     */
    record Leak(OpenKernelImage open, HandleUse use, long all, Cost cost) {

        String who() {
            return use.process() + (use.pid() == null ? "" : " (pid " + use.pid() + ")");
        }

        /** What leaks: {@code Event handles}; where the image does not hold the objects, no type is known. */
        String handles() {
            return use.type() == null ? "handles" : use.type() + " handles";
        }
    }

    /**
     * What a tag holds.
     *
     * @param table where it stands
     * @param row the tag's row
     * @param pool the pool the objects are in
     * @param share the share of the pool in use, 0 to 1
     */
    record Cost(PoolSnapshot table, TagUsage row, PoolKind pool, double share) {

        PoolUse use() {
            return row.use(pool);
        }
    }

    static HandleLeaks of(Case subject) {
        List<Leak> leaks = new ArrayList<>();
        for (OpenKernelImage open : subject.facts(OpenKernelImage.class)) {
            List<HandleUse> uses = KernelObjects.of(open.image()).then(objects -> objects.handles(Progress.NONE)).value().orElse(List.of());
            Map<Long, List<HandleUse>> byProcess = new LinkedHashMap<>();
            uses.forEach(use -> byProcess.computeIfAbsent(use.processAddress(), any -> new ArrayList<>()).add(use));
            for (List<HandleUse> process : byProcess.values()) {
                long all = process.stream().mapToLong(HandleUse::count).sum();
                HandleUse most = process.stream().max(Comparator.comparingLong(HandleUse::count)).orElseThrow();
                boolean system = most.pid() != null && most.pid() == SYSTEM_PID;
                if (most.count() >= MANY && most.count() >= OF_ONE_TYPE * all && !system) {
                    leaks.add(new Leak(open, most, all, cost(open, most, subject)));
                }
            }
        }
        return new HandleLeaks(List.copyOf(leaks));
    }

    /** From the image's own table, else from any: several handles may lead to one object, but not one to several. */
    private static Cost cost(OpenKernelImage open, HandleUse use, Case subject) {
        PoolBooks books = subject.once(PoolBooks.class, PoolBooks::of);
        List<PoolSnapshot> tables = new ArrayList<>(books.snapshots());
        tables.sort(Comparator.comparing((PoolSnapshot table) -> !table.seenAt().file().equals(open.seenAt().file())));
        for (PoolSnapshot table : tables) {
            for (TagUsage row : table.rows()) {
                for (PoolKind pool : PoolKind.values()) {
                    PoolUse usage = row.use(pool);
                    if (row.tag().equals(use.tag()) && usage != null && usage.outstandingOrZero() >= use.count() / 2) {
                        long inUse = books.poolBytes(table, pool);
                        return new Cost(table, row, pool, inUse == 0 ? 0 : Math.min(1, (double) usage.bytesOrZero() / inUse));
                    }
                }
            }
        }
        return null;
    }

    /** The process whose handles keep most blocks of a tag in a pool. */
    Optional<Leak> keeping(PoolTag tag, PoolKind pool) {
        return leaks.stream().filter(leak -> leak.cost() != null && leak.cost().pool() == pool && tag.equals(leak.use().tag())
                && leak.use().count() >= MOST * leak.cost().use().outstandingOrZero()).findFirst();
    }

    /** Whether what some tags hold is mostly what such handles keep. */
    boolean explain(List<TagUsage> rows, PoolKind pool) {
        long all = 0;
        long kept = 0;
        for (TagUsage row : rows) {
            long bytes = row.use(pool) == null ? 0 : row.use(pool).bytesOrZero();
            all += bytes;
            kept += keeping(row.tag(), pool).isPresent() ? bytes : 0;
        }
        return kept > 0 && kept >= MOST * all;
    }

    /** Who keeps a tag's blocks, as a sentence with a space behind; empty when no process does. */
    String sentence(PoolTag tag, PoolKind pool) {
        return keeping(tag, pool).map(leak -> leak.who() + " keeps them: " + Quantity.count(leak.use().count()) + " open " + leak.handles()
                + ", each to an object with this tag. ").orElse("");
    }
}
