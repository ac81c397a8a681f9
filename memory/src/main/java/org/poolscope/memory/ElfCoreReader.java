package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.poolscope.model.EvidenceException;

/**
 * Reads an ELF core that holds the physical memory of a machine, as QEMU's {@code dump-guest-memory} and VirtualBox's
 * {@code dumpvmcore} write it: load segments with physical addresses, and a note of each processor's registers.
 *
 * <p>ELF: System V ABI. QEMU's note (name {@code QEMU}, type 0): {@code u32 version, size}; 18 general registers of 8 bytes; 10
 * segments of 24 bytes; control registers 0 to 4 of 8 bytes (QEMU, {@code target/i386/arch_dump.c}; checked on files QEMU 7.2
 * wrote). For 32-bit guests QEMU writes either class, 64-bit when memory or ROM reaches 4 GB.
 *
 * <p>VirtualBox's notes (types 0xb00 {@code VBCORE} and 0xb01 {@code VBCPU}): the first has a magic number and the version of the
 * form, 4 bytes each; the second from version 0x10001 on 18 general registers of 8 bytes; 6 segments of 24 bytes; control registers
 * 0, 2, 3 and 4; 8 debug registers; two tables of 16 bytes, two segments of 24, three registers; EFER (VirtualBox,
 * {@code dbgfcorefmt.h}). The machine in the header is the host's.
 */
final class ElfCoreReader {

    private static final int CLASS_64 = 2;
    private static final int LITTLE = 1;
    private static final int TYPE_CORE = 4;
    private static final int MACHINE_386 = 3;
    private static final int MACHINE_X86_64 = 62;

    private static final int SEGMENT_LOAD = 1;
    private static final int SEGMENT_NOTE = 4;

    /** In place of the number of segments: it stands in section header 0. */
    private static final int EXTENDED_COUNT = 0xffff;

    private static final int QEMU_NAME = 'Q' | 'E' << 8 | 'M' << 16 | 'U' << 24;
    private static final int QEMU_CONTROL_REGISTERS = 8 + 18 * 8 + 10 * 24;
    private static final int QEMU_NOTE_LENGTH = QEMU_CONTROL_REGISTERS + 5 * 8;
    private static final int BOX_CORE = 0xb00;
    private static final int BOX_PROCESSOR = 0xb01;
    private static final int BOX_NAME = 'V' | 'B' << 8 | 'C' << 16;
    private static final int BOX_MAGIC = 0xc01ac0de;
    /** The first form of 2010 holds the hypervisor's own structure in place of the registers. */
    private static final long BOX_FIRST_FORM = 0x10000;
    private static final int BOX_CONTROL_REGISTERS = 18 * 8 + 6 * 24;
    private static final int BOX_EFER = BOX_CONTROL_REGISTERS + 4 * 8 + 8 * 8 + 2 * 16 + 2 * 24 + 3 * 8;
    private static final int BOX_NOTE_LENGTH = BOX_EFER + 8;
    private static final long LONG_MODE = 1L << 10;

    private static final long PAGING = 1L << 31;
    private static final long EXTENDED_ADDRESSES = 1L << 5;
    private static final long FIVE_LEVELS = 1L << 12;

    private static final int PROCESSOR_LIMIT = 4096;

    private final Path path;
    private final MemorySegment file;
    private final HeaderBytes fields;
    private final boolean wide;
    private final ImageContent content = new ImageContent(ImageFormat.ELF_CORE);
    private int machine;
    private int loadSegments;
    private boolean anyPhysicalAddress;
    private boolean boxRegisters;

    private ElfCoreReader(Path path, MemorySegment file) {
        this.path = path;
        this.file = file;
        this.fields = new HeaderBytes(file);
        Integer elfClass = fields.u8(4);
        this.wide = elfClass != null && elfClass == CLASS_64;
    }

    static ImageContent read(Path path, MemorySegment file) throws EvidenceException {
        return new ElfCoreReader(path, file).read();
    }

    private ImageContent read() throws EvidenceException {
        int headerSize = wide ? 64 : 52;
        if (!fields.has(0, headerSize)) {
            throw new EvidenceException(path, "", "the file ends inside its ELF header",
                    "Collect it again; the copy may have failed");
        }
        if (fields.u8(5) != LITTLE || u16(0x10) != TYPE_CORE) {
            throw new EvidenceException(path, "", "this ELF file is not a core with memory of a PC",
                    "Write one with QEMU's dump-guest-memory");
        }
        machine = u16(0x12);
        segments();
        if (loadSegments > 1 && !anyPhysicalAddress) {
            throw new EvidenceException(path, "", "this is the core of a process, not of a machine",
                    "Write the memory of the machine with QEMU's dump-guest-memory");
        }
        return content;
    }

    private void segments() {
        long at = wide ? file.get(LittleEndian.U64, 0x20) : u32(0x1c);
        int size = u16(wide ? 0x36 : 0x2a);
        long promised = segmentCount();
        int least = wide ? 56 : 32;
        long room = size < least || at <= 0 || at > file.byteSize() ? 0 : (file.byteSize() - at) / size;
        long count = Math.min(promised, room);
        if (count < promised) {
            content.warnings().add("the ELF header counts %d segments, %d of them are described inside the file"
                    .formatted(promised, count));
        }
        PageRuns.Builder runs = new PageRuns.Builder(file.byteSize());
        for (long i = 0; i < count; i++) {
            segment(at + i * size, runs);
        }
        PageRuns map = runs.build();
        if (runs.missingPages() > 0) {
            content.warnings().add("the file is cut short: %d of %d pages are missing"
                    .formatted(runs.missingPages(), runs.missingPages() + map.presentPages()));
        }
        if (runs.overlapping()) {
            content.warnings().add("some pages are in more than one segment; the first place of each is used");
        }
        content.physical(new PhysicalMemory(file, map));
    }

    private long segmentCount() {
        int count = u16(wide ? 0x38 : 0x2c);
        if (count != EXTENDED_COUNT) {
            return count;
        }
        long section = wide ? file.get(LittleEndian.U64, 0x28) : u32(0x20);
        Long real = fields.u32AsLong(section + (wide ? 0x2c : 0x1c));
        return real == null ? count : real;
    }

    private void segment(long at, PageRuns.Builder runs) {
        int type = (int) u32(at);
        long offset = wide ? file.get(LittleEndian.U64, at + 0x08) : u32(at + 0x04);
        long physical = wide ? file.get(LittleEndian.U64, at + 0x18) : u32(at + 0x0c);
        long size = wide ? file.get(LittleEndian.U64, at + 0x20) : u32(at + 0x10);
        if (type == SEGMENT_NOTE) {
            notes(offset, size);
        } else if (type == SEGMENT_LOAD && size > 0) {
            loadSegments++;
            anyPhysicalAddress |= physical != 0;
            long cut = -physical & PhysicalMemory.PAGE_SIZE - 1;
            if (offset >= 0 && size > cut) {
                runs.add(physical + cut >>> PhysicalMemory.PAGE_SHIFT, size - cut >>> PhysicalMemory.PAGE_SHIFT, offset + cut);
            }
        }
    }

    /** Notes: lengths of name and content, a type, the name, the content; each padded to four bytes. */
    private void notes(long offset, long size) {
        if (offset < 0 || size < 0 || offset > file.byteSize()) {
            return;
        }
        long end = offset + Math.min(size, file.byteSize() - offset);
        long at = offset;
        while (at <= end - 12) {
            long nameLength = u32(at);
            long length = u32(at + 4);
            long description = at + 12 + (nameLength + 3 & ~3L);
            if (description > end - length) {
                return;
            }
            if (nameLength >= 4 && length >= QEMU_NOTE_LENGTH && u32(at + 12) == QEMU_NAME
                    && content.directories().size() < PROCESSOR_LIMIT) {
                processor(description + QEMU_CONTROL_REGISTERS);
            } else if (nameLength >= 5 && (u32(at + 12) & 0xff_ffff) == BOX_NAME) {
                box((int) u32(at + 8), description, length);
            }
            at = description + (length + 3 & ~3L);
        }
    }

    private void processor(long controlRegisters) {
        if (machine == MACHINE_X86_64 || machine == MACHINE_386) {
            directory(file.get(LittleEndian.U64, controlRegisters), file.get(LittleEndian.U64, controlRegisters + 3 * 8),
                    file.get(LittleEndian.U64, controlRegisters + 4 * 8), machine == MACHINE_X86_64);
        }
    }

    /** A note of VirtualBox: the first says which form those of the processors have. */
    private void box(int type, long description, long length) {
        if (type == BOX_CORE && length >= 8) {
            boxRegisters = u32(description) == Integer.toUnsignedLong(BOX_MAGIC) && u32(description + 4) > BOX_FIRST_FORM;
        } else if (type == BOX_PROCESSOR && boxRegisters && length >= BOX_NOTE_LENGTH
                && content.directories().size() < PROCESSOR_LIMIT) {
            long registers = description + BOX_CONTROL_REGISTERS;
            directory(file.get(LittleEndian.U64, registers), file.get(LittleEndian.U64, registers + 2 * 8),
                    file.get(LittleEndian.U64, registers + 3 * 8),
                    (file.get(LittleEndian.U64, description + BOX_EFER) & LONG_MODE) != 0);
        }
    }

    private void directory(long cr0, long cr3, long cr4, boolean longMode) {
        if ((cr0 & PAGING) == 0) {
            return;
        }
        PagingMode mode;
        if (longMode) {
            mode = (cr4 & FIVE_LEVELS) != 0 ? PagingMode.X64_5 : PagingMode.X64_4;
        } else {
            mode = (cr4 & EXTENDED_ADDRESSES) != 0 ? PagingMode.PAE : PagingMode.X86;
        }
        PageDirectory directory = new PageDirectory(mode, cr3);
        if (!content.directories().contains(directory)) {
            content.directories().add(directory);
        }
    }

    private int u16(long at) {
        return file.get(LittleEndian.U16, at) & 0xffff;
    }

    private long u32(long at) {
        return Integer.toUnsignedLong(file.get(LittleEndian.U32, at));
    }
}
