package org.poolscope.lab;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.PoolArena;
import org.poolscope.lab.machine.Pools;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.PoolKind;

/**
 * Blocks of one tag in a doubly linked list whose head stands in the data of the driver that owns them: the plainest way in which
 * a driver keeps what it allocates. A block begins with its two links, then its size, a state and a counter; what lies behind is left
 * over from who had the memory before, but zero in later systems, whose drivers are told to ask for cleared memory.
 */
final class LinkedBlocks {

    private final KernelSpace space;
    private final Pools pools;
    private final TagAccount account;
    private final long head;
    private final boolean cleared;
    private int made;

    LinkedBlocks(Machine machine, KernelModule owner, String tag) {
        this.space = machine.space();
        this.pools = machine.pools();
        this.account = pools.tag(tag);
        this.head = owner.variable(2 * space.pointerSize());
        this.cleared = machine.spec().version().isModern();
        space.initList(head);
    }

    /** Allocates a block from a pool and links it. */
    long add(PoolKind kind, int bytes) {
        return link(pools.allocate(kind, account, bytes), bytes);
    }

    /** Allocates a block from a given descriptor and links it. */
    long add(PoolArena arena, int bytes) {
        return link(pools.allocate(arena, account, bytes), bytes);
    }

    private long link(long block, int bytes) {
        int pointer = space.pointerSize();
        if (cleared) {
            space.clear(block, bytes);
        }
        space.insertTail(head, block);
        if (bytes >= 2 * pointer + 12) {
            space.put32(block + 2L * pointer, bytes);
            space.put32(block + 2L * pointer + 4, 2);
            space.put32(block + 2L * pointer + 8, made);
        }
        made++;
        return block;
    }

    /** Unlinks a block and frees it. */
    void remove(long block) {
        space.removeEntry(block);
        pools.free(account, block);
    }

    TagAccount account() {
        return account;
    }
}
