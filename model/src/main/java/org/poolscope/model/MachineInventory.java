package org.poolscope.model;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;

/**
 * What a machine consists of: what is installed on it, running in it, or set. Two machines that are called identical differ here.
 *
 * @param seenAt where it stands in the evidence
 * @param machine the machine's name as the evidence gives it, or {@code null}
 * @param taken when it was taken, in the machine's own time; {@code null} when the evidence does not say
 * @param items the items, in the order of the evidence
 */
public record MachineInventory(Provenance seenAt, String machine, LocalDateTime taken, List<Item> items) implements Fact {

    public MachineInventory {
        items = List.copyOf(items);
    }

    /** What sort of thing an item is. */
    public enum Kind {
        /** A driver file; the value is its version, or the time it was linked. */
        DRIVER,
        /** A device, by the name Windows shows; the value is the version of its driver. */
        DEVICE,
        /** The operating system: its name, version, service pack, build. */
        OS,
        /** An installed update, by its number; no value. */
        HOTFIX,
        /** The hardware: model, BIOS, processors, memory. */
        HARDWARE,
        /** Anything that is set or installed besides. */
        SETTING;

        /** The word in data and listings. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One item.
     *
     * @param kind what sort of thing it is
     * @param name what it is called
     * @param value its version or setting; {@code null} when it is simply there
     */
    public record Item(Kind kind, String name, String value) {
    }
}
