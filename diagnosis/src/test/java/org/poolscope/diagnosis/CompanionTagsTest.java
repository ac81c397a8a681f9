package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.TagUsage;

class CompanionTagsTest {

    @Test
    void findsTheObjectOfThePublishedCase() {
        List<CompanionTags> found = find(new Facts().paged("Mu37", 494_273, 46, 100_966_192).paged("Mu46", 123_572, 14, 25_699_824)
                .paged("Mu36", 494_273, 46, 21_746_008).paged("Mu2c", 123_558, 0, 20_757_744).paged("IoNm", 678_531, 554_089, 15_938_640)
                .paged("Mu39", 123_572, 14, 15_073_184).paged("Mu38", 123_572, 14, 15_073_184));
        assertThat(found).first().satisfies(group -> {
            assertThat(group.times()).isEqualTo(4);
            assertThat(group.count()).isEqualTo(123_558);
            assertThat(names(group.objects())).containsExactlyInAnyOrder("Mu46", "Mu2c", "Mu39", "Mu38");
            assertThat(names(group.parts())).containsExactlyInAnyOrder("Mu37", "Mu36");
            assertThat(group.worstDeviation()).isLessThan(0.00002);
        });
    }

    @Test
    void smallCountsAreChance() {
        assertThat(find(new Facts().paged("AAAA", 40, 0, 4000).paged("BBBB", 40, 0, 4000).paged("CCCC", 160, 0, 4000))).isEmpty();
    }

    @Test
    void twoTagsInAWholeRatioAreChance() {
        assertThat(find(new Facts().paged("AAAA", 10_000, 0, 40_000).paged("BBBB", 40_000, 0, 40_000))).isEmpty();
    }

    private static List<CompanionTags> find(Facts facts) {
        return CompanionTags.find(facts.open().facts(PoolSnapshot.class).getFirst(), PoolKind.PAGED);
    }

    private static List<String> names(List<TagUsage> rows) {
        return rows.stream().map(row -> row.tag().toString()).toList();
    }
}
