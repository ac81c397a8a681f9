package org.poolscope.driver.pe;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.model.Address;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;

/** The DOS, COFF and optional header of an image and its section table (PE/COFF specification, "File Headers"). */
final class Headers {

    static final int EXPORTS = 0;
    static final int IMPORTS = 1;
    static final int RESOURCES = 2;
    static final int EXCEPTIONS = 3;
    static final int CERTIFICATES = 4;
    static final int RELOCATIONS = 5;
    static final int DEBUG = 6;
    static final int LOAD_CONFIG = 10;
    static final int IMPORT_ADDRESSES = 12;
    static final int DELAY_IMPORTS = 13;

    private static final int COFF_SIZE = 24;
    private static final int SECTION_SIZE = 40;
    private static final int MOST_DIRECTORIES = 16;
    private static final int SECTOR = 0x200;
    /** The Windows loader takes no image with more sections (PE/COFF specification, "COFF File Header"). */
    private static final int MOST_SECTIONS = 96;
    /** No driver takes more address space; sums of places inside it fit an int. */
    private static final int MOST_MEMORY = 1 << 30;

    final Architecture architecture;
    final boolean wide;
    final long timeDateStamp;
    final int symbolTable;
    final int symbolCount;
    final int checksumOffset;
    final long checksum;
    final long imageBase;
    final long sizeOfImage;
    final int headerSize;
    final int entryPoint;
    final int subsystem;
    final int directoriesOffset;
    final int[] directoryRva;
    final int[] directorySize;
    final List<Section> sections;
    final List<String> warnings = new ArrayList<>();

    /**
     * Reads the headers.
     *
     * @param path how errors name the image
     * @param bytes the file, or at least the first page of the loaded image
     * @param total how many bytes there are in all: the file's length, or the most an image in memory can have
     * @param loaded whether the image is one in memory
     */
    Headers(Path path, byte[] bytes, int total, boolean loaded) throws EvidenceException {
        if (bytes.length < 0x40 || bytes[0] != 'M' || bytes[1] != 'Z') {
            throw new EvidenceException(path, "", "this is no Windows program or driver: it does not begin with MZ",
                    "Name a .sys, .exe or .dll file");
        }
        int at = LittleEndian.i32(bytes, 0x3c);
        if (at < 0 || at > bytes.length - COFF_SIZE) {
            throw damaged(path, 0x3c, "the header points to " + Address.text(at & 0xffff_ffffL) + ", past its end");
        }
        if (LittleEndian.i32(bytes, at) != 0x4550) {
            throw new EvidenceException(path, "offset " + Address.text(at), "no PE header: a DOS program, or damaged",
                    "Name a Windows driver");
        }
        architecture = architecture(path, LittleEndian.u16(bytes, at + 4), at);
        int sectionCount = LittleEndian.u16(bytes, at + 6);
        timeDateStamp = LittleEndian.u32(bytes, at + 8);
        symbolTable = LittleEndian.i32(bytes, at + 12);
        symbolCount = LittleEndian.i32(bytes, at + 16);
        int optionalSize = LittleEndian.u16(bytes, at + 20);
        int optional = at + COFF_SIZE;
        int magic = optional + 2 <= bytes.length ? LittleEndian.u16(bytes, optional) : 0;
        wide = magic == 0x20b;
        int fixed = wide ? 112 : 96;
        if (magic != 0x10b && magic != 0x20b) {
            throw damaged(path, optional, "the optional header has the unknown magic " + Address.text(magic));
        }
        if (optionalSize < fixed || optional + fixed > bytes.length) {
            throw damaged(path, optional, "the optional header is cut short: " + optionalSize + " bytes");
        }
        entryPoint = LittleEndian.i32(bytes, optional + 16);
        imageBase = wide ? LittleEndian.i64(bytes, optional + 24) : LittleEndian.u32(bytes, optional + 28);
        int sectionAlignment = LittleEndian.i32(bytes, optional + 32);
        sizeOfImage = LittleEndian.u32(bytes, optional + 56);
        headerSize = (int) Math.min(LittleEndian.u32(bytes, optional + 60), total);
        checksumOffset = optional + 64;
        checksum = LittleEndian.u32(bytes, checksumOffset);
        subsystem = LittleEndian.u16(bytes, optional + 68);
        long stated = LittleEndian.u32(bytes, optional + fixed - 4);
        int directories = (int) Math.min(Math.min(stated, MOST_DIRECTORIES),
                Math.min(optionalSize - fixed, bytes.length - optional - fixed) / 8);
        if (directories < Math.min(stated, MOST_DIRECTORIES)) {
            warnings.add("the header counts " + stated + " data directories, only " + directories + " fit into it");
        }
        directoriesOffset = optional + fixed;
        directoryRva = new int[MOST_DIRECTORIES];
        directorySize = new int[MOST_DIRECTORIES];
        for (int i = 0; i < directories; i++) {
            directoryRva[i] = LittleEndian.i32(bytes, directoriesOffset + 8 * i);
            directorySize[i] = LittleEndian.i32(bytes, directoriesOffset + 8 * i + 4);
        }
        sections = List.copyOf(sections(bytes, optional + optionalSize, sectionCount, total, loaded,
                Integer.compareUnsigned(sectionAlignment, ImageBytes.PAGE) >= 0));
    }

    /** Where the part of the file ends that is mapped: behind all headers and sections. What a signature takes is behind it. */
    int endInFile() {
        int end = directoriesOffset + 8 * MOST_DIRECTORIES;
        for (Section section : sections) {
            end = Math.max(end, section.offset() + section.dataSize());
        }
        return Math.max(end, headerSize);
    }

    private static Architecture architecture(Path path, int machine, int at) throws EvidenceException {
        for (Architecture known : Architecture.values()) {
            if (known.machine() == machine) {
                return known;
            }
        }
        throw new EvidenceException(path, "offset " + Address.text(at + 4),
                "an image for machine type " + Address.text(machine) + ", only x86, x64 and ARM64 are read", "");
    }

    private static EvidenceException damaged(Path path, int at, String problem) {
        return new EvidenceException(path, "offset " + Address.text(at), problem, "The file is damaged: copy it again");
    }

    private List<Section> sections(byte[] bytes, int table, int count, int total, boolean loaded, boolean pageAligned) {
        List<Section> found = new ArrayList<>();
        if (count > MOST_SECTIONS) {
            warnings.add("the header counts " + count + " sections, Windows loads at most " + MOST_SECTIONS
                    + "; the rest is not read");
        }
        for (int i = 0; i < Math.min(count, MOST_SECTIONS); i++) {
            int at = table + i * SECTION_SIZE;
            if (at > bytes.length - SECTION_SIZE) {
                warnings.add("the section table is cut short after " + i + " of " + count + " sections");
                break;
            }
            String name = name(bytes, at);
            long virtualSize = LittleEndian.u32(bytes, at + 8);
            long rva = LittleEndian.u32(bytes, at + 12);
            long rawSize = LittleEndian.u32(bytes, at + 16);
            long rawOffset = LittleEndian.u32(bytes, at + 20);
            if (pageAligned) {
                rawOffset &= -SECTOR;   // as the loader does: file sectors are whole
            }
            if (virtualSize == 0) {
                virtualSize = rawSize;
            }
            if (rva + virtualSize > MOST_MEMORY) {
                warnings.add("section " + name + " reaches to " + Address.text(rva + virtualSize) + " in memory: not read");
                continue;
            }
            long dataSize = loaded ? virtualSize : Math.min(rawSize, virtualSize);
            long offset = loaded ? rva : rawOffset;
            long there = Math.max(0, Math.min(dataSize, total - offset));
            if (there < dataSize) {
                warnings.add("section " + name + " is cut short: " + there + " of " + dataSize + " bytes are there");
            }
            found.add(new Section(name, (int) rva, (int) virtualSize, there == 0 ? 0 : (int) offset, (int) there,
                    LittleEndian.i32(bytes, at + 36)));
        }
        overlaps(found);
        return found;
    }

    private void overlaps(List<Section> found) {
        for (int i = 1; i < found.size(); i++) {
            Section before = found.get(i - 1);
            Section section = found.get(i);
            if (section.rva() < (long) before.rva() + before.virtualSize()) {
                warnings.add("sections " + before.name() + " and " + section.name() + " overlap in memory");
            }
        }
    }

    private static String name(byte[] bytes, int at) {
        StringBuilder name = new StringBuilder(8);
        for (int i = 0; i < 8 && bytes[at + i] != 0; i++) {
            int value = bytes[at + i];
            name.append(value < 0x20 || value == 0x7f ? '?' : (char) value);
        }
        return name.toString();
    }
}
