package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What is kept comes back whole, and what is not is said to be missing. */
class KeptPointersTest {

    private static final int PAGES = 300;

    @Property(tries = 50)
    void whatWasKeptComesBack(@ForAll int seed, @ForAll @IntRange(min = 1, max = 1024) int longest, @ForAll @IntRange(max = 2_000_000) int room) {
        Random random = new Random(seed);
        KeptPointers kept = new KeptPointers(PAGES, room);
        Map<Long, long[]> expected = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            long place = BlockMap.place(random.nextInt(PAGES), random.nextInt(512));
            long[] pointers = random.longs(random.nextInt(longest + 1), -1, Integer.MAX_VALUE).toArray();
            int from = random.nextInt(pointers.length + 1);
            if (!expected.containsKey(place) && kept.keep(place, pointers, from, pointers.length)) {
                expected.put(place, Arrays.copyOfRange(pointers, from, pointers.length));
            }
        }
        long words = expected.values().stream().mapToLong(pointers -> pointers.length).sum();
        assertThat(words * Integer.BYTES).isLessThanOrEqualTo(Math.max(room, 1 << 18));
        for (int page = 0; page < PAGES; page++) {
            for (int unit = 0; unit < 512; unit++) {
                long place = BlockMap.place(page, unit);
                assertThat(pointers(kept, place)).isEqualTo(expected.get(place));
            }
        }
    }

    private static long[] pointers(KeptPointers kept, long place) {
        int record = kept.find(place);
        if (record == KeptPointers.NONE) {
            return null;
        }
        long[] found = new long[kept.count(record)];
        Arrays.setAll(found, i -> kept.pointer(record, i));
        return found;
    }

    @Test
    void aPointerThatTakesMoreThanFourBytesIsNotCutOff() {
        KeptPointers kept = new KeptPointers(PAGES, 1 << 20);
        long place = BlockMap.place(5, 7);
        assertThat(kept.keep(place, new long[] {1, 1L << 31}, 0, 2)).isFalse();
        assertThat(kept.keep(place, new long[] {1, BlockMap.bigPlace(3)}, 0, 2)).isFalse();
        assertThat(kept.find(place)).isEqualTo(KeptPointers.NONE);
        assertThat(kept.keep(place, new long[] {1, BlockMap.NOWHERE}, 0, 2)).isTrue();
        assertThat(pointers(kept, place)).containsExactly(1, BlockMap.NOWHERE);
    }
}
