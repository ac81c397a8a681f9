package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/**
 * Reads {@code hiberfil.sys}: of XP to 7 ({@link LegacyHibernation}) and of Windows 8 and later ({@link ModernHibernation}). Opening one
 * reads the heads of its blocks; pages are unpacked when somebody asks for them ({@link HibernatedPages}).
 *
 * <p>How sure this is: both forms are read as several published tools read them, and where those differ both readings are tried. No file
 * that Windows wrote was at hand.
 */
final class HibernationReader {

    /** Windows 2000 packs its pages in another way. */
    private static final int LENGTH_OF_2000 = 0x60;

    /** No honest file packs its pages, other than empty ones, better than this. */
    private static final long BEST_PACKING = 64;
    private static final long FEW = 64L << 20;

    private HibernationReader() {
    }

    /** Whether a file is a hibernation file, by its first page; or, where that page is empty, by what stands in the next ones. */
    static boolean recognises(EvidenceFile evidence) throws EvidenceException {
        if (HibernationHeader.isAt(evidence)) {
            return HibernationHeader.read(MemorySegment.ofArray(evidence.head())).wide() != null || evidence.text().isEmpty();
        }
        byte[] head = evidence.head();
        int page = PhysicalMemory.PAGE_SIZE;
        if (head.length < 2 * page || !Arrays.equals(head, 0, page, new byte[page], 0, page)) {
            return false;
        }
        try (MappedFile file = MappedFile.open(evidence.path())) {
            return LegacyHibernation.firstBlock(file.bytes()).isPresent() || ModernHibernation.search(file.bytes()).isPresent();
        }
    }

    static ImageContent read(Path path, MemorySegment file) throws EvidenceException {
        HibernationHeader header = HibernationHeader.read(file);
        ImageContent content = new ImageContent(ImageFormat.HIBERNATION);
        say(content, header);
        Optional<HibernationIndex> index = header.isModern() ? ModernHibernation.read(file, header)
                : LegacyHibernation.read(file, header.tables());
        if (index.isEmpty() && !header.isOld()) {
            index = ModernHibernation.search(file);
            index.ifPresent(any -> content.warnings().add("the header does not lead to the pages: they were found by searching, and the search may have taken pages"
                    + " of an earlier hibernation with them"));
        }
        if (index.isEmpty()) {
            throw nothing(path, file, header);
        }
        HibernationIndex found = index.get();
        HibernatedBlocks blocks = found.blocks().build();
        content.warnings().addAll(found.warnings());
        if (found.blocks().overlapping()) {
            content.warnings().add("some pages are in more than one block; of each, one place is used");
        }
        content.directories().addAll(ProcessorState.directories(file, found.wide(), found.firstPage()));
        ScratchMemory scratch = ScratchMemory.create(path, (long) blocks.slots() << PhysicalMemory.PAGE_SHIFT,
                Math.max(FEW, file.byteSize() * BEST_PACKING));
        HibernatedPages pages = new HibernatedPages(file, blocks, scratch);
        content.physical(new PhysicalMemory(scratch.bytes(), pages));
        content.unpackedBy(scratch, pages::damage);
        return content;
    }

    private static void say(ImageContent content, HibernationHeader header) {
        if (header.signature().isEmpty()) {
            content.warnings().add("the first page is empty, as Windows leaves it after a resume: this is memory from before that");
        } else if (header.isResumed()) {
            content.warnings().add("the machine resumed from this file, or tried to (signature %s): this is memory from before that"
                    .formatted(header.signature()));
        }
        if (header.fastStartup()) {
            content.warnings().add("this is the file of a shutdown with fast startup: users were logged off, their programs are not in it");
        }
        if (header.secure()) {
            content.warnings().add("pages that the hypervisor protects are encrypted, and missing");
        }
    }

    private static EvidenceException nothing(Path path, MemorySegment file, HibernationHeader header) {
        String remedy = "Hibernate the machine again and copy the file before it is started, or collect a kernel memory dump";
        if (header.length() == LENGTH_OF_2000) {
            return new EvidenceException(path, "", "this is a hibernation file of Windows 2000, whose packing is not read", remedy);
        }
        if (!header.isModern() && LegacyHibernation.firstBlock(file).isPresent()) {
            return new EvidenceException(path, "", "this is a hibernation file whose list of memory is damaged, or that is cut short:"
                    + " which page is which cannot be told", "Copy it again, or collect a kernel memory dump");
        }
        if (header.isResumed()) {
            return new EvidenceException(path, "", "this is a hibernation file that the machine resumed from, or tried to: no pages are"
                    + " left in it", remedy);
        }
        return new EvidenceException(path, "", "this is a hibernation file without any page that could be found: it is damaged or cut short",
                "Copy it again, or hibernate the machine again and copy the file before it is started");
    }
}
