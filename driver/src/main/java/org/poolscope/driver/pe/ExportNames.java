package org.poolscope.driver.pe;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The exports of the images loaded on a machine by address. A loaded driver has usually thrown away the names of its imports;
 * the addresses it kept are named again with this.
 */
public final class ExportNames {

    private final Map<Long, Named> byAddress = new HashMap<>();

    /** An export and the image it belongs to. */
    record Named(String library, String name) {
    }

    /** Knows no exports. */
    public ExportNames() {
    }

    /** Adds the exports of an image that was {@linkplain PeImage#loaded read from memory}. */
    public void add(PeImage image) {
        for (Export export : image.exports()) {
            if (export.name() != null && export.forwarder() == null) {
                byAddress.putIfAbsent(image.address(export.rva()), new Named(image.name(), export.name()));
            }
        }
    }

    /** Adds one export. */
    public void add(long address, String library, String name) {
        byAddress.putIfAbsent(address, new Named(library, name));
    }

    Optional<Named> at(long address) {
        return Optional.ofNullable(byAddress.get(address));
    }
}
