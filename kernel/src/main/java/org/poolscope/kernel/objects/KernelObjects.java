package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.kernel.Answer;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.model.Progress;
import org.poolscope.symbols.UnknownLayoutException;

/** The objects of a kernel. Each list is read when it is first asked for, and kept. Safe to use from several threads. */
public final class KernelObjects {

    private final KernelImage image;
    private final KernelSpace space;
    private final Set<String> warnings;
    private final Optional<ObjectHeaders> headers;
    private final Optional<ObjectDirectories> directories;
    private final Optional<ObjectTypes> types;
    private final TaggedBlocks blocks;
    private Answer<List<KernelProcess>> processes;
    private ProcessReader processReader;
    private Optional<ProcessFields> processFields = Optional.empty();
    private Answer<List<DriverObject>> drivers;
    private Answer<List<Irp>> irps;
    private Answer<List<HandleUse>> handles;
    private Answer<List<Processor>> processors;
    private Answer<ObjectNames> names;
    private Answer<VerifierBooks> verifier;

    /** The objects of the kernel in an image. */
    public static Answer<KernelObjects> of(KernelImage image) {
        Set<String> warnings = Collections.synchronizedSet(new LinkedHashSet<>());
        return KernelSpace.of(image, warnings::add).then(space -> Answer.of(new KernelObjects(image, space, warnings)));
    }

    private KernelObjects(KernelImage image, KernelSpace space, Set<String> warnings) {
        this.image = image;
        this.space = space;
        this.warnings = warnings;
        headers = ObjectHeaders.of(space);
        blocks = new TaggedBlocks(space);
        Optional<ObjectDirectories> tree = Optional.empty();
        Optional<ObjectTypes> table = Optional.empty();
        if (headers.isPresent()) {
            try {
                tree = Optional.of(new ObjectDirectories(space, headers.get()));
                table = Optional.of(new ObjectTypes(space, headers.get(), tree.get()));
            } catch (UnknownLayoutException | UnreadableAddressException e) {
                warnings.add("kernel objects cannot be told apart: " + e.getMessage());
            }
        }
        directories = tree;
        types = table;
    }

    /** What could not be read, and what that means, in the order it was met. */
    public List<String> warnings() {
        synchronized (warnings) {
            return List.copyOf(warnings);
        }
    }

    /** The processes, in the order they were started. */
    public synchronized Answer<List<KernelProcess>> processes() {
        if (processes == null) {
            processes = withTypes(table -> {
                processReader = new ProcessReader(space, table, new HandleTables(space));
                Answer<List<KernelProcess>> answer = processReader.read();
                processFields = processReader.fields();
                return answer;
            });
        }
        return processes;
    }

    /**
     * The handles of all processes, counted by process and type: by process in the order of {@link #processes}, the most first.
     */
    public synchronized Answer<List<HandleUse>> handles(Progress progress) {
        if (handles == null) {
            handles = withTypes(table -> processes().then(list -> list.stream().allMatch(process -> process.handleTable() == null)
                    ? Answer.none("the processes' handle tables are not in the image")
                    : Answer.of(List.copyOf(new HandleReader(table, new HandleTables(space)).read(list, progress)))));
        }
        return handles;
    }

    /** The drivers with their devices, by name. */
    public synchronized Answer<List<DriverObject>> drivers(Progress progress) {
        if (drivers == null) {
            drivers = guarded(() -> new DriverReader(space, io(), directories, types, blocks).read(progress));
        }
        return drivers;
    }

    /** The devices of all drivers, by driver. */
    public synchronized Answer<List<DeviceObject>> devices(Progress progress) {
        return drivers(progress).then(list -> {
            List<DeviceObject> devices = new ArrayList<>();
            list.forEach(driver -> devices.addAll(driver.devices()));
            return Answer.of(List.copyOf(devices));
        });
    }

    /** The I/O requests, by address: those on threads' lists, and those found in pool. */
    public synchronized Answer<List<Irp>> irps(Progress progress) {
        if (irps == null) {
            irps = guarded(() -> {
                List<KernelProcess> list = processes().value().orElse(List.of());
                int listHead = processFields.map(ProcessFields::irps).orElse(ProcessFields.UNKNOWN);
                List<Irp> found = new IrpReader(space, io(), blocks).read(list, listHead, largeIrps(), progress);
                if (found.isEmpty() && !(space.memory() instanceof PagedMemory)) {
                    return Answer.none("a small dump holds neither pool nor, but by chance, the threads' lists of requests");
                }
                if (listHead < 0) {
                    space.warn("the threads' own lists of requests were not found; requests were looked for in pool alone");
                }
                return Answer.of(List.copyOf(found));
            });
        }
        return irps;
    }

    private List<Long> largeIrps() {
        List<Long> found = new ArrayList<>();
        image.bigPages().value().ifPresent(table -> {
            for (int i = 0; i < table.size(); i++) {
                if (table.tag(i).equals(IrpReader.TAG)) {
                    found.add(table.address(i));
                }
            }
        });
        return found;
    }

    /** All threads: those of the processes, and those the processors run that are in no process's list, as the idle threads. */
    public synchronized Answer<List<KernelThread>> threads() {
        return withTypes(table -> processes().then(list -> {
            Map<Long, KernelThread> threads = new LinkedHashMap<>();
            list.forEach(process -> process.threads().forEach(thread -> threads.put(thread.address(), thread)));
            for (Processor processor : processors().value().orElse(List.of())) {
                for (Long running : Arrays.asList(processor.currentThread(), processor.idleThread())) {
                    if (running != null && !threads.containsKey(running)) {
                        threads.put(running, processReader.thread(running));
                    }
                }
            }
            return Answer.of(List.copyOf(threads.values()));
        }));
    }

    /** The processors. */
    public synchronized Answer<List<Processor>> processors() {
        if (processors == null) {
            processors = guarded(() -> new ProcessorReader(space).read());
        }
        return processors;
    }

    /** What kernel objects addresses are of. */
    public synchronized Answer<ObjectNames> names() {
        if (names == null) {
            names = withTypes(table -> Answer.of(new ObjectNames(space, headers.get(), table, io(), root(),
                    processes().value().orElse(List.of()))));
        }
        return names;
    }

    /** Driver Verifier's settings and books. */
    public synchronized Answer<VerifierBooks> verifier(Progress progress) {
        if (verifier == null) {
            verifier = guarded(() -> new VerifierReader(space, CodePlaces.of(image)).read(progress));
        }
        return verifier;
    }

    private OptionalLong root() {
        return directories.map(ObjectDirectories::root).orElse(OptionalLong.empty());
    }

    private IoObjects io() {
        return new IoObjects(space, headers, root());
    }

    private interface Question<T> {
        Answer<T> ask();
    }

    private interface TypedQuestion<T> {
        Answer<T> ask(ObjectTypes types);
    }

    private <T> Answer<T> withTypes(TypedQuestion<T> question) {
        return types.isEmpty() ? Answer.none("the layout of this build's object headers is not known")
                : guarded(() -> question.ask(types.get()));
    }

    private static <T> Answer<T> guarded(Question<T> question) {
        try {
            return question.ask();
        } catch (UnknownLayoutException | UnreadableAddressException e) {
            return Answer.none(e.getMessage());
        }
    }
}
