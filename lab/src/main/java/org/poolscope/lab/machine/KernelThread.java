package org.poolscope.lab.machine;

/** A thread in the making. */
public final class KernelThread {

    private final int id;
    private final KernelProcess process;
    private final Struct thread;
    private final long stackTop;
    private long stackUsed;

    KernelThread(int id, KernelProcess process, Struct thread, long stackTop, long stackUsed) {
        this.id = id;
        this.process = process;
        this.thread = thread;
        this.stackTop = stackTop;
        this.stackUsed = stackUsed;
    }

    /** The thread id. */
    public int id() {
        return id;
    }

    /** Whose thread it is. */
    public KernelProcess process() {
        return process;
    }

    /** The thread object's body (ETHREAD). */
    public long address() {
        return thread.address();
    }

    Struct struct() {
        return thread;
    }

    /** The list of its outstanding IRPs. */
    long irpList() {
        return thread.at("IrpList");
    }

    long stackTop() {
        return stackTop;
    }

    /** The lowest address of its stack that is in use. */
    long stackPointer() {
        return stackTop - stackUsed;
    }

    void useStack(long bytes) {
        stackUsed += bytes;
    }
}
