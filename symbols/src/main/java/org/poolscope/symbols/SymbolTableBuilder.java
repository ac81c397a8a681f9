package org.poolscope.symbols;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.poolscope.model.Architecture;

/**
 * Takes what a reader of symbol files finds, in any order, and makes the {@link SymbolTable}. What cannot be true is refused: the
 * reader is told by {@link IllegalArgumentException}, with the name of what is wrong.
 */
public final class SymbolTableBuilder {

    /** The largest kernels have 2,000 structures, 40,000 fields and 60,000 symbols. */
    private static final int MOST = 4_000_000;

    /** The whole of an executable, and any structure in it, ends before 2 GB. */
    private static final long FARTHEST = Integer.MAX_VALUE;

    private static final int LONGEST_NAME = 4096;

    private final Map<String, Integer> nameNumbers = new HashMap<>();
    private final Map<String, Integer> typeNumbers = new HashMap<>();
    private final IntList types = new IntList();
    private final IntList fields = new IntList();
    private final IntList symbols = new IntList();
    private int openType = -1;

    /** Numbers come in the order of types as they are given. */
    private int typeCount;

    /**
     * Starts a structure; the fields that follow are its own. Of structures with one name the first counts.
     *
     * @param size its bytes
     * @return whether it is the first of its name; if not, its fields are left out
     */
    public boolean structure(String name, long size) {
        if (size < 0 || size > FARTHEST) {
            throw new IllegalArgumentException("structure " + shortened(name) + " has an impossible size, " + size);
        }
        openType = typeCount;
        if (typeNumbers.putIfAbsent(name, typeCount) != null) {
            openType = -1;
            return false;
        }
        typeCount = checked(typeCount + 1);
        types.add(name(name), (int) size, fields.size() / SymbolTable.FIELD_ROW);
        return true;
    }

    /**
     * A field of the structure started last.
     *
     * @param offset bytes from the start of the structure
     * @param type what it is
     * @param anonymous whether the field has no name of its own: its members count as members of the structure
     */
    public void field(String name, long offset, FieldType type, boolean anonymous) {
        if (openType < 0) {
            return;
        }
        int size = types.at(openType * SymbolTable.TYPE_ROW + 1);
        if (offset < 0 || offset > size || type.bytes() > 0 && type.count() == 1 && offset + type.bytes() > size) {
            throw new IllegalArgumentException("field " + shortened(name) + " at " + offset
                    + " is outside its structure of " + size
                    + " bytes");
        }
        if (type.bytes() < 0 || type.count() < 0 || type.bits() < 0 || type.bit() < 0
                || type.bits() != 0 && type.bit() + type.bits() > 8 * type.bytes()) {
            throw new IllegalArgumentException("field " + shortened(name) + " has an impossible type");
        }
        fields.add(name(name), (int) offset, type.bytes(), type.count(), type.bit(), type.bits(),
                type.structure() == null ? -1 : name(type.structure()),
                (anonymous ? SymbolTable.ANONYMOUS : 0) | (type.pointer() ? SymbolTable.POINTER : 0));
        checked(fields.size() / SymbolTable.FIELD_ROW);
    }

    /**
     * What a field is.
     *
     * @param bytes width of the field, of one element when it is an array; 0 for a structure
     * @param count elements of an array, else 1
     * @param bit lowest bit of a bit field in its unit
     * @param bits how many bits a bit field has, else 0
     * @param structure name of the structure that is embedded, or {@code null}
     * @param pointer whether it is a pointer
     */
    public record FieldType(int bytes, int count, int bit, int bits, String structure, boolean pointer) {

        /** A number. */
        public static FieldType number(int bytes) {
            return new FieldType(bytes, 1, 0, 0, null, false);
        }

        /** A pointer. */
        public static FieldType pointer(int bytes) {
            return new FieldType(bytes, 1, 0, 0, null, true);
        }

        /** An embedded structure. */
        public static FieldType structure(String name) {
            return new FieldType(0, 1, 0, 0, name, false);
        }

        /** Bits of a number. */
        public FieldType cut(int first, int length) {
            return new FieldType(bytes, 1, first, length, null, false);
        }

        /** An array of it; arrays of arrays are one long array. */
        public FieldType times(long elements) {
            long all = elements * count;
            if (elements < 0 || elements > FARTHEST || all > FARTHEST) {
                throw new IllegalArgumentException("an array has " + elements + " elements");
            }
            return new FieldType(bytes, (int) all, bit, bits, structure, pointer);
        }
    }

    /**
     * A symbol of the whole program.
     *
     * @param rva where it stands, in bytes from the program's base
     * @param length its bytes, 0 when not known
     * @param code whether it is known to be code
     */
    public void symbol(String name, long rva, long length, boolean code) {
        symbol(name, rva, length, (code ? SymbolTable.CODE : 0) | SymbolTable.PUBLIC);
    }

    /** The same of a symbol of one compiled file, whose name other files of the program may use too. */
    public void localSymbol(String name, long rva, long length, boolean code) {
        symbol(name, rva, length, code ? SymbolTable.CODE : 0);
    }

    private void symbol(String name, long rva, long length, int flags) {
        if (rva < 0 || rva > FARTHEST || length < 0 || length > FARTHEST) {
            throw new IllegalArgumentException("symbol " + shortened(name) + " is outside any executable, at 0x"
                    + Long.toHexString(rva));
        }
        symbols.add(name(name), (int) rva, (int) length, flags);
        checked(symbols.size() / SymbolTable.SYMBOL_ROW);
    }

    private static int checked(int number) {
        if (number > MOST) {
            throw new IllegalArgumentException("it names more than " + MOST + " things");
        }
        return number;
    }

    private int name(String name) {
        String kept = narrow(name);
        int next = nameNumbers.size();
        Integer known = nameNumbers.putIfAbsent(kept, next);
        return known == null ? next : known;
    }

    /** Names are kept one byte a character. */
    private static String narrow(String name) {
        String kept = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        StringBuilder narrowed = null;
        for (int i = 0; i < kept.length(); i++) {
            if (kept.charAt(i) > 0xff) {
                narrowed = narrowed == null ? new StringBuilder(kept) : narrowed;
                narrowed.setCharAt(i, '?');
            }
        }
        return narrowed == null ? kept : narrowed.toString();
    }

    private static String shortened(String name) {
        return name.length() > 80 ? name.substring(0, 77) + "..." : name;
    }

    /**
     * The table of all that was given.
     *
     * @param source what to cite the facts as: {@code symbols of ntkrnlmp.pdb 5278…-1}
     */
    public SymbolTable build(PdbIdentity identity, Architecture architecture, String source) {
        String[] sorted = nameNumbers.keySet().toArray(String[]::new);
        Arrays.sort(sorted);
        int[] rank = new int[sorted.length];
        int[] starts = new int[sorted.length + 1];
        int length = 0;
        for (int i = 0; i < sorted.length; i++) {
            rank[nameNumbers.get(sorted[i])] = i;
            starts[i] = length;
            length = Math.addExact(length, sorted[i].length());
        }
        starts[sorted.length] = length;
        byte[] bytes = new byte[length];
        for (int i = 0; i < sorted.length; i++) {
            byte[] text = sorted[i].getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(text, 0, bytes, starts[i], text.length);
        }
        int[] fieldRows = new int[fields.size()];
        int[] typeRows = sortedTypes(rank, fieldRows);
        int[] symbolRows = sortedSymbols(rank);
        return new SymbolTable(identity, architecture, source, new Names(bytes, starts), typeRows, fieldRows, symbolRows,
                byName(symbolRows));
    }

    /** Types in the order of their names, with their fields moved along, and structures of fields as rows of types. */
    private int[] sortedTypes(int[] rank, int[] sortedFields) {
        int[] order = sorted(typeCount, type -> rank[types.at(type * SymbolTable.TYPE_ROW)]);
        Map<Integer, Integer> rowOfName = HashMap.newHashMap(typeCount);
        for (int row = 0; row < typeCount; row++) {
            rowOfName.put(types.at(order[row] * SymbolTable.TYPE_ROW), row);
        }
        int[] sorted = new int[(typeCount + 1) * SymbolTable.TYPE_ROW];
        int to = 0;
        for (int row = 0; row < typeCount; row++) {
            int from = order[row] * SymbolTable.TYPE_ROW;
            sorted[row * SymbolTable.TYPE_ROW] = rank[types.at(from)];
            sorted[row * SymbolTable.TYPE_ROW + 1] = types.at(from + 1);
            sorted[row * SymbolTable.TYPE_ROW + 2] = to / SymbolTable.FIELD_ROW;
            int end = order[row] + 1 < typeCount ? types.at(from + SymbolTable.TYPE_ROW + 2) * SymbolTable.FIELD_ROW
                    : fields.size();
            for (int field = types.at(from + 2) * SymbolTable.FIELD_ROW; field < end; field += SymbolTable.FIELD_ROW) {
                for (int column = 0; column < SymbolTable.FIELD_ROW; column++) {
                    sortedFields[to + column] = fields.at(field + column);
                }
                sortedFields[to] = rank[sortedFields[to]];
                sortedFields[to + 6] = sortedFields[to + 6] < 0 ? -1 : rowOfName.getOrDefault(sortedFields[to + 6], -1);
                to += SymbolTable.FIELD_ROW;
            }
        }
        sorted[typeCount * SymbolTable.TYPE_ROW + 2] = to / SymbolTable.FIELD_ROW;
        return sorted;
    }

    private int[] sortedSymbols(int[] rank) {
        int count = symbols.size() / SymbolTable.SYMBOL_ROW;
        int[] byRank = sorted(count, row -> rank[symbols.at(row * SymbolTable.SYMBOL_ROW)]);
        int[] order = sorted(count, row -> symbols.at(byRank[row] * SymbolTable.SYMBOL_ROW + 1));
        IntList sorted = new IntList();
        for (int row = 0; row < count; row++) {
            int from = byRank[order[row]] * SymbolTable.SYMBOL_ROW;
            int last = sorted.size() - SymbolTable.SYMBOL_ROW;
            if (last >= 0 && sorted.at(last) == rank[symbols.at(from)] && sorted.at(last + 1) == symbols.at(from + 1)) {
                // one symbol, told twice: publics give its name, procedures its length
                sorted.set(last + 2, Math.max(sorted.at(last + 2), symbols.at(from + 2)));
                sorted.set(last + 3, sorted.at(last + 3) | symbols.at(from + 3));
            } else {
                sorted.add(rank[symbols.at(from)], symbols.at(from + 1), symbols.at(from + 2), symbols.at(from + 3));
            }
        }
        return sorted.toArray();
    }

    private static int[] byName(int[] symbolRows) {
        return sorted(symbolRows.length / SymbolTable.SYMBOL_ROW, row -> symbolRows[row * SymbolTable.SYMBOL_ROW]);
    }

    /** Rows in the order of their keys, which are not negative; of one key in the order of the rows. */
    private static int[] sorted(int rows, IntUnaryOperator key) {
        long[] keyed = new long[rows];
        for (int row = 0; row < rows; row++) {
            keyed[row] = (long) key.applyAsInt(row) << Integer.SIZE | row;
        }
        Arrays.sort(keyed);
        int[] order = new int[rows];
        for (int row = 0; row < rows; row++) {
            order[row] = (int) keyed[row];
        }
        return order;
    }

    /** A growing array. */
    private static final class IntList {
        private int[] values = new int[1024];
        private int size;

        void add(int... more) {
            if (size + more.length > values.length) {
                values = Arrays.copyOf(values, Math.max(2 * values.length, size + more.length));
            }
            System.arraycopy(more, 0, values, size, more.length);
            size += more.length;
        }

        int at(int index) {
            return values[index];
        }

        void set(int index, int value) {
            values[index] = value;
        }

        int size() {
            return size;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
