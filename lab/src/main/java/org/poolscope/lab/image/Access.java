package org.poolscope.lab.image;

/** What a page may be used for. */
public enum Access {
    /** Kernel data: read and write. */
    DATA,
    /** Kernel code: read and execute. */
    CODE
}
