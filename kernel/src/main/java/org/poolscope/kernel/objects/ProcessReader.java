package org.poolscope.kernel.objects;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.kernel.Answer;
import org.poolscope.kernel.LinkedEntries;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.symbols.StructLayout;

/** Reads the list of processes ({@code PsActiveProcessHead}), and each one's list of threads. */
final class ProcessReader {

    /** Ids are multiples of 4 in 26 bits: no system has more processes or threads. */
    private static final int PROCESS_LIMIT = 1 << 20;
    private static final int THREAD_LIMIT = 1 << 20;

    /** Kernel stacks have at most this many bytes; the largest are those of threads that make graphics calls. */
    private static final long LARGEST_STACK = 1L << 20;

    /** {@code KTHREAD_STATE}. */
    private static final int WAITING = 5;

    private static final int CHARGE_NONPAGED = 0;
    private static final int CHARGE_PAGED = 1;

    private final KernelSpace space;
    private final ObjectTypes types;
    private final HandleTables handleTables;
    /** What is wrong with the lists of threads that are not whole. */
    private final List<String> cutLists = new ArrayList<>();
    private Optional<ProcessFields> fields = Optional.empty();

    ProcessReader(KernelSpace space, ObjectTypes types, HandleTables handleTables) {
        this.space = space;
        this.types = types;
        this.handleTables = handleTables;
    }

    /** Where the fields are; empty before {@link #read} has found them. */
    Optional<ProcessFields> fields() {
        return fields;
    }

    Answer<List<KernelProcess>> read() {
        OptionalLong head = space.variables().told("PsActiveProcessHead");
        if (head.isEmpty() || !space.isReadable(head.getAsLong(), 2L * space.pointerSize())) {
            return Answer.none("the list of processes is not in the image");
        }
        LinkedEntries list = LinkedEntries.of(space.memory(), head.getAsLong(), PROCESS_LIMIT);
        fields = ProcessFields.find(space, types, list.addresses());
        if (fields.isEmpty()) {
            return Answer.none(list.damage().isEmpty()
                    ? "the list at 0x%x, which the kernel names as that of its processes, holds %s".formatted(head.getAsLong(),
                            list.addresses().isEmpty() ? "none" : "nothing that looks like one")
                    : "the list of processes " + list.damage());
        }
        ProcessFields at = fields.get();
        if (!at.doubts().isEmpty()) {
            List<String> found = at.doubts().stream().filter(field -> !at.missing().contains(field)).toList();
            space.warn("processes of this kernel are not laid out as in build %d; ".formatted(space.build())
                    + (found.isEmpty() ? "" : "these of their fields were found by their values: " + String.join(", ", found))
                    + (found.isEmpty() || at.missing().isEmpty() ? "" : "; ")
                    + (at.missing().isEmpty() ? "" : "not found: " + String.join(", ", at.missing())));
        }
        Set<Long> addresses = new LinkedHashSet<>();
        int strange = 0;
        for (long entry : list.addresses()) {
            boolean process = at.couldBeProcess(entry - at.links());
            strange += process ? 0 : 1;
            if (process) {
                addresses.add(entry - at.links());
            }
        }
        if (!list.damage().isEmpty() || strange > 0) {
            int before = addresses.size();
            addMissing(at, addresses);
            String damage = list.damage().isEmpty() ? "has %d entries that are no processes".formatted(strange) : list.damage();
            space.warn("the list of processes %s; %d more were found through the table of process ids, others may be missing"
                    .formatted(damage, addresses.size() - before));
        }
        List<KernelProcess> processes = new ArrayList<>();
        for (long address : addresses) {
            processes.add(process(address, at));
        }
        if (!cutLists.isEmpty()) {
            space.warn(cutLists.getFirst() + (cutLists.size() == 1 ? "" : ", and %d more such lists are not whole".formatted(cutLists.size() - 1))
                    + "; threads may be missing");
        }
        return Answer.of(List.copyOf(processes));
    }

    /** Adds the processes in the kernel's table of ids that are not known yet. */
    private void addMissing(ProcessFields at, Set<Long> addresses) {
        OptionalLong table = space.variables().pointerIn("PspCidTable");
        if (table.isPresent()) {
            handleTables.walk(table.getAsLong(), "the table of process ids", object -> {
                if (at.isProcess(object) && addresses.size() < PROCESS_LIMIT) {
                    addresses.add(object);
                }
            });
        }
    }

    private KernelProcess process(long address, ProcessFields at) {
        Long table = pointer(address, at.handleTable());
        List<KernelThread> threads = new ArrayList<>();
        boolean whole = threads(address, at, threads);
        int width = at.quotaWidth();
        return new KernelProcess(address, pointer(address, at.pid()),
                at.name() < 0 ? null : space.fixedText(address + at.name(), at.nameLength()).orElse(null),
                table == null ? null : handleTables.count(table),
                word(address, at.quota(), CHARGE_PAGED, width), word(address, at.quota(), CHARGE_NONPAGED, width),
                directoryTable(address, at), table, threads, whole);
    }

    private Long directoryTable(long process, ProcessFields at) {
        Long base = pointer(process, at.directoryTable());
        return base == null || base == 0 ? null : base;
    }

    /** Collects the threads of a process; returns whether these are all. */
    private boolean threads(long process, ProcessFields at, List<KernelThread> found) {
        if (at.threads() < 0) {
            return false;
        }
        LinkedEntries list = LinkedEntries.of(space.memory(), process + at.threads(), THREAD_LIMIT);
        Set<Long> seen = new HashSet<>();
        for (long entry : list.addresses()) {
            if (at.isThread(entry - at.threadLinks()) && seen.add(entry)) {
                found.add(thread(entry - at.threadLinks(), process, at));
            }
        }
        if (!list.damage().isEmpty()) {
            cutLists.add("the list of threads of the process at 0x%x %s".formatted(process, list.damage()));
        }
        return list.damage().isEmpty() && found.size() == list.addresses().size();
    }

    /** A thread that is in no process's list; to be asked for after {@link #read}. */
    KernelThread thread(long address) {
        return thread(address, 0, fields.orElseThrow());
    }

    private KernelThread thread(long address, long process, ProcessFields at) {
        StructLayout layout = space.layout("_KTHREAD");
        Long top = layout.has("StackBase") && layout.has("InitialStack") ? higher(pointer(address, layout.offset("InitialStack")),
                pointer(address, layout.offset("StackBase"))) : pointer(address, layout.offset("InitialStack"));
        Long limit = pointer(address, layout.offset("StackLimit"));
        Long used = pointer(address, layout.offset("KernelStack"));
        if (top == null || used == null || !isStack(used, top)) {
            top = pointer(address, layout.offset("InitialStack"));
        }
        boolean sound = top != null && used != null && isStack(used, top);
        boolean limited = sound && limit != null && isStack(limit, top) && Long.compareUnsigned(limit, used) <= 0;
        return new KernelThread(address, pointer(address, at.threadId()), process, sound ? top : null, limited ? limit : null,
                sound ? used : null, waiting(address, layout, at));
    }

    /** How long a thread has been waiting. Its state is believed only where threads are laid out as the build says. */
    private Duration waiting(long thread, StructLayout layout, ProcessFields at) {
        if (!at.doubts().isEmpty() || !layout.has("State") || !layout.has("WaitTime") || !space.isReadable(thread, layout.size())
                || space.number(thread, layout.field("State")) != WAITING) {
            return null;
        }
        int since = (int) space.number(thread, layout.field("WaitTime"));
        return space.clock().flatMap(clock -> clock.since(since)).orElse(null);
    }

    /** {@code InitialStack} lies a little below {@code StackBase}, by the room for floating point state. */
    private static Long higher(Long initial, Long base) {
        return initial == null || base == null || base - initial < 0 || base - initial > 0x1000 ? initial : base;
    }

    private boolean isStack(long low, long high) {
        return space.isKernelPointer(low) && space.isKernelPointer(high) && Long.compareUnsigned(high - low, LARGEST_STACK) <= 0;
    }

    private Long pointer(long structure, int offset) {
        if (offset < 0) {
            return null;
        }
        try {
            return space.pointer(structure + offset);
        } catch (UnreadableAddressException e) {
            return null;
        }
    }

    private Long word(long structure, int offset, int index, int width) {
        long at = structure + offset + (long) index * width;
        if (offset < 0 || !space.isReadable(at, width)) {
            return null;
        }
        long value = width == Integer.BYTES ? Integer.toUnsignedLong(space.memory().u32(at)) : space.memory().u64(at);
        return value < 0 ? null : Long.valueOf(value);
    }
}
