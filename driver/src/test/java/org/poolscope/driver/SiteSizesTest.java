package org.poolscope.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.poolscope.driver.SiteSizes.Blocks;
import org.poolscope.driver.SiteSizes.Fit;
import org.poolscope.driver.SiteSizes.Heap;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;

class SiteSizesTest {

    private static final PoolTag TAG = PoolTag.parse("Mup ");

    private static CallSite site(String function, PoolKind pool, String api, Long... sizes) {
        return new CallSite(0x1000, function, 0x1000, api, "allocate", TAG, false, "", pool, List.of(sizes), sizes.length == 0 ? "computed" : "", true,
                CallSite.Via.CALL, List.of(), false, 1, null, "");
    }

    private static CallSite site(String function, PoolKind pool, Long... sizes) {
        return site(function, pool, "ExAllocatePoolWithTag", sizes);
    }

    /** Three sites share a tag; blocks of 0xd8 bytes in paged pool can be those of one of them. */
    @Test
    void tellsSitesApart() {
        List<CallSite> sites = List.of(site("DfsCreateEntry", PoolKind.PAGED, 0xccL), site("DfsCreateName", PoolKind.PAGED, 0x20L),
                site("DfsInit", PoolKind.NONPAGED, 0xccL), site("DfsCopy", PoolKind.PAGED));
        List<Blocks> seen = List.of(new Blocks(0xd8, false, PoolKind.PAGED, 123_558), new Blocks(0x100, false, PoolKind.PAGED, 3));

        List<SiteSizes.SiteFit> fits = new SiteSizes(Architecture.X86, Heap.CLASSIC).match(sites, TAG, seen);

        assertThat(fits).extracting(SiteSizes.SiteFit::fit).containsExactly(Fit.POSSIBLE, Fit.IMPOSSIBLE, Fit.IMPOSSIBLE, Fit.UNKNOWN);
        assertThat(fits.getFirst().blocks()).isEqualTo(123_558);
        assertThat(fits.getLast().blocks()).isEqualTo(123_561);
    }

    @Test
    void knowsTheSecondCasesBlocks() {
        // 36 bytes asked, block size 0x30 with its header of 8; the case's 0x40 is of another site
        List<SiteSizes.SiteFit> fits = new SiteSizes(Architecture.X86, Heap.CLASSIC)
                .match(List.of(site("a", PoolKind.NONPAGED, 36L), site("b", PoolKind.NONPAGED, 56L)), TAG,
                        List.of(new Blocks(0x40, false, PoolKind.NONPAGED, 2_442_801)));
        assertThat(fits).extracting(SiteSizes.SiteFit::fit).containsExactly(Fit.IMPOSSIBLE, Fit.POSSIBLE);
    }

    @Test
    void countsQuotaAndWholePages() {
        SiteSizes x86 = new SiteSizes(Architecture.X86, Heap.CLASSIC);
        List<Blocks> quota = List.of(new Blocks(48, false, null, 5));
        assertThat(x86.match(List.of(site("q", PoolKind.PAGED, "ExAllocatePoolWithQuotaTag", 36L)), TAG, quota).getFirst().fit())
                .isEqualTo(Fit.POSSIBLE);
        assertThat(x86.match(List.of(site("n", PoolKind.PAGED, 40L)), TAG, quota).getFirst().fit()).isEqualTo(Fit.POSSIBLE);
        List<Blocks> pages = List.of(new Blocks(0x3000, true, PoolKind.PAGED, 2));
        assertThat(x86.match(List.of(site("b", PoolKind.PAGED, 0x2100L)), TAG, pages).getFirst().fit()).isEqualTo(Fit.POSSIBLE);
        assertThat(x86.match(List.of(site("b", PoolKind.PAGED, 0x1000L)), TAG, pages).getFirst().fit()).isEqualTo(Fit.IMPOSSIBLE);
    }

    @Property
    void everyBlockFitsTheSiteThatAskedForIt(@ForAll @LongRange(min = 1, max = 4000) long asked) {
        long x86 = (asked + 8 + 7) / 8 * 8;
        long x64 = (asked + 16 + 15) / 16 * 16;
        for (Heap heap : Heap.values()) {
            assertThat(new SiteSizes(Architecture.X64, heap).match(List.of(site("s", PoolKind.PAGED, asked)), TAG,
                    List.of(new Blocks(x64, false, PoolKind.PAGED, 1))).getFirst().fit()).isEqualTo(Fit.POSSIBLE);
        }
        assertThat(new SiteSizes(Architecture.X86, Heap.CLASSIC).match(List.of(site("s", PoolKind.PAGED, asked)), TAG,
                List.of(new Blocks(x86, false, PoolKind.PAGED, 1), new Blocks(x86 + 8, false, PoolKind.PAGED, 1))).getFirst().sizes())
                .containsOnlyKeys(x86);
    }
}
