package org.poolscope.dfs.listing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/** Takes what readers find, for tests. */
public final class CollectedFacts implements FactSink {

    public final List<Fact> facts = new ArrayList<>();
    public final TreeSet<Integer> lines = new TreeSet<>();
    public final List<String> warnings = new ArrayList<>();

    /** What all readers that recognise a file find in it. */
    public static CollectedFacts of(Path path) throws EvidenceException {
        EvidenceFile file = EvidenceFile.open(path);
        CollectedFacts found = new CollectedFacts();
        for (EvidenceReader reader : List.of(new PktInfoReader(), new SpcInfoReader(), new LinuxDfsCacheReader(),
                new ReferralTextReader())) {
            if (reader.recognises(file)) {
                reader.read(file, found);
            }
        }
        return found;
    }

    public <T extends Fact> List<T> all(Class<T> type) {
        return facts.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void add(Fact fact) {
        facts.add(fact);
    }

    @Override
    public void understood(int line) {
        lines.add(line);
    }

    @Override
    public void warn(Provenance where, String message) {
        warnings.add(where + ": " + message);
    }
}
