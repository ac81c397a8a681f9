package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Both kinds of page map against the plainest way to say the same: an array of places, one for each page. */
class PageMapTest {

    private static final int PAGES = 3000;

    record Run(int first, int pages) {
    }

    @Property(tries = 200)
    void bitmap(@ForAll("lengths") List<Integer> lengths, @ForAll @IntRange(min = 1, max = PAGES) int count,
            @ForAll @IntRange(max = PAGES) int stored) {
        BitSet bits = new BitSet(PAGES);
        boolean value = false;
        int at = 0;
        for (int length : lengths) {
            bits.set(at, Math.min(at + length, PAGES), value);
            at = Math.min(at + length, PAGES);
            value = !value;
        }
        byte[] bytes = Arrays.copyOf(bits.toByteArray(), (count + 7) / 8);
        long[] places = new long[PAGES];
        int next = 0;
        for (int page = 0; page < PAGES; page++) {
            boolean set = page < count && bits.get(page);
            places[page] = set && next < stored ? 0x3000 + next * 4096L : -1;
            next += set ? 1 : 0;
        }
        PageBitmap map = new PageBitmap(MemorySegment.ofArray(bytes), count, 0x3000, stored);
        assertThat(map.promisedPages()).isEqualTo(next);
        assertSame(map, places);
    }

    @Property(tries = 200)
    void runs(@ForAll("runs") @Size(max = 30) List<Run> runs) {
        long[] places = new long[PAGES];
        Arrays.fill(places, -1);
        PageRuns.Builder builder = new PageRuns.Builder(Long.MAX_VALUE);
        long offset = 0x1000;
        boolean overlap = false;
        for (Run run : runs) {
            boolean taken = false;
            for (int i = 0; i < run.pages(); i++) {
                taken |= places[run.first() + i] >= 0;
            }
            overlap |= taken;
            if (!taken) {
                builder.add(run.first(), run.pages(), offset);
                for (int i = 0; i < run.pages(); i++) {
                    places[run.first() + i] = offset + i * 4096L;
                }
            }
            offset += run.pages() * 4096L + (overlap ? 512 : 0);
        }
        assertSame(builder.build(), places);
        assertThat(builder.overlapping()).isFalse();
    }

    private static void assertSame(PageMap map, long[] places) {
        long present = 0;
        long highest = -1;
        for (int page = PAGES - 1, run = 0, next = -1; page >= 0; page--) {
            long joining = places[page] < 0 ? -1 : places[page] + 4096;
            boolean joined = page + 1 < PAGES && places[page + 1] == joining;
            run = joined ? run + 1 : 1;
            assertThat(map.fileOffset(page)).as("page %d", page).isEqualTo(places[page]);
            if (places[page] >= 0) {
                present++;
                highest = Math.max(highest, page);
                next = page;
                // runs may stop early, at the seam of two that happen to join; never go too far
                assertThat(map.contiguous(page, PAGES)).isBetween(1L, (long) run);
                assertThat(map.contiguous(page, 1)).isEqualTo(1);
            } else if (highest >= 0) {
                assertThat(map.contiguous(page, PAGES)).isEqualTo(-run);
            }
            assertThat(map.nextPresent(page)).isEqualTo(next);
        }
        assertThat(map.presentPages()).isEqualTo(present);
        assertThat(map.highestPage()).isEqualTo(highest);
        for (long outside : new long[] {-1, PAGES, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(map.fileOffset(outside)).isEqualTo(-1);
            assertThat(map.contiguous(outside, 7)).isNegative();
        }
    }

    /** Lengths of clear and set stretches, in turn. */
    @Provide
    Arbitrary<List<Integer>> lengths() {
        return Arbitraries.integers().between(1, 200).list().ofMaxSize(60);
    }

    @Provide
    Arbitrary<List<Run>> runs() {
        return Combinators.combine(Arbitraries.integers().between(0, PAGES - 100), Arbitraries.integers().between(1, 100))
                .as(Run::new).list();
    }
}
