package org.poolscope.driver.pe;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.poolscope.model.Address;

/** Reads the import and the delay import directory (PE/COFF specification, "The .idata Section", "Delay-Load Import Tables"). */
final class Imports {

    private static final int DESCRIPTOR = 20;
    private static final int DELAY_DESCRIPTOR = 32;
    private static final int MOST_LIBRARIES = 4096;
    private static final int MOST_IMPORTS = 65_536;

    private final ImageBytes bytes;
    private final Headers headers;
    private final long base;
    private final ExportNames names;
    private final Consumer<String> warn;
    private final List<Import> found = new ArrayList<>();

    /** @param names the exports of the machine's images, for an image in memory; {@code null} for a file */
    private Imports(ImageBytes bytes, Headers headers, long base, ExportNames names, Consumer<String> warn) {
        this.bytes = bytes;
        this.headers = headers;
        this.base = base;
        this.names = names;
        this.warn = warn;
    }

    /** All imports in the order of their slots. */
    static List<Import> read(ImageBytes bytes, Headers headers, long base, ExportNames names, Consumer<String> warn) {
        Imports imports = new Imports(bytes, headers, base, names, warn);
        imports.directory(headers.directoryRva[Headers.IMPORTS]);
        imports.delayed(headers.directoryRva[Headers.DELAY_IMPORTS]);
        if (names != null) {
            imports.resolved();
        }
        imports.found.sort((a, b) -> Integer.compare(a.slotRva(), b.slotRva()));
        return List.copyOf(imports.found);
    }

    private void directory(int rva) {
        if (rva == 0) {
            return;
        }
        int at = rva;
        for (int i = 0; i < MOST_LIBRARIES; i++, at += DESCRIPTOR) {
            if (!bytes.has(at, DESCRIPTOR)) {
                if (names == null) {
                    warn.accept("the import directory is cut short after " + i + " libraries");
                }
                return;
            }
            int lookup = bytes.rva(at);
            int name = bytes.rva(at + 12);
            int slots = bytes.rva(at + 16);
            if (name == 0 && slots == 0) {
                return;
            }
            String library = bytes.text(name).orElse("");
            if (library.isEmpty()) {
                warn.accept("import " + i + " names no library");
            }
            if (!thunks(library, lookup > 0 && bytes.available(lookup) > 0 ? lookup : slots, slots, 0, false)) {
                return;
            }
        }
        warn.accept("more than " + MOST_LIBRARIES + " imported libraries: the rest is not read");
    }

    private void delayed(int rva) {
        if (rva == 0) {
            return;
        }
        int at = rva;
        for (int i = 0; i < MOST_LIBRARIES && bytes.has(at, DELAY_DESCRIPTOR); i++, at += DELAY_DESCRIPTOR) {
            // Bit 0 says that the fields are RVAs; the first linkers that knew delayed imports wrote addresses (delayimp.h).
            long bias = (bytes.i32(at) & 1) != 0 ? 0 : headers.imageBase;
            int name = relative(bytes.u32(at + 4), bias);
            int slots = relative(bytes.u32(at + 12), bias);
            int lookup = relative(bytes.u32(at + 16), bias);
            if (name <= 0 || slots <= 0) {
                return;
            }
            if (!thunks(bytes.text(name).orElse(""), lookup, slots, bias, true)) {
                return;
            }
        }
    }

    private static int relative(long value, long bias) {
        long rva = value == 0 ? 0 : value - bias;
        return rva < 0 || rva > Integer.MAX_VALUE ? -1 : (int) rva;
    }

    /** Reads one library's list; false when there are too many imports to go on. */
    private boolean thunks(String library, int lookup, int slots, long bias, boolean delay) {
        int size = headers.wide ? 8 : 4;
        long byOrdinal = headers.wide ? Long.MIN_VALUE : 0x8000_0000L;
        int entry = lookup;
        int slot = slots;
        while (bytes.has(entry, size)) {
            long value = headers.wide ? bytes.i64(entry) : bytes.u32(entry);
            if (value == 0) {
                return true;
            }
            if (found.size() == MOST_IMPORTS) {
                warn.accept("more than " + MOST_IMPORTS + " imports: the rest is not read");
                return false;
            }
            if (slot < 0) {
                break;
            }
            if ((value & byOrdinal) != 0) {
                found.add(new Import(library, null, (int) (value & 0xffff), slot, delay));
            } else {
                int hint = relative(value, bias);
                String name = hint < 0 ? null : bytes.text(hint + 2).orElse(null);
                if (name != null) {
                    found.add(new Import(library, name, -1, slot, delay));
                } else if (names == null) {
                    warn.accept("an import of " + (library.isEmpty() ? "a library without a name" : library) + " at "
                            + Address.text(entry) + " has no readable name: the rest of this library's list is not read");
                    return true;
                } else {
                    return true;   // discarded with the init section: named by address below
                }
            }
            entry += size;
            slot += size;
        }
        if (names == null) {
            warn.accept("the imports of " + (library.isEmpty() ? "a library without a name" : library) + " have no end");
        }
        return true;
    }

    /** Names what the import address table of a loaded image points to. */
    private void resolved() {
        int size = headers.wide ? 8 : 4;
        int start = headers.directoryRva[Headers.IMPORT_ADDRESSES];
        int count = Math.min(Math.max(0, headers.directorySize[Headers.IMPORT_ADDRESSES]) / size, MOST_IMPORTS);
        Set<Integer> known = new HashSet<>();
        for (Import each : found) {
            known.add(each.slotRva());
        }
        for (int i = 0; i < count; i++) {
            int slot = start + i * size;
            if (!bytes.has(slot, size) || known.contains(slot)) {
                continue;
            }
            long address = headers.wide ? bytes.i64(slot) : bytes.u32(slot);
            names.at(address).ifPresent(named -> found.add(new Import(named.library(), named.name(), -1, slot, false)));
        }
    }
}
