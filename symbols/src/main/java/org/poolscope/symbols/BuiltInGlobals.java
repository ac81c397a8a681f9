package org.poolscope.symbols;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** The places of global variables that come with the program, for the kernels listed in {@code globals-x64.txt}. Immutable. */
public final class BuiltInGlobals implements KernelGlobals {

    private static final String FILE = "globals-x64.txt";

    private final KernelVersion version;
    private final Map<String, Long> offsets;

    private BuiltInGlobals(KernelVersion version, Map<String, Long> offsets) {
        this.version = version;
        this.offsets = offsets;
    }

    /**
     * The globals of the kernel whose PDB file has this identity.
     *
     * @param pdb GUID (32 hex digits, upper case) and age (decimal), joined by a hyphen
     */
    public static Optional<BuiltInGlobals> find(String pdb) {
        return row(columns -> columns[1].equals(pdb));
    }

    /** The globals of the kernel of a version that names its revision; builds of one revision differ only by their PDB. */
    public static Optional<BuiltInGlobals> find(KernelVersion wanted) {
        return row(columns -> version(columns[0]).equals(wanted));
    }

    @Override
    public OptionalLong offset(String variable) {
        Long offset = offsets.get(variable);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    @Override
    public Optional<KernelVersion> version() {
        return Optional.of(version);
    }

    private static Optional<BuiltInGlobals> row(Predicate<String[]> wanted) {
        try (InputStream in = BuiltInGlobals.class.getResourceAsStream(FILE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            String[] names = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("#")) {
                    continue;
                }
                String[] columns = line.split(" ");
                if (names == null) {
                    names = columns;
                } else if (wanted.test(columns)) {
                    return Optional.of(new BuiltInGlobals(version(columns[0]), offsets(names, columns)));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Long> offsets(String[] names, String[] columns) {
        Map<String, Long> offsets = new HashMap<>();
        for (int i = 2; i < columns.length; i++) {
            if (columns[i].startsWith("0x")) {
                offsets.put(names[i], Long.decode(columns[i]));
            }
        }
        return Map.copyOf(offsets);
    }

    /** {@code 10.0.19041.3570} as build and revision. */
    private static KernelVersion version(String text) {
        String[] parts = text.split("\\.");
        return KernelVersion.revision(Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
    }
}
