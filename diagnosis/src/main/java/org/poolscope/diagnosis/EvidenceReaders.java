package org.poolscope.diagnosis;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.poolscope.kernel.KernelImageReader;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.symbols.store.SymbolFinder;

/** All readers of evidence there are, asked one after another: several may find something in the same file. */
public final class EvidenceReaders {

    private final List<EvidenceReader> readers;

    private EvidenceReaders(List<EvidenceReader> readers) {
        this.readers = readers;
    }

    /** Those of all modules of the program. */
    public static EvidenceReaders installed() {
        return new EvidenceReaders(ServiceLoader.load(EvidenceReader.class).stream().map(ServiceLoader.Provider::get).toList());
    }

    /** The same, with the symbols of memory images looked for in a place that was named, rather than where the environment says. */
    static EvidenceReaders installed(SymbolFinder symbols) {
        List<EvidenceReader> readers = new ArrayList<>(installed().readers);
        readers.replaceAll(reader -> reader instanceof KernelImageReader ? new KernelImageReader(symbols) : reader);
        return new EvidenceReaders(readers);
    }

    /** What is read, as a list in a sentence. */
    String reads() {
        return readers.stream().map(EvidenceReader::reads).sorted(Comparator.comparing((String one) -> !one.startsWith("memory")))
                .collect(Collectors.joining(", "));
    }

    /** What a file holds, as far as can be told without reading all of it; empty when nobody knows. */
    public List<String> formats(EvidenceFile file) {
        return readers.stream().filter(reader -> reader.recognises(file)).map(EvidenceReader::format).toList();
    }

    /**
     * Reads a file. When one reader fails and another does not, the failure is a warning.
     *
     * @return the formats found in it; empty when nobody knows what it is
     * @throws EvidenceException when those who know what it is could read nothing of it
     */
    public List<String> read(EvidenceFile file, FactSink sink) throws EvidenceException {
        return read(file, sink, readers);
    }

    /**
     * Reads a file that is one of many: when it begins as a log of one tool, it is taken for nothing but that, and no other reader is asked
     * about its lines.
     *
     * @return the formats found in it; empty when nobody knows what it is
     * @throws EvidenceException when those who know what it is could read nothing of it
     */
    public List<String> readByBeginning(EvidenceFile file, FactSink sink) throws EvidenceException {
        List<EvidenceReader> known = readers.stream().filter(reader -> reader.fillsFiles() && reader.recognises(file.beginning())).toList();
        return read(file, sink, known.isEmpty() ? readers : known);
    }

    private static List<String> read(EvidenceFile file, FactSink sink, List<EvidenceReader> asked) throws EvidenceException {
        List<String> formats = new ArrayList<>();
        EvidenceException failure = null;
        for (EvidenceReader reader : asked) {
            try {
                if (reader.recognises(file)) {
                    reader.read(file, sink);
                    formats.add(reader.format());
                }
            } catch (EvidenceException e) {
                failure = e;
            } catch (UncheckedIOException e) {
                failure = new EvidenceException(file.path(), "", "cannot be read to its end: " + e.getCause().getMessage(),
                        "Read it when nothing changes it", e);
            }
        }
        if (formats.isEmpty() && failure != null) {
            throw failure;
        }
        if (failure != null) {
            sink.warn(new Provenance(file.name(), failure.place()), sentence(failure));
        }
        return formats;
    }

    /** What is wrong and what to do about it, without the file and the place. */
    public static String sentence(EvidenceException failure) {
        return failure.problem() + (failure.remedy().isEmpty() ? "" : ". " + failure.remedy());
    }
}
