package org.poolscope.lab.machine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Makes kernel objects with their headers, and the directories that lead to the named ones. */
public final class ObjectManager {

    /**
     * Name, tag, whether in paged pool, and the number of the type in Windows 7; the tags are those of public tag databases. All
     * tags of objects are protected.
     */
    private static final String[][] TYPES = {{"Type", "ObjT", "", "2"}, {"Directory", "Dire", "paged", "3"},
        {"SymbolicLink", "Symb", "paged", "4"}, {"Token", "Toke", "paged", "5"}, {"Job", "Job ", "", "6"}, {"Process", "Proc",
        "", "7"},
        {"Thread", "Thre", "", "8"}, {"Event", "Even", "", "12"}, {"Mutant", "Muta", "", "14"}, {"Semaphore", "Sema", "", "16"},
        {"Timer", "Time", "", "17"}, {"Device", "Devi", "", "25"}, {"Driver", "Driv", "", "26"}, {"IoCompletion", "IoCo", "",
        "27"},
        {"File", "File", "", "28"}, {"Section", "Sect", "paged", "33"}, {"Key", "Key ", "paged", "35"}, {"Port", "Port", "paged",
        "36"}};
    private static final int TYPE_TABLE = 64;
    private static final int FIRST_TYPE = 2;
    private static final int HASH_BUCKETS = 37;
    private static final int MASKS = 256;

    /** What may stand in front of an object's header, in the order of the bits of its mask. */
    private static final List<String> PIECES = List.of("_OBJECT_HEADER_CREATOR_INFO", "_OBJECT_HEADER_NAME_INFO",
            "_OBJECT_HEADER_HANDLE_INFO", "_OBJECT_HEADER_QUOTA_INFO", "_OBJECT_HEADER_PROCESS_INFO", "_OBJECT_HEADER_AUDIT_INFO",
            "_OBJECT_HEADER_EXTENDED_INFO");

    private final KernelSpace space;
    private final WindowsVersion version;
    private final TypeLayouts layouts;
    private final KernelVariables variables;
    private final Pools pools;
    private final StructLayout header;
    private final StructLayout nameInfo;
    private final int body;
    private final int cookie;
    private final Map<String, ObjectType> types = new LinkedHashMap<>();
    private final Map<String, Long> directories = new LinkedHashMap<>();

    ObjectManager(KernelSpace space, WindowsVersion version, KernelVariables variables, Pools pools, Dice dice) {
        this.space = space;
        this.version = version;
        this.layouts = version.layouts();
        this.variables = variables;
        this.pools = pools;
        this.header = layouts.get("_OBJECT_HEADER");
        this.nameInfo = layouts.get("_OBJECT_HEADER_NAME_INFO");
        this.body = header.offset("Body");
        for (String[] type : TYPES) {
            // The numbers of later kernels differ from build to build; what they have in common is that none is left out.
            int index = version.isModern() ? FIRST_TYPE + types.size() : Integer.parseInt(type[3]);
            types.put(type[0], new ObjectType(type[0], pools.objectTag(type[1]), type[2].isEmpty() ? PoolKind.NONPAGED : PoolKind.PAGED,
                    index));
        }
        this.cookie = version.isModern() && variables.has("ObHeaderCookie") ? dice.below(0x100) : -1;
        if (cookie >= 0) {
            space.put8(variables.at("ObHeaderCookie"), cookie);
        }
        if (version.isModern()) {
            headerOffsets();
        }
        createTypes();
        long root = create("Directory", layouts.get("_OBJECT_DIRECTORY").size());
        space.putPointer(variables.at("ObpRootDirectoryObject"), root);
        directories.put("\\", root);
        for (ObjectType type : types.values()) {
            insert(directory("\\ObjectTypes"), type.name(), type.address());
        }
    }

    /** The types are objects too, of the type {@code Type}, which is of itself. */
    private void createTypes() {
        StructLayout layout = layouts.get("_OBJECT_TYPE");
        ObjectType typeType = type("Type");
        for (ObjectType type : types.values()) {
            type.setAddress(allocate(typeType, layout.size(), type.name()));
        }
        for (ObjectType type : types.values()) {
            setType(type.address(), typeType);
            Struct object = new Struct(space, layout, type.address());
            space.initList(object.at("TypeList"));
            nameBuffer(object.at("Name"), type.name());
            object.set("Index", type.index());
            object.set("Key", type.account().tag().key());
            StructLayout info = layouts.get("_OBJECT_TYPE_INITIALIZER");
            new Struct(space, info, object.at("TypeInfo")).set("PoolType", pools.type(type.pool()));
            space.putPointer(variables.at(globalOf(type.name())), type.address());
        }
        if (version.typeIndexes()) {
            long table = variables.at("ObTypeIndexTable", TYPE_TABLE * space.pointerSize());
            // The first two places are no types: readers must not take the mark in the second for a pointer.
            space.putPointer(table + space.pointerSize(), 0xbad0b0b0L);
            for (ObjectType type : types.values()) {
                space.putPointer(table + (long) type.index() * space.pointerSize(), type.address());
            }
        }
    }

    /** The kernel's own table of how far in front of a header its name stands, for each mask of the pieces that are there. */
    private void headerOffsets() {
        long table = variables.at("ObpInfoMaskToOffset", MASKS);
        for (int mask = 0; mask < MASKS; mask++) {
            int before = 0;
            for (int bit = 0; bit < PIECES.size(); bit++) {
                before += (mask & 1 << bit) == 0 ? 0 : layouts.find(PIECES.get(bit)).map(StructLayout::size).orElse(0);
            }
            space.put8(table + mask, before);
        }
    }

    private static String globalOf(String type) {
        return switch (type) {
            case "Type" -> "ObpTypeObjectType";
            case "Directory" -> "ObpDirectoryObjectType";
            case "SymbolicLink" -> "ObpSymbolicLinkObjectType";
            case "Token" -> "SeTokenObjectType";
            case "Process" -> "PsProcessType";
            case "Thread" -> "PsThreadType";
            case "Event" -> "ExEventObjectType";
            case "Mutant" -> "ExMutantObjectType";
            case "Semaphore" -> "ExSemaphoreObjectType";
            case "Timer" -> "ExTimerObjectType";
            case "Device" -> "IoDeviceObjectType";
            case "Driver" -> "IoDriverObjectType";
            case "File" -> "IoFileObjectType";
            case "Section" -> "MmSectionObjectType";
            case "Key" -> "CmKeyObjectType";
            case "Port" -> "AlpcPortObjectType";
            default -> "Lab" + type + "ObjectType";
        };
    }

    /** A type by its name. */
    public ObjectType type(String name) {
        ObjectType type = types.get(name);
        if (type == null) {
            throw new IllegalArgumentException("no object type " + name);
        }
        return type;
    }

    /** All types. */
    public Collection<ObjectType> types() {
        return types.values();
    }

    /** Makes an object without a name; the address of its body, which is zeroed. */
    public long create(String type, int bodySize) {
        return create(type(type), bodySize, "");
    }

    private long create(ObjectType type, int bodySize, String name) {
        long object = allocate(type, bodySize, name);
        setType(object, type);
        return object;
    }

    /** Makes an object with a name in a directory, for instance {@code \Device}. */
    public long create(String type, int bodySize, String directory, String name) {
        long object = create(type(type), bodySize, name);
        insert(directory(directory), name, object);
        return object;
    }

    private long allocate(ObjectType type, int bodySize, String name) {
        int before = name.isEmpty() ? 0 : nameInfo.size();
        long block = pools.allocateZeroed(type.pool(), type.account(), before + body + bodySize);
        long object = block + before + body;
        Struct head = header(object);
        head.set("PointerCount", 1);
        if (!name.isEmpty()) {
            if (version.typeIndexes()) {
                head.set("InfoMask", 2);
            } else {
                head.set("NameInfoOffset", nameInfo.size());
            }
            nameBuffer(new Struct(space, nameInfo, block).at("Name"), name);
        }
        type.countObject();
        return object;
    }

    private void nameBuffer(long unicodeString, String name) {
        long buffer = pools.allocate(PoolKind.PAGED, pools.tag("ObNm"), 2 * name.length() + 2);
        space.putWide(buffer, name + "\0");
        space.putUnicodeString(unicodeString, 2 * name.length(), 2 * name.length() + 2, buffer);
    }

    private void setType(long object, ObjectType type) {
        Struct head = header(object);
        if (version.typeIndexes()) {
            int hidden = cookie < 0 ? type.index() : type.index() ^ cookie ^ (int) (head.address() >>> 8 & 0xff);
            head.set("TypeIndex", hidden & 0xff);
        } else {
            head.set("Type", type.address());
        }
    }

    Struct header(long object) {
        return new Struct(space, header, object - body);
    }

    /** Counts one more handle to an object, which is also a reference. */
    void countHandle(long object) {
        Struct head = header(object);
        head.set("HandleCount", head.get("HandleCount") + 1);
        head.set("PointerCount", head.get("PointerCount") + 1);
    }

    /** A directory by its full name; made when it is not there. */
    public long directory(String path) {
        Long known = directories.get(path);
        if (known != null) {
            return known;
        }
        int slash = path.lastIndexOf('\\');
        String parent = slash == 0 ? "\\" : path.substring(0, slash);
        String name = path.substring(slash + 1);
        long made = create("Directory", layouts.get("_OBJECT_DIRECTORY").size(), parent, name);
        directories.put(path, made);
        return made;
    }

    private void insert(long directory, String name, long object) {
        Struct table = new Struct(space, layouts.get("_OBJECT_DIRECTORY"), directory);
        Struct entry = new Struct(space, layouts.get("_OBJECT_DIRECTORY_ENTRY"),
                pools.allocateZeroed(PoolKind.PAGED, pools.tag("ObDi"), layouts.get("_OBJECT_DIRECTORY_ENTRY").size()));
        long bucket = table.at("HashBuckets") + (long) hash(name) * space.pointerSize();
        entry.set("ChainLink", space.pointer(bucket)).set("Object", object);
        entry.setIfThere("HashValue", hash(name));
        space.putPointer(bucket, entry.address());
        long info = object - body - nameInfo.size();
        new Struct(space, nameInfo, info).set("Directory", directory);
    }

    /** The hash of object names as open descriptions of the object manager give it: upper case, bits rotated in. */
    static int hash(String name) {
        int hash = 0;
        for (char c : name.toUpperCase(java.util.Locale.ROOT).toCharArray()) {
            hash += (hash << 1) + (hash >>> 1) + c;
        }
        return Integer.remainderUnsigned(hash, HASH_BUCKETS);
    }

    /** Writes the counts into the type objects. */
    void writeBooks() {
        for (ObjectType type : types.values()) {
            Struct object = new Struct(space, layouts.get("_OBJECT_TYPE"), type.address());
            object.set("TotalNumberOfObjects", type.objects()).set("TotalNumberOfHandles", type.handles());
            object.setIfThere("HighWaterNumberOfObjects", type.objects() + type.objects() / 16);
            object.setIfThere("HighWaterNumberOfHandles", type.handles() + type.handles() / 16);
        }
    }
}
