package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.pool.ContentProfile;
import org.poolscope.pool.FieldKind;
import org.poolscope.pool.PointerTarget;
import org.poolscope.pool.PointerTargets;
import org.poolscope.pool.References;

/**
 * Who points to the blocks of an accused tag, and what they point to: pointers summed up by what stands at either end.
 *
 * @param file the image
 * @param tag the tag
 * @param blocks how many blocks of it are in use
 * @param pointersIn how many pointers lead to them in all
 * @param from what holds those pointers, the most first
 * @param to what the blocks point to, by offset
 */
public record PointerGraph(String file, PoolTag tag, long blocks, long pointersIn, List<Edge> from, List<Edge> to) implements Exhibit {

    private static final int MOST_EDGES = 8;
    /** After so many pointers only every second is named, after twice as many every fourth, and so on. */
    private static final int NAMED_ONE_BY_ONE = 20_000;

    /**
     * Pointers of one kind.
     *
     * @param what what stands at the other end
     * @param driver the driver whose thing that is, or {@code null}
     * @param count how many pointers
     * @param offset for pointers out of blocks, where in the block they stand; else {@code null}
     */
    public record Edge(String what, String driver, long count, Integer offset) {
    }

    public PointerGraph {
        from = List.copyOf(from);
        to = List.copyOf(to);
    }

    static Optional<PointerGraph> of(OpenPool pool, BlockContents contents, Progress progress) {
        ContentProfile profile = contents.profile();
        List<Edge> to = new ArrayList<>();
        // What blocks of other sizes hold was not looked at.
        long alike = profile.blocks() - profile.clusters().stream().filter(shape -> shape.size() != profile.size())
                .mapToLong(ContentProfile.Cluster::blocks).sum();
        for (ContentProfile.Field field : profile.fields()) {
            if (field.offset() < profile.dataLength() && field.kind() != FieldKind.LEFTOVER) {
                field.target().ifPresent(target -> to.add(new Edge(kind(target), target.driver(),
                        Math.round(field.targetShare() * alike), field.offset())));
            }
        }
        Incoming incoming = new Incoming(pool);
        References.Cursor cursor = References.to(pool.image(), pool.blocks(), profile.tag()).cursor(progress);
        while (cursor.next()) {
            incoming.add(cursor.from());
        }
        List<Edge> from = incoming.edges();
        if (from.isEmpty() && to.isEmpty()) {
            return Optional.empty();
        }
        long inUse = pool.totals().rows().stream().filter(row -> row.tag().equals(profile.tag())).mapToLong(row -> row.blocks()).sum();
        return Optional.of(new PointerGraph(pool.file(), profile.tag(), inUse, incoming.all, from, to.subList(0, Math.min(to.size(), MOST_EDGES))));
    }

    /** The kind of thing a pointer leads to or stands in: its description without the place inside it. */
    private static String kind(PointerTarget target) {
        return target.what().replaceAll(" ?\\+0x[0-9a-f]+", "").replaceAll("stack of thread 0x[0-9a-f]+", "stacks of threads")
                .replaceAll("pool block '", "pool blocks '");
    }

    private static final class Incoming {

        private final PointerTargets names;
        private final Map<String, long[]> counts = new HashMap<>();
        private final Map<String, String> drivers = new LinkedHashMap<>();
        private long all;
        private long step = 1;
        private long named;

        Incoming(OpenPool pool) {
            names = new PointerTargets(pool.image(), pool.blocks());
        }

        void add(long from) {
            if (all++ % step != 0) {
                return;
            }
            PointerTarget target = names.describe(from).orElse(new PointerTarget("memory nothing is known of", null));
            String what = kind(target);
            counts.computeIfAbsent(what, any -> new long[1])[0] += step;
            if (target.driver() != null) {
                drivers.putIfAbsent(what, target.driver());
            }
            if (++named % NAMED_ONE_BY_ONE == 0) {
                step *= 2;
            }
        }

        List<Edge> edges() {
            List<Edge> edges = new ArrayList<>();
            counts.entrySet().stream().sorted((left, right) -> Long.compare(right.getValue()[0], left.getValue()[0])).limit(MOST_EDGES)
                    .forEach(entry -> edges.add(new Edge(entry.getKey(), drivers.get(entry.getKey()), Math.min(all, entry.getValue()[0]), null)));
            return edges;
        }
    }
}
