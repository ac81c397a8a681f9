package org.poolscope.dfs.namespace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.ProgramName;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a namespace from a YAML file. What is wrong is told with its line and what would be right.
 *
 * <pre>
 *   server: FILES                      # the server's name as clients are told; default POOLSCOPE
 *   guests: true                       # whether unknown and anonymous users get in; default: when there are no users
 *   users:
 *     anna: correct horse              # name: password
 *   roots:
 *     projects:                        # clients open \\thisserver\projects
 *       ttl: 300                       # seconds; default 300
 *       failback: false
 *       targets: ['\\files\projects']  # default: this server
 *       links:
 *         lores:
 *           ttl: 1800                  # seconds; default 1800
 *           targets: ['\\fs1\lores', '\\fs2\lores']
 *         archive\2024:                # or archive/2024
 *           targets: '\\fs1\archive\2024'
 *         partner:
 *           interlink: true            # the target is another namespace
 *           targets: '\\partner.example\public'
 * </pre>
 */
public final class NamespaceFile {

    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_DEPTH = 32;
    private static final int MOST_LINKS = 100_000;
    private static final int MOST_USERS = 10_000;
    private static final int LONGEST_NAME = 255;
    private static final long LONGEST_TTL = 0xffff_ffffL;
    /** The largest buffer clients offer (MS-DFSC 3.1.5.4.1). */
    private static final int LARGEST_REPLY = 56 << 10;
    /** A file could name as many targets as fit in it, and each reply is made whole. */
    private static final int MOST_TARGETS = 1000;

    private final Path file;

    private NamespaceFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @throws EvidenceException when it cannot be read, or is no namespace
     */
    public static Namespace read(Path file) throws EvidenceException {
        byte[] bytes;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new EvidenceException(file, "", "it is larger than " + (MOST_BYTES >> 20) + " MB",
                        "Name a YAML file with a namespace");
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw EvidenceException.unreadable(file, e);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new EvidenceException(file, "", "it is not UTF-8", "Save it as UTF-8", e);
        }
        return parse(file, text);
    }

    /**
     * Reads a namespace from text.
     *
     * @param file the file it is from, for errors
     * @throws EvidenceException when it is no namespace
     */
    public static Namespace parse(Path file, String text) throws EvidenceException {
        LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).setCodePointLimit(MOST_BYTES)
                .setAllowNonScalarKeys(true).build();
        NamespaceFile reader = new NamespaceFile(file);
        try {
            reader.checkDepth(new Parse(settings).parseString(text));
            Optional<Node> document = new Compose(settings).composeString(text);
            if (document.isEmpty()) {
                throw new EvidenceException(file, "", "it is empty", "See '" + ProgramName.called("poolscope dfs serve --help") + "' for an example");
            }
            return reader.namespace(new YamlMap(file, document.get(), "the file", Set.of("server", "guests", "users", "roots")));
        } catch (MarkedYamlEngineException e) {
            throw new EvidenceException(file, YamlMap.place(e.getProblemMark()), "it is not YAML: " + e.getProblem(),
                    "Correct this line; text with special characters goes between single quotes", e);
        } catch (YamlEngineException e) {
            throw new EvidenceException(file, "", "it is not YAML: " + firstLine(e.getMessage()), "Correct the file", e);
        }
    }

    /** The tree is built by calls within calls, so its depth is looked at before. */
    private void checkDepth(Iterable<Event> events) throws EvidenceException {
        int depth = 0;
        for (Event event : events) {
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            if (depth > MOST_DEPTH) {
                throw new EvidenceException(file, YamlMap.place(event.getStartMark()), "lists within lists, more than "
                        + MOST_DEPTH + " deep", "A namespace has at most 5 levels");
            }
        }
    }

    private Namespace namespace(YamlMap top) throws EvidenceException {
        Map<String, String> users = new LinkedHashMap<>();
        Optional<YamlMap> given = top.map("users", Set.of());
        if (given.isPresent()) {
            for (String user : given.get().keys()) {
                checkName(given.get(), user, "a user name");
                users.put(user, given.get().text(user).orElseThrow());
            }
            if (users.size() > MOST_USERS) {
                throw given.get().wrong("users", "there are " + users.size() + " users", "Name " + MOST_USERS + " at most");
            }
        }
        boolean guests = top.flag("guests", users.isEmpty());
        if (!guests && users.isEmpty()) {
            throw top.wrong("guests", "nobody may log on", "Name users, or let guests in");
        }
        String server = top.text("server").orElse("POOLSCOPE");
        if (server.isEmpty() || server.length() > 15 || !server.chars().allMatch(c -> c > ' ' && c < 0x7f && "\\/:*?\"<>|".indexOf(c) < 0)) {
            throw top.wrong("server", "'" + server + "' is no NetBIOS name",
                    "Give 1 to 15 ASCII letters, digits or hyphens");
        }
        YamlMap roots = top.map("roots", Set.of()).orElseThrow(() -> top.wrong("roots", "there are no roots",
                "Add 'roots:' with at least one name below it"));
        List<NamespaceRoot> made = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String name : roots.keys()) {
            if (!names.add(DfsPath.of(name).folded())) {
                throw roots.wrong(name, "there is another root of that name, for names are not case-sensitive", "Rename one");
            }
            made.add(root(roots, name));
        }
        if (made.isEmpty()) {
            throw top.wrong("roots", "there are no roots", "Name at least one below 'roots:'");
        }
        return new Namespace(server, guests, users, made);
    }

    private NamespaceRoot root(YamlMap roots, String name) throws EvidenceException {
        checkName(roots, name, "the name of a root");
        if (name.equalsIgnoreCase("IPC$") || ReferralKind.ofPath(DfsPath.of("\\s\\" + name)) == ReferralKind.SYSVOL) {
            throw roots.wrong(name, "the name " + name + " has a meaning of its own in SMB", "Choose another");
        }
        YamlMap root = roots.map(name, Set.of("ttl", "failback", "targets", "links"))
                .orElseGet(() -> YamlMap.empty(file, name));
        List<NamespaceLink> links = new ArrayList<>();
        Map<String, String> places = new LinkedHashMap<>();
        Optional<YamlMap> given = root.map("links", Set.of());
        if (given.isPresent()) {
            for (String path : given.get().keys()) {
                NamespaceLink link = link(given.get(), path);
                String before = places.putIfAbsent(link.path().folded(), path);
                if (before != null) {
                    throw given.get().wrong(path, "there is another link at that place, '" + before + "'", "Remove one");
                }
                links.add(link);
            }
            for (NamespaceLink link : links) {
                checkNotBelow(given.get(), link, places);
            }
            if (links.size() > MOST_LINKS) {
                throw root.wrong("links", "there are " + links.size() + " links", "Name " + MOST_LINKS + " at most");
            }
        }
        List<String> targets = targets(root, 2);
        NamespaceRoot made = new NamespaceRoot(name, ttl(root, ReferralKind.ROOT), root.flag("failback", false), targets, links);
        checkReply(roots, name, new NamespaceRoot(name, 0, false, targets, List.of()), "\\" + "s".repeat(64) + "\\" + name);
        return made;
    }

    private void checkNotBelow(YamlMap links, NamespaceLink link, Map<String, String> places) throws EvidenceException {
        for (int count = 1; count < link.path().components(); count++) {
            String above = places.get(link.path().prefix(count).folded());
            if (above != null) {
                throw links.wrong(places.get(link.path().folded()), "it stands below the link '" + above + "'",
                        "A link has no links below it; move one of them");
            }
        }
    }

    private NamespaceLink link(YamlMap links, String written) throws EvidenceException {
        DfsPath path = DfsPath.of(written);
        if (path.components() == 0) {
            throw links.wrong(written, "a link needs a name", "Name it, for instance 'data' or 'archive\\2024'");
        }
        for (int i = 0; i < path.components(); i++) {
            checkName(links, written, path.component(i), "a folder's name");
        }
        YamlMap link = links.map(written, Set.of("ttl", "failback", "interlink", "targets")).orElseThrow(() ->
                links.wrong(written, "the link has no targets", "Add 'targets:' below it"));
        List<String> targets = targets(link, 2);
        if (targets.isEmpty()) {
            throw links.wrong(written, "the link has no targets", "Add 'targets:' with at least one \\\\server\\share");
        }
        NamespaceLink made = new NamespaceLink(path, ttl(link, ReferralKind.LINK), link.flag("failback", false),
                link.flag("interlink", false), targets);
        checkReply(links, written, new NamespaceRoot("r", 0, false, List.of(), List.of(made)), "\\" + "s".repeat(64) + "\\"
                + "r".repeat(64) + path);
        return made;
    }

    private static long ttl(YamlMap map, ReferralKind kind) throws EvidenceException {
        return map.number("ttl", kind.usualTtlSeconds(), 0, LONGEST_TTL, "seconds");
    }

    private static List<String> targets(YamlMap map, int least) throws EvidenceException {
        List<String> targets = new ArrayList<>();
        for (String written : map.texts("targets")) {
            DfsPath path = DfsPath.of(written);
            boolean clean = written.chars().noneMatch(c -> c < ' ' || "*?\"<>|".indexOf(c) >= 0);
            if (path.components() < least || !clean) {
                throw map.wrong("targets", "'" + written + "' is no target", "Write \\\\server\\share, in single quotes or none");
            }
            targets.add(path.toString());
        }
        if (targets.size() > MOST_TARGETS) {
            throw map.wrong("targets", "there are " + targets.size() + " targets", "Name " + MOST_TARGETS + " at most");
        }
        return targets;
    }

    /** Whether the targets fit a reply, asked for by names of usual length. */
    private static void checkReply(YamlMap map, String key, NamespaceRoot root, String asked) throws EvidenceException {
        NamespaceRoot named = new NamespaceRoot(DfsPath.of(asked).component(1), 0, false, root.targets(), root.links());
        boolean fits;
        try {
            ReferralService service = new ReferralService(new Namespace("s", true, Map.of(), List.of(named)), List.of());
            fits = service.answer(new ReferralRequest(4, asked).encode(), false, LARGEST_REPLY).status() == 0;
        } catch (IllegalArgumentException e) {
            fits = false;
        }
        if (!fits) {
            throw map.wrong(key, "its targets make a reply larger than " + (LARGEST_REPLY >> 10)
                    + " KB, the most a client takes", "Name fewer targets");
        }
    }

    private static void checkName(YamlMap map, String name, String what) throws EvidenceException {
        checkName(map, name, name, what);
    }

    private static void checkName(YamlMap map, String key, String name, String what) throws EvidenceException {
        boolean clean = name.chars().noneMatch(c -> c < ' ' || "\\/:*?\"<>|".indexOf(c) >= 0);
        if (name.isEmpty() || name.length() > LONGEST_NAME || !clean || name.equals(".") || name.equals("..")) {
            throw map.wrong(key, "'" + name + "' is not fit for " + what,
                    "Use up to " + LONGEST_NAME + " characters, none of \\ / : * ? \" < > |");
        }
    }

    private static String firstLine(String text) {
        return String.valueOf(text).lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }
}
