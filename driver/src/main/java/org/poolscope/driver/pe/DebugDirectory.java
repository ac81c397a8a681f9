package org.poolscope.driver.pe;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the identity of the PDB file (PE/COFF specification, "Debug Directory"; the CodeView records {@code RSDS} and {@code NB10}
 * are described in LLVM's PDB documentation and in Matt Pietrek's articles of the time).
 */
final class DebugDirectory {

    private static final int RECORD = 28;
    private static final int CODE_VIEW = 2;
    private static final int MOST_RECORDS = 64;
    private static final int RSDS = 0x53445352;
    private static final int NB10 = 0x3031424e;

    private DebugDirectory() {
    }

    static Optional<DebugId> read(ImageBytes bytes, Headers headers) {
        int directory = headers.directoryRva[Headers.DEBUG];
        int count = Math.min(Math.max(0, headers.directorySize[Headers.DEBUG]) / RECORD, MOST_RECORDS);
        for (int i = 0; i < count && bytes.has(directory + i * RECORD, RECORD); i++) {
            int at = directory + i * RECORD;
            int data = bytes.rva(at + 20);
            if (bytes.i32(at + 12) != CODE_VIEW || !bytes.has(data, 24)) {
                continue;
            }
            if (bytes.i32(data) == RSDS) {
                return Optional.of(new DebugId(bytes.text(data + 24).orElse(""), guid(bytes, data + 4), bytes.u32(data + 20)));
            }
            if (bytes.i32(data) == NB10) {
                String stamp = String.format(Locale.ROOT, "%08X", bytes.i32(data + 8));
                return Optional.of(new DebugId(bytes.text(data + 16).orElse(""), stamp, bytes.u32(data + 12)));
            }
        }
        return Optional.empty();
    }

    private static String guid(ImageBytes bytes, int at) {
        byte[] raw = new byte[16];
        for (int i = 0; i < 16; i++) {
            raw[i] = (byte) bytes.u8(at + i);
        }
        return String.format(Locale.ROOT, "%08X%04X%04X", LittleEndian.i32(raw, 0), LittleEndian.u16(raw, 4), LittleEndian.u16(raw, 6))
                + HexFormat.of().withUpperCase().formatHex(raw, 8, 16);
    }
}
