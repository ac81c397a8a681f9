package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.poolscope.symbols.StructLayout;

/**
 * Where the fields of processes and threads stand in this very kernel. A field is where the layout of the build says when that
 * holds for the first processes of the list; otherwise it is found by its value: a process is a dispatcher object of type 3 and
 * an object of the type {@code Process}, its id stands before its links, the first one is called {@code System}, its handle table
 * names it, its threads are dispatcher objects of type 6. Kernels made in the image of Windows need this, and Windows itself
 * changed {@code EPROCESS} within the life of a build.
 *
 * <p>Offsets are in bytes from the start of the process or thread; {@link #UNKNOWN} where a field was not found.
 */
final class ProcessFields {

    static final int UNKNOWN = -1;

    /** {@code KOBJECTS}: the first byte of a {@code DISPATCHER_HEADER}. */
    static final int PROCESS_OBJECT = 3;
    static final int THREAD_OBJECT = 6;

    private static final int SAMPLES = 8;

    /** Bytes a structure may be longer than its layout says. */
    private static final int SLACK = 0x100;

    /** Threads looked at for each sampled process. */
    private static final int THREAD_SAMPLES = 64;

    private final KernelSpace space;
    private final ObjectTypes types;
    private final StructLayout process;
    private final StructLayout thread;
    private final List<Long> samples = new ArrayList<>();
    private final List<Long> sampleThreads = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    private int links;
    private int pid = UNKNOWN;
    private int name = UNKNOWN;
    private int handleTable = UNKNOWN;
    private int quota = UNKNOWN;
    private int threads = UNKNOWN;
    private int threadLinks = UNKNOWN;
    private int threadId = UNKNOWN;
    private int irps = UNKNOWN;

    private ProcessFields(KernelSpace space, ObjectTypes types) {
        this.space = space;
        this.types = types;
        this.process = space.layout("_EPROCESS");
        this.thread = space.layout("_ETHREAD");
    }

    /**
     * Finds the fields.
     *
     * @param entries the first entries of the list of processes, that is addresses of their links
     * @return empty when the entries are of no process
     */
    static Optional<ProcessFields> find(KernelSpace space, ObjectTypes types, List<Long> entries) {
        ProcessFields fields = new ProcessFields(space, types);
        List<Long> first = entries.subList(0, Math.min(SAMPLES, entries.size()));
        fields.links = fields.first(process -> fields.areProcesses(first, process), fields.process.offset("ActiveProcessLinks"),
                fields.process.size());
        if (fields.links < 0) {
            return Optional.empty();
        }
        for (long entry : first) {
            if (fields.isProcess(entry - fields.links)) {
                fields.samples.add(entry - fields.links);
            }
        }
        fields.findProcessFields();
        fields.findThreadFields();
        return Optional.of(fields);
    }

    int links() {
        return links;
    }

    int pid() {
        return pid;
    }

    int name() {
        return name;
    }

    int nameLength() {
        return process.field("ImageFileName").count();
    }

    int handleTable() {
        return handleTable;
    }

    /** The array of charges: nonpaged pool, paged pool, and before Windows 7 page file. */
    int quota() {
        return quota;
    }

    /** Bytes of one charge. */
    int quotaWidth() {
        return process.field("QuotaUsage").bytes();
    }

    int directoryTable() {
        return space.layout("_KPROCESS").offset("DirectoryTableBase");
    }

    int threads() {
        return threads;
    }

    int threadLinks() {
        return threadLinks;
    }

    int threadId() {
        return threadId;
    }

    /** The head of a thread's list of requests. */
    int irps() {
        return irps;
    }

    /** What was not where the build's layout says, as words for fields; empty when everything was. */
    List<String> doubts() {
        return doubts;
    }

    /** Which of the {@link #doubts} were not found by their values either. */
    List<String> missing() {
        return missing;
    }

    /** Whether this is a process. */
    boolean isProcess(long address) {
        return isObject(address, PROCESS_OBJECT, "Process");
    }

    /** Whether this is a process as far as can be told: small dumps hold pieces of them. */
    boolean couldBeProcess(long address) {
        return !space.isReadable(address, 1) || isProcess(address);
    }

    /** Whether this is a thread. */
    boolean isThread(long address) {
        return isObject(address, THREAD_OBJECT, "Thread");
    }

    private boolean isObject(long address, int dispatcherType, String type) {
        return space.isKernelPointer(address) && space.isReadable(address, 1) && space.memory().u8(address) == dispatcherType
                && (!types.areCertain() || types.couldBe(address, type));
    }

    private boolean areProcesses(List<Long> entries, int offset) {
        Tally tally = new Tally();
        for (long entry : entries) {
            if (space.isReadable(entry - offset, 1)) {
                tally.count(isProcess(entry - offset));
            }
        }
        return tally.good > tally.bad;
    }

    private void findProcessFields() {
        int step = space.pointerSize();
        pid = arePids(links - step) ? links - step : UNKNOWN;
        name = find("image name", this::areNames, process.offset("ImageFileName"), process, 1);
        handleTable = find("handle table", this::areHandleTables, process.offset("ObjectTable"), process, step);
        int expected = process.offset("QuotaUsage");
        if (links == process.offset("ActiveProcessLinks")) {
            quota = expected;
        } else {
            doubts.addFirst("links");
            // in the kernels before Windows 7 the charges follow the links at once, whatever stands before
            quota = expected == process.offset("ActiveProcessLinks") + 2 * step ? links + 2 * step : UNKNOWN;
        }
    }

    /** Whether the fields found so far are where the layout says. */
    private boolean isAsLaidOut() {
        return doubts.isEmpty() && links == process.offset("ActiveProcessLinks");
    }

    /**
     * The expected place when the test holds there for most samples, or nothing contradicts it; else the first where it holds for
     * all.
     */
    private int find(String words, Test test, int expected, StructLayout structure, int step) {
        Tally there = test.at(expected);
        if (there.holdsForMost() || there.isEmpty() && isAsLaidOut()) {
            return expected;
        }
        doubts.add(words);
        for (int offset = 0; offset < structure.size() + SLACK; offset += step) {
            if (test.at(offset).holdsForAll()) {
                return offset;
            }
        }
        missing.add(words);
        return UNKNOWN;
    }

    /** Looks at one offset in all samples. Samples that cannot be read there do not count. */
    @FunctionalInterface
    private interface Test {
        Tally at(int offset);
    }

    private static final class Tally {

        private int good;
        private int bad;

        void count(boolean holds) {
            if (holds) {
                good++;
            } else {
                bad++;
            }
        }

        boolean isEmpty() {
            return good + bad == 0;
        }

        boolean holdsForMost() {
            return good > 0 && bad <= good / 4;
        }

        boolean holdsForAll() {
            return good > 0 && bad == 0;
        }
    }

    private int first(IntPredicate test, int expected, int size) {
        if (test.test(expected)) {
            return expected;
        }
        for (int offset = 0; offset < size + SLACK; offset += space.pointerSize()) {
            if (test.test(offset)) {
                return offset;
            }
        }
        return UNKNOWN;
    }

    /** Ids are multiples of 4, and each is used once. */
    private boolean arePids(int offset) {
        Tally tally = new Tally();
        Set<Long> seen = new HashSet<>();
        for (long sample : samples) {
            if (offset >= 0 && space.isReadable(sample + offset, space.pointerSize())) {
                long id = space.memory().pointer(sample + offset);
                tally.count((id & 3) == 0 && id != 0 && id <= Integer.MAX_VALUE && seen.add(id));
            }
        }
        return tally.holdsForMost();
    }

    /** Names are printable; where they are searched for, one of them must be the name of the kernel's own process. */
    private Tally areNames(int offset) {
        Tally tally = new Tally();
        boolean system = offset == process.offset("ImageFileName");
        for (long sample : samples) {
            if (space.isReadable(sample + offset, nameLength())) {
                Optional<String> text = space.fixedText(sample + offset, nameLength());
                tally.count(text.isPresent());
                system |= text.isPresent() && text.get().equals("System");
            }
        }
        return system ? tally : new Tally();
    }

    /** A handle table names its process; the kernel's own process is not charged for its table and so not named. */
    private Tally areHandleTables(int offset) {
        StructLayout table = space.layout("_HANDLE_TABLE");
        Tally tally = new Tally();
        for (long sample : samples) {
            if (!space.isReadable(sample + offset, space.pointerSize())) {
                continue;
            }
            long address = space.pointer(sample + offset);
            if (address == 0) {
                continue;
            }
            if (!space.isKernelPointer(address)) {
                tally.count(false);
            } else if (space.isReadable(address, table.size())) {
                long owner = space.memory().canonical(space.number(address, table.field("QuotaProcess")));
                if (owner != 0) {
                    tally.count(owner == sample);
                }
            }
        }
        return tally;
    }

    private void findThreadFields() {
        int expectedHead = process.offset("ThreadListHead");
        int expectedLinks = thread.offset("ThreadListEntry");
        Tally there = threadLists(expectedHead, expectedLinks);
        if (there.holdsForMost() || there.isEmpty() && isAsLaidOut()) {
            threads = expectedHead;
            threadLinks = expectedLinks;
        } else {
            doubts.add("threads");
            searchThreads();
            if (threads < 0) {
                missing.add("threads");
            }
        }
        if (threads >= 0) {
            for (long sample : samples) {
                sampleThreads.addAll(threadsOf(sample + threads, threadLinks));
            }
            int id = thread.offset("Cid") + space.layout("_CLIENT_ID").offset("UniqueThread");
            threadId = find("thread id", this::areThreadIds, id, thread, space.pointerSize());
            irps = find("requests", this::areIrpLists, thread.offset("IrpList"), thread, space.pointerSize());
        }
    }

    /** Of all lists of threads a process has, the longest; the later one of two: the process's own, not its dispatcher part's. */
    private void searchThreads() {
        int most = 0;
        for (int head = 0; head < process.size() + SLACK; head += space.pointerSize()) {
            int offset = linksOfFirst(head);
            if (offset >= 0 && threadLists(head, offset).holdsForAll()) {
                int found = 0;
                for (long sample : samples) {
                    found += threadsOf(sample + head, offset).size();
                }
                if (found >= most) {
                    most = found;
                    threads = head;
                    threadLinks = offset;
                }
            }
        }
    }

    /** Where in a thread the link stands to which a list in the first process with a thread leads. */
    private int linksOfFirst(int head) {
        for (long sample : samples) {
            if (isHead(sample + head) == Link.SOUND && space.pointer(sample + head) != sample + head) {
                long entry = space.pointer(sample + head);
                for (int offset = 0; offset < thread.size() + SLACK; offset += space.pointerSize()) {
                    if (isThread(entry - offset)) {
                        return offset;
                    }
                }
                return UNKNOWN;
            }
        }
        return UNKNOWN;
    }

    /** How many sampled processes have a list with nothing but threads in it by a pair of offsets. Empty lists prove nothing. */
    private Tally threadLists(int head, int offset) {
        Tally tally = new Tally();
        for (long sample : samples) {
            if (!space.isReadable(sample + head, 2L * space.pointerSize())) {
                continue;
            }
            Link link = isHead(sample + head);
            if (link == Link.BROKEN) {
                tally.count(false);
            } else if (space.pointer(sample + head) != sample + head && space.isReadable(space.pointer(sample + head) - offset, 1)) {
                tally.count(!threadsOf(sample + head, offset).isEmpty());
            }
        }
        return tally;
    }

    /** The first threads of a list, up to one that is not in the image; none when the list holds anything else. */
    private List<Long> threadsOf(long head, int offset) {
        List<Long> found = new ArrayList<>();
        long at = head;
        for (int i = 0; i < THREAD_SAMPLES && space.isReadable(at, space.pointerSize()); i++) {
            at = space.pointer(at);
            if (at == head || !space.isReadable(at - offset, 1)) {
                break;
            }
            if (!isThread(at - offset)) {
                return List.of();
            }
            found.add(at - offset);
        }
        return found;
    }

    /** A thread's id stands behind that of its process. */
    private Tally areThreadIds(int offset) {
        int step = space.pointerSize();
        Set<Long> pids = new HashSet<>();
        for (long sample : samples) {
            if (pid >= 0 && space.isReadable(sample + pid, step)) {
                pids.add(space.memory().pointer(sample + pid));
            }
        }
        Tally tally = new Tally();
        Set<Long> seen = new HashSet<>();
        for (long sample : sampleThreads) {
            if (offset >= step && space.isReadable(sample + offset - step, 2L * step)) {
                long id = space.memory().pointer(sample + offset);
                boolean known = pids.contains(space.memory().pointer(sample + offset - step));
                tally.count(known && (id & 3) == 0 && id != 0 && seen.add(id));
            }
        }
        return tally;
    }

    /**
     * A list in each thread; where one has an entry, it is a request that names the thread. Lists that are all empty prove
     * nothing, and are believed only where everything else was as the layout says.
     */
    private Tally areIrpLists(int offset) {
        StructLayout irp = space.layout("_IRP");
        Tally heads = new Tally();
        Tally requests = new Tally();
        for (long sample : sampleThreads) {
            long head = sample + offset;
            Link link = isHead(head);
            if (link != Link.UNSEEN) {
                heads.count(link == Link.SOUND);
            }
            if (link == Link.SOUND && space.pointer(head) != head) {
                long request = space.pointer(head) - irp.offset("ThreadListEntry");
                requests.count(space.isReadable(request, irp.size())
                        && space.number(request, irp.field("Type")) == IrpReader.IRP_TYPE
                        && space.pointer(request + irp.offset("Tail.Overlay.Thread")) == sample);
            }
        }
        boolean trusted = offset == thread.offset("IrpList") && doubts.isEmpty();
        boolean proven = trusted ? requests.holdsForMost() || requests.isEmpty() : requests.holdsForAll();
        return proven ? heads : new Tally();
    }

    /** What can be told of a place that may be the head of a list. */
    private enum Link {
        /** The head, its first and its last entry lead to each other. */
        SOUND,
        /** It is none. */
        BROKEN,
        /** Nothing in the image says that it is none, but not all that would prove it one is there: the image is a small or an incomplete one. */
        UNSEEN
    }

    private Link isHead(long head) {
        int step = space.pointerSize();
        if (!space.isReadable(head, 2L * step)) {
            return Link.UNSEEN;
        }
        long next = space.pointer(head);
        long last = space.pointer(head + step);
        boolean nextSeen = space.isReadable(next + step, step);
        boolean lastSeen = space.isReadable(last, step);
        if (!space.isKernelPointer(next) || !space.isKernelPointer(last) || nextSeen && space.pointer(next + step) != head
                || lastSeen && space.pointer(last) != head) {
            return Link.BROKEN;
        }
        return nextSeen && lastSeen ? Link.SOUND : Link.UNSEEN;
    }
}
