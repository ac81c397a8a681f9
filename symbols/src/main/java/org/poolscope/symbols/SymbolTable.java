package org.poolscope.symbols;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.model.Architecture;

/**
 * What one symbol file says: structures with all their fields, and where symbols stand. Whatever format the file had, this is the
 * form it is asked in and cached in: flat arrays, names sorted, one lookup a binary search. Immutable,
 * thread-safe.
 */
public final class SymbolTable implements TypeLayouts, KernelGlobals {

    static final int ANONYMOUS = 1;
    static final int POINTER = 2;

    /** A symbol is code, as far as the file says so. */
    static final int CODE = 1;

    /** A symbol's name is of the whole program; others are of one compiled file, and another may use the name for something else. */
    static final int PUBLIC = 2;

    private static final int NO_TYPE = -1;

    private static final String FAST_REFERENCE = "_EX_FAST_REF";
    private static final Set<String> NUMBERS = Set.of("_LARGE_INTEGER", "_ULARGE_INTEGER", FAST_REFERENCE);

    /** Structures of unnamed members nest a few levels; a file that nests deeper is damaged. */
    private static final int DEEPEST = 32;

    private final PdbIdentity identity;
    private final Architecture architecture;
    private final String source;
    private final Names names;

    /** Structures, sorted by name: rows of name, size and first field. The last row ends the fields of the one before. */
    private final int[] types;

    /** Fields: rows of name, offset, bytes, count, first bit and bits, structure, flags. */
    private final int[] fields;

    /** Symbols, sorted by place: rows of name, place, length or 0, flags. */
    private final int[] symbols;

    /** Rows of {@link #symbols}, sorted by name. */
    private final int[] byName;

    static final int TYPE_ROW = 3;
    static final int FIELD_ROW = 8;
    static final int SYMBOL_ROW = 4;

    SymbolTable(PdbIdentity identity, Architecture architecture, String source, Names names, int[] types, int[] fields,
            int[] symbols,
            int[] byName) {
        this.identity = identity;
        this.architecture = architecture;
        this.source = source;
        this.names = names;
        this.types = types;
        this.fields = fields;
        this.symbols = symbols;
        this.byName = byName;
    }

    /** Which program the symbols are of; what the file itself says. */
    public PdbIdentity identity() {
        return identity;
    }

    /** The processor of the program; empty when the file does not say. */
    public Optional<Architecture> architecture() {
        return Optional.ofNullable(architecture);
    }

    /** How many structures it knows. */
    public int typeCount() {
        return types.length / TYPE_ROW - 1;
    }

    /** How many symbols it knows. */
    public int symbolCount() {
        return symbols.length / SYMBOL_ROW;
    }

    /** Names of all structures, sorted. */
    public List<String> typeNames() {
        List<String> all = new ArrayList<>(typeCount());
        for (int i = 0; i < typeCount(); i++) {
            all.add(names.text(types[i * TYPE_ROW]));
        }
        return all;
    }

    @Override
    public Optional<StructLayout> find(String type) {
        int row = typeRow(type);
        if (row < 0) {
            return Optional.empty();
        }
        List<FieldLayout> direct = new ArrayList<>();
        for (int field = firstField(row); field < firstField(row + 1); field++) {
            if ((fields[field * FIELD_ROW + 7] & ANONYMOUS) == 0) {
                direct.add(layout(field, names.text(fields[field * FIELD_ROW]), 0));
            }
        }
        return Optional.of(new StructLayout(type, types[row * TYPE_ROW + 1], source, direct, path -> resolve(row, type, path)));
    }

    /** A field by its name or its path; by another name that other builds have for it, when this one has none of that name. */
    private FieldLayout resolve(int row, String type, String path) {
        FieldLayout found = place(row, path, path, 0, 0);
        for (String other : found == null ? Synonyms.of(type, path) : List.<String>of()) {
            found = found == null ? place(row, other, path, 0, 0) : found;
        }
        return found;
    }

    /** Follows a dotted path from a structure, through unnamed members where it must. */
    private FieldLayout place(int row, String path, String called, int base, int depth) {
        if (row < 0 || depth > DEEPEST) {
            return null;
        }
        int dot = path.indexOf('.');
        String first = dot < 0 ? path : path.substring(0, dot);
        for (int field = firstField(row); field < firstField(row + 1); field++) {
            if ((fields[field * FIELD_ROW + 7] & ANONYMOUS) == 0 && names.equal(fields[field * FIELD_ROW], first)) {
                FieldLayout found = dot < 0 ? layout(field, called, base)
                        : place(fields[field * FIELD_ROW + 6], path.substring(dot + 1), called, base
                                + fields[field * FIELD_ROW + 1],
                                depth + 1);
                if (found != null) {
                    return found;
                }
            }
        }
        for (int field = firstField(row); field < firstField(row + 1); field++) {
            if ((fields[field * FIELD_ROW + 7] & ANONYMOUS) != 0) {
                FieldLayout found = place(fields[field * FIELD_ROW + 6], path, called, base + fields[field * FIELD_ROW + 1],
                        depth + 1);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private FieldLayout layout(int field, String called, int base) {
        int at = field * FIELD_ROW;
        int bytes = fields[at + 2];
        boolean pointer = (fields[at + 7] & POINTER) != 0;
        if (fields[at + 6] != NO_TYPE && bytes == 0) {
            // structures that only give parts of one number names of their own
            String structure = names.text(types[fields[at + 6] * TYPE_ROW]);
            if (NUMBERS.contains(structure)) {
                bytes = types[fields[at + 6] * TYPE_ROW + 1];
                pointer = structure.equals(FAST_REFERENCE);
            }
        }
        int count = fields[at + 3];
        int bit = fields[at + 4];
        int bits = fields[at + 5];
        String type = pointer ? "ptr" : bytes != 0 ? "u" + 8 * bytes
                : fields[at + 6] != NO_TYPE ? names.text(types[fields[at + 6] * TYPE_ROW])
                : "-";
        if (bits != 0) {
            type += ":" + bit + "+" + bits;
        }
        return new FieldLayout(called, base + fields[at + 1], count == 1 ? type : type + "[" + count + "]", bytes, bit, bits,
                count,
                source);
    }

    private int firstField(int row) {
        return types[row * TYPE_ROW + 2];
    }

    private int typeRow(String type) {
        int low = 0;
        int high = typeCount() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int order = names.compare(types[middle * TYPE_ROW], type);
            if (order == 0) {
                return middle;
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }
        return -1;
    }

    /** Where a symbol stands; empty when there is none, and when several compiled files mean different things by a name that is not public. */
    @Override
    public OptionalLong offset(String variable) {
        int low = 0;
        int high = byName.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (names.compare(symbols[byName[middle] * SYMBOL_ROW], variable) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int end = low;
        int found = -1;
        while (end < byName.length && names.compare(symbols[byName[end] * SYMBOL_ROW], variable) == 0) {
            if (found < 0 && (symbols[byName[end] * SYMBOL_ROW + 3] & PUBLIC) != 0) {
                found = byName[end];
            }
            end++;
        }
        if (found < 0 && end == low + 1) {
            found = byName[low];
        }
        return found < 0 ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(symbols[found * SYMBOL_ROW + 1]));
    }

    /** Symbol files do not name the build they are of. */
    @Override
    public Optional<KernelVersion> version() {
        return Optional.empty();
    }

    /**
     * The symbol that an address lies in: the last one that starts at or before it, code before data. A symbol whose length is
     * known and ends before the address does not count.
     *
     * @param rva the address, in bytes from the program's base
     */
    public Optional<CodeSymbol> nearest(long rva) {
        int low = 0;
        int high = symbolCount() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (Integer.toUnsignedLong(symbols[middle * SYMBOL_ROW + 1]) <= rva) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (high < 0) {
            return Optional.empty();
        }
        int best = high;
        for (int i = high; i >= 0 && symbols[i * SYMBOL_ROW + 1] == symbols[high * SYMBOL_ROW + 1]; i--) {
            best = better(i, best) ? i : best;
        }
        long start = Integer.toUnsignedLong(symbols[best * SYMBOL_ROW + 1]);
        long length = Integer.toUnsignedLong(symbols[best * SYMBOL_ROW + 2]);
        return length != 0 && rva - start >= length ? Optional.empty()
                : Optional.of(new CodeSymbol(names.text(symbols[best * SYMBOL_ROW]), start, rva - start));
    }

    /** Of symbols at one place: code first, then one whose length is known, then the first by name. */
    private boolean better(int one, int other) {
        int code = (symbols[one * SYMBOL_ROW + 3] & CODE) - (symbols[other * SYMBOL_ROW + 3] & CODE);
        int known = Boolean.compare(symbols[one * SYMBOL_ROW + 2] != 0, symbols[other * SYMBOL_ROW + 2] != 0);
        int name = names.text(symbols[other * SYMBOL_ROW]).compareTo(names.text(symbols[one * SYMBOL_ROW]));
        return code != 0 ? code > 0 : known != 0 ? known > 0 : name > 0;
    }

    /** All symbols, in the order of their places. */
    public void forEachSymbol(SymbolVisitor visitor) {
        for (int at = 0; at < symbols.length; at += SYMBOL_ROW) {
            visitor.symbol(names.text(symbols[at]), Integer.toUnsignedLong(symbols[at + 1]),
                    Integer.toUnsignedLong(symbols[at + 2]),
                    (symbols[at + 3] & CODE) != 0);
        }
    }

    /** Takes symbols one by one. */
    @FunctionalInterface
    public interface SymbolVisitor {

        /**
         * Takes a symbol.
         *
         * @param rva where it stands, in bytes from the program's base
         * @param length its bytes; 0 when the file does not say
         * @param code whether the file says that it is a function
         */
        void symbol(String name, long rva, long length, boolean code);
    }

    /** Writes all of it, in a form that {@link #read} takes fast. */
    public void write(DataOutput out) throws IOException {
        out.writeUTF(identity.name());
        out.writeUTF(identity.guid());
        out.writeLong(identity.age());
        out.writeByte(architecture == null ? -1 : architecture.ordinal());
        out.writeUTF(source);
        names.write(out);
        for (int[] array : List.of(types, fields, symbols, byName)) {
            Names.write(out, array);
        }
    }

    /** The inverse of {@link #write}; whoever calls it has made sure that the bytes are the ones written. */
    public static SymbolTable read(DataInput in) throws IOException {
        PdbIdentity identity = new PdbIdentity(in.readUTF(), in.readUTF(), in.readLong());
        int architecture = in.readByte();
        String source = in.readUTF();
        Names names = Names.read(in);
        return new SymbolTable(identity, architecture < 0 ? null : Architecture.values()[architecture], source, names,
                Names.readInts(in), Names.readInts(in), Names.readInts(in), Names.readInts(in));
    }

    @Override
    public String toString() {
        return source;
    }
}
