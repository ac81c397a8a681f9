package org.poolscope.lab;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.DriverVerifier;
import org.poolscope.lab.machine.IoManager;
import org.poolscope.lab.machine.KernelDevice;
import org.poolscope.lab.machine.KernelDriver;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.KernelProcess;
import org.poolscope.lab.machine.KernelThread;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.ModuleSpec;
import org.poolscope.lab.machine.Pools;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;

/**
 * remfs.sys, a file system driver that keeps its files on a server it talks to over UDP, and vpnshim.sys, a filter on the UDP
 * device that makes it leak. For each datagram remfs allocates a buffer of 56 bytes by way of the I/O manager and fills 36 of
 * them (64 and 48 on 64-bit systems, where pointers are wider):
 *
 * <pre>
 *   +00 next in the list of requests under way, 0 when it is in none
 *   +04 the event its sender waits for
 *   +08 length of the datagram
 *   +0c address of the server
 *   +10 the device object
 *   +14 port and flags
 *   +18 tick count of sending
 *   +1c state: 1 sent, 2 answered, 3 completed early by the filter
 *   +20 sequence number
 * </pre>
 *
 * What lies behind is left over from whoever had the memory before.
 */
final class RemoteFileSystem {

    private static final int EVENTS = 6;
    private static final int CHAINED = 64;
    private static final int WITH_REQUEST = 3;
    private static final int STALE_ON_STACKS = 5;
    private static final int EXTENSION = 0x180;
    private static final int EVENTS_AT = 0x40;
    private static final int CONTROL_CODE = 0x0012_a00b;
    private static final int SERVER = 0x0a01_a8c0;
    private static final int SIGNATURE = 0x4d46_5300;
    private static final int FILE_DEVICE_NETWORK = 0x12;
    private static final int FILE_DEVICE_NETWORK_FILE_SYSTEM = 0x14;
    private static final String PATH = "\\SystemRoot\\system32\\drivers\\";

    /**
     * Where a buffer's fields and those of the device's own data stand: as a compiler places the same structure for pointers of 4 or of
     * 8 bytes.
     */
    private record Shape(int data, int used, int block, int event, int length, int server, int device, int port, int tick, int state,
            int number, int ownDevice, int file, int list, int count) {

        private static final Shape NARROW = new Shape(56, 36, 64, 4, 8, 0xc, 0x10, 0x14, 0x18, 0x1c, 0x20, 4, 8, 0x10, 0x14);
        private static final Shape WIDE = new Shape(64, 48, 80, 8, 0x10, 0x14, 0x18, 0x20, 0x24, 0x28, 0x2c, 8, 0x10, 0x20, 0x28);
    }

    private final Machine machine;
    private final Shape shape;
    private final KernelSpace space;
    private final Pools pools;
    private final Dice dice;
    private final boolean leaks;
    private final KernelModule module;
    private final KernelDriver driver;
    private final KernelDevice device;
    private final TagAccount tag;
    private final List<KernelThread> workers = new ArrayList<>();
    private final DriverVerifier verifier;
    private DriverVerifier.VerifiedDriver verified;
    private int blocks;
    private int chained;
    private int requests;

    /**
     * Loads the driver and, where it leaks, the filter.
     *
     * @param verify whether Driver Verifier watches it
     */
    RemoteFileSystem(Machine machine, StandardSystem system, boolean leaks, boolean verify) {
        this.machine = machine;
        this.space = machine.space();
        this.shape = space.pointerSize() == Long.BYTES ? Shape.WIDE : Shape.NARROW;
        this.pools = machine.pools();
        this.dice = machine.dice().named("remfs");
        this.leaks = leaks;
        this.tag = pools.tag("Io  ");
        this.module = machine.load(new ModuleSpec("remfs.sys", 0x1f000, 0x40e1_92d4, PATH + "remfs.sys"));
        IoManager io = machine.io();
        this.driver = io.createDriver("\\FileSystem", "RemFs", module);
        this.device = io.createDevice(driver, "RemFs", FILE_DEVICE_NETWORK_FILE_SYSTEM, EXTENSION);
        io.createDevice(driver, "", FILE_DEVICE_NETWORK_FILE_SYSTEM, 0x90);
        this.verifier = verify ? machine.verifier() : null;
        KernelDevice udp = system.device("Udp");
        if (leaks) {
            KernelModule filter = machine.load(new ModuleSpec("vpnshim.sys", 0xb000, 0x40c7_3a11, PATH + "vpnshim.sys"));
            KernelDriver shim = io.createDriver("\\Driver", "VpnShim", filter);
            io.attach(io.createDevice(shim, "VpnShim", FILE_DEVICE_NETWORK, 0x60), udp);
        }
        long extension = device.extension();
        space.put32(extension, SIGNATURE);
        space.putPointer(extension + shape.ownDevice(), device.address());
        space.putPointer(extension + shape.file(), io.createFile(udp, "", 0, 0));
        for (int i = 0; i < EVENTS; i++) {
            io.putEvent(event(i), i % 2 == 0, false);
        }
        // The driver's own variable for its device: what a driver's data section holds.
        space.putPointer(module.variable(16), device.address());
        for (int i = 0; i < 2; i++) {
            KernelThread worker = machine.processes().createThread(machine.processes().system(), module);
            machine.processes().push(worker, event(i));
            machine.processes().push(worker, device.address());
            workers.add(worker);
        }
    }

    private long event(int number) {
        return device.extension() + EVENTS_AT + (long) (number % EVENTS) * machine.io().eventSize();
    }

    /**
     * Lets the driver work until the pool holds so many blocks of that size and its tag, whoever they belong to.
     *
     * @param wanted blocks of that size and tag in all
     * @param others the pool's other users, who come and go between
     */
    void build(int wanted, Filler others, Progress progress) {
        int own = wanted - pools.blocks(PoolKind.NONPAGED, tag, shape.block());
        int kept = leaks ? Math.min(CHAINED, own / 4) : own - WITH_REQUEST;
        if (verifier != null) {
            verified = verifier.verify(module, own);
        }
        int firstKept = own - kept - WITH_REQUEST;
        for (int i = 0; i < own; i++) {
            long block = add(i);
            if (i >= own - WITH_REQUEST) {
                giveToRequest(block);
            } else if (i >= firstKept) {
                chain(block);
            } else if (i % (own / STALE_ON_STACKS) == 77) {
                machine.processes().push(workers.get(i % 2), block);
            }
            if (i % 24 == 0) {
                others.passThrough(400);
            }
            if ((i & 0x3fff) == 0) {
                progress.at(LabOptions.MAKING, i, own);
            }
        }
        progress.at(LabOptions.MAKING, own, own);
        others.drain();
        pools.past(PoolKind.NONPAGED, tag, own * 11L);
    }

    private long add(int number) {
        int asked = verifier == null ? shape.data() : shape.data() - verifier.trailer();
        long block = pools.allocate(PoolKind.NONPAGED, tag, shape.data());
        space.putPointer(block, 0);
        space.putPointer(block + shape.event(), event(dice.below(64) == 0 ? 5 : dice.below(EVENTS - 1)));
        space.put32(block + shape.length(), dice.oneIn(4) ? 1_472 : 64 + 4 * dice.below(200));
        space.put32(block + shape.server(), SERVER);
        space.putPointer(block + shape.device(), device.address());
        space.put32(block + shape.port(), 0x0801 << 16 | dice.below(2));
        space.put32(block + shape.tick(), (int) (number * 25L + dice.below(25)));
        space.put32(block + shape.state(), leaks ? 3 : 1);
        space.put32(block + shape.number(), number);
        for (int at = shape.used(); at < shape.data(); at += space.pointerSize()) {
            long word = leftOver();
            // Of two words of 32 bits each is left over from something else, unless together they are a pointer.
            space.putPointer(block + at, space.pointerSize() == Integer.BYTES || word >>> 48 == 0xffff ? word
                    : word & 0xffff_ffffL | leftOver() << 32);
        }
        if (verified != null) {
            long caller = module.code(dice.below(5_000) == 0 ? 21 : 20) + 5;
            verifier.track(verified, PoolKind.NONPAGED, block, block + shape.data(), asked, tag, caller);
        }
        blocks++;
        return block;
    }

    /** What memory holds that nobody cleared: small numbers, pieces of text, pointers of others, anything. */
    private long leftOver() {
        return switch (dice.below(8)) {
            case 0, 1 -> 0;
            case 2 -> dice.below(4_096);
            case 3 -> 'a' + dice.below(26) | ('a' + dice.below(26)) << 16;
            case 4 -> 0x6520_6568 + dice.below(26) * 0x0101;
            case 5 -> device.address() - 0x4000 + dice.below(0x8000) & -8;
            case 6 -> module.code(dice.below(60));
            default -> dice.nextInt() & 0xffff_ffffL;
        };
    }

    private void chain(long block) {
        long extension = device.extension();
        space.putPointer(block, space.pointer(extension + shape.list()));
        space.put32(block + shape.state(), 1);
        space.putPointer(extension + shape.list(), block);
        space.put32(extension + shape.count(), ++chained);
    }

    private void giveToRequest(long block) {
        KernelProcess process = machine.processes().all().get(4 + requests % 3);
        KernelThread thread = process.threads().getFirst();
        long file = machine.io().createFile(device, "\\server\\share\\ticket" + requests);
        machine.processes().open(process, "File", file, 0x12019f);
        machine.io().send(thread, device, IoManager.Request.control(CONTROL_CODE, file, block));
        space.put32(block + shape.state(), 1);
        requests++;
    }

    /** The crash: an allocation failed and the driver did not look. */
    StopState crash(Instant time, long upSeconds) {
        long at = module.code(33) + 7;
        return new StopState(0x8e, new long[] {0xc000_0005L, at, workers.getFirst().address(), 0}, time, upSeconds);
    }

    /** Tells the truth about it. */
    void describe(Truth truth) {
        Truth cause = truth.object("cause");
        cause.put("exhausted", leaks ? "nonpaged" : "none").put("verdict", leaks ? "driver leak" : "no leak");
        cause.put("driver", driver.name()).put("module", module.spec().name()).put("device", Address.text(device.address()));
        cause.put("tag", tag.tag()).put("blockSize", shape.block()).put("usedBytes", shape.used());
        cause.put("blocks", pools.blocks(PoolKind.NONPAGED, tag, shape.block())).put("driversBlocks", blocks);
        cause.put("inDriversList", chained).put("heldByRequests", requests);
        cause.put("unreachable", blocks - chained - requests).put("stalePointersOnStacks", leaks ? STALE_ON_STACKS : 0);
        List<String> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(Address.text(event(i)));
        }
        cause.put("events", events).put("userProcessBehind", false);
        cause.put("filter", leaks ? "vpnshim.sys" : "");
        if (verified != null) {
            cause.object("verifier").put("driver", module.spec().name()).put("allocations", verified.tracked())
                    .put("bytes", verified.bytes()).put("caller", Address.text(module.code(20) + 5));
        }
    }
}
