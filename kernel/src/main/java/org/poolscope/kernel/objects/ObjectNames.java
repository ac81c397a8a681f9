package org.poolscope.kernel.objects;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.model.PoolTag;
import org.poolscope.symbols.FieldLayout;

/**
 * Says what kernel object an address is of. Safe to use from several threads; each answer takes a handful of reads of memory.
 */
public final class ObjectNames {

    /** The pieces in front of an object's header take up to this many bytes. */
    private static final int PIECES_LIMIT = 0x90;

    private final KernelSpace space;
    private final ObjectHeaders headers;
    private final ObjectTypes types;
    private final IoObjects io;
    private final OptionalLong root;
    private final int poolHeaderSize;
    private final FieldLayout poolTag;
    private final Map<Long, String> processes = new ConcurrentHashMap<>();

    ObjectNames(KernelSpace space, ObjectHeaders headers, ObjectTypes types, IoObjects io, OptionalLong root,
            List<KernelProcess> processes) {
        this.space = space;
        this.headers = headers;
        this.types = types;
        this.io = io;
        this.root = root;
        this.poolHeaderSize = TaggedBlocks.headerSize(space);
        this.poolTag = space.layout("_POOL_HEADER").field("PoolTag");
        for (KernelProcess process : processes) {
            String name = "%s (process %s)".formatted(process.name(), process.pid());
            this.processes.put(process.address(), name);
            for (KernelThread thread : process.threads()) {
                this.processes.put(thread.address(), (thread.id() == null ? "" : thread.id() + " ") + "of " + name);
            }
        }
    }

    /** The types of objects this kernel has. */
    public List<ObjectType> types() {
        return types.all();
    }

    /**
     * The object whose body begins at an address; empty when none does. Where headers cannot prove it (from Windows 7 on), the
     * object must stand in a pool block with its type's tag.
     */
    public Optional<NamedObject> describe(long address) {
        if (!space.isKernelPointer(address)) {
            return Optional.empty();
        }
        try {
            int index = types.indexOf(headers.header(address));
            if (index < 0 || !types.areCertain() && !hasBlockOf(types.get(index), headers.header(address))) {
                return Optional.empty();
            }
            ObjectType type = types.get(index);
            return Optional.of(new NamedObject(address, type, name(address, type).orElse(null)));
        } catch (UnreadableAddressException e) {
            return Optional.empty();
        }
    }

    /** The name of the driver a device object belongs to; empty when at this address there is none. */
    public Optional<String> driverOfDevice(long address) {
        return io.driverNameOfDevice(address);
    }

    private Optional<String> name(long address, ObjectType type) {
        Optional<String> known = Optional.ofNullable(processes.get(address)).or(() -> headers.path(address, root));
        return switch (type.name()) {
            case "Device" -> known.or(() -> io.driverNameOfDevice(address).map(driver -> "(" + driver + ")"));
            case "Driver" -> known.or(() -> io.driverName(address));
            default -> known;
        };
    }

    /**
     * Whether in front of an object's header, behind the pieces that may stand between, a pool header has the tag of the type.
     */
    private boolean hasBlockOf(ObjectType type, long header) {
        for (int distance = 0; distance <= PIECES_LIMIT; distance += 2 * space.pointerSize()) {
            long block = header - distance - poolHeaderSize;
            if (space.isReadable(block, poolHeaderSize) && new PoolTag((int) space.number(block, poolTag)).equals(type.tag())) {
                return true;
            }
        }
        return false;
    }
}
