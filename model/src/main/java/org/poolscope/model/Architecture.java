package org.poolscope.model;

/** The processor architectures Windows kernels of the field run on. */
public enum Architecture {
    /** 32-bit x86, with or without PAE. */
    X86("x86", 4, 0x014c),
    /** 64-bit x86. */
    X64("x64", 8, 0x8664),
    /** 64-bit ARM: headers, bug check and modules are read, address translation is not supported. */
    ARM64("arm64", 8, 0xaa64);

    private final String word;
    private final int pointerSize;
    private final int machine;

    Architecture(String word, int pointerSize, int machine) {
        this.word = word;
        this.pointerSize = pointerSize;
        this.machine = machine;
    }

    /** The word in listings and JSON. */
    public String word() {
        return word;
    }

    /** Bytes of a pointer. */
    public int pointerSize() {
        return pointerSize;
    }

    /** The {@code IMAGE_FILE_MACHINE_…} value of PE files and dump headers (PE/COFF specification). */
    public int machine() {
        return machine;
    }

    @Override
    public String toString() {
        return word;
    }
}
