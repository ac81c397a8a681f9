package org.poolscope.memory.packed;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.zip.UnsupportedZipFeatureException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.poolscope.memory.MemoryImage;
import org.poolscope.model.CacheFolder;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.ProgramName;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;

/**
 * Unpacks evidence that comes as gzip, xz, bzip2 or zip, so that it can be mapped. The plain files are kept in a hidden folder
 * beside the packed one, or in the program's cache when nothing can be written there, and used again as long as the packed file
 * is the same. What is not whole is taken away: after a failure, when the program is stopped, and, should it have been killed,
 * the next time. The plain files keep the dates they had, for some logs tell their time in no other way.
 */
public final class Unpacker {

    /** How much one packed file may hold unless somebody says otherwise, in bytes. */
    public static final long USUAL_LIMIT = 64L << 30;

    private static final int MOST_MEMBERS = 10_000;
    /** Members that documents and programs have which are archives by their form only. */
    private static final List<String> OTHERS = List.of("[Content_Types].xml", "META-INF/MANIFEST.MF", "mimetype");
    private static final String FOLDER_SUFFIX = ".unpacked";
    private static final String DAMAGED = "Copy it again from where it was made; it is cut off or damaged";

    private final long limit;
    private final Path cache;
    private final Progress progress;
    private final Consumer<String> notices;

    /**
     * An unpacker.
     *
     * @param limit the most bytes that one packed file may hold
     * @param cache where to unpack what lies in folders that cannot be written
     * @param progress hears how far the unpacking has come
     * @param notices hears, as a sentence, where something was unpacked to
     */
    public Unpacker(long limit, Path cache, Progress progress, Consumer<String> notices) {
        this.limit = limit;
        this.cache = cache;
        this.progress = progress;
        this.notices = notices;
    }

    /** One with the usual limit and the user's cache, that says nothing. */
    public static Unpacker usual(Progress progress) {
        return new Unpacker(USUAL_LIMIT, CacheFolder.of(System.getenv()), progress, notice -> { });
    }

    /**
     * What a packed file holds.
     *
     * @return its files, unpacked; empty when it is not packed, or is packed and no evidence: an office document, a program, a
     *         table of symbols
     * @throws EvidenceException when it is damaged, holds more than it may, or is packed in a way not known
     */
    public Optional<List<UnpackedFile>> unpack(EvidenceFile file) throws EvidenceException {
        Optional<Packing> packing = Packing.of(file);
        if (packing.isEmpty()) {
            return Optional.empty();
        }
        Path source = file.path().toAbsolutePath().normalize();
        Path beside = source.resolveSibling("." + source.getFileName() + FOLDER_SUFFIX);
        Path far = cache.resolve("unpacked").resolve(sum(source.toString()));
        Optional<List<UnpackedFile>> kept = KeptFiles.read(beside, source).or(() -> KeptFiles.read(far, source));
        if (kept.isPresent()) {
            return kept;
        }
        try {
            return isOther(packing.get(), source) ? Optional.empty() : Optional.of(unpack(packing.get(), source, beside, far));
        } catch (IOException | RuntimeException e) {
            throw failure(file.path(), e);
        }
    }

    /**
     * The memory image to open when somebody names this file: itself, or what is packed in it.
     *
     * @throws EvidenceException when it cannot be unpacked, or holds no image, or several
     */
    public Path image(Path path) throws EvidenceException {
        Optional<List<UnpackedFile>> files = unpack(EvidenceFile.open(path));
        if (files.isEmpty()) {
            return path;
        }
        if (files.get().size() == 1) {
            return files.get().getFirst().path();
        }
        List<UnpackedFile> images = new ArrayList<>();
        for (UnpackedFile file : files.get()) {
            if (isImage(file)) {
                images.add(file);
            }
        }
        if (images.size() == 1) {
            return images.getFirst().path();
        }
        throw images.isEmpty()
                ? new EvidenceException(path, "", "none of the " + files.get().size() + " files in it is a memory image",
                        "'" + ProgramName.called("poolscope diagnose") + "' reads all evidence in an archive")
                : new EvidenceException(path, "", "it holds " + images.size() + " memory images: "
                        + String.join(", ", images.stream().map(UnpackedFile::member).limit(10).toList()),
                        "Unpack it and name one of them");
    }

    private static boolean isImage(UnpackedFile file) {
        try {
            return MemoryImage.recognises(EvidenceFile.open(file.path()));
        } catch (EvidenceException e) {
            return false;   // an empty one
        }
    }

    /** Whether what is packed is known to be no evidence: then it is left as it is. */
    private static boolean isOther(Packing packing, Path source) throws IOException {
        if (packing.isArchive()) {
            try (ZipFile zip = ZipFile.builder().setPath(source).get()) {
                return OTHERS.stream().anyMatch(name -> zip.getEntry(name) != null);
            }
        }
        try (InputStream in = packing.plain(new BufferedInputStream(Files.newInputStream(source)))) {
            int first = in.read();
            while (first >= 0 && Character.isWhitespace(first)) {
                first = in.read();
            }
            return first == '{';
        }
    }

    private List<UnpackedFile> unpack(Packing packing, Path source, Path beside, Path far) throws IOException, EvidenceException {
        String marks = KeptFiles.marks(source);
        Path target = beside;
        PartFolder made;
        try {
            made = PartFolder.forTarget(target);
        } catch (IOException e) {
            target = far;
            made = PartFolder.forTarget(target);
        }
        try (PartFolder part = made) {
            List<UnpackedFile> parts = packing.isArchive() ? members(source, part.path())
                    : List.of(stream(packing, source, part.path()));
            KeptFiles.write(part.path(), marks, parts);
            Optional<List<UnpackedFile>> another = KeptFiles.read(target, source);
            if (another.isPresent()) {
                return another.get();   // somebody else did the same meanwhile, and may be using it
            }
            part.finish();
            long bytes = 0;
            List<UnpackedFile> files = new ArrayList<>();
            for (UnpackedFile file : parts) {
                Path path = target.resolve(part.path().relativize(file.path()));
                bytes += Files.size(path);
                files.add(new UnpackedFile(path, file.member()));
            }
            notices.accept(source.getFileName() + ": unpacked to " + target + " (" + Quantity.bytes(bytes)
                    + "), which is used again while the packed file stays the same. Delete it when you are done");
            return List.copyOf(files);
        }
    }

    private UnpackedFile stream(Packing packing, Path source, Path folder) throws IOException {
        String name = source.getFileName().toString();
        long[] taken = new long[1];
        long packed = Files.size(source);
        SparseWriter writer = new SparseWriter(folder);
        try (Counted counted = new Counted(Files.newInputStream(source));
                InputStream in = packing.plain(new BufferedInputStream(counted))) {
            Path to = folder.resolve(new MemberNames().clean(packing.plainName(name)));
            writer.copy(in, to, bytes -> {
                taken[0] = within(taken[0] + bytes);
                progress.at("unpacking " + name, counted.count, packed);
            });
            Files.setLastModifiedTime(to, Files.getLastModifiedTime(source));
            return new UnpackedFile(to, "");
        }
    }

    private List<UnpackedFile> members(Path source, Path folder) throws IOException, EvidenceException {
        List<UnpackedFile> files = new ArrayList<>();
        MemberNames names = new MemberNames();
        SparseWriter writer = new SparseWriter(folder);
        try (ZipFile zip = ZipFile.builder().setPath(source).get()) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntriesInPhysicalOrder()).stream()
                    .filter(Unpacker::isWanted).toList();
            if (entries.isEmpty()) {
                throw new EvidenceException(source, "", "there is no file in this archive",
                        "Name the archive that holds the evidence");
            }
            if (entries.size() > MOST_MEMBERS) {
                throw new EvidenceException(source, "", "it holds " + Quantity.count(entries.size()) + " files",
                        "Unpack it and name the folder of one machine's evidence");
            }
            long promised = 0;
            for (ZipArchiveEntry entry : entries) {
                promised = within(promised + Math.clamp(entry.getSize(), 0, Long.MAX_VALUE / 2));
            }
            long total = promised;
            long[] taken = new long[1];
            for (ZipArchiveEntry entry : entries) {
                String member = names.clean(entry.getName());
                Path to = folder.resolve(member);
                Files.createDirectories(to.getParent());
                try (InputStream in = zip.getInputStream(entry)) {
                    long length = writer.copy(in, to, bytes -> {
                        taken[0] = within(taken[0] + bytes);
                        progress.at("unpacking " + member, taken[0], total);
                    });
                    if (length != entry.getSize()) {
                        throw new EOFException("'" + member + "' has " + length + " of " + entry.getSize() + " bytes");
                    }
                }
                if (entry.getLastModifiedTime() != null) {
                    Files.setLastModifiedTime(to, entry.getLastModifiedTime());
                }
                files.add(new UnpackedFile(to, member));
            }
        }
        return files;
    }

    /** Hidden files are left out, as those of folders are, and so are links: they lead out of the archive. */
    private static boolean isWanted(ZipArchiveEntry entry) {
        String name = entry.getName();
        String last = name.substring(name.lastIndexOf('/') + 1);
        return !entry.isDirectory() && !entry.isUnixSymlink() && !last.startsWith(".") && !name.startsWith("__MACOSX/");
    }

    private long within(long bytes) throws TooLargeException {
        if (bytes > limit) {
            throw new TooLargeException();
        }
        return bytes;
    }

    private EvidenceException failure(Path path, Exception failure) {
        return switch (failure) {
            case TooLargeException e -> new EvidenceException(path, "", "it unpacks to more than " + Quantity.bytes(limit),
                    "If it comes from somebody you trust, allow more with --unpack-limit, or unpack it and name the file inside",
                    e);
            case SparseWriter.NoRoomException e -> new EvidenceException(path, "",
                    "there is no room on the disk for what it holds",
                    "Unpack it on another disk and name the file inside", e);
            case UnsupportedZipFeatureException e when e.getFeature() == UnsupportedZipFeatureException.Feature.ENCRYPTION ->
                    new EvidenceException(path, "", "this archive is encrypted",
                            "Unpack it with its password and name the file inside", e);
            case UnsupportedZipFeatureException e -> unknown(path, e);
            case UnsupportedOptionsException e -> unknown(path, e);
            case MemoryLimitException e -> unknown(path, e);
            case FileSystemException e -> new EvidenceException(path, "", "it cannot be unpacked: " + e.getMessage(),
                    "Unpack it and name the file inside", e);
            default -> new EvidenceException(path, "", "it cannot be unpacked"
                    + (failure.getMessage() == null ? "" : ": " + failure.getMessage()), DAMAGED, failure);
        };
    }

    private static EvidenceException unknown(Path path, Exception failure) {
        return new EvidenceException(path, "", "it is packed in a way not known here: " + failure.getMessage(),
                "Unpack it with the program that made it and name the file inside", failure);
    }

    private static String sum(String text) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);   // every Java has it
        }
    }

    private static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Counts what is read of the packed file, for the progress bar. */
    private static final class Counted extends FilterInputStream {
        private long count;

        private Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            count += one < 0 ? 0 : 1;
            return one;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int got = super.read(into, from, length);
            count += Math.max(0, got);
            return got;
        }
    }
}
