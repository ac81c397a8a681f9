package org.poolscope.driver.pe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.model.Address;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;

/**
 * A Windows driver, kernel or library, from its file or from the memory it is loaded in. Immutable; read as a whole when it is
 * opened, so no method does I/O.
 */
public final class PeImage {

    /** Native subsystem: drivers, kernels and programs that run without Windows subsystems. */
    public static final int NATIVE = 1;

    private static final long MOST_BYTES = 256L << 20;
    private static final int MOST_WARNINGS = 50;
    /** Bytes of a file that are read at once: they pass through memory outside of the heap, which then stays in the processor's cache. */
    private static final int AT_ONCE = 1 << 18;

    private final Path path;
    private final String name;
    private final boolean loaded;
    private final long base;
    private final Headers headers;
    private final ImageBytes bytes;
    private final List<Import> imports;
    private final List<Export> exports;
    private final int[] relocations;
    private final FunctionTable functions;
    private final Signature signature;
    private final Map<Integer, String> symbols;
    private final String packed;
    private final List<String> warnings;

    private PeImage(Path path, byte[] content, Headers headers, BitSet presentPages, long base, ExportNames names) {
        this.path = path;
        this.name = String.valueOf(path.getFileName());
        this.loaded = presentPages != null;
        this.base = base;
        this.headers = headers;
        this.bytes = loaded ? new ImageBytes(content, headers.sections, presentPages)
                : new ImageBytes(content, headers.headerSize, headers.sections);
        Set<String> noted = new LinkedHashSet<>(headers.warnings);
        this.imports = Imports.read(bytes, headers, base, names, noted::add);
        this.exports = Exports.read(bytes, headers, noted::add);
        this.relocations = Relocations.read(bytes, headers, noted::add);
        this.functions = FunctionTable.read(bytes, headers, noted::add);
        this.signature = loaded ? null : signature(content, headers, noted);
        this.symbols = loaded ? Map.of() : CoffSymbols.read(content, headers);
        this.packed = loaded ? null : Packing.reason(content, headers.sections).orElse(null);
        this.warnings = noted.stream().limit(MOST_WARNINGS).toList();
    }

    /**
     * Reads a file.
     *
     * @throws EvidenceException when it cannot be read, is no image, or is damaged so that its headers say nothing
     */
    public static PeImage read(Path file) throws EvidenceException {
        return of(file, content(file, false));
    }

    /**
     * Reads a file if it begins as an image does.
     *
     * @return the image; empty for a file that is none
     * @throws EvidenceException as {@link #read}
     */
    public static Optional<PeImage> readIfImage(Path file) throws EvidenceException {
        byte[] content = content(file, true);
        return content.length == 0 ? Optional.empty() : Optional.of(of(file, content));
    }

    /** What a file holds; nothing when it does not begin as an image does and only images are asked for. */
    private static byte[] content(Path file, boolean onlyImages) throws EvidenceException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] mark = in.readNBytes(2);
            if (onlyImages && (mark.length < 2 || mark[0] != 'M' || mark[1] != 'Z')) {
                return new byte[0];
            }
            long size = Files.size(file);
            if (size > MOST_BYTES) {
                throw new EvidenceException(file, "", "a file of " + size + " bytes is no driver: at most " + (MOST_BYTES >> 20)
                        + " MB are read", "");
            }
            byte[] content = Arrays.copyOf(mark, (int) Math.max(size, mark.length));
            int there = mark.length;
            int read = 1;
            while (read > 0) {
                read = in.readNBytes(content, there, Math.min(AT_ONCE, content.length - there));
                there += read;
            }
            return there == content.length ? content : Arrays.copyOf(content, there);
        } catch (NoSuchFileException e) {
            throw new EvidenceException(file, "", "no such file", "Check the path", e);
        } catch (IOException e) {
            throw new EvidenceException(file, "", Files.isDirectory(file) ? "this is a directory, a file is needed"
                    : "cannot be read: " + e.getMessage(), "Check the path and its permissions", e);
        }
    }

    /** Reads the content of a file; the array is not copied and must not change any more. */
    public static PeImage of(Path path, byte[] content) throws EvidenceException {
        return new PeImage(path, content, new Headers(path, content, content.length, false), null, 0, null);
    }

    /**
     * Reads an image that is loaded, page by page; pages that are not there are left out.
     *
     * @param path how errors name it
     * @param base where it is loaded
     * @param memory the memory it is in
     * @param names the exports of the other images, which name its imports again
     * @throws EvidenceException when its headers are not there or make no sense
     */
    public static PeImage loaded(Path path, long base, ImageMemory memory, ExportNames names) throws EvidenceException {
        byte[] first = new byte[ImageBytes.PAGE];
        if (memory.read(base, first, 0, first.length) < 0x200) {
            throw new EvidenceException(path, "address " + Address.text(base), "the image's first page is not in the dump", "");
        }
        long size = new Headers(path, first, (int) MOST_BYTES, true).sizeOfImage;
        if (size > MOST_BYTES) {
            throw new EvidenceException(path, "address " + Address.text(base), "the header gives the image " + size
                    + " bytes: damaged, or no driver", "");
        }
        int pages = (int) ((size + ImageBytes.PAGE - 1) / ImageBytes.PAGE);
        byte[] content = new byte[pages * ImageBytes.PAGE];
        BitSet present = new BitSet(pages);
        for (int page = 0; page < pages; page++) {
            int at = page * ImageBytes.PAGE;
            if (memory.read(base + at, content, at, ImageBytes.PAGE) == ImageBytes.PAGE) {
                present.set(page);
            }
        }
        Headers headers = new Headers(path, first, content.length, true);
        return new PeImage(path, content, headers, present, base, names);
    }

    /** The file it was read from, or the name it was given. */
    public Path path() {
        return path;
    }

    /** Its file name. */
    public String name() {
        return name;
    }

    /** Its processor. */
    public Architecture architecture() {
        return headers.architecture;
    }

    /** Whether it was read from memory, where addresses are already those of where it is loaded. */
    public boolean isLoaded() {
        return loaded;
    }

    /** The address that addresses inside the image are relative to: where it is loaded, or where it wants to be. */
    public long base() {
        return loaded ? base : headers.imageBase;
    }

    /** The address of an RVA. x86 addresses are zero-extended. */
    public long address(int rva) {
        return base() + rva;
    }

    /** The RVA of an address; -1 when it lies outside the image. */
    public int rva(long address) {
        long rva = address - base();
        return rva < 0 || rva >= Math.min(headers.sizeOfImage, Integer.MAX_VALUE) ? -1 : (int) rva;
    }

    /** Bytes it takes in memory, as its header says. */
    public long sizeOfImage() {
        return headers.sizeOfImage;
    }

    /** RVA of its first instruction ({@code DriverEntry}, or code before it); 0 when it has none. */
    public int entryPoint() {
        return Math.max(0, headers.entryPoint);
    }

    /** When it was linked, in seconds since 1970, or a hash of it for reproducible builds. */
    public long timeDateStamp() {
        return headers.timeDateStamp;
    }

    /** Whether it is built for the native subsystem: drivers, the kernel, and programs that run before Windows' own subsystems. */
    public boolean isNative() {
        return headers.subsystem == NATIVE;
    }

    /** Whether it runs in the kernel: it imports from it, or is native and does not run on {@code ntdll.dll} as programs do. */
    public boolean runsInKernel() {
        return importsFrom("ntoskrnl.exe") || isNative() && !importsFrom("ntdll.dll");
    }

    private boolean importsFrom(String library) {
        return imports.stream().anyMatch(each -> each.library().equalsIgnoreCase(library));
    }

    /** Its sections, in the header's order. */
    public List<Section> sections() {
        return headers.sections;
    }

    /** What it takes from others, in the order of the slots. */
    public List<Import> imports() {
        return imports;
    }

    /** What it gives to others. */
    public List<Export> exports() {
        return exports;
    }

    /** The RVAs of all addresses in it that the loader adjusts, in order. A copy. */
    public int[] relocations() {
        return relocations.clone();
    }

    /** RVA of its import directory; 0 when it has none. */
    int importDirectory() {
        return headers.directoryRva[Headers.IMPORTS];
    }

    /** The functions with unwind data; empty but for x64. */
    public FunctionTable functions() {
        return functions;
    }

    /** Function names that the linker left in the file, by RVA. */
    public Map<Integer, String> symbols() {
        return symbols;
    }

    /** A function's name without what the calling conventions of x86 add: {@code _Name}, {@code _Name@8}, {@code @Name@8}. */
    public static String plainName(String name, Architecture architecture) {
        return CoffSymbols.plain(name, architecture);
    }

    /** Which PDB belongs to it. */
    public Optional<DebugId> debugId() {
        return DebugDirectory.read(bytes, headers);
    }

    /** Its version resource. */
    public Optional<VersionInfo> version() {
        return Resources.version(bytes, headers);
    }

    /** Its signature, when it carries one in itself (catalogue signatures are elsewhere). */
    public Optional<Signature> signature() {
        return Optional.ofNullable(signature);
    }

    /** Why it looks compressed or encrypted, as a clause. */
    public Optional<String> packed() {
        return Optional.ofNullable(packed);
    }

    /** The checksum its header states. */
    public long statedChecksum() {
        return headers.checksum;
    }

    /** The checksum it should have. Only for files. */
    public long rightChecksum() {
        return Checksum.of(bytes.array(), headers.checksumOffset);
    }

    /** The checksum a file should have whose checksum field stands at this offset. */
    public static long checksum(byte[] file, int checksumOffset) {
        return Checksum.of(file, checksumOffset);
    }

    /** Where in the file the checksum stands. */
    public int checksumOffset() {
        return headers.checksumOffset;
    }

    /** Where in the file the directory entry of the signature stands (offset and size, four bytes each); -1 when there is none. */
    public int signatureEntryOffset() {
        return signature == null ? -1 : headers.directoriesOffset + 8 * Headers.CERTIFICATES;
    }

    /**
     * The slot of the load configuration through which Control Flow Guard calls functions whose address is in {@code rax};
     * -1 when there is none (documentation of {@code IMAGE_LOAD_CONFIG_DIRECTORY64}, GuardCFDispatchFunctionPointer).
     */
    public int guardDispatchSlot() {
        int config = headers.directoryRva[Headers.LOAD_CONFIG];
        if (!headers.wide || config <= 0 || !bytes.has(config, 128) || bytes.u32(config) < 128) {
            return -1;
        }
        return rva(bytes.i64(config + 120));
    }

    /** What could not be read, each as a sentence without a full stop. */
    public List<String> warnings() {
        return warnings;
    }

    /** The bytes behind the RVAs: the whole file, or the loaded image. Not a copy: for reading only. */
    public byte[] content() {
        return bytes.array();
    }

    /** Where the byte at an RVA stands in {@link #content()}; -1 when it is not there. */
    public int offset(int rva) {
        return bytes.offset(rva);
    }

    /** How many bytes of the image stand one after another in {@link #content()} from an RVA on; 0 when there is none. */
    public int available(int rva) {
        return bytes.available(rva);
    }

    /** The section an RVA lies in. */
    public Optional<Section> section(int rva) {
        for (Section section : headers.sections) {
            if (section.contains(rva)) {
                return Optional.of(section);
            }
        }
        return Optional.empty();
    }

    /** The runs of bytes that hold code and are there: a section, or what is present of it in memory. */
    public List<CodeRange> codeRanges() {
        List<CodeRange> ranges = new ArrayList<>();
        int covered = 0;
        List<Section> ordered = new ArrayList<>(headers.sections);
        ordered.sort((a, b) -> Integer.compare(a.rva(), b.rva()));
        for (Section section : ordered) {
            int end = section.rva() + section.dataSize();
            int at = Math.max(section.rva(), covered);
            while (section.isCode() && at < end) {
                int run = Math.min(bytes.available(at), end - at);
                if (run <= 0) {
                    at = at + ImageBytes.PAGE & -ImageBytes.PAGE;
                    continue;
                }
                ranges.add(new CodeRange(at, bytes.offset(at), run));
                at += run;
                covered = at;
            }
        }
        return ranges;
    }

    /**
     * Bytes of code that stand together.
     *
     * @param rva where they start in the image
     * @param offset where they start in {@link PeImage#content()}
     * @param length how many
     */
    public record CodeRange(int rva, int offset, int length) {

        /** The RVA after the last byte. */
        public int end() {
            return rva + length;
        }

        /** Whether an RVA lies inside. */
        public boolean contains(int at) {
            return at >= rva && at < rva + length;
        }
    }

    private static Signature signature(byte[] content, Headers headers, Set<String> noted) {
        long offset = headers.directoryRva[Headers.CERTIFICATES] & 0xffff_ffffL;
        long size = headers.directorySize[Headers.CERTIFICATES] & 0xffff_ffffL;
        if (offset == 0 || size == 0) {
            return null;
        }
        if (offset >= content.length) {
            noted.add("the header names a signature at " + Address.text(offset) + ", past the end of the file");
            return new Signature(content.length, 0, false);
        }
        if (offset < headers.endInFile()) {
            noted.add("the header names a signature at " + Address.text(offset) + ", among the headers and sections");
            return new Signature(content.length, 0, false);
        }
        long there = Math.min(size, content.length - offset);
        if (there < size) {
            noted.add("the signature is cut short");
        }
        return new Signature((int) offset, (int) there, there == size);
    }
}
