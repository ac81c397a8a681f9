package org.poolscope.symbols;

/**
 * Where one field of a structure stands.
 *
 * @param name its name; a dotted name lies inside an embedded structure
 * @param offset bytes from the start of the structure
 * @param type its type as the data file writes it: {@code u32}, {@code ptr}, {@code _LIST_ENTRY}, {@code u16:0+9},
 *     {@code ptr[28]}
 * @param bytes width of the field, of one element when it is an array; 0 for an embedded structure
 * @param bit lowest bit of a bit field inside its unit of {@code bytes} bytes, else 0
 * @param bits how many bits a bit field has, else 0
 * @param count elements of an array, else 1
 * @param source where the fact comes from
 */
public record FieldLayout(String name, int offset, String type, int bytes, int bit, int bits, int count, String source) {

    /** Whether the field is some bits of a larger unit. */
    public boolean isBitField() {
        return bits != 0;
    }

    /** The field's value out of the unit that holds it; the unit itself when it is not a bit field. */
    public long extract(long unit) {
        return bits == 0 || bits == Long.SIZE ? unit : unit >>> bit & (1L << bits) - 1;
    }

    /**
     * Reads a type of the data files.
     *
     * @param pointerSize bytes of {@code ptr}
     * @throws IllegalArgumentException when it is none
     */
    static FieldLayout of(String name, int offset, String type, String source, int pointerSize) {
        int count = 1;
        int end = type.length();
        int open = type.indexOf('[');
        if (open >= 0) {
            end = open;
            for (String dimension : type.substring(open + 1, type.length() - 1).split("\\]\\[")) {
                count *= Integer.parseInt(dimension);
            }
        }
        int bit = 0;
        int bits = 0;
        int colon = type.indexOf(':');
        if (colon >= 0) {
            int plus = type.indexOf('+', colon);
            bit = Integer.parseInt(type.substring(colon + 1, plus));
            bits = Integer.parseInt(type.substring(plus + 1, end));
            end = colon;
        }
        int bytes = switch (type.substring(0, end)) {
            case "u8" -> 1;
            case "u16" -> 2;
            case "u32" -> 4;
            case "u64" -> 8;
            case "ptr" -> pointerSize;
            default -> 0;
        };
        if (bits != 0 && bit + bits > 8 * bytes) {
            throw new IllegalArgumentException("bit field wider than its unit: " + type);
        }
        return new FieldLayout(name, offset, type, bytes, bit, bits, count, source);
    }
}
