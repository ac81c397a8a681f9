package org.poolscope.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

/** The table of session pool, painted where symbols say. */
class SessionTableTest {

    private static final long TABLE_VARIABLE = 0x8046_0200L;
    private static final long SIZE_VARIABLE = 0x8046_0208L;
    private static final long TABLE = 0xbc50_0000L;

    private final List<String> warnings = new ArrayList<>();
    private final TinyKernel kernel = new TinyKernel(5, 2).u32(TABLE_VARIABLE, TABLE).u32(SIZE_VARIABLE, 64)
            .u32(TABLE + 63 * TinyKernel.TRACK_TABLE_ENTRY, 0)
            .tracker(TABLE + 5 * TinyKernel.TRACK_TABLE_ENTRY, "Gh05", 0, 0, 0, 90, 30, 0x1800)
            .tracker(TABLE + 41 * TinyKernel.TRACK_TABLE_ENTRY, "Usti", 0, 0, 0, 7, 7, 0);
    private final Map<String, Long> symbols = new HashMap<>(Map.of("ExpSessionPoolTrackTable", TABLE_VARIABLE,
            "ExpSessionPoolTrackTableSize", SIZE_VARIABLE));

    @TempDir
    private Path folder;

    private Answer<TrackerTables.Totals> read() throws Exception {
        try (KernelImage image = KernelImage.open(TinyKernel.write(folder, kernel.fullDump(3790)))) {
            return TrackerTables.readSession(image.memory().orThrow(folder), TinyVariables.of(image.memory().orThrow(folder), symbols),
                    image.layouts(), warnings::add);
        }
    }

    @Test
    void itsTagsAreReadWhereTheSymbolsSay() throws Exception {
        TrackerTables.Totals totals = read().value().orElseThrow();
        assertThat(totals.rows()).containsExactly(
                new TagUsage(PoolTag.parse("Gh05"), PoolUse.counted(0, 0, 0), PoolUse.counted(90, 30, 0x1800)),
                new TagUsage(PoolTag.parse("Usti"), PoolUse.counted(0, 0, 0), PoolUse.counted(7, 7, 0)));
        assertThat(totals.complete()).isTrue();
        assertThat(warnings).isEmpty();
    }

    @Test
    void withoutTheSymbolNothingIsGuessed() throws Exception {
        symbols.remove("ExpSessionPoolTrackTable");
        assertThat(read().reason()).contains("ExpSessionPoolTrackTable");
    }

    @Test
    void aSpaceWithoutASessionSaysSo() throws Exception {
        kernel.without(TABLE);
        assertThat(read().reason()).contains("not in the address space");
    }

    @Test
    void otherContentIsNotTakenForATable() throws Exception {
        for (int i = 0; i < 64; i++) {
            kernel.u32(TABLE + (long) i * TinyKernel.TRACK_TABLE_ENTRY, 0x0101_0101L * (i + 1));
        }
        assertThat(read().reason()).contains("does not read as one");
    }

    @Test
    void aTableThatIsFullIsNotAllOfIt() throws Exception {
        for (int i = 0; i < 64; i++) {
            kernel.tracker(TABLE + (long) i * TinyKernel.TRACK_TABLE_ENTRY, "T%03d".formatted(i), 0, 0, 0, 1, 0, 16);
        }
        assertThat(read().value().orElseThrow().complete()).isFalse();
        assertThat(warnings).singleElement().asString().contains("expansion");
    }
}
