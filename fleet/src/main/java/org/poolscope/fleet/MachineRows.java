package org.poolscope.fleet;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.LoadedModules;
import org.poolscope.model.MachineInventory;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

/**
 * Collects the rows of one machine until they are written: totals and inventory in DuckDB's own tables, samples in a batch that becomes a
 * file whenever it is full, so that a machine's logs may be of any length.
 */
final class MachineRows implements AutoCloseable {

    private final DuckDBConnection connection;
    private final FleetStore store;
    private final String machine;
    private final SampleBatch batch;
    private final List<Path> written = new ArrayList<>();
    private final Map<FleetTable, DuckDBAppender> appenders = new EnumMap<>(FleetTable.class);
    private final Set<LocalDateTime> tables = new HashSet<>();
    private final Map<PoolKind, Set<LocalDateTime>> counters = new EnumMap<>(PoolKind.class);
    private long snapshots;
    private long known;
    private long rows;

    /**
     * Begins a machine.
     *
     * @param batch an empty one
     * @param store the data set: where the files go, and what times it has already of this machine
     */
    MachineRows(Connection connection, SampleBatch batch, FleetStore store, String machine) throws SQLException {
        this.connection = connection.unwrap(DuckDBConnection.class);
        this.batch = batch;
        this.store = store;
        this.machine = machine;
        List<Path> totals = store.files(FleetTable.TOTALS, List.of(machine));
        for (FleetTable table : FleetTable.values()) {
            Duck.run(connection, "CREATE OR REPLACE TEMP TABLE new_" + table.word() + " (" + table.duckColumns() + ")");
        }
        for (PoolKind pool : PoolKind.values()) {
            counters.put(pool, new HashSet<>());
        }
        if (!totals.isEmpty()) {
            remember(connection, totals);
        }
        for (FleetTable table : List.of(FleetTable.TOTALS, FleetTable.INVENTORY)) {
            appenders.put(table, this.connection.createAppender("temp", "main", "new_" + table.word()));
        }
    }

    private void remember(Connection connection, List<Path> totals) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT DISTINCT source, pool, time FROM " + Duck.parquet(totals))) {
            while (found.next()) {
                PoolKind pool = found.getString(2).equals(PoolKind.PAGED.word()) ? PoolKind.PAGED : PoolKind.NONPAGED;
                (found.getString(1).equals("tags") ? tables : counters.get(pool)).add(found.getObject(3, LocalDateTime.class));
            }
        }
    }

    /** Tables of tags taken so far. */
    long snapshots() {
        return snapshots;
    }

    /** Tables of tags left out because the machine has one of that time. */
    long known() {
        return known;
    }

    /** Rows of tags taken so far. */
    long rows() {
        return rows;
    }

    /** Adds a table of tags; one that does not say when it was taken is left out. */
    void add(PoolSnapshot snapshot) throws SQLException, IOException {
        LocalDateTime time = snapshot.taken();
        if (time == null) {
            return;
        }
        if (!tables.add(time)) {
            known++;
            return;
        }
        snapshots++;
        batch.begin(time);
        for (PoolKind pool : PoolKind.values()) {
            boolean any = false;
            long allocs = 0;
            long bytes = 0;
            for (TagUsage row : snapshot.rows()) {
                PoolUse use = row.use(pool);
                if (use == null || use.isUnused()) {
                    continue;
                }
                any = true;
                bytes += use.bytesOrZero();
                allocs += use.allocs() == null ? 0 : use.allocs();
                rows++;
                batch.add(row.tag(), pool, use);
            }
            if (any) {
                total(time, pool, "tags", bytes, null, allocs == 0 ? null : allocs);
            }
        }
        if (batch.isFull()) {
            writeBatch();
        }
    }

    void add(MemoryCounters totals) throws SQLException {
        LocalDateTime time = totals.taken();
        for (PoolKind pool : PoolKind.values()) {
            if (time != null && totals.usedBytes(pool) != null && counters.get(pool).add(time)) {
                total(time, pool, "counters", totals.usedBytes(pool), totals.maximumBytes(pool), null);
            }
        }
    }

    void add(CounterSeries series) throws SQLException {
        for (PoolKind pool : PoolKind.values()) {
            if (series.counter() != Counter.bytesOf(pool)) {
                continue;
            }
            for (int i = 0; i < series.size(); i++) {
                if (!Double.isNaN(series.values()[i]) && counters.get(pool).add(series.taken(i))) {
                    total(series.taken(i), pool, "counters", Math.round(series.values()[i]), null, null);
                }
            }
        }
    }

    private void total(LocalDateTime time, PoolKind pool, String source, Long bytes, Long maximum, Long allocs) throws SQLException {
        appenders.get(FleetTable.TOTALS).beginRow().append(time).append(pool.word()).append(source).append(bytes).append(maximum)
                .append(allocs).endRow();
    }

    void add(LoadedModules modules) throws SQLException {
        for (LoadedModule module : modules.modules()) {
            String stamp = module.timeDateStamp() == null ? null : "linked 0x%08x".formatted(module.timeDateStamp());
            item(null, MachineInventory.Kind.DRIVER, module.name(), stamp);
        }
    }

    void add(MachineInventory inventory) throws SQLException {
        for (MachineInventory.Item item : inventory.items()) {
            item(inventory.taken(), item.kind(), item.name(), item.value());
        }
    }

    private void item(LocalDateTime time, MachineInventory.Kind kind, String name, String value) throws SQLException {
        DuckDBAppender out = appenders.get(FleetTable.INVENTORY);
        out.beginRow();
        if (time == null) {
            out.appendNull();
        } else {
            out.append(time);
        }
        out.append(kind.word()).append(name).append(value).endRow();
    }

    private void writeBatch() throws SQLException, IOException {
        String table = "new_" + FleetTable.SAMPLES.word();
        try (DuckDBAppender out = connection.createAppender("temp", "main", table)) {
            batch.drainTo(out);
        }
        Path part = store.part(FleetTable.SAMPLES, machine);
        Duck.writeOrdered(connection, FleetTable.SAMPLES, table, part);
        written.add(part);
        Duck.run(connection, "TRUNCATE " + table);
    }

    /** Writes what was collected; the files, to be committed. */
    List<Path> write() throws SQLException, IOException {
        if (!batch.isEmpty()) {
            writeBatch();
        }
        closeAppenders();
        for (FleetTable table : List.of(FleetTable.TOTALS, FleetTable.INVENTORY)) {
            try (Statement statement = connection.createStatement();
                    ResultSet count = statement.executeQuery("SELECT count(*) FROM new_" + table.word())) {
                count.next();
                if (count.getLong(1) == 0) {
                    continue;
                }
            }
            Path part = store.part(table, machine);
            Duck.write(connection, table, "new_" + table.word(), part);
            written.add(part);
        }
        return written;
    }

    private void closeAppenders() throws SQLException {
        for (DuckDBAppender appender : appenders.values()) {
            appender.close();
        }
        appenders.clear();
    }

    @Override
    public void close() throws SQLException {
        batch.clear();
        closeAppenders();
        for (FleetTable table : FleetTable.values()) {
            Duck.run(connection, "DROP TABLE IF EXISTS new_" + table.word());
        }
    }
}
