package org.poolscope.kernel.objects;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.poolscope.kernel.LinkedEntries;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.symbols.StructLayout;

/**
 * Finds I/O requests: on the lists of threads, and in pool by their tag, as the debugger's {@code !irpfind}. Drivers hold
 * requests that are on no thread's list. A request is believed when its type is right, its size has room for its stack locations,
 * and the current one is among them or the one above.
 */
final class IrpReader {

    /** {@code IO_TYPE_IRP} of the driver kit's headers. */
    static final int IRP_TYPE = 6;

    static final PoolTag TAG = PoolTag.parse("Irp ");

    /** Longest list of one thread. */
    private static final int LIST_LIMIT = 1 << 20;

    /** {@code IRP_ASSOCIATED_IRP}: the field of the system buffer holds a master request, or counts its parts. */
    private static final int ASSOCIATED = 8;

    /** A stack location is in use only in requests a driver can hold; more major functions than this there are not. */
    private static final int LAST_MAJOR_FUNCTION = 0x1b;

    private final KernelSpace space;
    private final IoObjects io;
    private final TaggedBlocks blocks;
    private final StructLayout layout;
    private final StructLayout location;
    private final Map<Long, Irp> found = new TreeMap<>(Long::compareUnsigned);
    private final Map<Long, Owner> owners = new HashMap<>();

    /** What is known of a thread that requests were issued for. */
    private record Owner(String process, Duration waiting) {
        static final Owner UNKNOWN = new Owner(null, null);
    }

    IrpReader(KernelSpace space, IoObjects io, TaggedBlocks blocks) {
        this.space = space;
        this.io = io;
        this.blocks = blocks;
        this.layout = space.layout("_IRP");
        this.location = space.layout("_IO_STACK_LOCATION");
    }

    /**
     * All requests, in the order of their addresses.
     *
     * @param irps where a thread keeps the head of its list of requests, or {@link ProcessFields#UNKNOWN}
     * @param large allocations of a page and more with the tag of requests, which {@link TaggedBlocks} does not see
     */
    List<Irp> read(List<KernelProcess> processes, int irps, List<Long> large, Progress progress) {
        for (KernelProcess process : processes) {
            for (KernelThread thread : process.threads()) {
                owners.put(thread.address(), new Owner(process.name(), thread.waiting()));
            }
        }
        if (irps >= 0) {
            for (KernelProcess process : processes) {
                for (KernelThread thread : process.threads()) {
                    readList(thread.address() + irps, process.name());
                }
            }
        }
        blocks.scan(TAG, progress, this::meet);
        large.forEach(this::meet);
        return new ArrayList<>(found.values());
    }

    private void meet(long address) {
        if (!found.containsKey(address)) {
            request(address, false).ifPresent(irp -> found.put(address, irp));
        }
    }

    private void readList(long head, String process) {
        LinkedEntries list = LinkedEntries.of(space.memory(), head, LIST_LIMIT);
        int strange = 0;
        for (long entry : list.addresses()) {
            long address = entry - layout.offset("ThreadListEntry");
            Optional<Irp> irp = request(address, true);
            irp.ifPresent(r -> found.put(address, r));
            strange += irp.isEmpty() ? 1 : 0;
        }
        if (!list.damage().isEmpty()) {
            space.warn("the list of requests of a thread of %s %s; requests may be missing".formatted(process, list.damage()));
        }
        if (strange > 0) {
            space.warn("the list of requests of a thread of %s has %d entries that are none".formatted(process, strange));
        }
    }

    private Optional<Irp> request(long address, boolean listed) {
        try {
            return isRequest(address) ? Optional.of(irp(address, listed)) : Optional.empty();
        } catch (UnreadableAddressException e) {
            return Optional.empty();
        }
    }

    private boolean isRequest(long address) {
        if (!space.isKernelPointer(address) || !space.isReadable(address, layout.size()) || number(address, "Type") != IRP_TYPE) {
            return false;
        }
        long count = number(address, "StackCount");
        long current = number(address, "CurrentLocation");
        return count >= 1 && count <= Byte.MAX_VALUE && current >= 1 && current <= count + 1
                && number(address, "Size") >= layout.size() + count * location.size();
    }

    private Irp irp(long address, boolean listed) {
        int count = (int) number(address, "StackCount");
        int current = (int) number(address, "CurrentLocation");
        List<Irp.Location> stack = stack(address, current, count);
        Optional<Irp.Location> at = stack.stream().findFirst().filter(location -> location.number() == current);
        Long thread = pointer(address, "Tail.Overlay.Thread");
        Owner owner = owners.getOrDefault(thread, Owner.UNKNOWN);
        boolean associated = (number(address, "Flags") & ASSOCIATED) != 0;
        return new Irp(address, thread, owner.process(), count, current, at.map(Irp.Location::majorFunction).orElse(null),
                at.map(Irp.Location::minorFunction).orElse(null), at.map(Irp.Location::device).orElse(null),
                at.map(Irp.Location::driver).orElse(null), associated ? null : pointer(address, "AssociatedIrp.SystemBuffer"),
                pointer(address, "MdlAddress"), pointer(address, "UserBuffer"), stack, owner.waiting(), current > count, listed);
    }

    /** The locations from the current one up to that of the first driver, as far as they can be such. */
    private List<Irp.Location> stack(long irp, int current, int count) {
        List<Irp.Location> stack = new ArrayList<>();
        for (int number = current; number <= count; number++) {
            long at = irp + layout.size() + (long) (number - 1) * location.size();
            int major = space.isReadable(at, location.size()) ? (int) space.number(at, location.field("MajorFunction")) : -1;
            if (major >= 0 && major <= LAST_MAJOR_FUNCTION) {
                Long device = orNull(space.pointer(at + location.offset("DeviceObject")));
                stack.add(new Irp.Location(number, major, (int) space.number(at, location.field("MinorFunction")), device,
                        device == null ? null : io.driverNameOfDevice(device).orElse(null)));
            }
        }
        return stack;
    }

    private Long pointer(long address, String field) {
        return orNull(space.pointer(address + layout.offset(field)));
    }

    private static Long orNull(long pointer) {
        return pointer == 0 ? null : Long.valueOf(pointer);
    }

    private long number(long address, String field) {
        return space.number(address, layout.field(field));
    }
}
