package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.poolscope.memory.CrashDumpHeader.MemoryRun;
import org.poolscope.model.Architecture;

/** Reads a crash dump: its header, and by the header's type where the pages are. */
final class CrashDumpReader {

    private final MemorySegment file;
    private final ImageContent content;
    private final CrashDumpHeader header;

    private CrashDumpReader(MemorySegment file, boolean wide) {
        this.file = file;
        this.content = new ImageContent(wide ? ImageFormat.CRASH_DUMP_64 : ImageFormat.CRASH_DUMP_32);
        this.header = wide ? CrashDumpHeaderReader.read64(file, content.warnings())
                : CrashDumpHeaderReader.read32(file, content.warnings());
    }

    static ImageContent read(MemorySegment file, boolean wide) {
        CrashDumpReader reader = new CrashDumpReader(file, wide);
        reader.content.header(reader.header);
        reader.directories();
        reader.pages();
        return reader.content;
    }

    private void directories() {
        Long base = header.directoryTableBase();
        if (base == null) {
            return;
        }
        if (!header.wide()) {
            if (header.pae() == null || header.pae()) {
                content.directories().add(new PageDirectory(PagingMode.PAE, base));
            }
            if (header.pae() == null || !header.pae()) {
                content.directories().add(new PageDirectory(PagingMode.X86, base));
            }
        } else if (header.architecture().equals(Optional.of(Architecture.X64))) {
            content.directories().add(new PageDirectory(PagingMode.X64_4, base));
            content.directories().add(new PageDirectory(PagingMode.X64_5, base));
        }
    }

    private void pages() {
        if (file.byteSize() < header.size()) {
            content.warnings().add("the file ends inside its header, after %d of %d bytes: it holds no memory"
                    .formatted(file.byteSize(), header.size()));
            return;
        }
        Optional<DumpType> type = header.type();
        if (type.isEmpty()) {
            content.warnings().add("the header gives no known type of dump (%s): its memory cannot be read"
                    .formatted(header.dumpType() == null ? "none" : Integer.toUnsignedString(header.dumpType())));
            return;
        }
        if (header.has(CrashDumpHeader.ENCRYPTED)) {
            content.warnings().add("everything behind the header is encrypted: decrypt the dump with its owner's key first");
            return;
        }
        if (header.has(CrashDumpHeader.INCOMPLETE)) {
            content.warnings().add("Windows says that the dump file had no room for all memory");
        }
        if (header.architecture().equals(Optional.of(Architecture.ARM64))) {
            content.warnings().add("ARM64: the header, the bug check and the list of drivers are read;"
                    + " following page tables is not supported");
        }
        if (header.machine() != null && header.architecture().isEmpty()) {
            content.warnings().add("the dump is of a processor (machine type 0x%x) whose page tables cannot be followed"
                    .formatted(header.machine()));
        }
        switch (type.get()) {
            case FULL -> full();
            case KERNEL_SUMMARY, BITMAP_FULL, BITMAP_KERNEL, AUTOMATIC ->
                memory(BitmapPages.read(file, header.size(), header.wide(), content.warnings()));
            case LIVE_KERNEL, LIVE_ACTIVE ->
                memory(LivePages.read(file, header.size(), false, content.warnings()));
            case LIVE_FULL ->
                memory(LivePages.read(file, header.size(), true, content.warnings()));
            case TRIAGE -> content.triage(TriageReader.read(file, header, content.warnings()));
            case HEADER_ONLY -> content.warnings().add("a header-only dump holds no memory");
        }
    }

    private void memory(Optional<PageMap> map) {
        map.ifPresent(pages -> content.physical(new PhysicalMemory(file, pages)));
    }

    /** Type 1: the runs of the header, one after another. */
    private void full() {
        PageRuns.Builder runs = new PageRuns.Builder(file.byteSize());
        long offset = header.size();
        for (MemoryRun run : header.memoryRuns()) {
            runs.add(run.firstPage(), run.pages(), offset);
            offset += run.pages() << PhysicalMemory.PAGE_SHIFT;
        }
        PageRuns map = runs.build();
        if (runs.missingPages() > 0) {
            content.warnings().add("the file is cut short: %d of %d pages are missing"
                    .formatted(runs.missingPages(), runs.missingPages() + map.presentPages()));
        }
        if (runs.overlapping()) {
            content.warnings().add("the header lists some pages twice; the first place of each is used");
        }
        memory(Optional.of(map));
    }
}
