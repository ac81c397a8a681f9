package org.poolscope.driver.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.pe.PeImage;

/** The bits against a plain sorted set. */
class CodeSetTest {

    @Test
    void answersAsASortedSetDoes() throws Exception {
        CodeBytes code = new CodeBytes(PeImage.read(TestDriver.image(TestDriver.Target.X64)));
        assertThat(code.rangeCount()).isPositive();
        for (int range = 0; range < code.rangeCount(); range++) {
            int start = code.start(range);
            int length = code.end(range) - start;
            CodeSet set = new CodeSet(code);
            TreeSet<Integer> plain = new TreeSet<>();
            Random random = new Random(range);
            for (int i = 0; i < 2000; i++) {
                int rva = start + random.nextInt(length);
                if (i % 3 == 2) {
                    set.remove(rva);
                    plain.remove(rva);
                } else {
                    assertThat(set.add(rva)).isEqualTo(plain.add(rva));
                }
                int asked = start + random.nextInt(length);
                int position = code.position(range, asked);
                assertThat(set.contains(asked)).isEqualTo(plain.contains(asked));
                Integer ceiling = plain.ceiling(asked);
                assertThat(set.atOrAfter(position)).isEqualTo(ceiling == null ? Integer.MAX_VALUE : code.position(range, ceiling));
                int to = asked + random.nextInt(start + length - asked);
                assertThat(set.isAnyBetween(position, position + to - asked)).isEqualTo(!plain.subSet(asked, to).isEmpty());
                Integer floor = plain.floor(asked);
                assertThat(set.atOrBefore(position)).isEqualTo(floor == null ? -1 : code.position(range, floor));
            }
            assertThat(set.toSortedArray()).containsExactly(plain.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    @Test
    void placesThatAreNotCodeAreNeverIn() throws Exception {
        CodeBytes code = new CodeBytes(PeImage.read(TestDriver.image(TestDriver.Target.X86)));
        CodeSet set = new CodeSet(code);
        assertThat(set.add(Integer.MAX_VALUE)).isFalse();
        assertThat(set.contains(Integer.MAX_VALUE)).isFalse();
        set.remove(0);
        assertThat(set.toSortedArray()).isEmpty();
    }
}
