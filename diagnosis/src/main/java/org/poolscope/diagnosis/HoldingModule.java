package org.poolscope.diagnosis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.pool.BlockState;
import org.poolscope.pool.PoolBlock;
import org.poolscope.pool.References;
import org.poolscope.pool.WalkTotals;

/**
 * The module on whose own data most blocks of a tag hang: it points to some of them, as the head of a list does, and they lead to the others. The
 * tag alone may lead to another, since any driver can use it.
 *
 * @param module the module, with the first of its pointers
 * @param reached how many blocks hang on it
 * @param blocks how many there are
 */
record HoldingModule(ReferringModule module, long reached, long blocks) {

    /** The module's file, lower case. */
    String file() {
        return module.file();
    }

    /** So many of a tag's blocks must hang on the module, and on no other. */
    private static final double MOST = 0.5;

    /** More pointers than these are not followed. */
    private static final int MOST_LINKS = 1_000_000;

    /** The module; empty when most blocks hang on none, or on several, or there are too many pointers to tell. One pass over kernel memory. */
    static Optional<HoldingModule> of(OpenPool pool, PoolTag tag) {
        long blocks = pool.totals().rows().stream().filter(row -> row.tag().equals(tag)).mapToLong(WalkTotals.Row::blocks).sum();
        return blocks > MOST_LINKS ? Optional.empty() : links(pool, tag).flatMap(links -> links.holder(pool, tag, blocks));
    }

    private static Optional<Links> links(OpenPool pool, PoolTag tag) {
        List<LoadedModule> modules = pool.image().modules().value().orElse(List.of());
        Links links = new Links(new HashMap<>(), new HashMap<>(), new HashMap<>());
        int count = 0;
        for (References.Cursor reference = References.to(pool.image(), pool.blocks(), tag).cursor(Progress.NONE); reference.next();) {
            if (++count > MOST_LINKS) {
                return Optional.empty();
            }
            long from = reference.from();
            Optional<LoadedModule> module = modules.stream().filter(one -> one.contains(from)).findFirst();
            if (module.isPresent()) {
                links.first.putIfAbsent(module.get(), from);
                links.heads.computeIfAbsent(module.get(), any -> new ArrayList<>()).add(reference.to());
            } else {
                pool.blocks().blockAt(from).filter(block -> block.tag().equals(tag) && block.state() == BlockState.ALLOCATED)
                        .map(PoolBlock::address)
                        .ifPresent(block -> links.next.computeIfAbsent(block, any -> new ArrayList<>()).add(reference.to()));
            }
        }
        return Optional.of(links);
    }

    /**
     * Pointers to the blocks of a tag.
     *
     * @param first where the first one of each module stands
     * @param heads the blocks each module points to
     * @param next the blocks each block points to
     */
    private record Links(Map<LoadedModule, Long> first, Map<LoadedModule, List<Long>> heads, Map<Long, List<Long>> next) {

        Optional<HoldingModule> holder(OpenPool pool, PoolTag tag, long blocks) {
            List<HoldingModule> holders = new ArrayList<>();
            heads.forEach((module, to) -> {
                long reached = reached(to);
                if (reached >= MOST * blocks) {
                    holders.add(new HoldingModule(ReferringModule.of(pool, tag, module, first.get(module)), reached, blocks));
                }
            });
            return holders.size() == 1 ? Optional.of(holders.getFirst()) : Optional.empty();
        }

        private long reached(List<Long> from) {
            Set<Long> reached = new HashSet<>(from);
            Deque<Long> left = new ArrayDeque<>(reached);
            while (!left.isEmpty()) {
                for (long to : next.getOrDefault(left.pop(), List.of())) {
                    if (reached.add(to)) {
                        left.add(to);
                    }
                }
            }
            return reached.size();
        }
    }
}
