package org.poolscope.fleet;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.FisherExactTest;
import org.poolscope.fleet.FleetOutlier.Thing;

/** What sets the machines with a leak apart from the others: drivers, versions, devices, updates, settings. */
public final class FleetOutliers {

    /** A tag that leaks on more machines than this share is the fleet's, not an outlier's. */
    private static final double MOST_OF_FLEET = 0.5;

    private final Map<String, Integer> machines = new TreeMap<>();
    private final Map<Thing, BitSet> owners = new LinkedHashMap<>();

    private FleetOutliers() {
    }

    private record Pattern(BitSet owners, List<Thing> things) {
    }

    /**
     * Compares the inventories.
     *
     * @param leaks the leaks of the fleet
     * @return what sets the leaking machines apart, for each tag that leaks, the least likely by chance first; things with no bearing
     *     are in it too, with a probability that says so
     */
    public static List<FleetOutlier> find(FleetEngine engine, Collection<FleetLeak> leaks) throws FleetException {
        FleetOutliers search = new FleetOutliers();
        search.read(engine);
        Map<String, List<FleetLeak>> byTag = new LinkedHashMap<>();
        for (FleetLeak leak : leaks) {
            byTag.computeIfAbsent(leak.key().tag() + '\n' + leak.key().pool(), key -> new ArrayList<>()).add(leak);
        }
        List<FleetOutlier> found = new ArrayList<>();
        for (List<FleetLeak> group : byTag.values()) {
            found.addAll(search.compare(group));
        }
        return found;
    }

    private void read(FleetEngine engine) throws FleetException {
        String inventory = engine.view(FleetTable.INVENTORY, null);
        engine.ask("SELECT DISTINCT machine, kind, name, value FROM " + inventory + " ORDER BY kind, name, value, machine", row -> {
            int machine = machines.computeIfAbsent(row.text(0), name -> machines.size());
            owners.computeIfAbsent(new Thing(row.text(1), row.text(2), row.text(3)), thing -> new BitSet()).set(machine);
        });
    }

    private List<FleetOutlier> compare(List<FleetLeak> group) {
        BitSet leaking = new BitSet();
        for (FleetLeak leak : group) {
            Integer machine = machines.get(leak.key().machine());
            if (machine != null) {
                leaking.set(machine);
            }
        }
        int sick = leaking.cardinality();
        int all = machines.size();
        if (sick == 0 || sick > MOST_OF_FLEET * all) {
            return List.of();
        }
        List<FleetOutlier> tested = new ArrayList<>();
        for (Pattern pattern : patterns()) {
            BitSet both = (BitSet) pattern.owners().clone();
            both.and(leaking);
            int a = both.cardinality();
            int c = pattern.owners().cardinality() - a;
            boolean has = (double) a / sick >= (double) c / (all - sick);
            int with = has ? a : sick - a;
            int others = has ? c : all - sick - c;
            double chance = FisherExactTest.withDefaults().with(AlternativeHypothesis.GREATER_THAN)
                    .test(new int[][] {{with, sick - with}, {others, all - sick - others}}).getPValue();
            double lift = (double) with / (with + others) / ((double) sick / all);
            FleetLeak leak = group.getFirst();
            tested.add(new FleetOutlier(leak.key().tag(), leak.key().pool(), pattern.things(), has, with, sick, others, all - sick, lift,
                    chance, 1));
        }
        return corrected(tested);
    }

    /** Things that exactly the same machines have are one comparison; what all or none have tells nothing. */
    private List<Pattern> patterns() {
        Map<BitSet, List<Thing>> patterns = new LinkedHashMap<>();
        owners.forEach((thing, set) -> {
            if (set.cardinality() < machines.size()) {
                patterns.computeIfAbsent(set, same -> new ArrayList<>()).add(thing);
            }
        });
        List<Pattern> list = new ArrayList<>();
        patterns.forEach((set, things) -> list.add(new Pattern(set, things)));
        return list;
    }

    /** Holm's correction: the smallest probability times how many there are, the next times one less, never going down. */
    private static List<FleetOutlier> corrected(List<FleetOutlier> tested) {
        tested.sort(Comparator.comparingDouble(FleetOutlier::probability)
                .thenComparing(one -> one.has() ? 0 : 1)
                .thenComparing(one -> one.what().getFirst().toString()));
        List<FleetOutlier> found = new ArrayList<>();
        double least = 0;
        for (int i = 0; i < tested.size(); i++) {
            FleetOutlier one = tested.get(i);
            least = Math.max(least, Math.min(1, one.probability() * (tested.size() - i)));
            found.add(new FleetOutlier(one.tag(), one.pool(), one.what(), one.has(), one.leakingWith(), one.leaking(), one.healthyWith(),
                    one.healthy(), one.lift(), one.probability(), least));
        }
        return found;
    }
}
