package org.poolscope.logs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.model.PoolKind;

/**
 * What is known of an event that matters here. Events keep their meaning from Windows version to version, though the server
 * service logs under {@code Srv} up to Windows Server 2008 R2 and partly under other names after it.
 *
 * @param sources the names it is logged under, lower case
 * @param id its id
 * @param kind what it tells
 * @param pool the pool it is about, or {@code null}
 * @param meaning what it says, in our words
 * @param idWord which word of its data repeats the 32-bit event identifier, from 0; -1 when none
 * @param statusWord which word holds the status code; -1 when none
 * @param names the labels under which it names what was installed, the best first; empty when it names nothing
 * @param details the labels under which it says more of that, such as its file, the best first
 */
public record KnownEvent(List<String> sources, int id, Kind kind, PoolKind pool, String meaning, int idWord, int statusWord,
        List<String> names, List<String> details) {

    /** What an event tells about a machine whose pool may leak. */
    public enum Kind {
        /** An allocation from a pool failed because there was nothing left. */
        POOL_EMPTY,
        /** An allocation was refused because a configured limit for a service was reached. */
        POOL_LIMIT,
        /** A service lacked something that pool shortage often takes away. */
        RESOURCES_SHORT,
        /** Windows ran low on memory as a whole. */
        MEMORY_LOW,
        /** How long the machine had run; see {@link MachineZone}. */
        UP_TIME,
        /** The machine started: counters begin at zero. */
        BOOT,
        /** The machine was shut down in order. */
        SHUTDOWN,
        /** The machine stopped without having been shut down. */
        STOPPED,
        /** The machine crashed with a bug check. */
        CRASH,
        /** A service or driver was installed. */
        DRIVER_INSTALLED
    }

    private static final Map<Integer, List<KnownEvent>> KNOWN = load();

    /** More of a text than anybody reads. */
    private static final int LONGEST_NAME = 150;

    public KnownEvent {
        sources = List.copyOf(sources);
        names = List.copyOf(names);
        details = List.copyOf(details);
    }

    private static Map<Integer, List<KnownEvent>> load() {
        Map<Integer, List<KnownEvent>> known = new HashMap<>();
        for (List<String> row : DataTable.rows("events.tsv", 9)) {
            PoolKind pool = row.get(3).equals("-") ? null : PoolKind.valueOf(row.get(3).toUpperCase(Locale.ROOT));
            KnownEvent event = new KnownEvent(List.of(row.get(0).toLowerCase(Locale.ROOT).split("\\|")),
                    Integer.parseInt(row.get(1)), Kind.valueOf(row.get(2)), pool, row.get(6), word(row.get(4)), word(row.get(5)),
                    labels(row.get(7)), labels(row.get(8)));
            known.computeIfAbsent(event.id, unused -> new ArrayList<>()).add(event);
        }
        return Map.copyOf(known);
    }

    private static int word(String field) {
        return field.equals("-") ? -1 : Integer.parseInt(field);
    }

    private static List<String> labels(String field) {
        return field.equals("-") ? List.of() : List.of(field.split("\\|"));
    }

    /** What such an event says was installed, and more of it in parentheses; on one line, and not too long. Empty when it names nothing. */
    public Optional<String> named(LoggedEvent event) {
        return text(event, names).map(name -> name + text(event, details).map(more -> " (" + more + ")").orElse(""));
    }

    private static Optional<String> text(LoggedEvent event, List<String> labels) {
        return labels.stream().map(label -> event.data().getOrDefault(label, "").replaceAll("\\s+", " ").strip())
                .filter(text -> !text.isEmpty()).findFirst()
                .map(text -> text.length() > LONGEST_NAME ? text.substring(0, LONGEST_NAME - 3) + "..." : text);
    }

    /** What is known of a logged event, if anything. */
    public static Optional<KnownEvent> of(LoggedEvent event) {
        return of(event.source(), event.id());
    }

    /**
     * What is known of the event with this id of this source, if anything. Cheap for ids nobody knows: a log may hold millions.
     *
     * @param source who logged it, in any case
     * @param id the event id, without severity and facility bits
     */
    public static Optional<KnownEvent> of(String source, int id) {
        List<KnownEvent> sameId = KNOWN.get(id);
        if (sameId == null) {
            return Optional.empty();
        }
        String lower = source.toLowerCase(Locale.ROOT);
        return sameId.stream().filter(known -> known.sources.contains(lower)).findFirst();
    }

    /** All events known, for documentation. */
    public static List<KnownEvent> all() {
        return KNOWN.values().stream().flatMap(List::stream)
                .sorted(java.util.Comparator.comparing(KnownEvent::id).thenComparing(known -> known.sources.getFirst())).toList();
    }

    /** The event identifier repeated in the data of such an event, if its words are there. */
    public Optional<EventIdentifier> identifier(LoggedEvent event) {
        OptionalLong word = word(event, idWord);
        return word.isPresent() ? Optional.of(new EventIdentifier(word.getAsLong())) : Optional.empty();
    }

    /** The status code in the data of such an event, if its words are there; {@link NtStatus#of} may name it. */
    public OptionalLong status(LoggedEvent event) {
        return word(event, statusWord);
    }

    /** The number of the call site in the server service that logged it: the last word of the data. */
    public OptionalLong callSite(LoggedEvent event) {
        return idWord < 0 ? OptionalLong.empty() : word(event, event.words().size() - 1);
    }

    /** Words are taken only when the word that repeats the event id agrees: other data has another layout. */
    private OptionalLong word(LoggedEvent event, int index) {
        List<Long> words = event.words();
        if (index < 0 || index >= words.size() || idWord >= words.size()
                || idWord >= 0 && new EventIdentifier(words.get(idWord)).id() != id) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(words.get(index));
    }
}
