package org.poolscope.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.poolscope.model.Architecture;

class BuiltInLayoutsTest {

    /** Arrays at the end of a structure that are longer than their declaration. */
    private static final Set<String> OPEN_ENDED = Set.of("Body", "HashBuckets");

    @Test
    void theSameCounterMovesFromBuildToBuild() {
        assertThat(tracker(Architecture.X86, KernelVersion.servicePack(3790, 1)).offset("PagedBytes")).isEqualTo(0x18);
        assertThat(tracker(Architecture.X86, KernelVersion.build(19041)).offset("PagedBytes")).isEqualTo(0x18);
        assertThat(tracker(Architecture.X86, KernelVersion.build(19041)).field("PagedAllocs").bytes()).isEqualTo(8);
        assertThat(tracker(Architecture.X64, KernelVersion.build(7601)).field("PagedAllocs").bytes()).isEqualTo(4);
        assertThat(tracker(Architecture.X64, KernelVersion.build(20348)).size()).isEqualTo(0x50);
    }

    @Test
    void servicePacksOfOneBuildDiffer() {
        assertThat(process(KernelVersion.servicePack(3790, 0)).offset("ActiveProcessLinks")).isEqualTo(0x88);
        assertThat(process(KernelVersion.servicePack(3790, 1)).offset("ActiveProcessLinks")).isEqualTo(0x98);
        assertThat(process(KernelVersion.build(3790)).offset("ActiveProcessLinks")).as("not known: the last").isEqualTo(0x98);
    }

    @Test
    void windows2000IsKnownOnlyWhereTheDriverInterfaceFixesIt() {
        TypeLayouts layouts = BuiltInLayouts.forBuild(Architecture.X86, KernelVersion.build(2195));
        assertThat(layouts.get("_DEVICE_OBJECT").offset("DeviceExtension")).isEqualTo(0x28);
        assertThat(layouts.find("_EPROCESS")).isEmpty();
        assertThatThrownBy(() -> layouts.get("_EPROCESS")).isInstanceOf(UnknownLayoutException.class)
                .hasMessageContaining("_EPROCESS").hasMessageContaining("2195");
    }

    @Test
    void bitFieldsAreCutOutOfTheirUnit() {
        StructLayout header = BuiltInLayouts.forBuild(Architecture.X86, KernelVersion.build(3790)).get("_POOL_HEADER");
        assertThat(header.field("BlockSize").bytes()).isEqualTo(2);
        assertThat(header.field("BlockSize").extract(0xffff)).isEqualTo(0x1ff);
        assertThat(header.field("PoolType").extract(0b0000_0110_0000_0000)).isEqualTo(3);
    }

    @Test
    void buildsThatShareAKernelShareItsLayouts() {
        assertThat(BuiltInLayouts.forBuild(Architecture.X64, KernelVersion.build(19045)).get("_POOL_TRACKER_BIG_PAGES").size())
                .isEqualTo(0x18);
        assertThat(BuiltInLayouts.forBuild(Architecture.X64, KernelVersion.revision(18363, 1016)).get("_POOL_DESCRIPTOR").size())
                .isEqualTo(0x100);
    }

    @Test
    void aBuildNobodyKnowsGetsACaveat() {
        assertThat(BuiltInLayouts.forBuild(Architecture.X64, KernelVersion.build(26100)).caveat()).hasValueSatisfying(
                caveat -> assertThat(caveat).contains("26100").contains("22000"));
        assertThat(BuiltInLayouts.forBuild(Architecture.X64, KernelVersion.build(7601)).caveat()).isEmpty();
    }

    @Test
    void aFieldThatIsNotKnownIsNamed() {
        StructLayout header = BuiltInLayouts.forBuild(Architecture.X86, KernelVersion.build(3790)).get("_POOL_HEADER");
        assertThat(header.has("NoSuchField")).isFalse();
        assertThatThrownBy(() -> header.offset("NoSuchField")).hasMessageContaining("_POOL_HEADER.NoSuchField");
    }

    @Test
    void whatTheKernelTellsItsDebuggerIsTheSameEverywhere() {
        StructLayout data = BuiltInLayouts.common("_KDDEBUGGER_DATA64");
        assertThat(data.offset("PoolTrackTable")).isEqualTo(0x1b8);
        assertThat(data.offset("KeLoaderBlock")).isEqualTo(0x2d8);
        assertThat(data.offset("PteBase")).isEqualTo(0x360);
    }

    @Test
    void rangesOfBuilds() {
        assertThat(LayoutFile.covers("2600", KernelVersion.servicePack(2600, 3))).isTrue();
        assertThat(LayoutFile.covers("3790.sp1..3790", KernelVersion.servicePack(3790, 0))).isFalse();
        assertThat(LayoutFile.covers("7601.24000..7601", KernelVersion.build(7601))).isTrue();
        assertThat(LayoutFile.covers("7600..7601.17514", KernelVersion.build(7601))).isFalse();
        assertThat(LayoutFile.covers("19041..", KernelVersion.build(22631))).isTrue();
    }

    /** Each structure, in each build of its file, is one layout: no field twice, none outside the structure. */
    @Test
    void rowsOfAStructureDoNotContradictEachOther() {
        for (Architecture architecture : Architecture.values()) {
            LayoutFile file = LayoutFile.resource(architecture.word() + ".layout", architecture.pointerSize());
            for (int build : new int[] {2195, 2600, 3790, 6000, 6002, 7600, 7601, 9200, 9600, 10240, 10586, 14393, 15063,
                16299, 17134, 17763, 18362, 19041, 20348, 22000}) {
                for (int minor : new int[] {0, 1, 2, 3, 508, 17031, 24000, KernelVersion.NEWEST}) {
                    for (String type : file.types()) {
                        StructLayout layout = file.layout(type, new KernelVersion(build, minor));
                        if (layout != null) {
                            assertThat(layout.fields()).as(type + " " + build).allSatisfy(field ->
                                    assertThat(field.offset() + Math.max(1, field.bytes()) * field.count())
                                            .isLessThanOrEqualTo(layout.size() + (OPEN_ENDED.contains(field.name()) ? 8 : 0)));
                        }
                    }
                }
            }
        }
    }

    private static StructLayout tracker(Architecture architecture, KernelVersion version) {
        return BuiltInLayouts.forBuild(architecture, version).get("_POOL_TRACKER_TABLE");
    }

    private static StructLayout process(KernelVersion version) {
        return BuiltInLayouts.forBuild(Architecture.X86, version).get("_EPROCESS");
    }
}
