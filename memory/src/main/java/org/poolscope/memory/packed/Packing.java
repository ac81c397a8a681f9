package org.poolscope.memory.packed;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.poolscope.model.EvidenceFile;
import org.tukaani.xz.XZInputStream;

/** How a file is packed, known by its first bytes. */
enum Packing {
    GZIP("1f8b08", ".gz"),
    XZ("fd377a585a00", ".xz"),
    BZIP2("425a68", ".bz2"),
    ZIP("504b0304", ".zip"),
    /** An archive with nothing in it. */
    EMPTY_ZIP("504b0506", ".zip");

    /** More than {@code xz -9} takes; a file that wants more is not honest. */
    private static final int XZ_MEMORY_KIB = 256 << 10;
    private static final int BUFFER = 1 << 16;

    private final byte[] signature;
    private final String suffix;

    Packing(String signature, String suffix) {
        this.signature = HexFormat.of().parseHex(signature);
        this.suffix = suffix;
    }

    static Optional<Packing> of(EvidenceFile file) {
        for (Packing packing : values()) {
            if (file.hasAt(0, packing.signature)) {
                return Optional.of(packing);
            }
        }
        return Optional.empty();
    }

    /** Whether it holds files with names, not one stream of bytes. */
    boolean isArchive() {
        return this == ZIP || this == EMPTY_ZIP;
    }

    /** What a single stream unpacks to; several streams one after another are one. */
    InputStream plain(InputStream packed) throws IOException {
        return switch (this) {
            case GZIP -> new GZIPInputStream(packed, BUFFER);
            case XZ -> new XZInputStream(packed, XZ_MEMORY_KIB);
            case BZIP2 -> new BZip2CompressorInputStream(packed, true);
            case ZIP, EMPTY_ZIP -> throw new IllegalStateException("an archive is no stream");
        };
    }

    /** The name of the file inside, as such packers name theirs. */
    String plainName(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(suffix) && name.length() > suffix.length()
                ? name.substring(0, name.length() - suffix.length()) : name;
    }
}
