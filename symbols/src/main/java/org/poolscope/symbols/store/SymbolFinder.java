package org.poolscope.symbols.store;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.model.CacheFolder;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Progress;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.store.Attempt.Outcome;
import org.poolscope.symbols.store.SymbolPath.Chain;
import org.poolscope.symbols.store.SymbolPath.Folder;
import org.poolscope.symbols.store.SymbolPath.Place;
import org.poolscope.symbols.store.SymbolPath.Server;
import org.poolscope.symbols.store.SymbolPath.Store;

/**
 * Finds the symbols of a program along a {@linkplain SymbolPath symbol path}. A file counts only when it says itself that it is
 * of the program: its GUID and age are those the program names. What a server sends is checked before it is kept.
 */
public final class SymbolFinder {

    /** Looks nowhere. */
    public static final SymbolFinder NOWHERE = new SymbolFinder(new SymbolPath(List.of()), new SymbolCache(null), Progress.NONE);

    private final SymbolPath path;
    private final SymbolCache cache;
    private final Progress progress;

    /**
     * A finder.
     *
     * @param cache what was read once
     * @param progress is told how far a transfer has come
     */
    public SymbolFinder(SymbolPath path, SymbolCache cache, Progress progress) {
        this.path = path;
        this.cache = cache;
        this.progress = progress;
    }

    /**
     * The finder that the environment asks for: along {@code _NT_SYMBOL_PATH}, or nowhere when it is not set.
     *
     * @throws IllegalArgumentException when the variable cannot be understood
     */
    public static SymbolFinder ofEnvironment(Map<String, String> environment, Progress progress) {
        String path = environment.get("_NT_SYMBOL_PATH");
        return path == null || path.isBlank() ? NOWHERE : along(path, environment, progress);
    }

    /**
     * A finder along a path, with the user's cache.
     *
     * @throws IllegalArgumentException when the path cannot be understood
     */
    public static SymbolFinder along(String path, Map<String, String> environment, Progress progress) {
        Path caches = CacheFolder.of(environment);
        try {
            return new SymbolFinder(SymbolPath.parse(path, caches.resolve("symbols")),
                    new SymbolCache(caches.resolve("tables")), progress);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + e.getInput() + "' is no path", e);
        }
    }

    /** Whether it looks anywhere at all. */
    public boolean looksSomewhere() {
        return !path.elements().isEmpty();
    }

    /** What the path names on this machine that is not there; stores that are made when something is kept in them do not count. */
    public List<Path> missing() {
        List<Path> missing = new ArrayList<>();
        for (SymbolPath.Element element : path.elements()) {
            if (element instanceof Place(Path place) && !Files.exists(place)) {
                missing.add(place);
            }
        }
        return missing;
    }

    /** The symbol files that the path names themselves, for programs whose identity is not known. */
    public List<SymbolTable> named() {
        List<SymbolTable> tables = new ArrayList<>();
        for (SymbolPath.Element element : path.elements()) {
            if (element instanceof Place(Path place) && Files.isRegularFile(place)) {
                try {
                    tables.add(cache.read(place));
                } catch (EvidenceException e) {
                    // looking for a program by its identity names what is wrong with the file
                }
            }
        }
        return tables;
    }

    /** Looks for the symbols of a program. */
    public SymbolSearch find(PdbIdentity wanted) {
        List<Attempt> attempts = new ArrayList<>();
        for (SymbolPath.Element element : path.elements()) {
            Optional<SymbolTable> found = switch (element) {
                case Place(Path place) -> inPlace(wanted, place, attempts);
                case Chain(List<Store> stores) -> inStores(wanted, stores, attempts);
            };
            if (found.isPresent()) {
                return new SymbolSearch(wanted, found, attempts);
            }
        }
        return new SymbolSearch(wanted, Optional.empty(), attempts);
    }

    private Optional<SymbolTable> inPlace(PdbIdentity wanted, Path place, List<Attempt> attempts) {
        if (Files.isRegularFile(place)) {
            return take(wanted, place, attempts);
        }
        if (!Files.isDirectory(place)) {
            attempts.add(new Attempt(place.toString(), Outcome.FAILED, "no such file or folder"));
            return Optional.empty();
        }
        int before = attempts.size();
        for (Path file : candidates(wanted, place)) {
            if (Files.isRegularFile(file)) {
                Optional<SymbolTable> found = take(wanted, file, attempts);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        if (attempts.size() == before) {
            attempts.add(new Attempt(place.toString(), Outcome.ABSENT, "holds no symbols of " + wanted));
        }
        return Optional.empty();
    }

    /** Where a folder may hold symbols: as a store, as Volatility has its tables, or just so. */
    private static List<Path> candidates(PdbIdentity wanted, Path folder) {
        List<Path> files = new ArrayList<>();
        String name = wanted.name();
        files.add(inStore(wanted, folder).resolve(name));
        files.add(inStore(wanted, folder).resolve(packed(name)));
        for (String ending : List.of(".json.xz", ".json")) {
            files.add(folder.resolve(name + "-" + wanted.key() + ending));
            files.add(folder.resolve(name).resolve(wanted.key() + ending));
            files.add(folder.resolve("windows").resolve(name).resolve(wanted.key() + ending));
            files.add(folder.resolve(wanted.key() + ending));
        }
        files.add(folder.resolve(name));
        files.add(folder.resolve("symbols").resolve("exe").resolve(name));
        files.add(folder.resolve("symbols").resolve("sys").resolve(name));
        files.add(folder.resolve("exe").resolve(name));
        files.add(folder.resolve("sys").resolve(name));
        return files;
    }

    /**
     * The folder of a program in a store; a store with an {@code index2.txt} has one more level, of the names' first two letters.
     */
    private static Path inStore(PdbIdentity wanted, Path root) {
        Path level = Files.exists(root.resolve("index2.txt")) && wanted.name().length() > 1
                ? root.resolve(wanted.name().substring(0, 2)) : root;
        return level.resolve(wanted.name()).resolve(wanted.folder());
    }

    /** A packed file's name ends with an underscore in place of its last letter. */
    private static String packed(String name) {
        return name.substring(0, name.length() - 1) + "_";
    }

    private Optional<SymbolTable> inStores(PdbIdentity wanted, List<Store> stores, List<Attempt> attempts) {
        for (int i = 0; i < stores.size(); i++) {
            Optional<SymbolTable> found = switch (stores.get(i)) {
                case Folder(Path root) -> inFolder(wanted, root, stores.subList(0, i), attempts);
                case Server(URI address) -> onServer(wanted, address, stores.subList(0, i), attempts);
            };
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<SymbolTable> inFolder(PdbIdentity wanted, Path root, List<Store> nearer, List<Attempt> attempts) {
        Path folder = inStore(wanted, root);
        for (Path file : List.of(folder.resolve(wanted.name()), folder.resolve(packed(wanted.name())))) {
            if (Files.isRegularFile(file)) {
                Optional<SymbolTable> found = take(wanted, file, attempts);
                found.ifPresent(table -> keep(wanted, file, nearer));
                return found;
            }
        }
        attempts.add(new Attempt(folder.toString(), Outcome.ABSENT, ""));
        return Optional.empty();
    }

    private Optional<SymbolTable> onServer(PdbIdentity wanted, URI root, List<Store> nearer, List<Attempt> attempts) {
        Path part = null;
        try (HttpStore server = new HttpStore()) {
            part = Files.createTempFile("poolscope", ".symbols");
            for (String name : List.of(wanted.name(), packed(wanted.name()))) {
                URI address = root.resolve(encoded(wanted.name()) + "/" + wanted.folder() + "/" + encoded(name));
                try {
                    if (server.fetch(address, part, progress)) {
                        Optional<SymbolTable> found = take(wanted, part, address.toString(), attempts);
                        Path fetched = part;
                        found.ifPresent(table -> keep(wanted, fetched, nearer));
                        return found;
                    }
                    attempts.add(new Attempt(address.toString(), Outcome.ABSENT, ""));
                } catch (IOException e) {
                    attempts.add(new Attempt(address.toString(), Outcome.FAILED, "cannot be fetched: " + said(e)));
                    return Optional.empty();
                }
            }
        } catch (IOException e) {
            attempts.add(new Attempt(root.toString(), Outcome.FAILED, "no temporary file can be made: " + said(e)));
        } finally {
            deleteQuietly(part);
        }
        return Optional.empty();
    }

    private static String said(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Optional<SymbolTable> take(PdbIdentity wanted, Path file, List<Attempt> attempts) {
        return take(wanted, file, file.toString(), attempts);
    }

    /** The symbols of a file, if they are the program's. */
    private Optional<SymbolTable> take(PdbIdentity wanted, Path file, String place, List<Attempt> attempts) {
        Path plain = null;
        try {
            if (isPacked(file)) {
                plain = Files.createTempFile("poolscope", ".pdb");
                Cabinet.unpack(file, plain);
            }
            SymbolTable table = cache.read(plain == null ? file : plain);
            if (!table.identity().sameProgram(wanted)) {
                attempts.add(new Attempt(place, Outcome.REFUSED, "holds the symbols of " + table.identity().key()
                        + ", not of " + wanted.key()));
                return Optional.empty();
            }
            attempts.add(new Attempt(place, Outcome.FOUND, ""));
            return Optional.of(table);
        } catch (EvidenceException e) {
            attempts.add(new Attempt(place, Outcome.REFUSED, e.problem()));
        } catch (IOException e) {
            attempts.add(new Attempt(place, Outcome.REFUSED, said(e)));
        } finally {
            deleteQuietly(plain);
        }
        return Optional.empty();
    }

    private static boolean isPacked(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return Cabinet.recognises(in.readNBytes(4));
        }
    }

    /** Keeps a file that was found farther away, in the stores before it. A store that cannot be written keeps nothing. */
    private static void keep(PdbIdentity wanted, Path file, List<Store> nearer) {
        for (Store store : nearer) {
            if (store instanceof Folder(Path root)) {
                Path part = null;
                try {
                    Path folder = Files.createDirectories(inStore(wanted, root));
                    part = Files.createTempFile(folder, "new", ".part");
                    if (isPacked(file)) {
                        Cabinet.unpack(file, part);
                    } else {
                        Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
                    }
                    Files.move(part, folder.resolve(wanted.name()), StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    deleteQuietly(part);
                }
            }
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // a temporary file stays behind
        }
    }
}
