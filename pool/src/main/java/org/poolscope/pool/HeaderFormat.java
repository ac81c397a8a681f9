package org.poolscope.pool;

import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * Takes the header in front of a block apart ({@code _POOL_HEADER}). In every kernel that keeps blocks in chains, the four numbers of a
 * header stand in its first four bytes and the tag in the next four; sizes count in units of the header's own size. Immutable.
 */
final class HeaderFormat {

    private final int unitShift;
    private final int previousShift;
    private final int previousMask;
    private final int sizeShift;
    private final int sizeMask;
    private final int typeShift;
    private final int typeMask;
    private final int tagOffset;
    private final TypeField types;

    private final StructLayout header;

    private HeaderFormat(StructLayout header, TypeField types) {
        this.header = header;
        this.unitShift = Integer.numberOfTrailingZeros(header.size());
        FieldLayout previous = header.field("PreviousSize");
        FieldLayout size = header.field("BlockSize");
        FieldLayout type = header.field("PoolType");
        this.previousShift = shift(previous);
        this.previousMask = mask(previous);
        this.sizeShift = shift(size);
        this.sizeMask = mask(size);
        this.typeShift = shift(type);
        this.typeMask = mask(type);
        this.tagOffset = header.offset("PoolTag");
        this.types = types;
    }

    static HeaderFormat of(StructLayout header, TypeField types) {
        return new HeaderFormat(header, types);
    }

    /** The same header with another form of the type field. */
    HeaderFormat with(TypeField other) {
        return new HeaderFormat(header, other);
    }

    private static int shift(FieldLayout field) {
        return field.offset() * Byte.SIZE + field.bit();
    }

    private static int mask(FieldLayout field) {
        int bits = field.isBitField() ? field.bits() : field.bytes() * Byte.SIZE;
        return (1 << bits) - 1;
    }

    /** Bytes of a header, which is also the unit sizes count in. */
    int headerSize() {
        return 1 << unitShift;
    }

    int unitShift() {
        return unitShift;
    }

    /** Units of a page. */
    int pageUnits() {
        return Words.PAGE >> unitShift;
    }

    /** Where the tag stands in the header. */
    int tagOffset() {
        return tagOffset;
    }

    /** Units of the block before, out of a header's first four bytes. */
    int previous(int word) {
        return word >>> previousShift & previousMask;
    }

    /** Units of the block, out of its header's first four bytes. */
    int units(int word) {
        return word >>> sizeShift & sizeMask;
    }

    /** The type field, out of a header's first four bytes. */
    int type(int word) {
        return word >>> typeShift & typeMask;
    }

    /** How many values the type field can have. */
    int typeCount() {
        return typeMask + 1;
    }

    TypeField types() {
        return types;
    }
}
