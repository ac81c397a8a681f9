package org.poolscope.driver;

import java.util.HashMap;
import java.util.Map;
import org.poolscope.driver.pe.Export;
import org.poolscope.driver.pe.PeImage;

/** Names of an image's functions: from its PDB file when there is one, its exports, the symbols left in it. */
final class FunctionNames {

    private final Map<Integer, String> names = new HashMap<>();

    FunctionNames(PeImage image, Map<Integer, String> fromSymbols) {
        names.putAll(image.symbols());
        for (Export export : image.exports()) {
            if (export.name() != null && export.forwarder() == null) {
                names.putIfAbsent(export.rva(), export.name());
            }
        }
        names.putAll(fromSymbols);
    }

    /** The name of the function that starts at an RVA, {@code sub_RVA} when it has none. */
    String of(int function) {
        String name = names.get(function);
        return name != null ? name : "sub_" + Integer.toHexString(function);
    }
}
