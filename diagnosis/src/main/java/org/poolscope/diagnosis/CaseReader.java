package org.poolscope.diagnosis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.poolscope.memory.MemoryImage;
import org.poolscope.memory.packed.UnpackedFile;
import org.poolscope.memory.packed.Unpacker;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceFolder;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;
import org.poolscope.symbols.store.SymbolFinder;

/** Reads files and folders of evidence into a {@link Case}, asking every {@link org.poolscope.model.EvidenceReader} there is. */
public final class CaseReader {

    private static final int MOST_FILES = 10_000;

    private final EvidenceReaders readers;
    private final Progress progress;
    private final Unpacker unpacker;
    private final boolean copies;
    private final Set<String> names = new HashSet<>();
    private final List<CaseFile> files = new ArrayList<>();
    private final Set<Path> seen = new HashSet<>();
    private final List<Fact> facts = new ArrayList<>();
    private final List<CaseWarning> warnings = new ArrayList<>();

    private CaseReader(EvidenceReaders readers, Progress progress, Unpacker unpacker, boolean copies) {
        this.copies = copies;
        this.readers = readers;
        this.progress = progress;
        this.unpacker = unpacker;
    }

    /**
     * Reads all evidence, packed files within the usual limit.
     *
     * @param evidence files and folders; folders are searched with everything below them, hidden files left out
     * @param progress hears how far the reading has come
     * @throws EvidenceException when not one of the files could be read
     */
    public static Case read(List<Path> evidence, Progress progress) throws EvidenceException {
        return read(evidence, progress, Unpacker.usual(progress));
    }

    /**
     * The same, with packed files as the caller wants them unpacked.
     *
     * @throws EvidenceException when not one of the files could be read
     */
    public static Case read(List<Path> evidence, Progress progress, Unpacker unpacker) throws EvidenceException {
        return read(evidence, progress, unpacker, EvidenceReaders.installed());
    }

    /**
     * The same, with symbols looked for in a place that was named, rather than where the environment says.
     *
     * @throws EvidenceException when not one of the files could be read
     */
    public static Case read(List<Path> evidence, Progress progress, Unpacker unpacker, SymbolFinder symbols) throws EvidenceException {
        return read(evidence, progress, unpacker, EvidenceReaders.installed(symbols));
    }

    /**
     * Reads evidence that was copied to a place of which the user knows nothing: where commands name it, they do so by its name alone.
     *
     * @throws EvidenceException when not one of the files could be read
     */
    public static Case readCopies(List<Path> evidence, Progress progress) throws EvidenceException {
        return read(evidence, new CaseReader(EvidenceReaders.installed(), progress, Unpacker.usual(progress), true));
    }

    private static Case read(List<Path> evidence, Progress progress, Unpacker unpacker, EvidenceReaders readers) throws EvidenceException {
        return read(evidence, new CaseReader(readers, progress, unpacker, false));
    }

    private static Case read(List<Path> evidence, CaseReader reader) throws EvidenceException {
        for (Path path : evidence) {
            if (Files.isDirectory(path)) {
                reader.folder(path);
            } else {
                reader.file(path, path.toString());
            }
        }
        List<String> given = evidence.stream().map(reader.copies ? CaseReader::lastName : Path::toString).toList();
        Case read = new Case(nameOf(evidence), given, reader.files, reader.facts, reader.warnings);
        if (read.files().stream().noneMatch(CaseFile::isRead)) {
            read.close();
            throw reader.nothingRead(evidence);
        }
        return read;
    }

    private static String nameOf(List<Path> evidence) {
        List<String> names = new ArrayList<>();
        for (Path path : evidence) {
            names.add(lastName(path));
        }
        return String.join(", ", names);
    }

    private static String lastName(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return last == null ? path.toString() : last.toString();
    }

    private EvidenceException nothingRead(List<Path> evidence) {
        Path first = evidence.getFirst();
        if (files.isEmpty()) {
            return new EvidenceException(first, "", "there is no file in this folder", "Name the folder that holds the evidence");
        }
        CaseFile failed = files.stream().filter(file -> file.failure() != null).findFirst().orElse(null);
        if (failed != null) {
            String more = files.size() > 1 ? " (and none of the other " + (files.size() - 1) + " files could be read)" : "";
            return new EvidenceException(Path.of(failed.name()), "", failed.failure() + more, "");
        }
        return new EvidenceException(first, "", "nothing here is evidence Poolscope knows",
                "It reads these, as they are or packed with gzip, xz, bzip2 or zip: " + readers.reads());
    }

    private void folder(Path folder) throws EvidenceException {
        List<Path> found = EvidenceFolder.files(folder, MOST_FILES, (file, reason) ->
                unreadable(folder.relativize(file).toString(), "", reason));
        if (found.size() > MOST_FILES) {
            throw new EvidenceException(folder, "", "more than " + MOST_FILES + " files", "Name the folder of one machine's evidence");
        }
        for (Path file : found) {
            // Two folders may hold files of the same name, and each is evidence of its own.
            String name = folder.relativize(file).toString();
            file(file, names.contains(name) ? file.toString() : name);
        }
    }

    private void file(Path path, String name) {
        try {
            if (!seen.add(path.toRealPath())) {
                return;   // named twice, or by its folder too: it is evidence once
            }
        } catch (IOException e) {
            // Opening it says why.
        }
        names.add(name);
        try {
            EvidenceFile file = EvidenceFile.open(path, name);
            Optional<List<UnpackedFile>> packed = unpacker.unpack(file);
            if (packed.isEmpty()) {
                plain(file, path);
                return;
            }
            for (UnpackedFile member : packed.get()) {
                member(member, member.nameIn(name), packed.get().size() == 1 ? path : null);
            }
        } catch (EvidenceException e) {
            unreadable(name, e.place(), EvidenceReaders.sentence(e));
        }
    }

    /**
     * Reads a file that was packed.
     *
     * @param packed the packed file, where this is all it holds; else {@code null}
     */
    private void member(UnpackedFile member, String name, Path packed) {
        try {
            EvidenceFile file = EvidenceFile.open(member.path(), name);
            // Commands that take an image take it packed; to others only the unpacked file means something.
            plain(file, packed != null && MemoryImage.recognises(file) ? packed : fromHere(member.path()));
        } catch (EvidenceException e) {
            unreadable(name, e.place(), EvidenceReaders.sentence(e));
        }
    }

    /** A path without what is above the folder the user is in. */
    private static Path fromHere(Path path) {
        Path here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? here.relativize(path) : path;
    }

    private void plain(EvidenceFile file, Path typed) throws EvidenceException {
        progress.at("reading " + file.name(), 0, 0);
        Sink sink = new Sink();
        List<String> formats = readers.read(file, sink);
        Optional<EvidenceException> why = formats.isEmpty() ? MemoryImage.unreadable(file) : Optional.empty();
        if (why.isPresent()) {
            throw why.get();
        }
        files.add(sink.fileRead(file.name(), copies ? file.name() : typed.toString(), formats, formats.isEmpty() ? null : file.text().orElse(null)));
    }

    private void unreadable(String name, String place, String failure) {
        warnings.add(new CaseWarning(new Provenance(name, place), failure));
        files.add(new CaseFile(name, name, List.of(), 0, 0, List.of(), failure));
    }

    private final class Sink implements FactSink {
        private final BitSet understood = new BitSet();
        private int count;

        @Override
        public void add(Fact fact) {
            facts.add(fact);
            count++;
        }

        @Override
        public void understood(int line) {
            understood.set(line);
        }

        @Override
        public void warn(Provenance where, String message) {
            warnings.add(new CaseWarning(where, message));
        }

        private CaseFile fileRead(String name, String path, List<String> formats, TextLines lines) {
            List<Provenance> unread = new ArrayList<>();
            int unreadLines = 0;
            int last = lines == null ? 0 : lines.count();
            for (int number = understood.nextClearBit(1); number <= last; number = understood.nextClearBit(number + 1)) {
                if (!lines.line(number).isBlank()) {
                    unreadLines++;
                    if (unread.size() < CaseFile.UNREAD_KEPT) {
                        unread.add(lines.at(number));
                    }
                }
            }
            return new CaseFile(name, path, formats, count, unreadLines, unread, null);
        }
    }
}
