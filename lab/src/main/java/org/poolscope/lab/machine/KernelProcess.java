package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.List;

/** A process in the making. */
public final class KernelProcess {

    private final String name;
    private final int id;
    private final Struct process;
    private final HandleTable handles;
    private final List<KernelThread> threads = new ArrayList<>();
    private long nonPagedQuota;
    private long pagedQuota;

    KernelProcess(String name, int id, Struct process, HandleTable handles) {
        this.name = name;
        this.id = id;
        this.process = process;
        this.handles = handles;
    }

    /** The image file's name, at most 15 characters. */
    public String name() {
        return name;
    }

    /** The process id. */
    public int id() {
        return id;
    }

    /** The process object's body (EPROCESS). */
    public long address() {
        return process.address();
    }

    Struct struct() {
        return process;
    }

    /** Its handle table. */
    public HandleTable handles() {
        return handles;
    }

    /** Its threads. */
    public List<KernelThread> threads() {
        return threads;
    }

    /** Charges the process for pool. */
    public void charge(long nonPagedBytes, long pagedBytes) {
        nonPagedQuota += nonPagedBytes;
        pagedQuota += pagedBytes;
    }

    /** Bytes of nonpaged pool it is charged for. */
    public long nonPagedQuota() {
        return nonPagedQuota;
    }

    /** Bytes of paged pool it is charged for. */
    public long pagedQuota() {
        return pagedQuota;
    }
}
