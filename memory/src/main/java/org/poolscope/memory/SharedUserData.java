package org.poolscope.memory;

/**
 * {@code KUSER_SHARED_DATA}: the page every Windows kernel maps at one fixed address, and the surest sign that page tables are a
 * Windows kernel's. Offsets as Microsoft's {@code ntddk.h} gives them; they have not changed since NT 4.
 */
final class SharedUserData {

    private static final long ADDRESS_32 = 0xffdf_0000L;
    private static final long ADDRESS_64 = 0xffff_f780_0000_0000L;

    /** {@code NtSystemRoot}, UTF-16: {@code C:\Windows}. */
    private static final int SYSTEM_ROOT = 0x30;
    private static final int MAJOR_VERSION = 0x26c;
    private static final int MINOR_VERSION = 0x270;

    /** {@code NumberOfPhysicalPages}, 32 bits; since XP. */
    private static final int PHYSICAL_PAGES = 0x2e8;

    private SharedUserData() {
    }

    static long address(PagingMode mode) {
        return mode.entrySize() == Long.BYTES && mode != PagingMode.PAE ? ADDRESS_64 : ADDRESS_32;
    }

    /** Whether the page table entries of this address space lead to a page that holds what this one holds. */
    static boolean isMapped(PagedMemory memory) {
        long at = memory.locate(address(memory.mode()));
        return at >= 0 && isAt(memory.physical(), at);
    }

    /** How many pages of memory the kernel counts, 0 when the page does not say. */
    static long physicalPages(PagedMemory memory) {
        long at = memory.locate(address(memory.mode()));
        return at < 0 ? 0 : Integer.toUnsignedLong(memory.bytes().get(LittleEndian.U32, at + PHYSICAL_PAGES));
    }

    /** Whether the page at a file offset holds a system root and a version of NT. */
    static boolean isAt(PhysicalMemory physical, long offset) {
        int drive = physical.bytes().get(LittleEndian.U16, offset + SYSTEM_ROOT);
        int colon = physical.bytes().get(LittleEndian.U16, offset + SYSTEM_ROOT + 2);
        int slash = physical.bytes().get(LittleEndian.U16, offset + SYSTEM_ROOT + 4);
        int major = physical.bytes().get(LittleEndian.U32, offset + MAJOR_VERSION);
        int minor = physical.bytes().get(LittleEndian.U32, offset + MINOR_VERSION);
        boolean root = drive >= 'A' && drive <= 'z' && colon == ':' && slash == '\\';
        return root && major >= 4 && major <= 10 && minor >= 0 && minor <= 4;
    }
}
