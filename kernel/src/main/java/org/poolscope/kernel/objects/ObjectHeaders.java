package org.poolscope.kernel.objects;

import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.symbols.StructLayout;

/**
 * Reads what stands in front of a kernel object: its header, and in front of that, in pieces that are there or not, its name, its
 * creator and so on.
 *
 * <p>Up to Vista the header says how far before it the name stands ({@code NameInfoOffset}). From Windows 7 on it has a mask of
 * the pieces that are there; they stand in the order of the bits, the lowest nearest to the header (_OBJECT_HEADER of the public
 * symbols, {@code ObpInfoMaskToOffset}).
 */
final class ObjectHeaders {

    private static final int CREATOR_INFO = 1;
    private static final int NAME_INFO = 2;

    /** Directories stand in directories, at most this deep. */
    private static final int DEEPEST = 16;

    private final KernelSpace space;
    private final int body;
    private final int nameOffset;
    private final int infoMask;
    private final int creatorSize;
    private final int nameSize;
    private final int directory;
    private final int name;

    private ObjectHeaders(KernelSpace space, StructLayout header, StructLayout nameInfo, StructLayout creatorInfo) {
        this.space = space;
        this.body = header.offset("Body");
        this.nameOffset = header.has("NameInfoOffset") ? header.offset("NameInfoOffset") : -1;
        this.infoMask = header.has("InfoMask") ? header.offset("InfoMask") : -1;
        this.creatorSize = creatorInfo.size();
        this.nameSize = nameInfo.size();
        this.directory = nameInfo.offset("Directory");
        this.name = nameInfo.offset("Name");
    }

    /** Reads the headers of a kernel; empty when their layout is not known. */
    static Optional<ObjectHeaders> of(KernelSpace space) {
        Optional<StructLayout> header = space.findLayout("_OBJECT_HEADER");
        Optional<StructLayout> name = space.findLayout("_OBJECT_HEADER_NAME_INFO");
        Optional<StructLayout> creator = space.findLayout("_OBJECT_HEADER_CREATOR_INFO");
        return header.isEmpty() || name.isEmpty() || creator.isEmpty() ? Optional.empty()
                : Optional.of(new ObjectHeaders(space, header.get(), name.get(), creator.get()));
    }

    /** Where the header of the object with this body stands. */
    long header(long object) {
        return object - body;
    }

    /** The object whose header this is. */
    long object(long header) {
        return header + body;
    }

    /** The last part of an object's name; empty when it has none or it cannot be read. */
    Optional<String> name(long object) {
        OptionalLong info = nameInfo(object);
        return info.isEmpty() ? Optional.empty() : space.text(info.getAsLong() + name);
    }

    /** An object's name with the directories that lead to it, {@code \Device\Beep}; just its name where no directory does. */
    Optional<String> path(long object, OptionalLong root) {
        Optional<String> path = name(object);
        long at = directory(object);
        if (path.isEmpty() || at == 0) {
            return path;
        }
        StringBuilder text = new StringBuilder(path.get());
        for (int depth = 0; depth < DEEPEST && at != 0; depth++) {
            text.insert(0, '\\');
            if (root.isPresent() && at == root.getAsLong()) {
                break;
            }
            Optional<String> parent = name(at);
            if (parent.isEmpty() || parent.get().equals("\\")) {
                break;
            }
            text.insert(0, parent.get());
            at = directory(at);
        }
        return Optional.of(text.toString());
    }

    /** The directory an object is named in; 0 when it is in none. */
    private long directory(long object) {
        OptionalLong info = nameInfo(object);
        if (info.isEmpty() || !space.isReadable(info.getAsLong() + directory, space.pointerSize())) {
            return 0;
        }
        long found = space.pointer(info.getAsLong() + directory);
        return space.isKernelPointer(found) ? found : 0;
    }

    private OptionalLong nameInfo(long object) {
        long header = header(object);
        try {
            if (infoMask < 0) {
                int distance = space.memory().u8(header + nameOffset);
                return distance == 0 ? OptionalLong.empty() : OptionalLong.of(header - distance);
            }
            int mask = space.memory().u8(header + infoMask);
            return (mask & NAME_INFO) == 0 ? OptionalLong.empty()
                    : OptionalLong.of(header - nameSize - ((mask & CREATOR_INFO) == 0 ? 0 : creatorSize));
        } catch (UnreadableAddressException e) {
            return OptionalLong.empty();
        }
    }
}
