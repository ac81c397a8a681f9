package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

/** Against a running kernel in which a driver of others leaked blocks of a known layout. */
class ContentProfileTest {

    private static KernelImage image;
    private static PoolBlocks blocks;

    @BeforeAll
    static void open() throws Exception {
        image = KernelImage.open(RealEvidence.image("nt52-after.raw"));
        blocks = PoolBlocks.walk(image, Progress.NONE);
    }

    @AfterAll
    static void close() {
        if (image != null) {
            image.close();
        }
    }

    @Test
    void theLeakedBlocksBetrayTheirOwner() {
        ContentProfile profile = profile("Io", 0x40, 0).orElseThrow();
        assertThat(profile.blocks()).isEqualTo(20_000);
        assertThat(profile.sampled()).isEqualTo(20_000);
        assertThat(profile.dataLength()).isEqualTo(36);
        assertThat(field(profile, 4)).satisfies(event -> {
            assertThat(event.kind()).isEqualTo(FieldKind.POINTER);
            assertThat(event.distinct()).isEqualTo(4);
            assertThat(event.target()).hasValueSatisfying(target -> assertThat(target.what()).contains("KEVENT").contains("\\Driver\\ioleak"));
        });
        assertThat(field(profile, 8)).satisfies(length -> {
            assertThat(length.kind()).isEqualTo(FieldKind.SMALL_INTEGER);
            assertThat(length.minimum()).isEqualTo(20);
            assertThat(length.maximum()).isEqualTo(1500);
        });
        assertThat(field(profile, 12).kind()).isEqualTo(FieldKind.COUNTER);
        assertThat(field(profile, 16)).satisfies(device -> {
            assertThat(device.distinct()).isEqualTo(1);
            assertThat(device.target()).hasValueSatisfying(target -> assertThat(target.driver()).isEqualTo("\\Driver\\ioleak"));
            assertThat(device.targetShare()).isEqualTo(1);
        });
        assertThat(field(profile, 20)).satisfies(time -> {
            assertThat(time.kind()).isEqualTo(FieldKind.TIME);
            assertThat(time.size()).isEqualTo(8);
        });
        assertThat(profile.fields()).filteredOn(field -> field.offset() >= 36).hasSize(5)
                .allSatisfy(field -> assertThat(field.kind()).isEqualTo(FieldKind.LEFTOVER));
        assertThat(profile.ownerField()).hasValueSatisfying(owner -> assertThat(owner.target().orElseThrow().driver()).isEqualTo("\\Driver\\ioleak"));
    }

    /** The truth gives the times of the first and the last block: 0x1dd7a2952829e40 and 0x1dd7a2952b2ab00. */
    @Test
    void timesInTwoHalvesAreToldExactly() {
        ContentProfile.Field time = field(profile("Io", 0x40, 0).orElseThrow(), 20);
        assertThat(time.minimum()).isEqualTo(0x1dd7a2952829e40L);
        assertThat(time.maximum()).isEqualTo(0x1dd7a2952b2ab00L);
    }

    /**
     * Devices of one size, some of whose pointers are null in some of them, are one structure. Of the registry's blocks of one size most
     * have a number where the others have a pointer: these are two.
     */
    @Test
    void aNullPointerMakesNoOtherStructureAndANumberDoes() {
        assertThat(shapes("Devi", 0x630)).hasSize(1).first().satisfies(shape -> assertThat(shape.pointersAt()).contains(64, 252));
        assertThat(shapes("CM", 0x40)).hasSize(2).extracting(ContentProfile.Cluster::pointersAt).containsExactly(List.of(), List.of(8));
    }

    private static List<ContentProfile.Cluster> shapes(String tag, long size) {
        return profile(tag, size, 0).orElseThrow().clusters().stream().filter(cluster -> cluster.size() == size).toList();
    }

    @Test
    void countedStringsAreShownWithTheirBuffer() {
        // A driver object has two: the name in its object header's name information, and DriverName at 0x1c of the object.
        assertThat(profile("Driv", 0x100, 0).orElseThrow().fields()).filteredOn(field -> field.kind() == FieldKind.UNICODE_STRING)
                .extracting(field -> field.target().orElseThrow().what())
                .anySatisfy(what -> assertThat(what).startsWith("pool block 'ObNm', for instance \""))
                .anySatisfy(what -> assertThat(what).startsWith("pool block 'Io  ', for instance \"\\").contains("\\F"));
        assertThat(field(profile("File", 0xa8, 0).orElseThrow(), 0x50)).satisfies(name -> {
            assertThat(name.kind()).isEqualTo(FieldKind.UNICODE_STRING);
            assertThat(name.size()).isEqualTo(8);
            assertThat(name.target().orElseThrow().what()).startsWith("pool block 'IoNm', for instance \"\\");
        });
    }

    @Test
    void stacksAndSectionsAreNamed() {
        List<String> targets = profile("Thre", 0, 0).orElseThrow().fields().stream().flatMap(field -> field.target().stream())
                .map(PointerTarget::what).toList();
        assertThat(targets).contains("stack of a thread", "ntoskrnl.exe .text");
    }

    /** A process has its image name at 0x164 of the object, with 0x18 bytes of header before: what differs there is no leftover. */
    @Test
    void whatStandsBeforeDataIsNotLeftOver() {
        ContentProfile processes = profile("Proc", 0, 0).orElseThrow();
        assertThat(processes.dataLength()).isGreaterThan(0x280);
        assertThat(field(processes, 0x180).kind()).isEqualTo(FieldKind.MIXED);
        for (String tag : List.of("Proc", "Irp", "File", "Thre", "Io", "Key")) {
            ContentProfile profile = profile(tag, 0, 0).orElseThrow();
            assertThat(profile.fields()).as(tag).noneMatch(field -> field.kind() == FieldKind.LEFTOVER && field.offset() < profile.dataLength());
        }
    }

    @Test
    void fewBlocksAreNoFewValues() {
        assertThat(profile("Chrn", 0x80, 0).orElseThrow().fields()).noneMatch(field -> field.kind() == FieldKind.FEW_VALUES);
    }

    @Test
    void aSampleTellsTheSame() {
        ContentProfile profile = profile("Io", 0x40, 500).orElseThrow();
        assertThat(profile.blocks()).isEqualTo(20_000);
        assertThat(profile.sampled()).isEqualTo(500);
        assertThat(profile.dataLength()).isEqualTo(36);
    }

    @Test
    void linkedBlocksLeadToEachOther() {
        ContentProfile profile = profile("IfsK", 0, 0).orElseThrow();
        assertThat(profile.blocks()).isEqualTo(1000);
        assertThat(field(profile, 0).target()).hasValueSatisfying(target -> assertThat(target.what()).isEqualTo("pool block 'IfsK'"));
        assertThat(field(profile, 8).kind()).isEqualTo(FieldKind.CONSTANT);
    }

    @Test
    void whatIsNotThereHasNoProfile() {
        assertThat(profile("Zzzz", 0, 0)).isEmpty();
        assertThat(profile("Io", 0x47, 0)).isEmpty();
    }

    private static Optional<ContentProfile> profile(String tag, long size, long most) {
        return ContentProfile.of(image, blocks, PoolTag.parse(tag), size, most, Progress.NONE);
    }

    private static ContentProfile.Field field(ContentProfile profile, int offset) {
        return profile.fields().stream().filter(field -> field.offset() == offset).findFirst().orElseThrow();
    }
}
