package org.poolscope.fleet;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFolder;

/** The evidence files of each machine. */
final class MachineFiles {

    private MachineFiles() {
    }

    /**
     * Finds them.
     *
     * @param evidence files, and folders with everything below them; hidden files are left out
     * @param bad gets what could not be looked at
     * @return the files by machine, both in order
     */
    static Map<String, List<Path>> find(List<Path> evidence, MachineNames names, List<IngestReport.BadFile> bad) {
        Map<String, List<Path>> machines = new TreeMap<>();
        for (Path path : evidence) {
            List<Path> files = filesBelow(path, bad);
            boolean ofOne = names.isMachine(path, files);
            for (Path file : files) {
                String machine = names.of(path, ofOne, file);
                if (machine == null) {
                    bad.add(new IngestReport.BadFile(file.toString(), "the pattern finds no machine's name in its path"));
                } else {
                    machines.computeIfAbsent(machine, name -> new ArrayList<>()).add(file);
                }
            }
        }
        return machines;
    }

    private static List<Path> filesBelow(Path path, List<IngestReport.BadFile> bad) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try {
            return EvidenceFolder.files(path, Integer.MAX_VALUE, (file, reason) ->
                    bad.add(new IngestReport.BadFile(file.toString(), reason)));
        } catch (EvidenceException e) {
            bad.add(new IngestReport.BadFile(path.toString(), e.problem()));
            return List.of();
        }
    }
}
