package org.poolscope.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** Collects what is damaged, from several threads. Keeps the first {@value #KEPT} places and counts all. */
final class DamageList implements Consumer<Damage> {

    private static final int KEPT = 10_000;

    private final List<Damage> places = new ArrayList<>();
    private long count;

    @Override
    public synchronized void accept(Damage damage) {
        count++;
        if (places.size() < KEPT) {
            places.add(damage);
        }
    }

    synchronized long count() {
        return count;
    }

    /** The places kept, by address. */
    synchronized List<Damage> places() {
        return places.stream().sorted(Comparator.comparing(Damage::address, Long::compareUnsigned)).toList();
    }
}
