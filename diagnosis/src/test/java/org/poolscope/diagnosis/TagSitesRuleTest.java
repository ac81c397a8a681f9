package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.poolscope.diagnosis.Facts.MB;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.driver.CallSite;
import org.poolscope.driver.ScannedDriver;
import org.poolscope.driver.TagMap;
import org.poolscope.model.Architecture;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.LoadedModules;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;

/** What the code of drivers adds to an accusation. */
class TagSitesRuleTest {

    private static final long LINKED = 0x45d6a0f2L;

    private static CallSite site(String tag, String function, int rva, PoolKind pool, Long... sizes) {
        return new CallSite(rva, function, rva - 0x5c, "ExAllocatePoolWithTag", "allocate", PoolTag.parse(tag), false, "", pool, List.of(sizes),
                sizes.length == 0 ? "computed" : "", true, CallSite.Via.CALL, List.of(), false, 1, null, "");
    }

    private static ScannedDriver driver(String name, CallSite... sites) {
        return new ScannedDriver(new Provenance("drivers/" + name, ""), name, Architecture.X86, LINKED, null, null, List.of(sites), List.of(), List.of());
    }

    private static final ScannedDriver DFSX = driver("dfsx.sys", site("Dfx1", "DfsCreateEntry", 0x105c, PoolKind.PAGED, 0xccL),
            site("Dfx1", "DfsCreateName", 0x205c, PoolKind.PAGED, 0x20L), site("Dfx1", "DfsInit", 0x305c, PoolKind.NONPAGED, 0xccL),
            site("Oth1", "Other", 0x405c, PoolKind.PAGED, 0xccL));

    private static Facts accused(String tag, int size) {
        return new Facts().pagedPool(266 * MB, 268 * MB).paged(tag, 1_004_000, 4_000, 1_000_000L * size);
    }

    private static List<Finding> told(Facts facts) {
        return facts.findings().stream().filter(finding -> finding.rule().equals(TagSitesRule.ID)).toList();
    }

    @Test
    void ofThreeSitesTheSizeTellsWhich() {
        List<Finding> findings = told(accused("Dfx1", 0xd8).fact(DFSX));

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("Tag 'Dfx1' is used by 3 call sites in driver dfsx.sys; only one of them allocates 0xcc bytes paged, "
                    + "as the blocks are: dfsx!DfsCreateEntry+0x5c");
            assertThat(finding.driver()).isEqualTo("dfsx.sys");
            assertThat(finding.explanation()).contains("1,000,000 of 0xd8 bytes on average").contains("dfsx!DfsCreateName+0x5c (0x20 bytes paged)")
                    .contains("dfsx!DfsInit+0x5c (0xcc bytes nonpaged)");
            assertThat(finding.evidence()).first().satisfies(seen -> assertThat(seen.file()).isEqualTo("drivers/dfsx.sys"));
            assertThat(finding.confidence().level()).isEqualTo(Confidence.Level.MEDIUM);
        });
    }

    @Test
    void aTagNobodyListsIsOwnedByTheDriverWhoseCodeUsesIt() {
        assertThat(accused("Dfx1", 0xd8).fact(DFSX).findings()).filteredOn(finding -> finding.rule().equals(TagHoldsPoolRule.ID)).singleElement()
                .satisfies(finding -> {
                    assertThat(finding.driver()).isEqualTo("dfsx.sys");
                    assertThat(finding.explanation()).contains("its code allocates with this tag");
                });
    }

    @Test
    void sitesWhoseSizeIsNotConstantAreNotRuledOut() {
        ScannedDriver open = driver("dfsx.sys", site("Dfx1", "Fixed", 0x105c, PoolKind.PAGED, 0xccL), site("Dfx1", "Copy", 0x205c, PoolKind.PAGED));
        assertThat(told(accused("Dfx1", 0xd8).fact(open))).singleElement().satisfies(finding ->
                assertThat(finding.title()).endsWith("; 1 of them allocates blocks of this size, of 1 the size is not constant"));
    }

    @Test
    void whenNoSizeFitsItIsSaid() {
        assertThat(told(accused("Dfx1", 0x100).fact(DFSX))).singleElement().satisfies(finding ->
                assertThat(finding.title()).endsWith("none of them allocates blocks of the size that is there"));
    }

    @Test
    void aTagThatManyDriversUseNamesNoOwner() {
        ScannedDriver user = driver("any.sys", site("SeSd", "Any", 0x105c, PoolKind.PAGED, 0xccL));
        List<Finding> findings = accused("SeSd", 0xd8).fact(user).findings();

        assertThat(findings).allSatisfy(finding -> assertThat(finding.driver()).isNotEqualTo("any.sys"));
        assertThat(findings).filteredOn(finding -> finding.rule().equals(TagSitesRule.ID)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.NOTE);
            assertThat(finding.explanation()).contains("Many drivers use this tag");
        });
    }

    @Test
    void aDriverFileOfAnotherBuildThanTheLoadedOneSaysNothing() {
        LoadedModules modules = new LoadedModules(new Provenance("lm.txt", ""), List.of(
                new LoadedModule("dfsx.sys", 0xf8000000L, 0x10000, LINKED + 1, null)));
        assertThat(told(accused("Dfx1", 0xd8).fact(DFSX).fact(modules))).isEmpty();
    }

    private static TagMap map(String... tags) {
        List<TagMap.Entry> entries = new ArrayList<>();
        for (String tag : tags) {
            entries.add(new TagMap.Entry(PoolTag.parse(tag), PoolTag.parse("Mup "), 0x105c, "DfsCreateEntry" + tag.charAt(3), 0x5c, 0x1050, 0x450,
                    "ExAllocatePoolWithTag", "allocate", PoolKind.PAGED, List.of(0xccL)));
        }
        return new TagMap(new Provenance("map.json", ""), "mup.sys", "x86", LINKED, null, entries, List.of());
    }

    @Test
    void aMapTurnsTagsIntoCallSites() {
        List<Finding> findings = accused("Mu37", 0xd8).paged("Mu38", 10_000, 0, 10 * MB).fact(map("Mu37", "Mu38")).findings();

        assertThat(findings).filteredOn(finding -> finding.rule().equals(TagMapRule.ID)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).startsWith("Tag 'Mu37' is mup!DfsCreateEntry7+0x5c, size 0xcc, paged");
            assertThat(finding.explanation()).contains("'Mu38' is mup!DfsCreateEntry8+0x5c, size 0xcc, paged");
            assertThat(finding.driver()).isEqualTo("mup.sys");
            assertThat(finding.evidence()).first().satisfies(seen -> assertThat(seen.toString()).isEqualTo("map.json, tag 'Mu37'"));
        });
        assertThat(findings).filteredOn(finding -> finding.rule().equals(TagHoldsPoolRule.ID)).first()
                .satisfies(finding -> assertThat(finding.explanation()).contains("the map of the retagged driver has the tag"));
    }

    @Test
    void aMapOfAnotherBuildIsToldToBe() {
        LoadedModules modules = new LoadedModules(new Provenance("lm.txt", ""), List.of(new LoadedModule("Mup.sys", 0xf8000000L, 0x10000, 7L, null)));
        assertThat(accused("Mu37", 0xd8).fact(map("Mu37")).fact(modules).findings()).filteredOn(finding -> finding.rule().equals(TagMapRule.ID))
                .singleElement().satisfies(finding -> assertThat(finding.confidence().reason()).contains("another build"));
    }
}
