package org.poolscope.pool;

/** What the same place holds in all blocks of a tag. */
public enum FieldKind {
    /** The same value everywhere. */
    CONSTANT("constant"),
    /** One of a handful of values. */
    FEW_VALUES("few values"),
    /** Bits that are set or not, over a constant ground. */
    FLAGS("flags"),
    /** Numbers below 65,536. */
    SMALL_INTEGER("small integer"),
    /** Each block has another number out of one dense range: numbered one after another. */
    COUNTER("counter"),
    /** A time of day, in 100 ns since 1601. */
    TIME("time"),
    /** An address in kernel memory. */
    POINTER("pointer"),
    /** Characters, one byte each. */
    ASCII("ASCII text"),
    /** Characters, two bytes each. */
    UTF16("UTF-16 text"),
    /** A counted string: lengths, then a pointer to the characters. */
    UNICODE_STRING("UNICODE_STRING"),
    /** Of one kind in all blocks, with no pattern in its values. */
    OPAQUE("data without a pattern"),
    /**
     * A different kind of thing from block to block, with data of the owner behind it: characters, a union, something that is set in some blocks
     * only, or what an earlier owner left and this one never wrote.
     */
    MIXED("differs in kind"),
    /** A different kind of thing from block to block, behind the owner's data: what an earlier owner of the memory left. */
    LEFTOVER("leftover");

    private final String words;

    FieldKind(String words) {
        this.words = words;
    }

    /** The words in listings and JSON. */
    public String words() {
        return words;
    }

    @Override
    public String toString() {
        return words;
    }
}
