package org.poolscope.lab;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.PoolArena;
import org.poolscope.model.PoolKind;

/**
 * The everyday use of a pool by many drivers, in linked blocks of many sizes, with others that come and go and leave holes. Fills
 * pools up to a given number of pages.
 */
final class Filler {

    private final Dice dice;
    private final PoolKind kind;
    private final List<Kind> kinds = new ArrayList<>();
    private final ArrayDeque<long[]> passing = new ArrayDeque<>();
    private int weights;

    /**
     * One tag: whose it is, how large its blocks are, how often it is asked for, and how many allocations were freed before for
     * each one now.
     */
    private record Kind(LinkedBlocks blocks, int least, int most, int upTo, int pastEach) {
    }

    Filler(Machine machine, PoolKind kind, String purpose) {
        this.dice = machine.dice().named(purpose);
        this.kind = kind;
    }

    /** What every machine has in nonpaged pool. */
    static Filler everydayNonPaged(Machine machine) {
        return new Filler(machine, PoolKind.NONPAGED, "nonpaged").with(machine, "MmCa", "ntoskrnl.exe", 120, 200, 6, 40)
                .with(machine, "NtFs", "Ntfs.sys", 40, 150, 2, 40).with(machine, "AfdC", "afd.sys", 160, 360, 2, 40)
                .with(machine, "TCPc", "tcpip.sys", 40, 400, 3, 300).with(machine, "Vad ", "ntoskrnl.exe", 48, 64, 3, 100)
                .with(machine, "NDpb", "NDIS.sys", 64, 256, 2, 30);
    }

    /** What every machine has in paged pool. */
    static Filler everydayPaged(Machine machine) {
        return new Filler(machine, PoolKind.PAGED, "paged").with(machine, "NtfF", "Ntfs.sys", 400, 432, 4, 60)
                .with(machine, "Gla1", "win32k.sys", 400, 1200, 4, 3).with(machine, "Gh05", "win32k.sys", 80, 2400, 4, 8)
                .with(machine, "CMkb", "ntoskrnl.exe", 96, 140, 2, 1500).with(machine, "MmSt", "ntoskrnl.exe", 40, 2000, 4, 22);
    }

    /**
     * Adds a tag.
     *
     * @param least the smallest request in bytes
     * @param most the largest
     * @param weight how often, compared with the others
     * @param pastEach how many allocations the tag saw come and go for each block it has now
     */
    Filler with(Machine machine, String tag, String owner, int least, int most, int weight, int pastEach) {
        weights += weight;
        kinds.add(new Kind(new LinkedBlocks(machine, machine.module(owner), tag), least, most, weights, pastEach));
        return this;
    }

    private Kind pick() {
        int drawn = dice.below(weights);
        for (Kind candidate : kinds) {
            if (drawn < candidate.upTo()) {
                return candidate;
            }
        }
        throw new IllegalStateException();
    }

    private int size(Kind chosen) {
        return dice.between(chosen.least(), chosen.most()) & -4;
    }

    /** Allocates some bytes' worth, wherever the pool puts them. */
    void add(long bytes) {
        long done = 0;
        while (done < bytes) {
            Kind chosen = pick();
            int size = size(chosen);
            chosen.blocks().add(kind, size);
            done += size;
        }
    }

    /** Allocates until the descriptor has so many pages. */
    void fill(PoolArena arena, int pages) {
        while (arena.pages() < pages) {
            Kind chosen = pick();
            int size = size(chosen);
            if (size <= 4080 || arena.pages() + (size + 4095 >> 12) <= pages) {
                chosen.blocks().add(arena, size);
            }
        }
    }

    /** Allocates a block that will be freed after some more calls: what passes through a pool and leaves holes in it. */
    void passThrough(int alive) {
        int chosen = dice.below(kinds.size());
        LinkedBlocks blocks = kinds.get(chosen).blocks();
        passing.add(new long[] {chosen, blocks.add(kind, dice.between(32, 480) & -4)});
        if (passing.size() > alive) {
            long[] oldest = passing.poll();
            kinds.get((int) oldest[0]).blocks().remove(oldest[1]);
        }
    }

    /** Frees what is still passing through. */
    void drain() {
        while (!passing.isEmpty()) {
            long[] oldest = passing.poll();
            kinds.get((int) oldest[0]).blocks().remove(oldest[1]);
        }
    }

    /** Enters the allocations that came and went before. */
    void addPast(Machine machine) {
        for (Kind one : kinds) {
            long now = one.blocks().account().outstanding(kind);
            machine.pools().past(kind, one.blocks().account(), now * one.pastEach() + dice.below(50));
        }
    }
}
