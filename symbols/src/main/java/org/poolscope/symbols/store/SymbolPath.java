package org.poolscope.symbols.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where to look for symbols, as {@code _NT_SYMBOL_PATH} says it: elements separated by semicolons, each a folder, a file, {@code
 * srv*STORE*STORE…} (the nearest store first; what is found farther away is kept in the nearer ones) or {@code cache*FOLDER} (a
 * store that keeps what anything after it finds).
 *
 * @param elements the elements, in order
 */
public record SymbolPath(List<Element> elements) {

    /** Copies the list. */
    public SymbolPath {
        elements = List.copyOf(elements);
    }

    /** One element of a path. */
    public sealed interface Element {
    }

    /**
     * A folder that holds symbol files in any of the usual ways, or one symbol file.
     *
     * @param path the folder or file
     */
    public record Place(Path path) implements Element {
    }

    /**
     * Symbol stores that are asked one after the other.
     *
     * @param stores from the nearest to the farthest; all but the last are folders
     */
    public record Chain(List<Store> stores) implements Element {

        /** Copies the list. */
        public Chain {
            stores = List.copyOf(stores);
        }
    }

    /** A symbol store: folders of one layout, here or on a server. */
    public sealed interface Store {
    }

    /**
     * A store in a folder.
     *
     * @param path its root
     */
    public record Folder(Path path) implements Store {
    }

    /**
     * A store on a server.
     *
     * @param address its root, {@code http} or {@code https}
     */
    public record Server(URI address) implements Store {
    }

    /**
     * Reads a path.
     *
     * @param nearest the store that is used where the path says {@code srv*} and names none of its own
     * @throws IllegalArgumentException when an element cannot be understood; the message names it
     */
    public static SymbolPath parse(String text, Path nearest) {
        List<Element> elements = new ArrayList<>();
        List<Store> caches = new ArrayList<>();
        for (String element : text.split(";")) {
            String word = element.strip();
            String start = word.toLowerCase(Locale.ROOT);
            if (word.isEmpty()) {
                continue;
            }
            if (start.startsWith("cache*")) {
                caches.add(new Folder(word.length() == 6 ? nearest : Path.of(word.substring(6))));
                elements.add(new Chain(List.of(caches.getLast())));
            } else if (start.startsWith("srv*") || start.startsWith("symsrv*")) {
                elements.add(chain(word, start.startsWith("symsrv*"), caches, nearest));
            } else if (isAddress(start)) {
                elements.add(chain("srv*" + word, false, caches, nearest));
            } else {
                elements.add(new Place(Path.of(word)));
            }
        }
        return new SymbolPath(elements);
    }

    private static Chain chain(String word, boolean namesLibrary, List<Store> caches, Path nearest) {
        String[] parts = word.split("\\*", -1);
        List<Store> stores = new ArrayList<>(caches);
        for (int i = namesLibrary ? 2 : 1; i < parts.length; i++) {
            String part = parts[i].strip();
            boolean server = isAddress(part.toLowerCase(Locale.ROOT));
            if (server && i < parts.length - 1) {
                throw new IllegalArgumentException("in '" + word
                        + "' a server stands before another store: only the last can be one");
            }
            if (server && stores.isEmpty()) {
                stores.add(new Folder(nearest));
            }
            stores.add(server ? new Server(address(part)) : new Folder(part.isEmpty() ? nearest : Path.of(part)));
        }
        if (stores.isEmpty()) {
            throw new IllegalArgumentException("'" + word + "' names no store");
        }
        return new Chain(stores);
    }

    private static boolean isAddress(String word) {
        return word.startsWith("http://") || word.startsWith("https://");
    }

    private static URI address(String text) {
        try {
            URI address = new URI(text.endsWith("/") ? text : text + "/");
            if (address.getHost() == null) {
                throw new IllegalArgumentException("'" + text + "' names no server");
            }
            return address;
        } catch (java.net.URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is no address of a server", e);
        }
    }
}
