package org.poolscope.symbols.pdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.SymbolTableBuilder;

/**
 * Reads PDB files (MSF 7), as Microsoft's and LLVM's linkers write them: structures with their fields, public symbols, global
 * variables, and procedures with their lengths. The public files of Microsoft's symbol server have no procedures.
 */
public final class PdbReader {

    private static final int INFO = 1;
    private static final int TYPES = 2;
    private static final int DEBUG = 3;

    private static final int DEBUG_HEADER = 64;
    private static final int MODULE_HEADER = 64;

    private static final int S_LDATA32 = 0x110c;
    private static final int S_GDATA32 = 0x110d;
    private static final int S_PUB32 = 0x110e;
    private static final int S_LPROC32 = 0x110f;
    private static final int S_GPROC32 = 0x1110;
    private static final int S_LPROC32_ID = 0x1146;
    private static final int S_GPROC32_ID = 0x1147;

    private final MsfFile file;
    private final PdbBytes debug;
    private final SymbolTableBuilder builder = new SymbolTableBuilder();
    private Architecture architecture;
    private Sections sections;

    private PdbReader(MsfFile file) {
        this.file = file;
        this.debug = file.stream(DEBUG, "stream of debug information");
    }

    /** Whether a file begins as a PDB file does. */
    public static boolean recognises(byte[] head) {
        return MsfFile.recognises(head);
    }

    /**
     * Reads a file.
     *
     * @throws EvidenceException when it cannot be read, or is damaged
     */
    public static SymbolTable read(Path path) throws EvidenceException {
        try {
            return new PdbReader(MsfFile.open(path)).read(path.getFileName().toString());
        } catch (IOException e) {
            throw new EvidenceException(path, "", "it cannot be read: " + e.getMessage(), "", e);
        } catch (DamagedPdbException e) {
            throw new EvidenceException(path, e.place(), "it is damaged: " + e.getMessage(), "Fetch it again", e);
        } catch (IllegalArgumentException e) {
            throw new EvidenceException(path, "", "it is damaged: " + e.getMessage(), "Fetch it again", e);
        }
    }

    /** The same from bytes at hand; damage of any kind is an {@link IllegalArgumentException}. */
    static SymbolTable read(byte[] bytes, String name) {
        try {
            return new PdbReader(new MsfFile(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN))).read(name);
        } catch (DamagedPdbException e) {
            throw new IllegalArgumentException(e.place() + ": " + e.getMessage(), e);
        }
    }

    private SymbolTable read(String name) {
        PdbBytes info = file.stream(INFO, "stream of identity");
        byte[] tail = new byte[8];
        info.u64(20);
        System.arraycopy(info.bytes(), 20, tail, 0, tail.length);
        String guid = "%08X%04X%04X".formatted(info.i32(12), info.u16(16), info.u16(18))
                + HexFormat.of().formatHex(tail).toUpperCase(Locale.ROOT);
        // an executable carries the age of the debug information; the other one counts rewritings of the file
        long age = debug.length() >= DEBUG_HEADER ? debug.u32(8) : info.u32(8);
        PdbIdentity identity = PdbIdentity.of(name, guid, age)
                .orElseThrow(() -> new DamagedPdbException(info.stream(), 12, "it has no identity"));
        PdbBytes types = file.stream(TYPES, "stream of types");
        if (types.length() > 0) {
            new TypeRecords(types, file.stream(types.u16(20), "stream of checksums")).addTo(builder);
        }
        if (debug.length() >= DEBUG_HEADER) {
            symbols();
        }
        return builder.build(identity, architecture, "PDB file " + identity.key());
    }

    private void symbols() {
        architecture = switch (debug.u16(58)) {
            case 0x14c -> Architecture.X86;
            case 0x8664 -> Architecture.X64;
            case 0xaa64 -> Architecture.ARM64;
            default -> null;
        };
        long at = DEBUG_HEADER;
        int modules = debug.size(debug.u32(24), "the length of the list of modules");
        for (int field : new int[] {24, 28, 32, 36, 40, 52}) {
            at += debug.size(debug.u32(field), "the length of a part");
        }
        int more = debug.size(at, "the place of the last part");
        int moreSize = debug.size(debug.u32(48), "the length of the last part");
        debug.size(at + moreSize, "the end of the last part");
        PdbBytes moved = extra(more, moreSize, 4, "map of moved code");
        PdbBytes original = extra(more, moreSize, 10, "original section headers");
        PdbBytes headers = extra(more, moreSize, 5, "section headers");
        sections = moved.length() > 0 && original.length() > 0 ? new Sections(original, moved)
                : new Sections(headers, new PdbBytes("no map", new byte[0]));
        records(file.stream(debug.u16(20), "stream of symbols"), 0, Integer.MAX_VALUE);
        modules(DEBUG_HEADER, DEBUG_HEADER + modules);
    }

    /** One of the streams that the last part lists: headers, maps. */
    private PdbBytes extra(int list, int size, int number, String name) {
        int stream = 2 * number + 2 <= size ? debug.u16(list + 2 * number) : 0xffff;
        return file.stream(stream == 0xffff ? -1 : stream, name);
    }

    /** Each compiled file has a stream of its own, with its procedures. */
    private void modules(int from, int end) {
        int at = from;
        while (at + MODULE_HEADER <= end) {
            int stream = debug.u16(at + 34);
            long bytes = debug.u32(at + 36);
            if (stream != 0xffff && bytes > 4) {
                PdbBytes module = file.stream(stream, "stream of a module's symbols");
                records(module, 4, module.size(bytes, "the length of a module's symbols"));
            }
            int names = debug.textEnd(debug.textEnd(at + MODULE_HEADER) + 1) + 1;
            at = names + 3 & ~3;
        }
    }

    private void records(PdbBytes stream, int from, int limit) {
        int end = Math.min(limit, stream.length());
        int at = from;
        while (at + 4 <= end) {
            int length = stream.u16(at);
            int kind = stream.u16(at + 2);
            if (length < 2 || at + 2 + length > end) {
                throw new DamagedPdbException(stream.stream(), at, "a record has " + length + " bytes");
            }
            switch (kind) {
                case S_PUB32 -> add(stream, at + 14, at + 8, 0, (stream.u32(at + 4) & 3) != 0, builder::symbol);
                case S_GDATA32 -> add(stream, at + 14, at + 8, 0, false, builder::symbol);
                case S_LDATA32 -> add(stream, at + 14, at + 8, 0, false, builder::localSymbol);
                // Without the types of its parameters, a name is of several functions in C++.
                case S_GPROC32, S_LPROC32, S_GPROC32_ID, S_LPROC32_ID ->
                    add(stream, at + 39, at + 32, stream.u32(at + 16), true, builder::localSymbol);
                default -> {
                    // a type's name, a local variable, a line: nothing that has a place of its own
                }
            }
            at += 2 + length;
        }
    }

    /** A symbol whose place is written as offset and section. */
    private void add(PdbBytes stream, int name, int place, long length, boolean code, SymbolTable.SymbolVisitor into) {
        long rva = sections.rva(stream.u16(place + 4), stream.u32(place));
        if (rva >= 0 && rva <= Integer.MAX_VALUE && length <= Integer.MAX_VALUE) {
            into.symbol(plain(stream.text(name)), rva, length, code);
        }
    }

    /** On x86, names of C carry their calling convention: {@code _name}, {@code _name@8}, {@code @name@8}. */
    private String plain(String name) {
        if (architecture != Architecture.X86 || name.isEmpty() || name.charAt(0) != '_' && name.charAt(0) != '@') {
            return name;
        }
        int at = name.lastIndexOf('@');
        boolean counted = at > 1 && at + 1 < name.length() && name.chars().skip(at + 1).allMatch(c -> c >= '0' && c <= '9');
        return name.substring(1, counted ? at : name.length());
    }
}
