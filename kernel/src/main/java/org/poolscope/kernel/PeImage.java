package org.poolscope.kernel;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.PdbIdentity;

/**
 * The headers of an executable image in memory (PE/COFF specification): what they say of its age and its symbols. Every number is
 * checked before it is followed; pages that are not there make the answer empty.
 */
final class PeImage {

    private static final int MZ = 'M' | 'Z' << 8;
    private static final int NEW_HEADER = 0x3c;
    private static final int PE = 'P' | 'E' << 8;
    private static final int PE_32_PLUS = 0x20b;

    /** From the PE signature: the file header is at 4, the optional header at 24. */
    private static final int TIME_DATE_STAMP = 8;
    private static final int OPTIONAL_HEADER = 24;
    private static final int SIZE_OF_IMAGE = OPTIONAL_HEADER + 56;

    /** The debug directory is the seventh data directory; the directories begin at 96 or 112 of the optional header. */
    private static final int DEBUG_DIRECTORY_32 = OPTIONAL_HEADER + 96 + 6 * 8;
    private static final int DEBUG_DIRECTORY_64 = OPTIONAL_HEADER + 112 + 6 * 8;
    private static final int DEBUG_ENTRY = 28;
    private static final int DEBUG_ENTRIES = 16;
    private static final int DEBUG_TYPE_CODEVIEW = 2;
    private static final int RSDS = 'R' | 'S' << 8 | 'D' << 16 | 'S' << 24;

    /** In the file header: how many sections there are, and how long the optional header in front of their table is. */
    private static final int SECTIONS = 6;
    private static final int OPTIONAL_HEADER_SIZE = 20;
    private static final int SECTION_ENTRY = 40;
    private static final int MOST_SECTIONS = 96;

    private static final int HEADER_LIMIT = 0x1000;
    private static final int NAME_LIMIT = 260;

    private final VirtualMemory memory;
    private final long base;
    private final long header;

    private PeImage(VirtualMemory memory, long base, long header) {
        this.memory = memory;
        this.base = base;
        this.header = header;
    }

    /** The image loaded at an address, when its headers can be read. */
    static Optional<PeImage> at(VirtualMemory memory, long base) {
        if (!memory.isReadable(base, NEW_HEADER + Integer.BYTES) || memory.u16(base) != MZ) {
            return Optional.empty();
        }
        int offset = memory.u32(base + NEW_HEADER);
        if (offset < NEW_HEADER || offset > HEADER_LIMIT || !memory.isReadable(base + offset, DEBUG_DIRECTORY_64 + 8L)
                || memory.u32(base + offset) != PE) {
            return Optional.empty();
        }
        return Optional.of(new PeImage(memory, base, base + offset));
    }

    /** Seconds since 1970, as the linker wrote them; reproducible builds have a hash there. */
    long timeDateStamp() {
        return Integer.toUnsignedLong(memory.u32(header + TIME_DATE_STAMP));
    }

    /** Bytes of address space. */
    long size() {
        return Integer.toUnsignedLong(memory.u32(header + SIZE_OF_IMAGE));
    }

    /** The name of the section that holds a place, by its distance from the base; empty when none does or the headers are not whole. */
    Optional<String> section(long place) {
        int count = memory.u16(header + SECTIONS);
        long table = header + OPTIONAL_HEADER + memory.u16(header + OPTIONAL_HEADER_SIZE);
        for (int i = 0; i < Math.min(count, MOST_SECTIONS); i++) {
            long entry = table + (long) i * SECTION_ENTRY;
            if (!memory.isReadable(entry, SECTION_ENTRY)) {
                return Optional.empty();
            }
            long start = Integer.toUnsignedLong(memory.u32(entry + 12));
            long size = Math.max(Integer.toUnsignedLong(memory.u32(entry + 8)), Integer.toUnsignedLong(memory.u32(entry + 16)));
            if (place >= start && place - start < size) {
                return Values.asciiString(memory, entry, 8).filter(name -> !name.isBlank());
            }
        }
        return Optional.empty();
    }

    /** Which symbol file belongs to it. */
    Optional<PdbIdentity> symbols() {
        boolean wide = memory.u16(header + OPTIONAL_HEADER) == PE_32_PLUS;
        long directory = header + (wide ? DEBUG_DIRECTORY_64 : DEBUG_DIRECTORY_32);
        long entries = base + Integer.toUnsignedLong(memory.u32(directory));
        long count = Math.min(DEBUG_ENTRIES, Integer.toUnsignedLong(memory.u32(directory + 4)) / DEBUG_ENTRY);
        for (long i = 0; i < count; i++) {
            long entry = entries + i * DEBUG_ENTRY;
            if (memory.isReadable(entry, DEBUG_ENTRY) && memory.u32(entry + 12) == DEBUG_TYPE_CODEVIEW) {
                return codeView(base + Integer.toUnsignedLong(memory.u32(entry + 20)));
            }
        }
        return Optional.empty();
    }

    /** A record of signature, GUID, age and name. The GUID's first three parts are numbers, the rest is bytes. */
    private Optional<PdbIdentity> codeView(long record) {
        if (!memory.isReadable(record, 24) || memory.u32(record) != RSDS) {
            return Optional.empty();
        }
        byte[] tail = new byte[8];
        memory.read(record + 12, tail, 0, tail.length);
        String guid = "%08X%04X%04X".formatted(memory.u32(record + 4), memory.u16(record + 8), memory.u16(record + 10))
                + HexFormat.of().formatHex(tail).toUpperCase(Locale.ROOT);
        long age = Integer.toUnsignedLong(memory.u32(record + 20));
        return Values.asciiString(memory, record + 24, NAME_LIMIT).flatMap(name -> PdbIdentity.of(name, guid, age));
    }
}
