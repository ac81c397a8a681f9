package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.poolscope.memory.VirtualMemory;

/**
 * Follows a circular doubly linked list ({@code LIST_ENTRY}). Bounded and safe against cycles; where the forward chain breaks,
 * the backward chain is followed from the head to the break, so that one bad page costs one entry and not the rest of the list.
 */
public final class LinkedEntries {

    private final List<Long> entries;
    private final String damage;

    private LinkedEntries(List<Long> entries, String damage) {
        this.entries = entries;
        this.damage = damage;
    }

    /**
     * The entries of a list, in its order.
     *
     * @param head address of the list's head, which is not an entry
     * @param limit no list of this kind has more entries
     */
    public static LinkedEntries of(VirtualMemory memory, long head, int limit) {
        Set<Long> seen = new HashSet<>();
        seen.add(head);
        List<Long> forward = new ArrayList<>();
        String damage = follow(memory, head, 0, limit, seen, forward);
        if (damage.isEmpty()) {
            return new LinkedEntries(forward, "");
        }
        List<Long> backward = new ArrayList<>();
        follow(memory, head, memory.pointerSize(), limit, seen, backward);
        forward.addAll(backward.reversed());
        return new LinkedEntries(forward, damage);
    }

    /** Collects entries in one direction; returns what stopped it before it came back to the head, or nothing. */
    private static String follow(VirtualMemory memory, long head, int link, int limit, Set<Long> seen, List<Long> entries) {
        long at = head;
        while (memory.isReadable(at + link, memory.pointerSize())) {
            long next = memory.canonical(memory.pointer(at + link));
            if (next == head) {
                return "";
            }
            if (entries.size() >= limit) {
                return "has more than %d entries".formatted(limit);
            }
            if (!memory.isReadable(next, 2L * memory.pointerSize())) {
                return "leads to 0x%x, which cannot be read, after %d entries".formatted(next, entries.size());
            }
            if (!seen.add(next)) {
                return "runs in a circle after %d entries".formatted(entries.size());
            }
            entries.add(next);
            at = next;
        }
        return "cannot be read at 0x%x".formatted(at);
    }

    /** Addresses of the entries. */
    public List<Long> addresses() {
        return entries;
    }

    /** What is wrong with the list, as a clause; empty when it is whole. */
    public String damage() {
        return damage;
    }
}
