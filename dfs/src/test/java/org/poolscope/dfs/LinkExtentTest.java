package org.poolscope.dfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is listed to people is listed in the same order each time. */
class LinkExtentTest {

    @Test
    void signsComeInTheOrderTheyAreDeclaredIn() {
        Set<LinkExtent.Sign> backwards = new LinkedHashSet<>(Arrays.asList(LinkExtent.Sign.values()).reversed());
        LinkExtent extent = new LinkExtent("\\s\\r\\l", List.of(), 1, 1, 1, LinkExtent.Sureness.CERTAIN, backwards, "\\s\\r\\l\\f", List.of());
        assertThat(extent.signs()).containsExactly(LinkExtent.Sign.values());
    }

    @Test
    void labelsComeAsListed() {
        List<String> labels = List.of("TARGETSET", "ACTIVE", "STALE", "HINT", "A", "B", "C");
        assertThat(new CacheTarget("\\s\\t", null, null, new LinkedHashSet<>(labels)).labels()).containsExactlyElementsOf(labels);
    }
}
