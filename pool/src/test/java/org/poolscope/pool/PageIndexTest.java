package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a sorted set: dense and scattered pages, on both sides of the borders of leaves. */
class PageIndexTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 600, 100_000, 400_000})
    void pagesAreNumberedByAddress(int spread) {
        Random random = new Random(spread);
        TreeSet<Long> pages = new TreeSet<>(Long::compareUnsigned);
        for (int i = 0; i < 5000; i++) {
            pages.add(0xffff_fa80_0000_0000L + ((long) random.nextInt(5000 * spread) << Words.PAGE_SHIFT));
        }
        PageIndex index = new PageIndex();
        pages.forEach(index::add);
        index.seal();
        int number = 0;
        for (long page : pages) {
            assertThat(index.get(page + random.nextInt(Words.PAGE))).isEqualTo(number++);
            assertThat(index.get(page - Words.PAGE)).isEqualTo(pages.contains(page - Words.PAGE) ? number - 2 : -1);
            assertThat(index.get(page + Words.PAGE)).isEqualTo(pages.contains(page + Words.PAGE) ? number : -1);
        }
    }
}
