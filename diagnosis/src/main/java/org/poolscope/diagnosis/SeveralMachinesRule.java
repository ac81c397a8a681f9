package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.MachineInventory;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.ShellWord;

/**
 * Evidence of several machines, by the names of computers in it, or by folders that each hold a file of the same name. A verdict is on one
 * machine: figures of two say nothing together.
 */
final class SeveralMachinesRule implements Rule {

    static final String ID = "several-machines";

    private static final int MOST_SHOWN = 6;
    /** Folders that tell apart moments of one machine, or kinds of evidence, and not machines. */
    private static final Pattern MOMENT = Pattern.compile("[-_. \\d]+|.*\\d{4}[-_.]?\\d{2}[-_.]?\\d{2}.*|(?:.*[-_. ])?(?:before|after|old|new|first|second|last|"
            + "day|run|boot|start|end|week|dumps?|mini\\w*|logs?|events?|pool\\w*|perf\\w*|drivers?|snap\\w*)\\d*(?:[-_. ].*)?",
            Pattern.CASE_INSENSITIVE);

    /**
     * Files that go together by the computers they name.
     *
     * @param names those names
     * @param files the files, each with a place that names one
     */
    private record Machine(Set<String> names, Map<String, Provenance> files) {
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Machine> machines = machines(subject);
        if (machines.size() > 1) {
            return List.of(named(subject, machines));
        }
        Set<String> ofOne = machines.isEmpty() ? Set.of() : machines.getFirst().files().keySet();
        return folders(subject, ofOne).map(folders -> unnamed(subject, folders)).stream().toList();
    }

    /** A file that names two computers is of one that was renamed, or a collection: they count as one. */
    private static List<Machine> machines(Case subject) {
        Map<String, Machine> files = new LinkedHashMap<>();
        subject.facts(LoggedEvent.class).forEach(event -> add(files, event.computer(), event.seenAt()));
        subject.facts(CounterSeries.class).forEach(series -> add(files, series.machine(), series.seenAt()));
        subject.facts(MachineInventory.class).forEach(inventory -> add(files, inventory.machine(), inventory.seenAt()));
        List<Machine> machines = new ArrayList<>();
        for (Machine file : files.values()) {
            Machine joined = file;
            for (Machine other : List.copyOf(machines)) {
                if (other.names().stream().anyMatch(joined.names()::contains)) {
                    joined.names().addAll(other.names());
                    joined.files().putAll(other.files());
                    machines.remove(other);
                }
            }
            machines.add(joined);
        }
        return machines;
    }

    private static void add(Map<String, Machine> files, String computer, Provenance seenAt) {
        String name = computer == null ? "" : computer.strip().replaceFirst("^\\\\+", "").replaceFirst("\\..*", "").toUpperCase(Locale.ROOT);
        if (!name.isEmpty()) {
            Machine file = files.computeIfAbsent(seenAt.file(), any -> new Machine(new TreeSet<>(), new LinkedHashMap<>()));
            file.names().add(name);
            file.files().putIfAbsent(seenAt.file(), seenAt.quoting("computer " + computer.strip()));
        }
    }

    /** Folders below the one that was named that hold files of the same name, when no computer's name joins them. */
    private static Optional<Set<String>> folders(Case subject, Set<String> ofOne) {
        Map<String, Set<String>> byFile = new TreeMap<>();
        for (CaseFile file : subject.files()) {
            String[] parts = file.name().split("[/\\\\]");
            if (file.isRead() && parts.length == 2 && !parts[0].isEmpty() && !ofOne.contains(file.name()) && !MOMENT.matcher(parts[0]).matches()) {
                byFile.computeIfAbsent(parts[1].toLowerCase(Locale.ROOT), any -> new TreeSet<>()).add(parts[0]);
            }
        }
        return byFile.values().stream().filter(folders -> folders.size() > 1).max((left, right) -> Integer.compare(left.size(), right.size()));
    }

    private Finding named(Case subject, List<Machine> machines) {
        List<String> names = machines.stream().map(machine -> String.join(" or ", machine.names().stream().limit(2).toList())).toList();
        Finding.Builder finding = Finding.of(this, Severity.NOTE,
                Confidence.medium("the files name these computers and no file names two of them; one that was renamed in between would look the same"),
                "This evidence is of " + Quantity.count(machines.size()) + " machines: " + shown(names))
                .explanation(mixed());
        machines.stream().limit(MOST_SHOWN).forEach(machine -> finding.evidence(machine.files().values().iterator().next()));
        return finding.next(apart(subject)).build();
    }

    private Finding unnamed(Case subject, Set<String> folders) {
        return Finding.of(this, Severity.NOTE, Confidence.low("only the folders and the names of the files in them say so"),
                "The folders " + shown(List.copyOf(folders)) + " hold files of the same name, as evidence of several machines does")
                .explanation(mixed())
                .next(apart(subject)).build();
    }

    private static String shown(List<String> names) {
        return names.stream().limit(MOST_SHOWN).collect(Collectors.joining(", ")) + (names.size() > MOST_SHOWN ? ", ..." : "");
    }

    private static String mixed() {
        return "A verdict is on one machine; here what belongs to several is set against each other.";
    }

    private static NextStep apart(Case subject) {
        return new NextStep("Have a verdict on each of them.", "poolscope fleet diagnose " + subject.given().stream().map(ShellWord::of)
                .collect(Collectors.joining(" ")));
    }
}
