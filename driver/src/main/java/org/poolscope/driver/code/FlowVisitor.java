package org.poolscope.driver.code;

/** Sees what matters of a function once its values are known. */
public interface FlowVisitor {

    /** How a call names its callee. */
    enum Way {
        /** The instruction names the function or its import slot. */
        STRAIGHT,
        /** Through a small function that only jumps on. */
        THUNK,
        /** Through an address that was loaded before. */
        POINTER
    }

    /** Whether calls of it matter; parts of a function without any, and without writes to variables, need not be shown. */
    boolean wants(Callee callee);

    /**
     * A call, or a jump to another function in place of one.
     *
     * @param rva the instruction
     * @param callee what is called
     * @param way how the instruction names it
     * @param jump whether it is a jump
     * @param state registers and stack right before it; changes afterwards
     */
    void call(int rva, Callee callee, Way way, boolean jump, State state);

    /**
     * A value is written to a variable of the image.
     *
     * @param variable its RVA
     * @param value what is written
     */
    void store(int variable, Value value);
}
