package org.poolscope.lab;

/** Picks the variant of a case that was asked for. */
final class Variants {

    private Variants() {
    }

    static String choose(LabCase lab, LabOptions options) {
        if (options.variant().isEmpty()) {
            return lab.variants().getFirst();
        }
        if (!lab.variants().contains(options.variant())) {
            throw new IllegalArgumentException("the case " + lab.name() + " has no variant '" + options.variant() + "'; it has "
                    + String.join(", ", lab.variants()));
        }
        return options.variant();
    }
}
