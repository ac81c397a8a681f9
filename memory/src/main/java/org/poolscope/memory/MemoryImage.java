package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/**
 * A memory image of any format, open. The file is mapped, so opening costs the same for every size, and pages are read when they
 * are looked at; of a hibernation file opening reads the heads of the blocks, and pages are unpacked when they are looked at. Everything handed out is valid until the image is closed, and may be used from any thread.
 *
 * <p>The file must not become shorter while it is open: the operating system then stops whoever reads the missing part, which the
 * JVM reports as an {@link InternalError}.
 */
public final class MemoryImage implements AutoCloseable {

    private static final long RECOGNISED_WITHIN = 256L << 20;

    private final Path path;
    private final MappedFile file;
    private final ImageContent content;

    private MemoryImage(Path path, MappedFile file, ImageContent content) {
        this.path = path;
        this.file = file;
        this.content = content;
    }

    /**
     * Opens an image. A damaged one is opened as far as it goes, with {@link #warnings()}.
     *
     * @throws EvidenceException when the file cannot be read, or is known to be something else
     */
    public static MemoryImage open(Path path) throws EvidenceException {
        EvidenceFile evidence = EvidenceFile.open(path);
        Optional<ImageFormat> signature = signature(evidence);
        if (signature.equals(Optional.of(ImageFormat.VMWARE))) {
            Optional<Path> memory = VmwareReader.memoryOf(path);
            if (memory.isPresent()) {
                return open(memory.get());
            }
        }
        Optional<Path> state = signature.isEmpty() ? VmwareReader.stateOf(path) : Optional.empty();
        if (signature.isEmpty()) {
            refuseStrangers(evidence);
        }
        MappedFile file = MappedFile.open(path);
        try {
            ImageContent content = state.isPresent() ? readWithState(file.bytes(), state.get())
                    : read(path, file.bytes(), signature.orElse(ImageFormat.RAW));
            return new MemoryImage(path, file, content);
        } catch (EvidenceException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static ImageContent readWithState(MemorySegment memory, Path state) {
        try (MappedFile file = MappedFile.open(state)) {
            return VmwareReader.beside(memory, VmwareStateReader.read(state, file.bytes()));
        } catch (EvidenceException e) {
            ImageContent content = RawReader.read(memory);
            content.warnings().add("the state file " + state.getFileName() + " beside it cannot be used: " + e.problem());
            return content;
        }
    }

    /**
     * Whether a file is a memory image, by its content: the signature of a dump, an ELF core or a hibernation file; or, for a raw image, page tables
     * of a Windows kernel in its first 256 MB. A VMware memory file is known by the state file
     * beside it; the state file is an image itself when no memory file is beside it. Cheap.
     */
    public static boolean recognises(EvidenceFile evidence) {
        try {
            Optional<ImageFormat> signature = signature(evidence);
            if (signature.isPresent()) {
                return signature.get() != ImageFormat.VMWARE || VmwareReader.memoryOf(evidence.path()).isEmpty();
            }
            refuseStrangers(evidence);
            if (VmwareReader.stateOf(evidence.path()).isPresent()) {
                return true;
            }
            try (MappedFile file = MappedFile.open(evidence.path())) {
                long first = Math.min(RECOGNISED_WITHIN, file.bytes().byteSize());
                return PageDirectoryFinder.hasCertain(RawReader.flat(file.bytes().asSlice(0, first)));
            }
        } catch (EvidenceException e) {
            return false;
        }
    }

    /**
     * Why a file that nobody knows cannot be read, when it is one that keeps memory in another form: archives and dumps of other programs.
     */
    public static Optional<EvidenceException> unreadable(EvidenceFile evidence) throws EvidenceException {
        Optional<ForeignFormat> foreign = ForeignFormat.of(evidence).filter(ForeignFormat::isMemory);
        return foreign.isEmpty() || evidence.text().isPresent() ? Optional.empty() : foreign.map(format -> refusal(evidence, format));
    }

    private static EvidenceException refusal(EvidenceFile evidence, ForeignFormat format) {
        return new EvidenceException(evidence.path(), "", "this is " + format.words(), format.remedy());
    }

    private static Optional<ImageFormat> signature(EvidenceFile evidence) throws EvidenceException {
        if (evidence.hasAt(0, "PAGEDUMP".getBytes(StandardCharsets.US_ASCII))) {
            return Optional.of(ImageFormat.CRASH_DUMP_32);
        }
        if (evidence.hasAt(0, "PAGEDU64".getBytes(StandardCharsets.US_ASCII))) {
            return Optional.of(ImageFormat.CRASH_DUMP_64);
        }
        if (evidence.hasAt(0, "\u007fELF".getBytes(StandardCharsets.US_ASCII))) {
            return Optional.of(ImageFormat.ELF_CORE);
        }
        if (VmwareStateReader.recognises(evidence)) {
            return Optional.of(ImageFormat.VMWARE);
        }
        return HibernationReader.recognises(evidence) ? Optional.of(ImageFormat.HIBERNATION) : Optional.empty();
    }

    private static void refuseStrangers(EvidenceFile evidence) throws EvidenceException {
        Optional<ForeignFormat> foreign = ForeignFormat.of(evidence);
        if (foreign.isPresent()) {
            throw refusal(evidence, foreign.get());
        }
        if (evidence.size() < PhysicalMemory.PAGE_SIZE) {
            throw new EvidenceException(evidence.path(), "",
                    "%d bytes are less than one page: this is not a memory image".formatted(evidence.size()),
                    "Collect it again; the copy may have failed");
        }
        if (evidence.text().isPresent()) {
            throw new EvidenceException(evidence.path(), "", "this is text, not a memory image",
                    "Name a crash dump, a raw image of physical memory, or the memory of a virtual machine");
        }
    }

    /** Reads a mapped file as one of the formats. */
    static ImageContent read(Path path, MemorySegment bytes, ImageFormat format) throws EvidenceException {
        return switch (format) {
            case CRASH_DUMP_32 -> CrashDumpReader.read(bytes, false);
            case CRASH_DUMP_64 -> CrashDumpReader.read(bytes, true);
            case ELF_CORE -> ElfCoreReader.read(path, bytes);
            case VMWARE -> VmwareReader.inside(path, bytes);
            case HIBERNATION -> HibernationReader.read(path, bytes);
            case RAW -> RawReader.read(bytes);
        };
    }

    /** Where the file is. */
    public Path path() {
        return path;
    }

    /** Its format. */
    public ImageFormat format() {
        return content.format();
    }

    /** The header of a crash dump; empty for other formats. */
    public Optional<CrashDumpHeader> header() {
        return Optional.ofNullable(content.header());
    }

    /** The physical memory it holds; empty when it holds none, as small and header-only dumps. */
    public Optional<PhysicalMemory> physical() {
        return Optional.ofNullable(content.physical());
    }

    /** What a small dump holds in place of physical memory; empty for other dumps. */
    public Optional<TriageDump> triage() {
        return Optional.ofNullable(content.triage());
    }

    /** The architecture, when the file says it. */
    public Optional<Architecture> architecture() {
        return header().flatMap(CrashDumpHeader::architecture)
                .or(() -> content.directories().stream().findFirst().map(directory -> directory.mode().architecture()));
    }

    /**
     * The physical address of the top page table, when the file says it: from a dump's header, or the processor state in another format.
     */
    public OptionalLong directoryTableBaseHint() {
        return content.directories().stream().mapToLong(PageDirectory::base).findFirst();
    }

    /**
     * Page directories to try, the likeliest first: those the file names, then those found by looking through physical memory.
     * Whoever asks checks each by what it maps. The search happens only when the stream gets that far.
     */
    public Stream<PageDirectory> pageDirectories() {
        Stream<PageDirectory> searched = physical().stream().flatMap(memory -> PageDirectoryFinder.find(memory).stream());
        return Stream.concat(content.directories().stream(), searched).distinct();
    }

    /** What could not be read, and what that means. */
    public List<String> warnings() {
        return List.copyOf(content.warnings());
    }

    /**
     * What turned out to be damaged since the image was opened, of formats whose pages are unpacked when they are asked for.
     */
    public Optional<String> damage() {
        return content.damage();
    }

    /**
     * Whether somebody wrote to the file since it was opened (the memory file of a running virtual machine changes all the
     * time): then what was read may not fit together.
     */
    public boolean changedSinceOpened() {
        return file.changed();
    }

    @Override
    public void close() {
        content.close();
        file.close();
    }
}
