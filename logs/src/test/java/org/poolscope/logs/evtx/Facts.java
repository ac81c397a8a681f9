package org.poolscope.logs.evtx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/** What a reader says of one file. */
public final class Facts implements FactSink {

    private final List<Fact> facts = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private Facts() {
    }

    /** Reads a file the reader must recognise. */
    public static Facts of(EvidenceReader reader, Path path) throws EvidenceException {
        EvidenceFile file = EvidenceFile.open(path, path.getFileName().toString());
        if (!reader.recognises(file)) {
            throw new AssertionError(path + " is not recognised");
        }
        Facts facts = new Facts();
        reader.read(file, facts);
        return facts;
    }

    @Override
    public void add(Fact fact) {
        facts.add(fact);
    }

    @Override
    public void understood(int line) {
        throw new AssertionError("there are no lines");
    }

    @Override
    public void warn(Provenance where, String message) {
        warnings.add(where + ": " + message);
    }

    /** The facts of a kind, in order. */
    public <T extends Fact> List<T> all(Class<T> kind) {
        return facts.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The one fact of a kind. */
    public <T extends Fact> T one(Class<T> kind) {
        List<T> found = all(kind);
        if (found.size() != 1) {
            throw new AssertionError("not one " + kind.getSimpleName() + " but " + found);
        }
        return found.getFirst();
    }

    /** What was warned of. */
    public List<String> warnings() {
        return warnings;
    }
}
