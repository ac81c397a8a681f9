package org.poolscope.memory;

/** The file formats of memory images, as {@code poolscope info} names them. */
public enum ImageFormat {
    /** A Windows crash dump of a 32-bit kernel: signature {@code PAGEDUMP}. */
    CRASH_DUMP_32("crash-dump-32", "crash dump"),
    /** A Windows crash dump of a 64-bit kernel: signature {@code PAGEDU64}. */
    CRASH_DUMP_64("crash-dump-64", "crash dump"),
    /** An ELF core with physical memory, as QEMU's {@code dump-guest-memory} writes it. */
    ELF_CORE("elf-core", "ELF core"),
    /** Memory of a VMware machine, with the state file that tells where its pages stand. */
    VMWARE("vmware", "memory of a VMware machine"),
    /** A hibernation file, {@code hiberfil.sys}. */
    HIBERNATION("hibernation", "hibernation file"),
    /** Physical memory byte for byte, with no header. */
    RAW("raw", "raw memory");

    private final String word;
    private final String title;

    ImageFormat(String word, String title) {
        this.word = word;
        this.title = title;
    }

    /** The name of the kind of file, in a sentence. */
    public String title() {
        return title;
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
