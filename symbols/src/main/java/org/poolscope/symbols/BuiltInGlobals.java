package org.poolscope.symbols;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** The places of global variables that come with the program, for the kernels listed in {@code globals-x64.txt}. Immutable. */
public final class BuiltInGlobals implements KernelGlobals {

    private static final String FILE = "globals-x64.txt";

    /** The kernel whose globals these are; its file is called so for many processors, and there is no other from Windows 8 on. */
    private static final String PDB = "ntkrnlmp.pdb";

    private final KernelVersion version;
    private final String pdb;
    private final Map<String, Long> offsets;

    private BuiltInGlobals(KernelVersion version, String pdb, Map<String, Long> offsets) {
        this.version = version;
        this.pdb = pdb;
        this.offsets = offsets;
    }

    /**
     * The globals of the kernel whose PDB file has this identity.
     *
     * @param pdb GUID (32 hex digits, upper case) and age (decimal), joined by a hyphen
     */
    public static Optional<BuiltInGlobals> find(String pdb) {
        return rows(columns -> columns[1].equals(pdb), globals -> true).stream().findFirst();
    }

    /** All kernels of which something holds. */
    public static List<BuiltInGlobals> all(Predicate<BuiltInGlobals> wanted) {
        return rows(columns -> true, wanted);
    }

    /** The globals of the kernel of a version that names its revision; builds of one revision differ only by their PDB. */
    public static Optional<BuiltInGlobals> find(KernelVersion wanted) {
        return rows(columns -> version(columns[0]).equals(wanted), globals -> true).stream().findFirst();
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

    /** Which symbol file belongs to the kernel. */
    public PdbIdentity identity() {
        int hyphen = pdb.indexOf('-');
        return new PdbIdentity(PDB, pdb.substring(0, hyphen), Long.parseLong(pdb.substring(hyphen + 1)));
    }

    private static List<BuiltInGlobals> rows(Predicate<String[]> wanted, Predicate<BuiltInGlobals> holds) {
        List<BuiltInGlobals> found = new ArrayList<>();
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
                    BuiltInGlobals globals = new BuiltInGlobals(version(columns[0]), columns[1], offsets(names, columns));
                    if (holds.test(globals)) {
                        found.add(globals);
                    }
                }
            }
            return found;
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
