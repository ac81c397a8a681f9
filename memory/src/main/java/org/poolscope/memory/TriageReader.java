package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.model.Architecture;
import org.poolscope.model.LoadedModule;

/**
 * Reads a small dump. Offsets of the 64-bit form are checked on real dumps of builds 19041 (x64) and 22000 (ARM64); those of the
 * 32-bit form are {@code TRIAGE_DUMP32} as rizin and Ghidra have it, and no real file was at hand.
 *
 * <p>The block after the header is a table of contents of 32-bit numbers, the same in both forms up to +44; offsets in it count
 * from the start of the file.
 */
final class TriageReader {

    private static final int VALID = 'T' | 'R' << 8 | 'G' << 16 | 'D' << 24;

    private static final int CONTENTS_VALID = 0x08;
    private static final int CONTENTS_CONTEXT = 0x0c;
    private static final int CONTENTS_TOTALS = 0x14;
    private static final int CONTENTS_UNLOADED = 0x18;
    private static final int CONTENTS_PRCB = 0x1c;
    private static final int CONTENTS_PROCESS = 0x20;
    private static final int CONTENTS_THREAD = 0x24;
    private static final int CONTENTS_STACK = 0x28;
    private static final int CONTENTS_DRIVERS = 0x30;
    private static final int CONTENTS_STRINGS = 0x38;
    private static final int CONTENTS_BROKEN_DRIVER = 0x40;
    private static final int CONTENTS_TOP_OF_STACK = 0x48;

    /** A machine has some hundreds of drivers; Windows keeps the last 50 unloaded ones. */
    private static final int DRIVER_LIMIT = 10_000;
    private static final int UNLOADED_LIMIT = 1000;
    private static final int BLOCK_LIMIT = 1 << 20;
    private static final int NAME_LIMIT = 1024;

    private final MemorySegment file;
    private final HeaderBytes fields;
    private final CrashDumpHeader header;
    private final boolean wide;
    private final long base;
    private final List<String> warnings;

    private TriageReader(MemorySegment file, CrashDumpHeader header, List<String> warnings) {
        this.file = file;
        this.fields = new HeaderBytes(file);
        this.header = header;
        this.wide = header.wide();
        this.base = header.size();
        this.warnings = warnings;
    }

    static TriageDump read(MemorySegment file, CrashDumpHeader header, List<String> warnings) {
        return new TriageReader(file, header, warnings).read();
    }

    private TriageDump read() {
        Integer valid = contents(CONTENTS_VALID) == 0 ? null : fields.u32(contents(CONTENTS_VALID));
        if (valid == null || valid != VALID) {
            warnings.add("the mark at the end of the small dump is missing: it is cut short or damaged, and gives what it holds");
        }
        boolean arm = header.architecture().equals(Optional.of(Architecture.ARM64));
        return new TriageDump(memory(), modules(), unloaded(), totals(), register(arm ? 0x108 : wide ? 0xf8 : 0xb8),
                register(arm ? 0x100 : wide ? 0x98 : 0xc4), name(contents(CONTENTS_BROKEN_DRIVER)).orElse(""),
                offset(CONTENTS_PRCB), offset(CONTENTS_PROCESS), offset(CONTENTS_THREAD));
    }

    /** A number of the table of contents, 0 when it is not there. */
    private long contents(int at) {
        Long value = fields.u32AsLong(base + at);
        return value == null ? 0 : value;
    }

    private Long offset(int at) {
        long offset = contents(at);
        return offset > 0 && offset < file.byteSize() ? offset : null;
    }

    private BlockMemory memory() {
        BlockMemory.Builder blocks = new BlockMemory.Builder(file, wide ? Long.BYTES : Integer.BYTES);
        dataBlocks(blocks);
        piece(blocks, header.debuggerData(), contents(wide ? 0x70 : 0x58), contents(wide ? 0x74 : 0x5c));
        piece(blocks, address(CONTENTS_TOP_OF_STACK), contents(CONTENTS_STACK), contents(CONTENTS_STACK + 4));
        piece(blocks, address(wide ? 0x60 : 0x4c), contents(wide ? 0x68 : 0x50), contents(wide ? 0x6c : 0x54));
        if (blocks.cutBlocks() > 0) {
            warnings.add("%d blocks of memory lie partly or wholly outside the file".formatted(blocks.cutBlocks()));
        }
        return blocks.build();
    }

    /** An address of the table of contents. */
    private Long address(int at) {
        return wide ? fields.u64(base + at) : fields.u32AsLong(base + at);
    }

    private static void piece(BlockMemory.Builder blocks, Long va, long offset, long size) {
        if (va != null && va != 0 && offset != 0) {
            blocks.add(va, offset, size);
        }
    }

    private void dataBlocks(BlockMemory.Builder blocks) {
        long at = contents(wide ? 0x78 : 0x60);
        int size = wide ? 16 : 12;
        long count = counted("data blocks", contents(wide ? 0x7c : 0x64), at, size, BLOCK_LIMIT);
        for (long i = 0; i < count; i++, at += size) {
            long va = pointer(at);
            long where = Integer.toUnsignedLong(file.get(LittleEndian.U32, at + size - 8));
            long length = Integer.toUnsignedLong(file.get(LittleEndian.U32, at + size - 4));
            blocks.add(va, where, length);
        }
    }

    /** The number of list entries that lie inside the file, with a warning when the list promises more. */
    private long counted(String what, long promised, long at, int size, int limit) {
        long room = at <= 0 || at > file.byteSize() ? 0 : (file.byteSize() - at) / size;
        long count = Math.min(promised, Math.min(room, limit));
        if (count < promised) {
            warnings.add("the dump counts %d %s, %d of them are inside the file".formatted(promised, what, count));
        }
        return count;
    }

    /**
     * The driver list: a 32-bit offset of the name (padded to a pointer), then the kernel's loader entry, whose length varies
     * with the build. The names follow the list, which gives the distance from entry to entry.
     */
    private List<LoadedModule> modules() {
        long at = contents(CONTENTS_DRIVERS);
        long promised = contents(CONTENTS_DRIVERS + 4);
        if (promised == 0) {
            return List.of();
        }
        int usual = wide ? 0x90 : 0x4c;
        long span = contents(CONTENTS_STRINGS) - at;
        long stride = promised > DRIVER_LIMIT ? 0 : span / promised;
        if (stride < (wide ? 0x90 : 0x28) || stride > 0x200) {
            stride = usual;
        }
        long count = counted("drivers", promised, at, (int) stride, DRIVER_LIMIT);
        List<LoadedModule> modules = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            modules.add(module(at + i * stride, stride));
        }
        return modules;
    }

    /** Fields of {@code KLDR_DATA_TABLE_ENTRY}: base, size and time stamp at 18, 20, 44 (32-bit) and 30, 40, 80 (64-bit). */
    private LoadedModule module(long entry, long stride) {
        String path = name(Integer.toUnsignedLong(file.get(LittleEndian.U32, entry))).orElse("");
        String name = path.substring(path.lastIndexOf('\\') + 1);
        long start = pointer(entry + (wide ? 0x38 : 0x1c));
        long size = Integer.toUnsignedLong(file.get(LittleEndian.U32, entry + (wide ? 0x48 : 0x24)));
        int stampAt = wide ? 0x88 : 0x48;
        Long stamp = stampAt + Integer.BYTES <= stride ? fields.u32AsLong(entry + stampAt) : null;
        return new LoadedModule(name.isEmpty() ? "?" : name, start, size, stamp, path.equals(name) ? null : path);
    }

    /** A name: the number of characters, then UTF-16. */
    private Optional<String> name(long at) {
        Integer length = at == 0 ? null : fields.u32(at);
        if (length == null || length <= 0 || length > NAME_LIMIT || !fields.has(at + 4, 2L * length)) {
            return Optional.empty();
        }
        return Optional.of(clean(file.asSlice(at + 4, 2L * length).toArray(LittleEndian.U8)));
    }

    private static String clean(byte[] utf16) {
        String text = new String(utf16, StandardCharsets.UTF_16LE);
        int end = text.indexOf('\0');
        return (end < 0 ? text : text.substring(0, end)).replaceAll("\\p{Cntrl}", "");
    }

    /**
     * The unloaded drivers: a count of pointer size, then entries of a counted string, 12 characters that hold its text, and the
     * first and last address: 0x38 bytes (64-bit), 0x28 (32-bit).
     */
    private List<UnloadedModule> unloaded() {
        long at = contents(CONTENTS_UNLOADED);
        int pointer = wide ? Long.BYTES : Integer.BYTES;
        if (at == 0 || !fields.has(at, pointer)) {
            return List.of();
        }
        long promised = pointer(at);
        int size = wide ? 0x38 : 0x28;
        if (promised < 0) {
            warnings.add("the list of unloaded drivers is damaged");
            return List.of();
        }
        long count = counted("unloaded drivers", promised, at + pointer, size, UNLOADED_LIMIT);
        List<UnloadedModule> unloaded = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            long entry = at + pointer + i * size;
            long text = entry + (wide ? 0x10 : 0x08);
            long start = text + 24;
            unloaded.add(new UnloadedModule(clean(file.asSlice(text, 24).toArray(LittleEndian.U8)), pointer(start),
                    pointer(start + pointer)));
        }
        return unloaded;
    }

    private long pointer(long at) {
        return wide ? file.get(LittleEndian.U64, at) : Integer.toUnsignedLong(file.get(LittleEndian.U32, at));
    }

    /**
     * The memory manager's totals: {@code u32 version, size} and four more 32-bit numbers, then the totals as 64-bit (size 0x50)
     * or 32-bit numbers (0x34).
     */
    private Optional<MemoryTotals> totals() {
        long at = contents(CONTENTS_TOTALS);
        Long[] totals = new Long[7];
        boolean any = false;
        for (int i = 0; i < totals.length && at != 0; i++) {
            Long value = wide ? fields.u64(at + 0x18 + 8L * i) : fields.u32AsLong(at + 0x18 + 4L * i);
            totals[i] = value == null || value <= 0 || value >= PageRuns.Builder.PAGE_LIMIT ? null : value;
            any |= totals[i] != null;
        }
        return any ? Optional.of(new MemoryTotals(totals[0], totals[1], totals[2], totals[3], totals[4], totals[5], totals[6]))
                : Optional.empty();
    }

    /** A register of the context record. */
    private Long register(int at) {
        long context = contents(CONTENTS_CONTEXT);
        if (context == 0) {
            return null;
        }
        Long value = wide ? fields.u64(context + at) : fields.u32AsLong(context + at);
        return value == null || value == 0 ? null : value;
    }
}
