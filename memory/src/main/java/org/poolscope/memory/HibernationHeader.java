package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.poolscope.model.EvidenceFile;

/**
 * The first page of a hibernation file, {@code PO_MEMORY_IMAGE}. Its signature tells what became of the file: {@code hibr} and {@code
 * HIBR} (Vista and later), {@code RSTR} while the machine resumes, {@code wake} and {@code WAKE} when it has resumed (libhibr). The kernel
 * that resumed may have filled the page with zeros.
 *
 * <p>The structure has no version; its own length stands at 0xC, and the size of a page at 0x14 of the 32-bit form, 0x18 of the 64-bit
 * one. XP to 7: the page of the first table of ranges, at a place that changed; sources disagree on Windows 7 (libhibr 50 and 68, Volatility's
 * types and Microsoft's symbols 4C and 60), so each is a candidate. Windows 8 and later (Microsoft's symbols from 9600 to 22000; LeechCore for
 * 26100 and for 32 bits): the first pages of the sections that the loader and the kernel restore, and counts of their pages.
 *
 * @param signature the four letters; empty when they are zeros
 * @param wide whether it is the 64-bit form; {@code null} when neither page size is there
 * @param length the length of the structure as it says itself
 * @param tables where the first table of ranges may be, the likeliest first; empty from Windows 8 on
 * @param bootPage the first page of the part that the loader restores, 0 when there is none
 * @param bootPages how many pages of memory that part holds, 0 when not told
 * @param kernelPage the first page of the part that the kernel restores, 0 when there is none
 * @param kernelPages how many pages of memory that part holds, 0 when not told
 * @param secure whether there is a part that only the hypervisor can decrypt
 * @param fastStartup whether it was written by a shutdown that only keeps the kernel
 */
record HibernationHeader(String signature, Boolean wide, int length, List<Table> tables, long bootPage, long bootPages, long kernelPage,
        long kernelPages, boolean secure, boolean fastStartup) {

    /**
     * Where the first table of ranges may be.
     *
     * @param page its page of the file
     * @param forms the forms it has in systems with a header like this, the likeliest first
     */
    record Table(long page, List<RangeTableForm> forms) {
    }

    private static final List<String> SIGNATURES = List.of("HIBR", "RSTR", "WAKE");

    private static final int LENGTH = 0xc;
    private static final int PAGE_SIZE_32 = 0x14;
    private static final int PAGE_SIZE_64 = 0x18;

    /** Up to Windows 7 the structure has at most 0x140 bytes, from Windows 8 on at least 0x2C8. */
    private static final int LONGEST_OLD = 0x200;

    /** Where counts and flags stand in a structure of some length; 0 where that is not known. */
    private record Places(int length, boolean wide, int kernelPages, int fastStartup) {
    }

    private static final List<Places> PLACES = List.of(
            new Places(0x360, true, 0x1c8, 0x2fc),    // 8, 8.1
            new Places(0x3b0, true, 0x218, 0),        // 10 1507, 1511
            new Places(0x3c8, true, 0x220, 0x354),    // 10 1607
            new Places(0x3d8, true, 0x230, 0),        // 10 1703 to 1803
            new Places(0x3e0, true, 0x230, 0x364),    // 10 1809 to 22H2
            new Places(0x448, true, 0x230, 0x3cc),    // Server 2022, 11
            new Places(0x4d8, true, 0x238, 0),        // 11 24H2
            new Places(0x2c8, false, 0x1b0, 0x27c),   // 8, 8.1
            new Places(0x310, false, 0x1f8, 0),       // 10 1507, 1511
            new Places(0x328, false, 0x200, 0),       // 10 1607
            new Places(0x338, false, 0x210, 0),       // 10 1703 to 1803
            new Places(0x340, false, 0x210, 0));      // 10 1809 and later

    /** Up to 8.1 the 64-bit form has no part for the hypervisor, so that what follows it stands 8 bytes lower. */
    private static final int LENGTH_OF_8 = 0x360;

    /** Whether a file begins as a hibernation file that still has its first page. */
    static boolean isAt(EvidenceFile file) {
        for (String signature : SIGNATURES) {
            byte[] upper = signature.getBytes(StandardCharsets.US_ASCII);
            byte[] lower = signature.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
            if (file.hasAt(0, upper) || file.hasAt(0, lower)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the machine resumed from the file, or began to. */
    boolean isResumed() {
        return !signature.equalsIgnoreCase("HIBR");
    }

    /** Whether it is of XP to 7; {@code false} for later ones and when the header does not say. */
    boolean isOld() {
        return length > 0 && length <= LONGEST_OLD;
    }

    /** Whether it is of Windows 8 or later. */
    boolean isModern() {
        return wide != null && length > LONGEST_OLD && length < PhysicalMemory.PAGE_SIZE;
    }

    static HibernationHeader read(MemorySegment file) {
        HeaderBytes fields = new HeaderBytes(file);
        String signature = fields.text(0, 4, StandardCharsets.US_ASCII);
        int length = orZero(fields.u32AsLong(LENGTH)) > PhysicalMemory.PAGE_SIZE ? 0 : (int) orZero(fields.u32AsLong(LENGTH));
        Boolean wide = orZero(fields.u32AsLong(PAGE_SIZE_64)) == PhysicalMemory.PAGE_SIZE ? Boolean.TRUE
                : orZero(fields.u32AsLong(PAGE_SIZE_32)) == PhysicalMemory.PAGE_SIZE ? Boolean.FALSE : null;
        if (wide == null || length <= LONGEST_OLD) {
            return new HibernationHeader(signature, wide, length, tables(fields, wide), 0, 0, 0, 0, false, false);
        }
        if (!wide) {
            return new HibernationHeader(signature, false, length, List.of(), orZero(fields.u32AsLong(0x50)),
                    orZero(fields.u32AsLong(0x48)), orZero(fields.u32AsLong(0x54)), kernelPages(fields, length, false), false,
                    fastStartup(fields, length, false));
        }
        int later = length == LENGTH_OF_8 ? 0 : 8;
        return new HibernationHeader(signature, true, length, List.of(), orZero(fields.u64(0x60 + later)), orZero(fields.u64(0x58)),
                orZero(fields.u64(0x68 + later)), kernelPages(fields, length, true), later > 0 && orZero(fields.u64(0x60)) != 0,
                fastStartup(fields, length, true));
    }

    private static List<Table> tables(HeaderBytes fields, Boolean wide) {
        if (wide == null) {
            return List.of();
        }
        if (wide) {
            return List.of(new Table(orZero(fields.u64(0x60)), List.of(RangeTableForm.WINDOWS_7_64)),
                    new Table(orZero(fields.u64(0x68)),
                            List.of(RangeTableForm.NT5_64, RangeTableForm.VISTA_64, RangeTableForm.WINDOWS_7_64)));
        }
        return List.of(new Table(orZero(fields.u32AsLong(0x58)), List.of(RangeTableForm.NT5_32)),
                new Table(orZero(fields.u32AsLong(0x50)),
                        List.of(RangeTableForm.NT5_32, RangeTableForm.VISTA_32, RangeTableForm.WINDOWS_7_32)),
                new Table(orZero(fields.u32AsLong(0x4c)), List.of(RangeTableForm.WINDOWS_7_32)));
    }

    private static long kernelPages(HeaderBytes fields, int length, boolean wide) {
        for (Places places : PLACES) {
            if (places.length == length && places.wide == wide) {
                return Math.max(0, orZero(fields.u64(places.kernelPages)));
            }
        }
        return 0;
    }

    private static boolean fastStartup(HeaderBytes fields, int length, boolean wide) {
        for (Places places : PLACES) {
            if (places.length == length && places.wide == wide && places.fastStartup != 0) {
                return fields.has(places.fastStartup, 1) && fields.u8(places.fastStartup) == 1;
            }
        }
        return false;
    }

    private static long orZero(Long value) {
        return value == null ? 0 : value;
    }
}
