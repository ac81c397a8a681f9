package org.poolscope.logs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.ServiceLoader;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/** What all readers of this module, found as the program finds them, take out of one file. */
final class Collected implements FactSink {

    /** The date of files made from texts. */
    static final Instant WRITTEN = Instant.parse("2007-01-10T08:00:00Z");

    private final List<Fact> facts = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> formats = new ArrayList<>();
    private final BitSet understood = new BitSet();
    private TextLines lines;

    private Collected() {
    }

    static Collected from(Path path) {
        return from(path, path.getFileName().toString());
    }

    private static Collected from(Path path, String name) {
        Collected collected = new Collected();
        try {
            EvidenceFile file = EvidenceFile.open(path, name);
            for (EvidenceReader reader : ServiceLoader.load(EvidenceReader.class)) {
                if (reader.getClass().getPackage() == Collected.class.getPackage() && reader.recognises(file)) {
                    collected.formats.add(reader.format());
                    reader.read(file, collected);
                }
            }
            collected.lines = file.text().orElse(null);
        } catch (EvidenceException e) {
            throw new AssertionError(e);
        }
        return collected;
    }

    /** The facts in a text, written to a temporary file first. */
    static Collected from(String text) {
        return from(text, StandardCharsets.UTF_8);
    }

    static Collected from(String text, Charset charset) {
        try {
            Path file = Files.createTempFile("evidence", ".txt");
            try {
                Files.write(file, text.getBytes(charset));
                Files.setLastModifiedTime(file, FileTime.from(WRITTEN));
                return from(file, "evidence");
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void add(Fact fact) {
        facts.add(fact);
    }

    @Override
    public void understood(int line) {
        understood.set(line);
    }

    @Override
    public void warn(Provenance where, String message) {
        warnings.add(where + ": " + message);
    }

    <T extends Fact> List<T> all(Class<T> kind) {
        return facts.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The one fact of a kind. */
    <T extends Fact> T one(Class<T> kind) {
        List<T> found = all(kind);
        if (found.size() != 1) {
            throw new AssertionError("not one " + kind.getSimpleName() + " but " + found);
        }
        return found.getFirst();
    }

    List<Fact> facts() {
        return facts;
    }

    List<String> warnings() {
        return warnings;
    }

    List<String> formats() {
        return formats;
    }

    /** The lines nobody understood, blank ones left out. */
    List<String> lost() {
        List<String> lost = new ArrayList<>();
        for (int line = 1; lines != null && line <= lines.count(); line++) {
            if (!understood.get(line) && !lines.line(line).isBlank()) {
                lost.add(lines.line(line));
            }
        }
        return lost;
    }

    /** All that is in the facts, as text, for comparing. */
    List<String> content() {
        return facts.stream().map(fact -> fact instanceof TagDatabase tags ? tags.entries().toString() : fact.toString())
                .toList();
    }
}
