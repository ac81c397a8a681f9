package org.poolscope.memory;

/** Takes the pieces of an address space in the order of their addresses. */
@FunctionalInterface
public interface RegionVisitor {

    /**
     * A piece that can be read.
     *
     * @param va its first address, at the start of a page
     * @param fileOffset where its first byte stands in the file; the others follow
     * @param length its length in bytes, whole pages
     */
    void present(long va, long fileOffset, long length);

    /**
     * A piece whose pages belong to the address space and cannot be read: paged out, never touched, not in the dump. Addresses
     * that are not mapped at all are not reported.
     *
     * @param va its first address, at the start of a page
     * @param length its length in bytes, whole pages
     */
    default void absent(long va, long length, Absence why) {
    }
}
