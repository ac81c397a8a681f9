package org.poolscope.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/** The rows of a machine whose tables fill many batches, beside a plain list of what was put in. */
class SampleBatchTest {

    private static final LocalDateTime START = LocalDateTime.of(2007, 3, 1, 0, 0);

    @TempDir
    private Path folder;

    private final Random random = new Random(5);

    @Test
    void everyRowOfManyBatchesComesOnceAndInOrder() throws Exception {
        List<String> expected = new ArrayList<>();
        List<Path> files;
        try (Connection duck = Duck.open(1, Duck.MEMORY_TO_WRITE); FleetStore store = FleetStore.openToWrite(folder.resolve("data"))) {
            try (MachineRows rows = new MachineRows(duck, new SampleBatch(1000), store, "web-1")) {
                List<Integer> hours = new ArrayList<>();
                for (int hour = 0; hour < 60; hour++) {
                    hours.add(hour);
                }
                // Files of a machine need not come in the order of their times.
                Collections.shuffle(hours, random);
                for (int hour : hours) {
                    rows.add(table(START.plusHours(hour), expected));
                }
                files = rows.write();
            }
            store.commit(files, List.of(), List.of());
            List<Path> samples = store.files(FleetTable.SAMPLES, null);
            assertThat(samples).hasSizeGreaterThan(3);
            assertThat(rows(duck, Duck.parquet(samples))).containsExactlyInAnyOrderElementsOf(expected);
            for (Path file : samples) {
                List<String> inFile = rows(duck, Duck.parquet(List.of(file)));
                assertThat(inFile).isEqualTo(rows(duck, Duck.parquet(List.of(file)) + " ORDER BY tag, pool, time"));
            }
        }
    }

    private PoolSnapshot table(LocalDateTime time, List<String> expected) {
        List<TagUsage> tags = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            if (random.nextInt(10) == 0) {
                continue;
            }
            PoolTag tag = PoolTag.parse(i == 7 ? "\\xf3LMN" : "T%03d".formatted(i));
            PoolUse nonPaged = use(i % 3 != 0);
            PoolUse paged = use(i % 2 == 0);
            tags.add(new TagUsage(tag, nonPaged, paged));
            add(expected, time, tag, "nonpaged", nonPaged);
            add(expected, time, tag, "paged", paged);
        }
        if (random.nextBoolean()) {
            Collections.shuffle(tags, random);
        }
        return new PoolSnapshot(new Provenance("log", ""), "poolmon", time, true, tags);
    }

    private PoolUse use(boolean any) {
        if (!any) {
            return random.nextBoolean() ? null : PoolUse.NONE;
        }
        long allocs = 1 + random.nextInt(1000);
        return new PoolUse(random.nextInt(8) == 0 ? null : Long.valueOf(allocs), random.nextInt(8) == 0 ? null : Long.valueOf(0), allocs,
                random.nextInt(8) == 0 ? null : Long.valueOf(allocs << 33));
    }

    private static void add(List<String> expected, LocalDateTime time, PoolTag tag, String pool, PoolUse use) {
        if (use != null && !use.isUnused()) {
            expected.add(time + "|" + tag + "|" + pool + "|" + use.allocs() + "|" + use.frees() + "|" + use.outstanding() + "|" + use.bytes());
        }
    }

    private static List<String> rows(Connection duck, String from) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Statement statement = duck.createStatement();
                ResultSet found = statement.executeQuery("SELECT time, tag, pool, allocs, frees, outstanding, bytes FROM " + from)) {
            while (found.next()) {
                StringBuilder row = new StringBuilder(found.getObject(1, LocalDateTime.class).toString());
                for (int column = 2; column <= 7; column++) {
                    row.append('|').append(found.getString(column));
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }
}
