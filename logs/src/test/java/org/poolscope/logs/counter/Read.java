package org.poolscope.logs.counter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.ServiceLoader;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/** What all readers of counters, found as the program finds them, take out of one text. */
final class Read implements FactSink {

    final List<CounterSeries> series = new ArrayList<>();
    final List<Fact> others = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    private final BitSet understood = new BitSet();
    private TextLines lines;

    static Read of(String text) {
        return of(text, StandardCharsets.UTF_8);
    }

    static Read of(String text, Charset charset) {
        return of(text.getBytes(charset));
    }

    static Read of(byte[] bytes) {
        try {
            Path file = Files.createTempFile("counters", ".csv");
            try {
                Files.write(file, bytes);
                Read read = new Read();
                EvidenceFile evidence = EvidenceFile.open(file, "counters.csv");
                for (EvidenceReader reader : ServiceLoader.load(EvidenceReader.class)) {
                    if (reader.recognises(evidence)) {
                        reader.read(evidence, read);
                    }
                }
                read.lines = evidence.text().orElseThrow();
                return read;
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (EvidenceException e) {
            throw new AssertionError(e);
        }
    }

    CounterSeries the(Counter counter) {
        List<CounterSeries> found = series.stream().filter(one -> one.counter() == counter).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " series of " + counter + " among " + series);
        }
        return found.getFirst();
    }

    /** Lines that nobody understood, blank ones left out. */
    List<String> lost() {
        List<String> lost = new ArrayList<>();
        for (int line = 1; line <= lines.count(); line++) {
            if (!understood.get(line) && !lines.line(line).isBlank()) {
                lost.add(lines.line(line));
            }
        }
        return lost;
    }

    @Override
    public void add(Fact fact) {
        if (fact instanceof CounterSeries one) {
            series.add(one);
        } else {
            others.add(fact);
        }
    }

    @Override
    public void understood(int line) {
        understood.set(line);
    }

    @Override
    public void warn(Provenance where, String message) {
        warnings.add(message);
    }
}
