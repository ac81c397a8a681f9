package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.model.PoolTag;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * The types of a kernel's objects, and which type an object is of.
 *
 * <p>Up to Vista an object's header points to its type, and a type is itself an object, of the type {@code Type}, which is of its
 * own type: so any pointer can be checked. From Windows 7 on the header holds a number, the index of the type; Windows 10 hides
 * it behind the second byte of the header's address and a cookie. The types are all named in the directory {@code \ObjectTypes};
 * since they are objects of a known type themselves, the cookie follows from any of them.
 *
 * <p>Safe to use from several threads.
 */
final class ObjectTypes {

    /** No type. */
    static final int NONE = -1;

    /** Kernels have 30 to 70 types. */
    private static final int LIMIT = 256;

    private final KernelSpace space;
    private final ObjectHeaders headers;
    private final int typePointer;
    private final int typeIndex;
    private final StructLayout layout;
    private final FieldLayout objectCount;
    private final FieldLayout handleCount;
    private final FieldLayout key;
    private final int[] byIndex = new int[256];
    private int cookie;
    private boolean mixesAddress;
    private long typeType;

    /** Grows at its end only; replaced as a whole, so that readers need no lock. */
    private volatile Known known = new Known(new long[0], new ObjectType[0]);

    private record Known(long[] addresses, ObjectType[] types) {

        Known with(ObjectType type) {
            long[] moreAddresses = Arrays.copyOf(addresses, addresses.length + 1);
            moreAddresses[addresses.length] = type.address();
            ObjectType[] moreTypes = Arrays.copyOf(types, types.length + 1);
            moreTypes[types.length] = type;
            return new Known(moreAddresses, moreTypes);
        }

        int indexOf(long address) {
            for (int i = 0; i < addresses.length; i++) {
                if (addresses[i] == address) {
                    return i;
                }
            }
            return NONE;
        }
    }

    ObjectTypes(KernelSpace space, ObjectHeaders headers, ObjectDirectories directories) {
        this.space = space;
        this.headers = headers;
        StructLayout header = space.layout("_OBJECT_HEADER");
        this.typePointer = header.has("Type") ? header.offset("Type") : NONE;
        this.typeIndex = header.has("TypeIndex") ? header.offset("TypeIndex") : NONE;
        this.layout = space.layout("_OBJECT_TYPE");
        this.objectCount = layout.field("TotalNumberOfObjects");
        this.handleCount = layout.field("TotalNumberOfHandles");
        this.key = layout.field("Key");
        Arrays.fill(byIndex, NONE);
        if (typePointer >= 0) {
            typeType = findTypeType(directories);
        }
        readAll(directories);
    }

    /** The types that are known; up to Vista more become known as objects are met. */
    List<ObjectType> all() {
        return List.of(known.types);
    }

    /** The type with a number that {@link #indexOf} gave. */
    ObjectType get(int index) {
        return known.types[index];
    }

    /** The type of the object with this body; empty when there is no object. */
    Optional<ObjectType> of(long object) {
        int index = indexOf(headers.header(object));
        return index < 0 ? Optional.empty() : Optional.of(get(index));
    }

    /** Whether the object with this body is of the type with this name. */
    boolean is(long object, String type) {
        int index = indexOf(headers.header(object));
        return index >= 0 && get(index).name().equals(type);
    }

    /**
     * The number of the type of the object with this header; {@link #NONE} when this is no header, as far as can be told. Up to
     * Vista a header is certain, from Windows 7 on nearly any byte is the number of some type.
     */
    int indexOf(long header) {
        if (!space.isReadable(header, headers.object(header) - header)) {
            return NONE;
        }
        if (typePointer < 0) {
            return byIndex[decoded(header)];
        }
        long type = space.pointer(header + typePointer);
        int index = known.indexOf(type);
        return index >= 0 || !isType(type) ? index : learn(type);
    }

    /**
     * The same; and where no type of this name was found, whether the object is of a type with the tag that goes with the name, or of none that can
     * be told: one damaged name must not hide all objects of its type.
     */
    boolean couldBe(long object, String type) {
        int index = indexOf(headers.header(object));
        if (index >= 0 && get(index).name().equals(type)) {
            return true;
        }
        PoolTag tag = PoolTag.parse(type.substring(0, Integer.BYTES));
        return Arrays.stream(known.types).noneMatch(one -> one.name().equals(type)) && (index < 0 || get(index).tag().equals(tag));
    }

    /** Whether headers point to types that can be checked, so that a type found is certain. */
    boolean areCertain() {
        return typePointer >= 0;
    }

    private int decoded(long header) {
        int raw = space.memory().u8(header + typeIndex);
        return mixesAddress ? (raw ^ cookie ^ (int) (header >>> 8)) & 0xff : raw;
    }

    /** Whether this is an object of the type {@code Type}. */
    private boolean isType(long address) {
        long at = headers.header(address) + typePointer;
        return typeType != 0 && space.isKernelPointer(address) && space.isReadable(at, space.pointerSize())
                && space.pointer(at) == typeType;
    }

    private synchronized int learn(long address) {
        int index = known.indexOf(address);
        if (index >= 0) {
            return index;
        }
        Optional<ObjectType> type = read(address);
        if (type.isEmpty() || known.types.length >= LIMIT) {
            return NONE;
        }
        known = known.with(type.get());
        return known.types.length - 1;
    }

    private Optional<ObjectType> read(long address) {
        try {
            return !space.isReadable(address, layout.size()) ? Optional.empty()
                    : space.text(address + layout.offset("Name")).map(name -> new ObjectType(address, name,
                            new PoolTag((int) space.number(address, key)), space.number(address, objectCount),
                            space.number(address, handleCount)));
        } catch (UnreadableAddressException e) {
            return Optional.empty();
        }
    }

    /**
     * The type of all types: its header points to itself. The debugger data name it; failing that, the root directory leads to
     * it.
     */
    private long findTypeType(ObjectDirectories directories) {
        OptionalLong told = space.variables().pointerIn("ObpTypeObjectType");
        if (told.isPresent() && isOfOwnType(told.getAsLong())) {
            return told.getAsLong();
        }
        try {
            if (directories.root().isPresent()) {
                long directoryType = space.pointer(headers.header(directories.root().getAsLong()) + typePointer);
                long candidate = space.pointer(headers.header(directoryType) + typePointer);
                return isOfOwnType(candidate) ? candidate : 0;
            }
        } catch (UnreadableAddressException e) {
            space.warn("the type of the root directory cannot be read: " + e.getMessage());
        }
        return 0;
    }

    private boolean isOfOwnType(long address) {
        long at = headers.header(address) + typePointer;
        return space.isKernelPointer(address) && space.isReadable(at, space.pointerSize()) && space.pointer(at) == address;
    }

    /** Reads the types named in {@code \ObjectTypes}. */
    private void readAll(ObjectDirectories directories) {
        OptionalLong directory = directories.root().isPresent() ? directories.find(directories.root().getAsLong(), "ObjectTypes")
                : OptionalLong.empty();
        List<Long> addresses = directory.isPresent() ? directories.objects(directory.getAsLong()) : List.of();
        if (typePointer >= 0) {
            addresses.stream().filter(this::isType).forEach(this::learn);
            return;
        }
        List<Long> types = new ArrayList<>();
        for (long address : addresses) {
            // a type is named in the directory as it is named in itself
            Optional<ObjectType> type = read(address);
            if (type.isPresent() && headers.name(address).equals(Optional.of(type.get().name())) && types.size() < LIMIT) {
                int index = space.memory().u8(address + layout.offset("Index"));
                types.add(address);
                known = known.with(type.get());
                byIndex[index] = known.types.length - 1;
            }
        }
        findCookie(types);
    }

    /** How the index stands in headers: plain, or mixed with the header's address and a cookie. All types must agree. */
    private void findCookie(List<Long> types) {
        int own = NONE;
        for (int i = 0; i < 256 && own < 0; i++) {
            own = byIndex[i] >= 0 && get(byIndex[i]).name().equals("Type") ? i : NONE;
        }
        if (own < 0) {
            Arrays.fill(byIndex, NONE);
            return;
        }
        boolean plain = true;
        boolean mixed = true;
        for (int i = 0; i < types.size(); i++) {
            long header = headers.header(types.get(i));
            int raw = space.isReadable(header + typeIndex, 1) ? space.memory().u8(header + typeIndex) : NONE;
            int found = (raw ^ own ^ (int) (header >>> 8)) & 0xff;
            plain &= raw == own;
            cookie = i == 0 ? found : cookie;
            mixed &= found == cookie;
        }
        mixesAddress = !plain;
        if (!plain && !mixed) {
            space.warn("the types of objects cannot be told: the types' own headers do not agree on how they are written");
            Arrays.fill(byIndex, NONE);
        }
    }
}
