package org.poolscope.memory;

/**
 * Says what a page table entry means: a page frame, a detour through a prototype entry, or why there is no page.
 *
 * <p>Bits that mean the same on all builds of the field, and on x86, PAE and x64 alike (types {@code _MMPTE_HARDWARE},
 * {@code _MMPTE_TRANSITION}, {@code _MMPTE_PROTOTYPE}, {@code _MMPTE_SOFTWARE}, {@code _MMPTE_LIST} of kernel symbols, Windows
 * 2000 to Windows 11 22000): valid 0, protection 5–9, prototype 10, transition 11. What a field beyond those bits holds differs:
 *
 * <table>
 * <caption>fields</caption>
 * <tr><th></th><th>x86</th><th>PAE</th><th>x64</th></tr>
 * <tr><td>frame</td><td>12–31</td><td>12–37</td><td>12–47, to 51 from build 20348</td></tr>
 * <tr><td>page file offset</td><td>12–31</td><td>32–63</td><td>32–63</td></tr>
 * <tr><td>prototype address</td><td>1–7 and 11–31 (NT 5), 1–8 and 11–31 (NT 6)</td><td>32–63</td><td>16–63</td></tr>
 * </table>
 */
final class PteDecoder {

    static final long VALID = 1;
    static final long LARGE = 1 << 7;
    private static final long PROTOTYPE = 1 << 10;
    private static final long TRANSITION = 1 << 11;
    private static final long PROTECTION = 0x1f << 5;
    private static final long SWIZZLE = 1 << 4;

    /** The answer of {@link #frame} for an entry that refers to a prototype entry. Not the code of any absence. */
    static final long PROTOTYPE_ANSWER = -64;

    /** Memory above 256 GB, in an image that ends below 64 GB. */
    private static final long FAR_FRAMES = -1L << 26;
    private static final long NEAR_FRAMES = 1L << 24;

    private static final int VISTA = 6000;

    private static final long FRAME_64 = 0x000f_ffff_ffff_f000L;
    private static final long FRAME_32 = 0xffff_f000L;

    private final PagingMode mode;
    private final PteRules rules;
    private final long highestPage;
    private final long frameMask;

    PteDecoder(PagingMode mode, PteRules rules, long highestPage) {
        this.mode = mode;
        this.rules = rules;
        this.highestPage = highestPage;
        this.frameMask = mode == PagingMode.X86 ? FRAME_32 : FRAME_64;
    }

    /** The frame of a valid entry that leads to a table or a 4 KB page. */
    long validFrame(long entry) {
        return (entry & frameMask) >>> PhysicalMemory.PAGE_SHIFT;
    }

    /**
     * The first frame of a valid entry that maps a large page.
     *
     * @param shift the base-2 logarithm of the page's size
     */
    long largeFrame(long entry, int shift) {
        long low = entry & frameMask & -(1L << shift);
        if (mode == PagingMode.X86) {
            // PSE-36: bits 13 to 16 of the entry are bits 32 to 35 of the address
            low |= (entry >>> 13 & 0xf) << 32;
        }
        return low >>> PhysicalMemory.PAGE_SHIFT;
    }

    /**
     * What an entry of the lowest level says: a frame (zero or more), {@link #PROTOTYPE_ANSWER} when it refers to a prototype
     * entry, or the code of an {@link Absence}. Entries of higher levels that are not valid are read in the same way.
     */
    long frame(long entry) {
        if ((entry & VALID) != 0) {
            return validFrame(entry);
        }
        if (entry == 0) {
            return Absence.NOT_MAPPED.code();
        }
        if ((entry & PROTOTYPE) != 0) {
            return PROTOTYPE_ANSWER;
        }
        if ((entry & TRANSITION) != 0) {
            return transitionFrame(entry);
        }
        return pageFile(entry);
    }

    /**
     * What a prototype entry says: a frame or the code of an absence. It has the forms of a page table entry, except that one
     * with the prototype bit leads to the subsection of a file: the page is not in memory.
     */
    long prototypeFrame(long entry) {
        long answer = frame(entry);
        return answer == PROTOTYPE_ANSWER ? Absence.SECTION.code() : answer;
    }

    /** The address of the prototype entry an entry refers to, or 0 when it cannot be told. */
    long prototypeAddress(long entry) {
        return switch (mode) {
            case X64_4, X64_5 -> entry >> 16;
            case PAE -> entry >>> 32;
            case X86 -> narrowPrototypeAddress(entry);
        };
    }

    private long narrowPrototypeAddress(long entry) {
        if (rules.build() == null) {
            return 0;
        }
        if (rules.build() >= VISTA) {
            return 0x8000_0000L | entry >>> 1 & 0x7fff_fc00 | entry << 1 & 0x3ff;
        }
        if (rules.prototypeBase() == null) {
            return 0;
        }
        return rules.prototypeBase() + (entry >>> 11 << 9) + ((entry & 0xfe) << 1) & 0xffff_ffffL;
    }

    /** A page on the standby or modified list: still in memory, at its frame. */
    private long transitionFrame(long entry) {
        long frame = (unswizzled(entry) & frameMask) >>> PhysicalMemory.PAGE_SHIFT;
        boolean far = frame > highestPage && highestPage < NEAR_FRAMES && (entry & SWIZZLE) == 0;
        if (far && mode.entrySize() == Long.BYTES && rules.invalidPteMask() == null && (frame & ~FAR_FRAMES) <= highestPage) {
            // The mask is made of address bits above all memory (it shall make such frames unreachable).
            return frame & ~FAR_FRAMES;
        }
        return frame;
    }

    /**
     * A page in a page file, one that was never touched, or no page at all: a free system entry links to the next free one in the
     * same bits, and has no protection.
     */
    private long pageFile(long entry) {
        if ((entry & PROTECTION) == 0) {
            return Absence.NOT_MAPPED.code();
        }
        long place = mode == PagingMode.X86 ? entry >>> PhysicalMemory.PAGE_SHIFT : unswizzled(entry) >>> 32;
        return place == 0 ? Absence.DEMAND_ZERO.code() : Absence.PAGED_OUT.code();
    }

    private long unswizzled(long entry) {
        Long mask = rules.invalidPteMask();
        return mask == null || (entry & SWIZZLE) != 0 ? entry : entry ^ mask;
    }
}
