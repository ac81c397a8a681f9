package org.poolscope.lab.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.poolscope.model.Architecture;

/**
 * The header page of a driver image (PE/COFF specification): enough for the loader's view of a module, for tools such as objdump,
 * and for readers that look for sections, the export name or the PDB identity.
 */
final class PortableExecutable {

    /** Offset of {@code PE\0\0} in the page. */
    private static final int PE_AT = 0xd0;
    private static final int FILE_ALIGNMENT = 0x80;
    private static final int HEADERS_END = 0x400;
    private static final int CODE = 0x68000020;
    private static final int DATA = 0xc8000040;
    private static final int DISCARDABLE = 0xe2000020;
    private static final int PAGED_CODE = 0x60000020;
    private static final int READ_ONLY = 0x48000040;

    private PortableExecutable() {
    }

    /**
     * A section.
     *
     * @param rva where it begins, from the image base
     * @param size its bytes in memory
     */
    record Section(String name, int rva, int size) {

        private int characteristics() {
            return switch (name) {
                case ".data", "ALMOSTRO" -> DATA;
                case ".rdata", ".edata", ".reloc", ".rsrc", ".pdata" -> READ_ONLY;
                case "INIT" -> DISCARDABLE;
                case String paged when paged.startsWith("PAGE") -> PAGED_CODE;
                default -> CODE;
            };
        }
    }

    /**
     * What the header's data directories name.
     *
     * @param exportRva the export directory, or 0
     * @param exportSize its bytes
     * @param debugRva the debug directory, or 0
     */
    record Directories(int exportRva, int exportSize, int debugRva) {

        static final Directories NONE = new Directories(0, 0, 0);
    }

    static byte[] headers(Architecture architecture, ModuleSpec module, long base, List<Section> sections,
            Directories directories) {
        boolean wide = architecture == Architecture.X64;
        ByteBuffer b = ByteBuffer.allocate(HEADERS_END).order(ByteOrder.LITTLE_ENDIAN);
        dosHeader(b);
        ascii(b, PE_AT, "PE\0\0");
        int coff = PE_AT + 4;
        int optional = coff + 20;
        int optionalSize = wide ? 0xf0 : 0xe0;
        b.putShort(coff, (short) architecture.machine());
        b.putShort(coff + 2, (short) sections.size());
        b.putInt(coff + 4, module.timeDateStamp());
        b.putShort(coff + 16, (short) optionalSize);
        b.putShort(coff + 18, (short) (wide ? 0x0022 : 0x010e));
        b.putShort(optional, (short) (wide ? 0x20b : 0x10b));
        b.put(optional + 2, (byte) 7);
        b.put(optional + 3, (byte) 10);
        b.putInt(optional + 4, sections.getFirst().size());
        b.putInt(optional + 8, sections.getLast().size());
        b.putInt(optional + 16, sections.getFirst().rva() + 0x40);
        b.putInt(optional + 20, sections.getFirst().rva());
        if (wide) {
            b.putLong(optional + 24, base);
        } else {
            b.putInt(optional + 24, sections.getLast().rva());
            b.putInt(optional + 28, (int) base);
        }
        b.putInt(optional + 32, 0x1000);
        b.putInt(optional + 36, FILE_ALIGNMENT);
        b.putShort(optional + 40, (short) 5);
        b.putShort(optional + 42, (short) 2);
        b.putShort(optional + 44, (short) 5);
        b.putShort(optional + 46, (short) 2);
        b.putShort(optional + 48, (short) 5);
        b.putInt(optional + 56, module.size());
        b.putInt(optional + 60, HEADERS_END);
        b.putInt(optional + 64, checksum(module));
        b.putShort(optional + 68, (short) 1);
        int sizes = optional + 72;
        if (wide) {
            b.putLong(sizes, 0x40000);
            b.putLong(sizes + 8, 0x1000);
            b.putLong(sizes + 16, 0x100000);
            b.putLong(sizes + 24, 0x1000);
        } else {
            b.putInt(sizes, 0x40000);
            b.putInt(sizes + 4, 0x1000);
            b.putInt(sizes + 8, 0x100000);
            b.putInt(sizes + 12, 0x1000);
        }
        int count = wide ? optional + 108 : optional + 92;
        b.putInt(count, 16);
        b.putInt(count + 4, directories.exportRva());
        b.putInt(count + 8, directories.exportSize());
        b.putInt(count + 4 + 8 * 6, directories.debugRva());
        b.putInt(count + 8 + 8 * 6, directories.debugRva() == 0 ? 0 : 28);
        int at = optional + optionalSize;
        for (Section section : sections) {
            ascii(b, at, section.name());
            b.putInt(at + 8, section.size());
            b.putInt(at + 12, section.rva());
            b.putInt(at + 16, section.size());
            b.putInt(at + 20, section.rva());
            b.putInt(at + 36, section.characteristics());
            at += 40;
        }
        return b.array();
    }

    private static void dosHeader(ByteBuffer b) {
        ascii(b, 0, "MZ");
        b.putShort(0x02, (short) 0x90);
        b.putShort(0x04, (short) 3);
        b.putShort(0x08, (short) 4);
        b.putShort(0x0c, (short) 0xffff);
        b.putShort(0x10, (short) 0xb8);
        b.putShort(0x18, (short) 0x40);
        b.putInt(0x3c, PE_AT);
        ascii(b, 0x4e, "This program cannot be run in DOS mode.\r\r\n$");
    }

    /** Not the sum over a file, for there is none: a number that differs from module to module. */
    private static int checksum(ModuleSpec module) {
        return module.name().hashCode() & 0xfffff;
    }

    /** An export directory with a name and no functions. */
    static byte[] exports(int rva, String name, int timeDateStamp) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer b = ByteBuffer.allocate(40 + text.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(4, timeDateStamp);
        b.putInt(12, rva + 40);
        b.putInt(16, 1);
        b.put(40, text);
        return b.array();
    }

    /** A debug directory with its record of the PDB file's identity. */
    static byte[] debug(int rva, int timeDateStamp, String guid, int age, String pdb) {
        byte[] text = pdb.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer b = ByteBuffer.allocate(28 + 24 + text.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(4, timeDateStamp);
        b.putInt(12, 2);
        b.putInt(16, 24 + text.length + 1);
        b.putInt(20, rva + 28);
        b.putInt(24, rva + 28);
        ascii(b, 28, "RSDS");
        b.putInt(32, Integer.parseUnsignedInt(guid.substring(0, 8), 16));
        b.putShort(36, (short) Integer.parseInt(guid.substring(8, 12), 16));
        b.putShort(38, (short) Integer.parseInt(guid.substring(12, 16), 16));
        for (int i = 0; i < 8; i++) {
            b.put(40 + i, (byte) Integer.parseInt(guid.substring(16 + 2 * i, 18 + 2 * i), 16));
        }
        b.putInt(48, age);
        b.put(52, text);
        return b.array();
    }

    private static void ascii(ByteBuffer b, int at, String text) {
        b.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }
}
