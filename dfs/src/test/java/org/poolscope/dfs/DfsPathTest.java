package org.poolscope.dfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DfsPathTest {

    @Test
    void makesHabitsEqual() {
        assertThat(DfsPath.of("\\\\srv\\root/link\\")).hasToString("\\srv\\root\\link")
                .isEqualTo(DfsPath.of("SRV\\ROOT\\\\LINK"));
        assertThat(DfsPath.of("").components()).isZero();
        assertThat(DfsPath.of("\\\\").last()).isEmpty();
        assertThat(DfsPath.of("\\a\\b").isBelow(DfsPath.of("\\a"))).isTrue();
        assertThat(DfsPath.of("\\a\\bc").isBelow(DfsPath.of("\\a\\b"))).isFalse();
        assertThat(DfsPath.of("\\a\\xb").commonSuffix(DfsPath.of("\\c\\b"))).isZero();
    }

    @Property(tries = 300)
    void agreesWithTheListOfItsComponents(@ForAll("components") List<String> one, @ForAll("components") List<String> other) {
        DfsPath path = DfsPath.of("\\" + String.join("\\", one));
        assertThat(path.components()).isEqualTo(one.size());
        for (int i = 0; i < one.size(); i++) {
            assertThat(path.component(i)).isEqualTo(one.get(i));
        }
        for (int i = 0; i <= one.size(); i++) {
            assertThat(path.prefix(i)).isEqualTo(DfsPath.of(String.join("/", one.subList(0, i))));
            assertThat(path.without(i)).isEqualTo(DfsPath.of(String.join("/", one.subList(0, one.size() - i))));
        }
        int same = 0;
        while (same < Math.min(one.size(), other.size())
                && one.get(one.size() - 1 - same).equalsIgnoreCase(other.get(other.size() - 1 - same))) {
            same++;
        }
        assertThat(path.commonSuffix(DfsPath.of(String.join("\\", other)))).isEqualTo(same);
    }

    @Provide
    Arbitrary<List<String>> components() {
        return Arbitraries.of("a", "A", "b", "ab", "ba", "x.jpg").list().ofMinSize(1).ofMaxSize(6);
    }
}
