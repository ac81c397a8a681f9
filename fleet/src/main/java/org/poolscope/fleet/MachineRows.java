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

/** Collects the rows of one machine in DuckDB's own tables until they are written. */
final class MachineRows implements AutoCloseable {

    private final DuckDBConnection connection;
    private final Map<FleetTable, DuckDBAppender> appenders = new EnumMap<>(FleetTable.class);
    private final Set<LocalDateTime> tables = new HashSet<>();
    private final Map<PoolKind, Set<LocalDateTime>> counters = new EnumMap<>(PoolKind.class);
    private final List<PoolSnapshot> untimed = new ArrayList<>();
    private long snapshots;
    private long known;
    private long rows;

    /**
     * Begins a machine.
     *
     * @param totals the data set's files of that machine's totals: what times it has already
     */
    MachineRows(Connection connection, List<Path> totals) throws SQLException {
        this.connection = connection.unwrap(DuckDBConnection.class);
        for (FleetTable table : FleetTable.values()) {
            Duck.run(connection, "CREATE OR REPLACE TEMP TABLE new_" + table.word() + " (" + table.columns() + ")");
        }
        for (PoolKind pool : PoolKind.values()) {
            counters.put(pool, new HashSet<>());
        }
        if (!totals.isEmpty()) {
            remember(connection, totals);
        }
        for (FleetTable table : FleetTable.values()) {
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

    /** How many tables could not be taken because nothing says when they are from. */
    int untimed() {
        return untimed.size();
    }

    void add(PoolSnapshot snapshot) throws SQLException {
        LocalDateTime time = snapshot.taken();
        if (time == null) {
            untimed.add(snapshot);
            return;
        }
        if (!tables.add(time)) {
            known++;
            return;
        }
        snapshots++;
        DuckDBAppender out = appenders.get(FleetTable.SAMPLES);
        for (PoolKind pool : PoolKind.values()) {
            boolean any = false;
            long allocs = 0;
            for (TagUsage row : snapshot.rows()) {
                PoolUse use = row.use(pool);
                if (use == null || use.isUnused()) {
                    continue;
                }
                any = true;
                allocs += use.allocs() == null ? 0 : use.allocs();
                rows++;
                out.beginRow().append(time).append(row.tag().toString()).append(pool.word()).append(use.allocs()).append(use.frees())
                        .append(use.outstanding()).append(use.bytes()).endRow();
            }
            if (any) {
                total(time, pool, "tags", snapshot.totalBytes(pool), null, allocs == 0 ? null : allocs);
            }
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

    /** Writes what was collected, a file for each table that got rows. */
    List<Path> write(FleetStore store, String machine) throws SQLException, IOException {
        closeAppenders();
        List<Path> written = new ArrayList<>();
        for (FleetTable table : FleetTable.values()) {
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
        closeAppenders();
        for (FleetTable table : FleetTable.values()) {
            Duck.run(connection, "DROP TABLE IF EXISTS new_" + table.word());
        }
    }
}
