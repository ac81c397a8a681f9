package org.poolscope.driver.pe;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.model.Architecture;

/** Reads the names of functions from the COFF symbol table that GNU linkers leave in an image (PE/COFF specification, "COFF Symbol Table"). */
final class CoffSymbols {

    private static final int RECORD = 18;
    private static final int FUNCTION = 0x20;
    private static final int LONGEST_NAME = 512;

    private CoffSymbols() {
    }

    /** Function names by RVA. */
    static Map<Integer, String> read(byte[] file, Headers headers) {
        Map<Integer, String> names = new TreeMap<>();
        long table = headers.symbolTable & 0xffff_ffffL;
        long count = headers.symbolCount & 0xffff_ffffL;
        if (table == 0 || table >= file.length) {
            return names;
        }
        count = Math.min(count, (file.length - table) / RECORD);
        long strings = table + count * RECORD;
        for (long i = 0; i < count; i++) {
            int at = (int) (table + i * RECORD);
            int section = LittleEndian.u16(file, at + 12);
            if (LittleEndian.u16(file, at + 14) == FUNCTION && section >= 1 && section <= headers.sections.size()) {
                long rva = headers.sections.get(section - 1).rva() + LittleEndian.u32(file, at + 8);
                String name = name(file, at, strings);
                if (!name.isEmpty() && rva <= Integer.MAX_VALUE) {
                    names.merge((int) rva, plain(name, headers.architecture), (first, second) -> first);
                }
            }
            i += file[at + 17] & 0xff;
        }
        return names;
    }

    private static String name(byte[] file, int at, long strings) {
        long start = at;
        long most = 8;
        if (LittleEndian.i32(file, at) == 0) {
            start = strings + LittleEndian.u32(file, at + 4);
            most = LONGEST_NAME;
        }
        int length = 0;
        while (length < most && start + length < file.length && file[(int) (start + length)] > 0x20) {
            length++;
        }
        return start >= file.length ? "" : new String(file, (int) start, length, StandardCharsets.US_ASCII);
    }

    /** Without what the x86 calling conventions add: {@code _Name}, {@code _Name@8}, {@code @Name@8}. */
    static String plain(String name, Architecture architecture) {
        if (architecture != Architecture.X86) {
            return name;
        }
        String plain = name.startsWith("_") || name.startsWith("@") ? name.substring(1) : name;
        int at = plain.lastIndexOf('@');
        return at > 0 && plain.substring(at + 1).chars().allMatch(Character::isDigit) ? plain.substring(0, at) : plain;
    }
}
