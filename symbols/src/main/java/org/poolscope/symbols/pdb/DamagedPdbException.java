package org.poolscope.symbols.pdb;

/** Something in a PDB file cannot be as it is; only used inside this package. */
final class DamagedPdbException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String place;

    DamagedPdbException(String stream, long at, String problem) {
        super(problem);
        this.place = stream + ", offset 0x" + Long.toHexString(at);
    }

    String place() {
        return place;
    }
}
