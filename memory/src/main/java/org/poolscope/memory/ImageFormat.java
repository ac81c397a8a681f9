package org.poolscope.memory;

/** The file formats of memory images, as {@code poolscope info} names them. */
public enum ImageFormat {
    /** A Windows crash dump of a 32-bit kernel: signature {@code PAGEDUMP}. */
    CRASH_DUMP_32("crash-dump-32"),
    /** A Windows crash dump of a 64-bit kernel: signature {@code PAGEDU64}. */
    CRASH_DUMP_64("crash-dump-64"),
    /** An ELF core with physical memory, as QEMU's {@code dump-guest-memory} writes it. */
    ELF_CORE("elf-core"),
    /** Memory of a VMware machine, with the state file that tells where its pages stand. */
    VMWARE("vmware"),
    /** A hibernation file, {@code hiberfil.sys}. */
    HIBERNATION("hibernation"),
    /** Physical memory byte for byte, with no header. */
    RAW("raw");

    private final String word;

    ImageFormat(String word) {
        this.word = word;
    }

    /** The word in listings and JSON. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
