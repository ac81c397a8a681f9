package org.poolscope.dfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.poolscope.model.RealEvidence;

class CacheCostTest {

    /** The table of the case, summed here by itself: the ten tags are all that grew with the cache. */
    @Test
    void givesThePublishedFiguresBack() throws Exception {
        List<String[]> rows = Files.readAllLines(RealEvidence.path("cases/photo-upload/kd-poolused.txt")).stream()
                .filter(line -> line.startsWith("Mu") || line.startsWith("IoNm")).map(line -> line.split(" ")).toList();
        assertThat(rows).hasSize(10);
        long published = rows.stream().mapToLong(cells -> Long.parseLong(cells[8])).sum();
        long perTarget = rows.stream().filter(cells -> cells[0].equals("Mu37") || cells[0].equals("Mu36"))
                .mapToLong(cells -> Long.parseLong(cells[8])).sum();

        CacheCost cost = new CacheCost(123_558, 4 * 123_558);
        assertThat(cost.bytes()).isCloseTo(published, Percentage.withPercentage(0.5));
        assertThat(published).isEqualTo(251_291_672);
        assertThat((double) perTarget / 494_227).isCloseTo(CacheCost.BYTES_PER_TARGET, within(1.0));
    }
}
