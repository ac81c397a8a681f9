package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.symbols.StructLayout;

/**
 * The object manager's name space: a tree of directories, each a table of 37 hash chains ({@code OBJECT_DIRECTORY.HashBuckets}).
 */
final class ObjectDirectories {

    /** Most entries of one directory; the largest real ones hold some thousands of section and event names. */
    private static final int ENTRY_LIMIT = 1 << 20;

    private final KernelSpace space;
    private final ObjectHeaders headers;
    private final OptionalLong root;
    private final int buckets;
    private final int bucketCount;
    private final int next;
    private final int object;

    ObjectDirectories(KernelSpace space, ObjectHeaders headers) {
        this.space = space;
        this.headers = headers;
        this.root = space.variables().pointerIn("ObpRootDirectoryObject");
        StructLayout directory = space.layout("_OBJECT_DIRECTORY");
        this.buckets = directory.offset("HashBuckets");
        this.bucketCount = directory.field("HashBuckets").count();
        StructLayout entry = space.layout("_OBJECT_DIRECTORY_ENTRY");
        this.next = entry.offset("ChainLink");
        this.object = entry.offset("Object");
    }

    /** The directory all others stand in; empty when the kernel's debugger data do not name it. */
    OptionalLong root() {
        return root;
    }

    /** The objects in a directory; those that can be reached, and a warning, when the directory is damaged. */
    List<Long> objects(long directory) {
        List<Long> found = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        String damage = "";
        String lacking = "";
        for (int i = 0; i < bucketCount; i++) {
            long at = directory + buckets + (long) i * space.pointerSize();
            try {
                for (long entry = space.pointer(at); entry != 0; entry = space.pointer(entry + next)) {
                    if (!space.isKernelPointer(entry) || !seen.add(entry) || found.size() >= ENTRY_LIMIT) {
                        damage = "one of its chains leads to 0x%x, which is no entry".formatted(entry);
                        break;
                    }
                    long named = space.pointer(entry + object);
                    if (space.isKernelPointer(named)) {
                        found.add(named);
                    }
                }
            } catch (UnreadableAddressException e) {
                lacking = e.getMessage();
            }
        }
        if (!damage.isEmpty()) {
            space.warn("the object directory at 0x%x is damaged: %s; objects named in it may be missing"
                    .formatted(directory, damage));
        } else if (!lacking.isEmpty()) {
            space.warn("the object directory at 0x%x is not whole: %s; objects named in it may be missing".formatted(directory, lacking));
        }
        return found;
    }

    /** The object of a name in a directory. Names are compared as the object manager does, without regard to case. */
    OptionalLong find(long directory, String name) {
        for (long object : objects(directory)) {
            if (headers.name(object).filter(name::equalsIgnoreCase).isPresent()) {
                return OptionalLong.of(object);
            }
        }
        return OptionalLong.empty();
    }
}
