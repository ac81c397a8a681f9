package org.poolscope.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.poolscope.diagnosis.EvidenceReaders;
import org.poolscope.logs.EventLog;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.logs.ResourceExhaustion;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.LoadedModules;
import org.poolscope.model.MachineInventory;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;

/**
 * Takes evidence of many machines into a data set. A machine's new files come in by one commit, so that whoever is stopped goes on where
 * it was; the same file, or the same snapshot in another file, changes nothing.
 */
public final class FleetIngest {

    /** More small files than this of one machine are put together to one: each costs every question an open file. */
    private static final int MOST_PARTS = 8;
    /** A file of so many bytes is not small: to sort many of them again would cost more than it gains. */
    private static final long LARGE_PART = 4 << 20;
    private static final int MOST_WARNINGS = 200;

    private final FleetStore store;
    private final MachineNames names;
    private final Progress progress;
    private final EvidenceReaders readers = EvidenceReaders.installed();
    private final Set<String> knownHashes = new HashSet<>();
    private final Set<String> knownFiles = new HashSet<>();
    private final List<IngestReport.BadFile> bad = Collections.synchronizedList(new ArrayList<>());
    private final List<IngestReport.BadFile> warnings = Collections.synchronizedList(new ArrayList<>());
    /** Starting DuckDB costs more than a small machine's rows, so each worker borrows one that is there already. */
    private final Queue<Bench> idle = new ConcurrentLinkedQueue<>();
    private final AtomicLong machinesDone = new AtomicLong();
    private final AtomicLong machinesTaken = new AtomicLong();
    private final AtomicLong filesTaken = new AtomicLong();
    private final AtomicLong filesKnown = new AtomicLong();
    private final AtomicLong eventLogs = new AtomicLong();
    private final AtomicLong snapshots = new AtomicLong();
    private final AtomicLong snapshotsKnown = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();

    private FleetIngest(FleetStore store, MachineNames names, Progress progress) {
        this.store = store;
        this.names = names;
        this.progress = progress;
        for (Commit.Source source : store.sources()) {
            knownHashes.add(hashKey(source.machine(), source.sha256()));
            knownFiles.add(fileKey(source.machine(), source.path(), source.size(), source.modified()));
        }
    }

    /**
     * Takes files and folders in.
     *
     * @param evidence files, and folders with everything below them (hidden files left out)
     * @param store the data set, open for writing
     * @param names tells whose a file is
     * @param jobs how many machines to work on at once
     * @throws FleetException when the data set cannot be written
     */
    public static IngestReport run(List<Path> evidence, FleetStore store, MachineNames names, int jobs, Progress progress)
            throws FleetException {
        return new FleetIngest(store, names, progress).run(evidence, jobs);
    }

    private IngestReport run(List<Path> evidence, int jobs) throws FleetException {
        Map<String, List<Path>> machines = MachineFiles.find(evidence, names, bad);
        try (ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, jobs))) {
            List<Future<?>> running = new ArrayList<>();
            machines.forEach((machine, files) -> running.add(workers.submit(() -> {
                take(machine, files);
                progress.at("taking in " + machine, machinesDone.incrementAndGet(), machines.size());
                return null;
            })));
            try {
                for (Future<?> one : running) {
                    one.get();
                }
            } catch (ExecutionException e) {
                workers.shutdownNow();
                throw e.getCause() instanceof FleetException known ? known
                        : new FleetException("cannot add to " + store.root() + ": " + e.getCause(), e.getCause());
            } catch (InterruptedException e) {
                workers.shutdownNow();
                Thread.currentThread().interrupt();
                throw new FleetException("stopped; what was taken in so far is kept", e);
            }
        } finally {
            closeDucks();
        }
        try {
            store.tidy();
        } catch (IOException e) {
            throw new FleetException("cannot add to " + store.root() + ": " + e, e);
        }
        return new IngestReport(machinesTaken.intValue(), filesTaken.intValue(), filesKnown.intValue(), snapshots.get(),
                snapshotsKnown.get(), rows.get(), eventLogs.intValue(), bad, warnings);
    }

    private void closeDucks() {
        for (Bench bench : idle) {
            try {
                bench.connection().close();
            } catch (SQLException e) {
                continue;   // it is in memory only: what it was to write is written, and forced to the disk
            }
        }
    }

    private void take(String machine, List<Path> files) throws FleetException {
        List<Commit.Source> fresh = new ArrayList<>();
        for (Path file : files) {
            try {
                source(machine, file).ifPresentOrElse(fresh::add, filesKnown::incrementAndGet);
            } catch (IOException e) {
                bad.add(new IngestReport.BadFile(file.toString(), "cannot be read: " + e));
            }
        }
        if (fresh.isEmpty()) {
            return;
        }
        Bench before = idle.poll();
        Bench bench = before == null ? new Bench(Duck.open(1, Duck.MEMORY_TO_WRITE), new SampleBatch()) : before;
        try (MachineRows found = new MachineRows(bench.connection(), bench.batch(), store, machine)) {
            List<Commit.Source> taken = new ArrayList<>();
            int events = 0;
            for (Commit.Source source : fresh) {
                Content content = read(Path.of(source.path()), found);
                if (content != Content.NOTHING) {
                    taken.add(source);
                }
                events += content == Content.EVENTS ? 1 : 0;
            }
            if (taken.isEmpty()) {
                return;
            }
            List<Path> written = found.write();
            // Event logs give no rows, but are remembered too: they may be large, and are read once only.
            store.commit(written, List.of(), taken);
            eventLogs.addAndGet(events);
            if (taken.size() == events) {
                return;
            }
            machinesTaken.incrementAndGet();
            filesTaken.addAndGet(taken.size() - events);
            snapshots.addAndGet(found.snapshots());
            snapshotsKnown.addAndGet(found.known());
            rows.addAndGet(found.rows());
            compact(bench.connection(), machine);
        } catch (SQLException | IOException e) {
            throw new FleetException("the rows of " + machine + " cannot be written below " + store.root() + ": " + e.getMessage()
                    + ". Check the room on the disk; what was taken in before is kept", e);
        } finally {
            idle.add(bench);
        }
    }

    private void compact(Connection connection, String machine) throws SQLException, IOException {
        for (FleetTable table : FleetTable.values()) {
            List<Path> parts = new ArrayList<>();
            for (Path file : store.files(table, List.of(machine))) {
                if (Files.size(file) < LARGE_PART) {
                    parts.add(file);
                }
            }
            if (parts.size() > MOST_PARTS) {
                Path merged = store.part(table, machine);
                Duck.write(connection, table, Duck.parquet(parts), merged);
                store.commit(List.of(merged), parts, List.of());
            }
        }
    }

    /** What is to be remembered of a file; empty when it was taken in before. */
    private Optional<Commit.Source> source(String machine, Path file) throws IOException {
        Path absolute = file.toAbsolutePath().normalize();
        BasicFileAttributes attributes = Files.readAttributes(absolute, BasicFileAttributes.class);
        long modified = attributes.lastModifiedTime().toMillis();
        if (knownFiles.contains(fileKey(machine, absolute.toString(), attributes.size(), modified))) {
            return Optional.empty();
        }
        String hash = hash(absolute);
        synchronized (knownHashes) {
            return knownHashes.add(hashKey(machine, hash))
                    ? Optional.of(new Commit.Source(machine, hash, absolute.toString(), attributes.size(), modified))
                    : Optional.empty();
        }
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);   // every Java has it
        }
    }

    private static String hashKey(String machine, String hash) {
        return machine + '\n' + hash;
    }

    private static String fileKey(String machine, String path, long size, long modified) {
        return machine + '\n' + path + '\n' + size + '\n' + modified;
    }

    /** What a worker works with. */
    private record Bench(Connection connection, SampleBatch batch) {
    }

    /** What a file turned out to hold. */
    private enum Content {
        ROWS, EVENTS, NOTHING
    }

    /** Reads one file. */
    private Content read(Path path, MachineRows rowsOfMachine) throws SQLException, IOException {
        try (Sink sink = new Sink(path, rowsOfMachine)) {
            List<String> formats = readers.readByBeginning(EvidenceFile.open(path), sink);
            sink.rethrow();
            if (sink.facts == 0 && sink.events > 0) {
                return Content.EVENTS;
            }
            sink.doubts.forEach(this::doubt);
            if (sink.facts == 0) {
                bad.add(new IngestReport.BadFile(path.toString(), formats.isEmpty() ? "nothing Poolscope knows"
                        : "a " + String.join(" and ", formats) + ", which holds no pool use, totals or inventory"));
                return Content.NOTHING;
            }
            if (sink.untimed > 0 && sink.untimed == sink.facts) {
                bad.add(new IngestReport.BadFile(path.toString(), "nothing in it says when it was taken. Write the time into the file "
                        + "before each snapshot, or the date into the file's name"));
                return Content.NOTHING;
            }
            return Content.ROWS;
        } catch (EvidenceException e) {
            bad.add(new IngestReport.BadFile(path.toString(), (e.place().isEmpty() ? "" : e.place() + ": ") + EvidenceReaders.sentence(e)));
            return Content.NOTHING;
        }
    }

    private void doubt(IngestReport.BadFile doubt) {
        if (warnings.size() < MOST_WARNINGS) {
            warnings.add(doubt);
        }
    }

    /** Hands facts on as they are found, so that none of them has to be kept. */
    private final class Sink implements FactSink, AutoCloseable {
        private final Path path;
        private final MachineRows into;
        private int facts;
        private int untimed;
        private int events;
        /** Of files that hold nothing but events nothing is taken that could be doubted. */
        private final List<IngestReport.BadFile> doubts = new ArrayList<>();
        private Exception failure;
        private final List<AutoCloseable> opened = new ArrayList<>();

        private Sink(Path path, MachineRows into) {
            this.path = path;
            this.into = into;
        }

        @Override
        public void add(Fact fact) {
            if (failure != null) {
                return;
            }
            try {
                switch (fact) {
                    case PoolSnapshot snapshot -> {
                        untimed += snapshot.taken() == null ? 1 : 0;
                        into.add(snapshot);
                        facts++;
                    }
                    case MemoryCounters totals -> {
                        untimed += totals.taken() == null ? 1 : 0;
                        into.add(totals);
                        facts++;
                    }
                    case CounterSeries series -> {
                        into.add(series);
                        facts++;
                    }
                    case LoadedModules modules -> {
                        into.add(modules);
                        facts++;
                    }
                    case MachineInventory inventory -> {
                        into.add(inventory);
                        facts++;
                    }
                    case LoggedEvent _, EventLog _, ResourceExhaustion _ -> events++;
                    default -> {
                        // Other facts are for the diagnosis of one machine.
                    }
                }
                if (fact instanceof AutoCloseable open) {
                    opened.add(open);
                }
            } catch (SQLException | IOException e) {
                failure = e;
            }
        }

        private void rethrow() throws SQLException, IOException {
            switch (failure) {
                case null -> { }
                case SQLException e -> throw e;
                case IOException e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
        }

        /** Closes the dumps that facts hold open. */
        @Override
        public void close() {
            for (AutoCloseable open : opened) {
                try {
                    open.close();
                } catch (Exception e) {
                    warnings.add(new IngestReport.BadFile(path.toString(), "cannot be closed: " + e.getMessage()));
                }
            }
        }

        @Override
        public boolean citesRows() {
            return false;
        }

        @Override
        public void understood(int line) {
            // Lines nobody understood are a matter for the diagnosis of one machine.
        }

        @Override
        public void warn(Provenance where, String message) {
            if (doubts.size() < MOST_WARNINGS) {
                String at = where.at().isEmpty() ? "" : where.at() + ": ";
                doubts.add(new IngestReport.BadFile(path.toString(), at + message));
            }
        }
    }
}
