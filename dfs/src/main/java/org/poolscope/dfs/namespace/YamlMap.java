package org.poolscope.dfs.namespace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.ProgramName;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A mapping of a YAML file, whose values are taken with checks that name the line. */
final class YamlMap {

    private final Path file;
    private final String name;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();

    /**
     * Looks at a node as a mapping.
     *
     * @param known the keys it may have; empty when any will do
     */
    YamlMap(Path file, Node node, String name, Set<String> known) throws EvidenceException {
        this.file = file;
        this.name = name;
        if (!(node instanceof MappingNode mapping)) {
            throw new EvidenceException(file, place(node.getStartMark()), name + " holds no 'name: value' lines",
                    "See '" + ProgramName.called("poolscope dfs serve --help") + "' for an example");
        }
        for (NodeTuple entry : mapping.getValue()) {
            String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : null;
            if (key == null) {
                throw new EvidenceException(file, place(entry.getKeyNode().getStartMark()), "a name is expected here", "Write 'name:'");
            }
            if (!known.isEmpty() && !known.contains(key)) {
                throw new EvidenceException(file, place(entry.getKeyNode().getStartMark()), "'" + key + "' means nothing in "
                        + name, "It may have: " + String.join(", ", known.stream().sorted().toList()));
            }
            if (entries.putIfAbsent(key, entry) != null) {
                throw new EvidenceException(file, place(entry.getKeyNode().getStartMark()), "'" + key + "' stands twice in " + name,
                        "Remove one");
            }
        }
    }

    private YamlMap(Path file, String name) {
        this.file = file;
        this.name = name;
    }

    /** A mapping without entries. */
    static YamlMap empty(Path file, String name) {
        return new YamlMap(file, name);
    }

    /** The line of a mark, from 1. */
    static String place(Optional<Mark> mark) {
        return mark.map(where -> "line " + (where.getLine() + 1)).orElse("");
    }

    List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    /** The mapping at a key; empty when the key is not there or has no value. */
    Optional<YamlMap> map(String key, Set<String> known) throws EvidenceException {
        return value(key).isEmpty() ? Optional.empty() : Optional.of(new YamlMap(file, value(key).get(), "'" + key + "'", known));
    }

    /** The text at a key; empty when the key is not there. */
    Optional<String> text(String key) throws EvidenceException {
        if (!entries.containsKey(key)) {
            return Optional.empty();
        }
        return Optional.of(scalar(key, value(key).orElseThrow(() -> wrong(key, "'" + key + "' has no value", "Write one after the colon"))));
    }

    /** The texts at a key: one, or a list of them; none when the key is not there. */
    List<String> texts(String key) throws EvidenceException {
        Optional<Node> value = value(key);
        if (value.isEmpty()) {
            return List.of();
        }
        if (!(value.get() instanceof SequenceNode list)) {
            return List.of(scalar(key, value.get()));
        }
        List<String> texts = new ArrayList<>();
        for (Node item : list.getValue()) {
            texts.add(scalar(key, item));
        }
        return texts;
    }

    boolean flag(String key, boolean otherwise) throws EvidenceException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        return switch (text.get()) {
            case "true", "True", "TRUE", "yes" -> true;
            case "false", "False", "FALSE", "no" -> false;
            default -> throw wrong(key, "'" + key + "' is '" + text.get() + "'", "Write true or false");
        };
    }

    long number(String key, long otherwise, long least, long most, String unit) throws EvidenceException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, as is a number out of range
        }
        throw wrong(key, "'" + key + "' is '" + text.get() + "'", "Write a number of " + unit + " from " + least + " to " + most);
    }

    /** The failure to report about a key, or about the whole when the key is not there. */
    EvidenceException wrong(String key, String problem, String remedy) {
        NodeTuple entry = entries.get(key);
        Optional<Mark> mark = entry == null ? Optional.empty() : entry.getKeyNode().getStartMark();
        return new EvidenceException(file, place(mark), entry == null || problem.contains("'" + key + "'") ? problem
                : name + ", '" + key + "': " + problem, remedy);
    }

    private String scalar(String key, Node node) throws EvidenceException {
        if (node instanceof ScalarNode text) {
            return text.getValue();
        }
        throw new EvidenceException(file, place(node.getStartMark()), "a text is expected for '" + key + "'",
                "Write it on one line, in single quotes or none");
    }

    /** What stands at a key, unless it is nothing. */
    private Optional<Node> value(String key) {
        NodeTuple entry = entries.get(key);
        boolean nothing = entry == null || entry.getValueNode() instanceof ScalarNode text && text.getTag().equals(Tag.NULL);
        return nothing ? Optional.empty() : Optional.of(entry.getValueNode());
    }
}
