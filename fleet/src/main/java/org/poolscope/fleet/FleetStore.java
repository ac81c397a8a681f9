package org.poolscope.fleet;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.poolscope.model.ProgramName;

/**
 * The data set of a fleet on disk: {@code TABLE/machine=NAME/part-ID.parquet}, and {@code commits/ID.json} that say which of those
 * files count.
 *
 * <p>A file is written under another name, forced to the disk, moved to its place, and then named by a commit that appears in one
 * move. Whoever is killed before that leaves a file that nothing names, which the next ingest removes; so a data set is valid at every
 * moment, and no rows come twice. The folders are partitioned as Hive does it: DuckDB, Spark and others read them as they are.
 */
public final class FleetStore implements AutoCloseable {

    private static final String COMMITS = "commits";
    private static final String MARK = "poolscope-fleet.json";
    private static final String MARK_TEXT = "{\"format\": \"poolscope fleet\", \"version\": 1}\n";
    private static final String PARTITION = "machine=";
    /** More commit files than this are put together to one. */
    private static final int MOST_COMMITS = 512;

    private final Path root;
    private final ObjectWriter writer;
    private final TreeMap<String, Commit> commits = new TreeMap<>();
    private final Set<String> live = new TreeSet<>();
    private FileChannel lockFile;
    private int serial;

    private FleetStore(Path root) {
        this.root = root;
        this.writer = new ObjectMapper().writerFor(Commit.class);
    }

    /**
     * Opens a data set for questions.
     *
     * @throws FleetException when there is none, or its commits cannot be read
     */
    public static FleetStore open(Path root) throws FleetException {
        if (!Files.isRegularFile(root.resolve(MARK))) {
            throw new FleetException(root + " holds no fleet data set. Make one: " + ProgramName.called("poolscope fleet ingest EVIDENCE -o ") + root);
        }
        FleetStore store = new FleetStore(root);
        store.load();
        return store;
    }

    /**
     * Opens a data set to add to it, or makes one. Only one process can; what a killed one left unfinished is removed.
     *
     * @throws FleetException when another process is adding to it, or the folder holds something else, or cannot be written
     */
    public static FleetStore openToWrite(Path root) throws FleetException {
        FleetStore store = new FleetStore(root);
        try {
            store.make();
            store.lock();
            store.load();
            store.clean();
            return store;
        } catch (IOException e) {
            store.close();
            throw new FleetException(root + " cannot be written: " + e, e);
        } catch (FleetException e) {
            store.close();
            throw e;
        }
    }

    private void make() throws IOException, FleetException {
        if (Files.isDirectory(root) && !Files.isRegularFile(root.resolve(MARK))) {
            try (DirectoryStream<Path> there = Files.newDirectoryStream(root)) {
                if (there.iterator().hasNext()) {
                    throw new FleetException(root + " holds other files and is no fleet data set. Name an empty or a new folder");
                }
            }
        }
        Files.createDirectories(root.resolve(COMMITS));
        if (!Files.exists(root.resolve(MARK))) {
            Path part = root.resolve(COMMITS).resolve(MARK + ".part");
            Files.writeString(part, MARK_TEXT);
            Files.move(part, root.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void lock() throws IOException, FleetException {
        lockFile = FileChannel.open(root.resolve(COMMITS).resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new FleetException(root + " is being added to by another process. Wait until it has ended");
        }
    }

    private void load() throws FleetException {
        ObjectMapper mapper = new ObjectMapper();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(COMMITS), "*.json")) {
            for (Path file : files) {
                try {
                    Commit commit = mapper.readValue(file.toFile(), Commit.class);
                    commits.put(commit.id(), commit);
                } catch (NoSuchFileException e) {
                    continue;   // another process has just put several commits together
                } catch (JacksonException e) {
                    throw new FleetException(file + " is damaged: " + e.getOriginalMessage()
                            + ". Restore it from a copy, or make the data set anew", e);
                }
            }
        } catch (IOException e) {
            throw new FleetException(root + " cannot be read: " + e, e);
        }
        for (Commit commit : commits.values()) {
            live.addAll(commit.adds());
        }
        for (Commit commit : commits.values()) {
            live.removeAll(commit.removes());
        }
    }

    /** Removes files that no commit names: what a process left that was killed. */
    private void clean() throws IOException {
        for (FleetTable table : FleetTable.values()) {
            Path folder = root.resolve(table.word());
            if (!Files.isDirectory(folder)) {
                continue;
            }
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (!live.contains(name(file))) {
                        Files.deleteIfExists(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(root.resolve(COMMITS), "*.part")) {
            for (Path part : parts) {
                Files.deleteIfExists(part);
            }
        }
    }

    private String name(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    /** Where the data set is. */
    public Path root() {
        return root;
    }

    /** The machines that have rows in a table, by name. */
    public synchronized List<String> machines(FleetTable table) {
        Set<String> names = new TreeSet<>();
        for (String file : live) {
            if (file.startsWith(table.word() + "/")) {
                names.add(machineOf(file));
            }
        }
        return List.copyOf(names);
    }

    /**
     * The Parquet files of a table.
     *
     * @param machines only of these machines; {@code null} for all
     */
    public synchronized List<Path> files(FleetTable table, Collection<String> machines) {
        Set<String> wanted = machines == null ? null : new HashSet<>(machines);
        List<Path> found = new ArrayList<>();
        for (String file : live) {
            if (file.startsWith(table.word() + "/") && (wanted == null || wanted.contains(machineOf(file)))) {
                found.add(root.resolve(file));
            }
        }
        return found;
    }

    /** The evidence that was taken in. */
    List<Commit.Source> sources() {
        return commits.values().stream().flatMap(commit -> commit.sources().stream()).toList();
    }

    private static String machineOf(String file) {
        int from = file.indexOf(PARTITION) + PARTITION.length();
        return decode(file.substring(from, file.indexOf('/', from)));
    }

    /** A file to write before it is committed; its folder exists. */
    Path part(FleetTable table, String machine) throws IOException {
        Path folder = Files.createDirectories(root.resolve(table.word()).resolve(PARTITION + encode(machine)));
        return folder.resolve("part-" + nextId() + ".parquet.part");
    }

    /**
     * Makes written files part of the data set, all of them or none.
     *
     * @param written files as {@link #part} named them
     * @param removes files of the data set whose rows the new ones hold
     * @param sources the evidence whose rows the new files hold and no earlier ones
     */
    synchronized void commit(List<Path> written, List<Path> removes, List<Commit.Source> sources) throws IOException {
        List<String> adds = new ArrayList<>();
        for (Path part : written) {
            force(part);
            String text = part.toString();
            Path placed = Path.of(text.substring(0, text.length() - ".part".length()));
            Files.move(part, placed, StandardCopyOption.ATOMIC_MOVE);
            adds.add(name(placed));
        }
        List<String> gone = removes.stream().map(this::name).toList();
        write(new Commit(nextId(), adds, gone, sources));
        live.addAll(adds);
        gone.forEach(live::remove);
        for (Path file : removes) {
            Files.deleteIfExists(file);
        }
    }

    /** Puts all commits together when they are many: each costs a file to read whenever the data set is opened. */
    synchronized void tidy() throws IOException {
        if (commits.size() <= MOST_COMMITS) {
            return;
        }
        List<String> old = List.copyOf(commits.keySet());
        write(new Commit(nextId(), List.copyOf(live), List.of(), sources().stream().distinct().toList()));
        for (String id : old) {
            Files.deleteIfExists(commitFile(id));
            commits.remove(id);
        }
    }

    private void write(Commit commit) throws IOException {
        Path file = commitFile(commit.id());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.write(part, writer.writeValueAsBytes(commit));
        force(part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        commits.put(commit.id(), commit);
    }

    private Path commitFile(String id) {
        return root.resolve(COMMITS).resolve(id + ".json");
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Names that sort by the time they were made. */
    private synchronized String nextId() {
        long now = System.currentTimeMillis();
        return "%013d-%06d-%08x".formatted(now, serial++, ProcessHandle.current().pid() * 0x9e3779b1L & 0xffffffffL);
    }

    /** A machine's name as a folder name; what file systems or Hive's rules could not bear is written {@code %XX}. */
    static String encode(String machine) {
        StringBuilder text = new StringBuilder();
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(machine);
        while (bytes.hasRemaining()) {
            int value = bytes.get() & 0xff;
            boolean plain = value < 0x80 && (Character.isLetterOrDigit(value) || value == '-' || value == '_'
                    || value == '.' && !text.isEmpty());
            if (plain) {
                text.append((char) value);
            } else {
                text.append('%').append("%02X".formatted(value));
            }
        }
        return text.toString();
    }

    private static String decode(String folder) {
        return URLDecoder.decode(folder.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (lockFile != null) {
            try {
                lockFile.close();
            } catch (IOException e) {
                return;   // the lock ends with the process at the latest
            }
        }
    }
}
