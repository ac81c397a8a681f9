package org.poolscope.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.KernelDevice;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.Pools;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.PoolKind;

/**
 * Fills the pools of a machine with blocks that lead to each other as those of a real kernel do: every block hangs in a list or a hash
 * table whose head is in the data of a driver, most point to a block made shortly before and to any other block at all, and the rest of
 * their bytes is data. One block in sixteen is freed again and leaves a hole. On top come the blocks of the two questions the
 * benchmarks ask: those of a tag with a fixed structure, and those nobody points to.
 */
final class PoolLoad {

    /** The tag whose blocks have the structure of the second published case. */
    static final String PROFILED = "IoLk";

    /** The tag whose blocks nobody points to. */
    static final String LOST = "Lost";

    private static final int PROFILED_SHARE_OF = 20_000_000;
    private static final int PROFILED_BLOCKS = 2_442_801;
    private static final int ONE_LOST_IN = 200;
    private static final int ONE_FREED_IN = 16;
    private static final int NOISE = 1 << 16;
    private static final int RECENT = 64;
    private static final int KNOWN = 1 << 18;
    private static final int BLOCKS_PER_BUCKET = 4;

    private final Machine machine;
    private final KernelSpace space;
    private final Pools pools;
    private final Dice dice;
    private final int pointer;
    private final byte[] noise = new byte[NOISE];
    private final long[] recent = new long[RECENT];
    private final long[] known = new long[KNOWN];
    private final List<Holder> holders = new ArrayList<>();
    private final int[] upTo;
    private int made;
    private long[] passing = new long[1024];
    private short[] passingKind = new short[1024];
    private int passingCount;

    /** A kind with the place its blocks hang in: a list's head, or a table of heads of chains. */
    private record Holder(BlockKind kind, TagAccount account, long head, int buckets) {
    }

    PoolLoad(Machine machine) {
        this.machine = machine;
        this.space = machine.space();
        this.pools = machine.pools();
        this.dice = machine.dice().named("load");
        this.pointer = space.pointerSize();
        for (int i = 0; i < NOISE; i++) {
            noise[i] = (byte) dice.nextInt();
        }
        List<BlockKind> kinds = BlockKind.all();
        this.upTo = new int[kinds.size()];
        int sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += kinds.get(i).weight();
            upTo[i] = sum;
        }
    }

    /** Puts {@code blocks} blocks into the pools, and counts those it freed again as none. */
    void fill(int blocks) {
        int profiled = (int) ((long) PROFILED_BLOCKS * blocks / PROFILED_SHARE_OF);
        int lost = blocks / ONE_LOST_IN;
        int plain = blocks - profiled - lost;
        hang(plain);
        Arrays.fill(recent, machine.processes().system().address());
        Arrays.fill(known, machine.processes().system().address());
        Profiled structure = new Profiled();
        TagAccount lostTag = pools.tag(LOST);
        int lostMade = 0;
        for (int i = 0; i < plain; i++) {
            addBlock(i);
            if (i % ONE_FREED_IN == 0) {
                pass();
            }
            while (structure.made < (long) profiled * (i + 1) / plain) {
                structure.add();
            }
            if (lostMade < (long) lost * (i + 1) / plain) {
                scribble(pools.allocate(lostMade % 2 == 0 ? PoolKind.PAGED : PoolKind.NONPAGED, lostTag, 0x58), 0x58);
                lostMade++;
            }
        }
        while (passingCount > 0) {
            passingCount--;
            pools.free(holders.get(passingKind[passingCount]).account(), passing[passingCount]);
        }
    }

    private void hang(int blocks) {
        TagAccount tables = pools.tag("Htab");
        for (BlockKind kind : BlockKind.all()) {
            KernelModule owner = machine.module(kind.owner());
            long variable = owner.variable(2 * pointer);
            long expected = (long) blocks * kind.weight() / upTo[upTo.length - 1];
            int buckets = 0;
            if (kind.hashed()) {
                buckets = (int) Math.max(16, Long.highestOneBit(expected / BLOCKS_PER_BUCKET));
                long table = pools.allocateZeroed(PoolKind.NONPAGED, tables, buckets * pointer);
                space.putPointer(variable, table);
                space.putPointer(variable + pointer, buckets);
                variable = table;
            } else {
                space.initList(variable);
            }
            holders.add(new Holder(kind, pools.tag(kind.tag()), variable, buckets));
        }
    }

    private int draw() {
        int drawn = dice.below(upTo[upTo.length - 1]);
        int found = Arrays.binarySearch(upTo, drawn + 1);
        return found >= 0 ? found : -found - 1;
    }

    private int size(BlockKind kind) {
        return dice.between(kind.least(), kind.most()) & -4;
    }

    private void addBlock(int number) {
        Holder holder = holders.get(draw());
        int bytes = size(holder.kind());
        long block = pools.allocate(holder.kind().pool(), holder.account(), bytes);
        scribble(block, bytes);
        if (holder.buckets() == 0) {
            space.insertTail(holder.head(), block);
        } else {
            long bucket = holder.head() + (long) dice.below(holder.buckets()) * pointer;
            space.putPointer(block, space.pointer(bucket));
            space.putPointer(bucket, block);
            space.putPointer(block + pointer, number);
        }
        // A neighbour in time, and any block at all, half of the time in its middle.
        space.putPointer(block + 2L * pointer, recent[dice.below(RECENT)]);
        if (bytes >= 4 * pointer) {
            space.putPointer(block + 3L * pointer, known[dice.below(KNOWN)] + (dice.oneIn(2) ? 0 : 2L * pointer));
        }
        know(block);
    }

    /** Remembers a block: the last ones, and a fair sample of all (Vitter's algorithm R). */
    private void know(long block) {
        recent[made & RECENT - 1] = block;
        int slot = made < KNOWN ? made : dice.below(made + 1);
        if (slot < KNOWN) {
            known[slot] = block;
        }
        made++;
    }

    /** Data of no meaning: what a parser of blocks must wade through. */
    private void scribble(long block, int bytes) {
        space.putBytes(block, noise, dice.below(NOISE - 4096), bytes);
    }

    private void pass() {
        int drawn = draw();
        Holder holder = holders.get(drawn);
        if (passingCount == passing.length) {
            passing = Arrays.copyOf(passing, 2 * passingCount);
            passingKind = Arrays.copyOf(passingKind, 2 * passingCount);
        }
        int bytes = size(holder.kind());
        passing[passingCount] = pools.allocate(holder.kind().pool(), holder.account(), bytes);
        passingKind[passingCount] = (short) drawn;
        scribble(passing[passingCount], bytes);
        passingCount++;
    }

    /**
     * Blocks with the structure of the second published case: flags, a KEVENT, a link, a device, a time, a counter and a piece of text,
     * and behind them what was there before. They hang in one long chain, as a driver's list does.
     */
    private final class Profiled {

        private static final int BYTES_32 = 0x38;
        private static final int BYTES_64 = 0x30;
        private static final long SOME_TIME = 128_131_002_790_000_000L;

        private final TagAccount account = pools.tag(PROFILED);
        private final long head;
        private final long[] devices = new long[3];
        private final long[] events = new long[64];
        private int made;

        Profiled() {
            KernelModule owner = machine.module("tcpip.sys");
            head = owner.variable(pointer);
            var driver = machine.io().createDriver("\\Driver", "Tcpip", owner);
            for (int i = 0; i < devices.length; i++) {
                KernelDevice device = machine.io().createDevice(driver, "Tcp" + i, 0x12, 0x120);
                devices[i] = device.address();
            }
            TagAccount event = pools.tag("IoEv");
            long table = pools.allocateZeroed(PoolKind.NONPAGED, event, events.length * pointer);
            space.putPointer(owner.variable(pointer), table);
            for (int i = 0; i < events.length; i++) {
                events[i] = pools.allocateZeroed(PoolKind.NONPAGED, event, machine.io().eventSize());
                machine.io().putEvent(events[i], true, i % 2 == 0);
                space.putPointer(table + (long) i * pointer, events[i]);
            }
        }

        void add() {
            int bytes = pointer == 4 ? BYTES_32 : BYTES_64;
            long block = pools.allocate(PoolKind.NONPAGED, account, bytes);
            scribble(block, bytes);
            space.put32(block, dice.oneIn(50) ? 0x11 : 0x01);
            if (pointer == 8) {
                space.put32(block + 4, 0);
            }
            space.putPointer(block + pointer, events[dice.below(events.length)]);
            space.putPointer(block + 2L * pointer, space.pointer(head));
            space.putPointer(head, block);
            space.putPointer(block + 3L * pointer, devices[dice.below(100) < 98 ? 0 : 1 + dice.below(2)]);
            long time = SOME_TIME + made * 70_000L;
            space.put32(block + 4L * pointer, (int) time);
            space.put32(block + 4L * pointer + 4, (int) (time >>> 32));
            space.put32(block + 4L * pointer + 8, made);
            made++;
        }
    }
}
