package org.poolscope.model;

/** Which of the kernel's two pools memory comes from. Session pool counts as paged, as it does in the kernel's own books. */
public enum PoolKind {
    /** Always in physical memory; may be touched at any interrupt level. */
    NONPAGED("nonpaged"),
    /** May be written to the page file. */
    PAGED("paged");

    private final String word;

    PoolKind(String word) {
        this.word = word;
    }

    /** The word in listings and JSON: {@code nonpaged} or {@code paged}. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
