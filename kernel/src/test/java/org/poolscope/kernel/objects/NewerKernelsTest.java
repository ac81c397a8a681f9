package org.poolscope.kernel.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.model.PoolTag;
import org.poolscope.symbols.KernelVersion;

/** Objects as Windows 7 and later keep them, painted byte by byte: types by number, handles with packed addresses. */
class NewerKernelsTest {

    private static final long POOL = 0xffff_fa80_0100_0000L;
    private static final long ROOT_VARIABLE = 0xffff_f800_0280_0100L;

    private final WidePicture picture = new WidePicture().variable("ObpRootDirectoryObject", ROOT_VARIABLE);
    private int cookie;
    private boolean mixed;
    private long next = POOL;

    /** An object in a pool block; with a name, and a creator in front of the header too. */
    private long object(String tag, int typeIndex, String name, boolean creator) {
        long block = next;
        next += 0x400;
        long header = block + 0x10 + (name.isEmpty() ? 0 : 0x20) + (creator ? 0x20 : 0);
        int raw = mixed ? (typeIndex ^ cookie ^ (int) (header >>> 8)) & 0xff : typeIndex;
        picture.ascii(block + 4, tag).u64(header, 2).u8(header + 0x18, raw)
                .u8(header + 0x1a, (name.isEmpty() ? 0 : 2) | (creator ? 1 : 0)).u64(header + 0x200, 0);
        if (!name.isEmpty()) {
            picture.string(block + 0x10 + 8, block + 0x380, name);
        }
        return header + 0x30;
    }

    private long type(int index, String name, String tag, int keyOffset) {
        long type = object("ObjT", 2, name, index % 2 == 0);
        picture.string(type + 0x10, next, name).u8(type + 0x28, index).ascii(type + keyOffset, tag);
        next += 0x100;
        return type;
    }

    private long directory(String name, long... objects) {
        long directory = object("Dire", 3, name, false);
        for (int i = 0; i < objects.length; i++) {
            picture.u64(directory + 8L * (i % 37), next).u64(next, 0).u64(next + 8, objects[i]);
            next += 0x100;
        }
        return directory;
    }

    /** Root directory, the directory of types, and an event and a device named in the root. */
    private long[] world(int keyOffset) {
        long types = directory("ObjectTypes", type(2, "Type", "ObjT", keyOffset), type(3, "Directory", "Dire", keyOffset),
                type(0x10, "Event", "Even", keyOffset), type(0x1d, "File", "File", keyOffset));
        long event = object("Even", 0x10, "Ready", true);
        long root = directory("\\", types, event);
        picture.u64(ROOT_VARIABLE, root);
        return new long[] {root, event};
    }

    @ParameterizedTest
    @CsvSource({"7601, 24540, 0, false, 0xb8", "9600, 19913, 0, false, 0xc0", "19041, 3570, 0x5a, true, 0xc0",
        "22000, 1, 0, true, 0xc0"})
    void typesAreTold(int build, int revision, String cookieText, boolean mixes, String keyOffset) {
        cookie = Integer.decode(cookieText);
        mixed = mixes;
        long[] world = world(Integer.decode(keyOffset));
        long file = object("File", 0x1d, "", false);
        long stale = object("Gone", 0x1d, "", false);
        List<String> warnings = new ArrayList<>();
        picture.as(KernelVersion.revision(build, revision), warnings::add, space -> {
            ObjectHeaders headers = ObjectHeaders.of(space).orElseThrow();
            ObjectDirectories directories = new ObjectDirectories(space, headers);
            ObjectTypes types = new ObjectTypes(space, headers, directories);
            assertThat(directories.root()).isEqualTo(OptionalLong.of(world[0]));
            assertThat(types.all()).extracting(ObjectType::name).containsExactly("Type", "Directory", "Event", "File");
            assertThat(types.all()).extracting(ObjectType::tag).contains(PoolTag.parse("Even"));
            ObjectNames names = new ObjectNames(space, headers, types, new IoObjects(space, Optional.of(headers),
                    directories.root()), directories.root(), List.of());
            assertThat(names.describe(world[1]).orElseThrow().toString()).isEqualTo("Event Ready");
            assertThat(names.describe(file)).hasToString("Optional[File]");
            assertThat(names.describe(stale)).as("a block of another tag").isEmpty();
            assertThat(names.describe(file + 0x10)).isEmpty();
            assertThat(warnings).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource({"9200, 23, 3", "9600, 20, 4", "19041, 20, 4"})
    void packedHandlesAreUnpacked(int build, int bit, int lost) {
        long table = POOL + 0x10_0000;
        long page = POOL + 0x20_0000;
        long header = POOL + 0x1230;
        picture.u64(table + 8, page).u64(table + 0x7f, 0).u64(page + 0xff8, 0);
        picture.u64(page + 0x10, header >>> lost << bit | 1).u64(page + 0x18, 0x1f_0003)
                .u64(page + 0x40, header + 0x100 >>> lost << bit | 5);
        picture.u64(page + 0x28, 0x44);
        List<String> warnings = new ArrayList<>();
        picture.as(KernelVersion.build(build), warnings::add, space -> {
            HandleTables tables = new HandleTables(space);
            List<Long> objects = new ArrayList<>();
            assertThat(tables.walk(table, "the table", objects::add)).isTrue();
            assertThat(objects).containsExactly(header, header + 0x100);
            assertThat(tables.count(table)).isEqualTo(2);
            assertThat(warnings).isEmpty();
        });
    }

    @Test
    void windows7KeepsAddressesWithAttributesAndACount() {
        long table = POOL + 0x10_0000;
        long page = POOL + 0x20_0000;
        picture.u64(table, page).u32(table + 0x58, 7).u64(table + 0x60, 0).u64(page + 0xff8, 0);
        picture.u64(page + 0x10, POOL + 0x1230 | 3).u64(page + 0x20, 0).u64(page + 0x28, 0x1234).u64(page + 0x30, 0x70_0000);
        List<String> warnings = new ArrayList<>();
        picture.as(KernelVersion.revision(7601, 24540), warnings::add, space -> {
            HandleTables tables = new HandleTables(space);
            List<Long> objects = new ArrayList<>();
            tables.walk(table, "the table", objects::add);
            assertThat(objects).containsExactly(POOL + 0x1230);
            assertThat(tables.count(table)).isEqualTo(7);
            assertThat(warnings).singleElement().asString().contains("1 entries of the table lead to no kernel object");
        });
    }
}
