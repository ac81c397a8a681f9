package org.poolscope.symbols;

/** Asked for a structure or field that is not known for the kernel build at hand. */
public final class UnknownLayoutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Names what was asked for: {@code structure _KPRCB of x86 build 2195}. */
    public UnknownLayoutException(String what) {
        super("the layout of " + what + " is not known");
    }
}
