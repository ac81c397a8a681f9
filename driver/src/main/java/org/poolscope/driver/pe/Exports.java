package org.poolscope.driver.pe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the export directory (PE/COFF specification, "The .edata Section"). */
final class Exports {

    private static final int DIRECTORY = 40;
    private static final int MOST_EXPORTS = 65_536;

    private Exports() {
    }

    static List<Export> read(ImageBytes bytes, Headers headers, Consumer<String> warn) {
        int directory = headers.directoryRva[Headers.EXPORTS];
        int size = headers.directorySize[Headers.EXPORTS];
        if (directory == 0) {
            return List.of();
        }
        if (!bytes.has(directory, DIRECTORY)) {
            warn.accept("the export directory is not in the image");
            return List.of();
        }
        int ordinalBase = bytes.i32(directory + 16);
        int functions = count(bytes.u32(directory + 20), bytes.available(bytes.rva(directory + 28)) / 4, "functions", warn);
        int names = count(bytes.u32(directory + 24),
                Math.min(bytes.available(bytes.rva(directory + 32)) / 4, bytes.available(bytes.rva(directory + 36)) / 2), "names", warn);
        int functionTable = bytes.rva(directory + 28);
        int nameTable = bytes.rva(directory + 32);
        int ordinalTable = bytes.rva(directory + 36);
        boolean[] named = new boolean[functions];
        List<Export> found = new ArrayList<>();
        for (int i = 0; i < names; i++) {
            int index = bytes.u16(ordinalTable + 2 * i);
            String name = bytes.text(bytes.rva(nameTable + 4 * i)).orElse(null);
            if (index < functions && name != null) {
                named[index] = true;
                add(bytes, found, name, ordinalBase + index, bytes.rva(functionTable + 4 * index), directory, size);
            }
        }
        for (int i = 0; i < functions; i++) {
            if (!named[i]) {
                add(bytes, found, null, ordinalBase + i, bytes.rva(functionTable + 4 * i), directory, size);
            }
        }
        return List.copyOf(found);
    }

    private static int count(long stated, int fit, String what, Consumer<String> warn) {
        int most = Math.min(fit, MOST_EXPORTS);
        if (stated > most) {
            warn.accept("the export directory counts " + stated + " " + what + ", only " + most + " can be read");
        }
        return (int) Math.min(stated, most);
    }

    private static void add(ImageBytes bytes, List<Export> found, String name, int ordinal, int rva, int directory, int size) {
        if (rva <= 0) {
            return;
        }
        boolean forwarded = rva >= directory && rva - directory < size;
        if (forwarded) {
            Optional<String> target = bytes.text(rva);
            if (target.isPresent()) {
                found.add(new Export(name, ordinal, 0, target.get()));
            }
        } else {
            found.add(new Export(name, ordinal, rva, null));
        }
    }
}
