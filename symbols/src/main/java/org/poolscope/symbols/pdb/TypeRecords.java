package org.poolscope.symbols.pdb;

import java.util.HashMap;
import java.util.Map;
import org.poolscope.symbols.SymbolTableBuilder;
import org.poolscope.symbols.SymbolTableBuilder.FieldType;

/**
 * The stream of types (TPI): records of CodeView, numbered from {@code TypeIndexBegin} on; what a record is made of are numbers
 * of earlier records, or of types everyone knows. The file's own checksums of lists of fields are held against them, because a
 * field that moved by damage would be read as if it were right.
 */
final class TypeRecords {

    private static final int LF_MODIFIER = 0x1001;
    private static final int LF_POINTER = 0x1002;
    private static final int LF_PROCEDURE = 0x1008;
    private static final int LF_MFUNCTION = 0x1009;
    private static final int LF_FIELDLIST = 0x1203;
    private static final int LF_BITFIELD = 0x1205;
    private static final int LF_BCLASS = 0x1400;
    private static final int LF_VBCLASS = 0x1401;
    private static final int LF_IVBCLASS = 0x1402;
    private static final int LF_INDEX = 0x1404;
    private static final int LF_VFUNCTAB = 0x1409;
    private static final int LF_VFUNCOFF = 0x140c;
    private static final int LF_ENUMERATE = 0x1502;
    private static final int LF_ARRAY = 0x1503;
    private static final int LF_CLASS = 0x1504;
    private static final int LF_STRUCTURE = 0x1505;
    private static final int LF_UNION = 0x1506;
    private static final int LF_ENUM = 0x1507;
    private static final int LF_MEMBER = 0x150d;
    private static final int LF_STMEMBER = 0x150e;
    private static final int LF_METHOD = 0x150f;
    private static final int LF_NESTTYPE = 0x1510;
    private static final int LF_ONEMETHOD = 0x1511;
    private static final int LF_INTERFACE = 0x1519;

    private static final int FORWARD = 0x80;

    /** A method that makes a new slot in the table of virtual functions has the slot's place in its record. */
    private static final int INTRODUCES = 4;
    private static final int PURE_INTRODUCES = 6;

    /** Types of types of types: deeper than any source code, and a bound where a damaged file goes in circles. */
    private static final int DEEPEST = 64;

    private static final int HEADER = 56;

    private final PdbBytes stream;
    private final int first;
    private final int[] places;
    private final Map<String, Integer> definitions = new HashMap<>();

    TypeRecords(PdbBytes stream, PdbBytes hashes) {
        this.stream = stream;
        int header = stream.size(stream.u32(4), "the length of the header");
        this.first = stream.i32(8);
        long end = stream.u32(12);
        int bytes = stream.size(stream.u32(16), "the length of all records");
        if (header < HEADER || first < 0x1000 || end < first || end - first > bytes / 4 || header
                + (long) bytes > stream.length()) {
            throw new DamagedPdbException(stream.stream(), 0, "its header contradicts itself");
        }
        this.places = new int[(int) (end - first)];
        int at = header;
        for (int i = 0; i < places.length; i++) {
            int length = stream.u16(at);
            if (length < 2 || at + 2 + length > header + bytes) {
                throw new DamagedPdbException(stream.stream(), at, "a record has " + length + " bytes");
            }
            places[i] = at;
            at += 2 + length;
        }
        verify(hashes);
        for (int i = 0; i < places.length; i++) {
            if (isTag(leaf(places[i])) && (property(places[i]) & FORWARD) == 0) {
                definitions.putIfAbsent(tagName(first + i), first + i);
            }
        }
    }

    /** Checksums, one a record, that the linker wrote for its own use: of lists of fields they cover every byte. */
    private void verify(PdbBytes hashes) {
        long keySize = stream.u32(24);
        long buckets = stream.u32(28);
        int from = hashes.size(hashes.length() == 0 ? 0 : stream.u32(32), "the place of checksums");
        if (hashes.length() == 0 || keySize != Integer.BYTES || buckets == 0 || stream.u32(36) != 4L * places.length) {
            return;
        }
        for (int i = 0; i < places.length; i++) {
            if (leaf(places[i]) == LF_FIELDLIST) {
                long sum = Checksum.of(stream.bytes(), places[i], 2 + stream.u16(places[i]));
                if (sum % buckets != hashes.u32(from + 4 * i)) {
                    throw new DamagedPdbException(stream.stream(), places[i], "a list of fields does not match its checksum");
                }
            }
        }
    }

    private int leaf(int place) {
        return stream.u16(place + 2);
    }

    private static boolean isStructure(int leaf) {
        return leaf == LF_STRUCTURE || leaf == LF_CLASS || leaf == LF_INTERFACE || leaf == LF_UNION;
    }

    private static boolean isTag(int leaf) {
        return isStructure(leaf) || leaf == LF_ENUM;
    }

    private int property(int place) {
        return stream.u16(place + 6);
    }

    /** The place of a record, or -1 when no record has that number. */
    private int place(long index) {
        return index >= first && index - first < places.length ? places[(int) (index - first)] : -1;
    }

    /** Where the size of a structure is written, a number of varying length. */
    private int sizeAt(int place) {
        return place + (leaf(place) == LF_UNION ? 12 : 20);
    }

    private String tagName(int index) {
        int place = place(index);
        int at = leaf(place) == LF_ENUM ? place + 16 : afterNumber(sizeAt(place));
        String name = stream.text(at);
        return name.contains("<unnamed-") || name.contains("<anonymous-") || name.equals("__unnamed")
                ? "__unnamed_" + Integer.toHexString(index) : name;
    }

    /** Gives all structures to a builder. */
    void addTo(SymbolTableBuilder builder) {
        for (int i = 0; i < places.length; i++) {
            int place = places[i];
            if (!isStructure(leaf(place)) || (property(place) & FORWARD) != 0) {
                continue;
            }
            String name = tagName(first + i);
            if (builder.structure(name, number(sizeAt(place)))) {
                fields(stream.u32(place + 8), builder, 0);
            }
        }
    }

    /** The fields of a list; a list too long for one record goes on in another. */
    private void fields(long list, SymbolTableBuilder builder, int depth) {
        int place = place(list);
        if (list == 0) {
            return;
        }
        if (place < 0 || leaf(place) != LF_FIELDLIST || depth > DEEPEST) {
            throw new DamagedPdbException(stream.stream(), Math.max(0, place), "a list of fields is missing");
        }
        int end = place + 2 + stream.u16(place);
        int at = place + 4;
        while (at < end) {
            if (stream.u8(at) >= 0xf0) {
                at += Math.max(1, stream.u8(at) & 0x0f);
                continue;
            }
            int start = at;
            int kind = stream.u16(at);
            switch (kind) {
                case LF_MEMBER -> {
                    long offset = number(at + 8);
                    int name = afterNumber(at + 8);
                    String text = stream.text(name);
                    builder.field(text, offset, type(stream.u32(at + 4), 0), text.isEmpty());
                    at = stream.textEnd(name) + 1;
                }
                case LF_BCLASS -> at = afterNumber(at + 8);
                case LF_VBCLASS, LF_IVBCLASS -> at = afterNumber(afterNumber(at + 12));
                case LF_INDEX -> {
                    fields(stream.u32(at + 4), builder, depth + 1);
                    at += 8;
                }
                case LF_VFUNCTAB -> at += 8;
                case LF_VFUNCOFF -> at += 12;
                case LF_ENUMERATE -> at = stream.textEnd(afterNumber(at + 4)) + 1;
                case LF_STMEMBER, LF_METHOD, LF_NESTTYPE -> at = stream.textEnd(at + 8) + 1;
                case LF_ONEMETHOD -> {
                    int method = stream.u16(at + 2) >> 2 & 7;
                    at = stream.textEnd(at + (method == INTRODUCES || method == PURE_INTRODUCES ? 12 : 8)) + 1;
                }
                default -> throw new DamagedPdbException(stream.stream(), at, "a field of unknown kind 0x"
                        + Integer.toHexString(kind));
            }
            if (at <= start) {
                throw new DamagedPdbException(stream.stream(), start, "a list of fields does not go on");
            }
        }
    }

    private FieldType type(long index, int depth) {
        if (depth > DEEPEST) {
            throw new DamagedPdbException(stream.stream(), 0, "type 0x" + Long.toHexString(index) + " goes in circles");
        }
        if (index < first) {
            return known((int) index);
        }
        int place = place(index);
        if (place < 0) {
            throw new DamagedPdbException(stream.stream(), 0, "type 0x" + Long.toHexString(index) + " is not in the file");
        }
        return switch (leaf(place)) {
            case LF_MODIFIER -> type(stream.u32(place + 4), depth + 1);
            case LF_POINTER -> FieldType.pointer(pointerSize(stream.i32(place + 8)));
            case LF_BITFIELD -> type(stream.u32(place + 4), depth + 1).cut(stream.u8(place + 9), stream.u8(place + 8));
            case LF_ENUM -> type(stream.u32(place + 8), depth + 1);
            case LF_ARRAY -> array(place, depth);
            case LF_STRUCTURE, LF_CLASS, LF_INTERFACE, LF_UNION -> FieldType.structure(tagName((int) index));
            case LF_PROCEDURE, LF_MFUNCTION -> FieldType.number(0);
            default -> FieldType.number(0);
        };
    }

    /** An array gives its bytes; its elements are that many as fit. */
    private FieldType array(int place, int depth) {
        long element = stream.u32(place + 4);
        FieldType type = type(element, depth + 1);
        long bytes = number(place + 12);
        long each = bytes(element, depth + 1);
        return type.count() != 1 ? type.times(each == 0 ? 0 : bytes / each)
                : each == 0 ? type.times(0) : type.times(bytes / each);
    }

    /** The whole size of a type, in bytes; 0 when it has none. */
    private long bytes(long index, int depth) {
        int place = index < first ? -1 : place(index);
        if (depth > DEEPEST) {
            throw new DamagedPdbException(stream.stream(), 0, "type 0x" + Long.toHexString(index) + " goes in circles");
        }
        if (place < 0) {
            return index < first ? known((int) index).bytes() : 0;
        }
        int leaf = leaf(place);
        if (leaf == LF_ARRAY) {
            return number(place + 12);
        }
        if (leaf == LF_MODIFIER) {
            return bytes(stream.u32(place + 4), depth + 1);
        }
        if (isStructure(leaf)) {
            Integer definition = (property(place) & FORWARD) == 0 ? Integer.valueOf((int) index)
                    : definitions.get(tagName((int) index));
            return definition == null ? 0 : number(sizeAt(place(definition)));
        }
        return type(index, depth + 1).bytes();
    }

    private int pointerSize(int attributes) {
        int size = attributes >>> 13 & 0x3f;
        int kind = attributes & 0x1f;
        return size != 0 ? size : kind == 0x0c ? 8 : 4;
    }

    /** Types that need no record: what they are in the low byte, what kind of pointer to it in the next four bits. */
    private static FieldType known(int index) {
        int mode = index >> 8 & 0xf;
        if (mode != 0) {
            return FieldType.pointer(mode == 6 ? 8 : mode == 7 ? 16 : mode < 4 ? 2 : 4);
        }
        return FieldType.number(switch (index & 0xff) {
            case 0x10, 0x20, 0x70, 0x68, 0x69, 0x7c, 0x30 -> 1;
            case 0x11, 0x21, 0x72, 0x73, 0x71, 0x7a, 0x31 -> 2;
            case 0x12, 0x22, 0x74, 0x75, 0x7b, 0x32, 0x40, 0x08 -> 4;
            case 0x13, 0x23, 0x76, 0x77, 0x33, 0x41 -> 8;
            case 0x42 -> 10;
            case 0x14, 0x24, 0x78, 0x79, 0x43 -> 16;
            default -> 0;
        });
    }

    /** Numbers below 0x8000 stand for themselves, others have a kind before them. */
    private long number(int at) {
        int kind = stream.u16(at);
        if (kind < 0x8000) {
            return kind;
        }
        return switch (kind) {
            case 0x8000 -> (byte) stream.u8(at + 2);
            case 0x8001 -> (short) stream.u16(at + 2);
            case 0x8002 -> stream.u16(at + 2);
            case 0x8003 -> stream.i32(at + 2);
            case 0x8004 -> stream.u32(at + 2);
            case 0x8009, 0x800a -> stream.u64(at + 2);
            default -> throw new DamagedPdbException(stream.stream(), at, "a number of unknown kind 0x"
                    + Integer.toHexString(kind));
        };
    }

    private int afterNumber(int at) {
        int kind = stream.u16(at);
        return at + 2 + (kind < 0x8000 ? 0 : switch (kind) {
            case 0x8000 -> 1;
            case 0x8001, 0x8002 -> 2;
            case 0x8003, 0x8004 -> 4;
            case 0x8009, 0x800a -> 8;
            default -> throw new DamagedPdbException(stream.stream(), at, "a number of unknown kind 0x"
                    + Integer.toHexString(kind));
        });
    }
}
