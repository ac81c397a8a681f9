package org.poolscope.memory;

import java.util.HexFormat;
import java.util.Optional;
import org.poolscope.model.EvidenceFile;

/**
 * Files people take for memory images, or keep them in: known by their first bytes, to say what to do instead of "not
 * understood".
 */
enum ForeignFormat {
    GZIP("1f8b", "packed with gzip", ForeignFormat.UNPACK),
    XZ("fd377a585a00", "packed with xz", ForeignFormat.UNPACK),
    BZIP2("425a68", "packed with bzip2", ForeignFormat.UNPACK),
    ZSTD("28b52ffd", "packed with zstd", ForeignFormat.UNPACK),
    ZIP("504b0304", "a zip archive", ForeignFormat.UNPACK),
    SEVEN_ZIP("377abcaf271c", "a 7z archive", ForeignFormat.UNPACK),
    CABINET("4d534346", "a cabinet archive", ForeignFormat.UNPACK),
    USER_MINIDUMP("4d444d50", "a minidump of one process, which holds no kernel memory",
            "Collect a kernel or complete memory dump"),
    PROGRAM("4d5a", "a Windows program, not a memory image", "Name a crash dump, a raw image or an ELF core"),
    KDUMP("4b44554d50202020", "a compressed QEMU dump", "Write it again with dump-guest-memory without -z, -l, -s and -R"),
    LIME("454d694c", "a LiME image", "Write the memory again in raw format");

    private static final String UNPACK = "Unpack it and name the file inside";

    private final byte[] signature;
    private final String words;
    private final String remedy;

    ForeignFormat(String signature, String words, String remedy) {
        this.signature = HexFormat.of().parseHex(signature);
        this.words = words;
        this.remedy = remedy;
    }

    /** The foreign format a file has, if it is one of these. */
    static Optional<ForeignFormat> of(EvidenceFile file) {
        for (ForeignFormat format : values()) {
            if (file.hasAt(0, format.signature)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** Whether it is, or may hold, memory in a form that nothing here reads. */
    boolean isMemory() {
        return switch (this) {
            case GZIP, XZ, BZIP2, ZIP, PROGRAM -> false;
            default -> true;
        };
    }

    /** What the file is, as a clause after "this is". */
    String words() {
        return words;
    }

    /** What to do about it. */
    String remedy() {
        return remedy;
    }
}
