package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.poolscope.model.EvidenceException;

/** Small images of every format to damage, and a reader that looks at all that can be had of one. */
final class HostileImages {

    private static final byte[] PAGES = new MemoryPicture()
            .u64(0x1000 + 8 * 0x1ed, 0x1063).u64(0x1000 + 8 * 0x1f0, 0x2063)
            .u64(0x2000, 0x3063).u64(0x3000, 0x4063).u64(0x4000, 0x5063).u64(0x4000 + 8, 0xffff_f800_0000_0010L << 16 | 0x400)
            .u32(0x5000, 0x1234_5678)
            .packed();

    private HostileImages() {
    }

    /** Sound files: five pages from page 1 on, x64 tables at 0x1000. */
    static List<byte[]> sound() {
        return List.of(
                FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, 1).u32(0x88, 1).u64(0x90, 5).u64(0x98, 1).u64(0xa0, 5)
                        .bytes(0x2000, PAGES).bytes(),
                FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, 6)
                        .text(0x2000, "SDMPDUMP").u64(0x2020, 0x3000).u64(0x2028, 5).u64(0x2030, 64).u64(0x2038, 0b111110)
                        .bytes(0x3000, PAGES).bytes(),
                FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, 2)
                        .text(0x2000, "SDMPDUMP").u32(0x200c, 0x3000).u32(0x2010, 64).u32(0x2014, 5).u32(0x2018, 64)
                        .u64(0x2028, 0b111110)
                        .bytes(0x3000, PAGES).bytes(),
                FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, 8)
                        .u32(0x2000, 0x40).text(0x2004, "RDMPDUMP").u64(0x2010, 0xfe0).u64(0x2018, 0x3000).u64(0x2030, 1)
                        .u64(0x2038, 5)
                        .bytes(0x3000, PAGES).bytes(),
                FilePicture.dump64().u32(0xf98, 4).u64(0x80, 0xffff_f800_0000_1000L)
                        .u32(0x2008, 0x2800).text(0x2800, "TRGD").u32(0x200c, 0x348).u32(0x2014, 0x2100).u32(0x2018, 0x2180)
                        .u64(0x2180, 1)
                        .u32(0x2028, 0x2600).u32(0x202c, 0x20).u32(0x2030, 0x2200).u32(0x2034, 1).u32(0x2038, 0x2290)
                        .u32(0x203c, 0x20)
                        .u32(0x2200, 0x2290).u32(0x2290, 3).utf16(0x2294, "nt!")
                        .u32(0x2070, 0x2400).u32(0x2074, 0x80).u32(0x2078, 0x2700).u32(0x207c, 1)
                        .u64(0x2700, 0xffff_f800_0000_2000L).u32(0x2708, 0x2720).u32(0x270c, 8).bytes(),
                FilePicture.dump32().u32(0x10, 0x1000).u8(0x5c, 1).u32(0xf88, 1).u32(0x64, 1).u32(0x68, 5).u32(0x6c, 1)
                        .u32(0x70, 5)
                        .bytes(0x1000, PAGES).bytes(),
                FilePicture.dump32().u32(0xf88, 4).u32(0x1030, 0x1200).u32(0x1034, 2).u32(0x1038, 0x1298)
                        .u32(0x1018, 0x1180).u32(0x1180, 1).u32(0x1060, 0x1700).u32(0x1064, 1).u32(0x1700, 0x8055_b000L)
                        .u32(0x1704, 0x1720).u32(0x1708, 8).u64(0x1720, 1).bytes(),
                new FilePicture().text(0, "\u007fELF").u8(4, 2).u8(5, 1).u16(0x10, 4).u16(0x12, 62)
                        .u64(0x20, 64).u16(0x36, 56).u16(0x38, 2)
                        .u32(64, 4).u64(64 + 0x08, 0x100).u64(64 + 0x20, 20 + 0x1b8)
                        .u32(120, 1).u64(120 + 0x08, 0x400).u64(120 + 0x18, 0x1000).u64(120 + 0x20, 0x5000)
                        .u32(0x100, 5).u32(0x104, 0x1b8).text(0x10c, "QEMU")
                        .u64(0x114 + 392, 0x8001_0033L).u64(0x114 + 392 + 24, 0x1000)
                        .bytes(0x400, PAGES).bytes(),
                VmwareTest.together(63).bytes(),
                HibernationPicture.windows7(PAGES, 1).bytes(),
                HibernationPicture.windows10(PAGES, 1).bytes(),
                new FilePicture().bytes(0x1000, PAGES).bytes());
    }

    /** Reads all that a file gives. Anything but an {@link EvidenceException} is a fault of ours. */
    static void exercise(byte[] file) {
        if (file.length < PhysicalMemory.PAGE_SIZE && format(file) == ImageFormat.RAW) {
            return;
        }
        try {
            ImageContent content = MemoryImage.read(Path.of("hostile"), MemorySegment.ofArray(file), format(file));
            try {
                if (content.triage() != null) {
                    exercise(content.triage());
                }
                if (content.physical() != null) {
                    exercise(content.physical(), content.directories(), content);
                }
            } finally {
                content.close();
            }
        } catch (EvidenceException e) {
            if (e.problem().isEmpty() || e.remedy().isEmpty()) {
                throw new AssertionError("says too little: " + e.getMessage());
            }
        }
    }

    /** Reads a state file of VMware, and five pages of memory as it tells. */
    static void exerciseBeside(byte[] state) {
        try {
            VmwareState read = VmwareStateReader.read(Path.of("hostile"), MemorySegment.ofArray(state));
            ImageContent content = VmwareReader.beside(MemorySegment.ofArray(PAGES), read);
            exercise(content.physical(), content.directories(), content);
        } catch (EvidenceException e) {
            if (e.problem().isEmpty() || e.remedy().isEmpty()) {
                throw new AssertionError("says too little: " + e.getMessage());
            }
        }
    }

    private static ImageFormat format(byte[] file) {
        String head = new String(file, 0, Math.min(8, file.length), StandardCharsets.ISO_8859_1);
        return head.equals("PAGEDUMP") ? ImageFormat.CRASH_DUMP_32 : head.equals("PAGEDU64") ? ImageFormat.CRASH_DUMP_64
                : head.startsWith("\u007fELF") ? ImageFormat.ELF_CORE
                : head.startsWith("HIBR") ? ImageFormat.HIBERNATION
                : head.startsWith("\u00d2\u00be\u00d2\u00be") ? ImageFormat.VMWARE : ImageFormat.RAW;
    }

    private static void exercise(TriageDump triage) {
        BlockMemory memory = triage.memory();
        byte[] into = new byte[64];
        for (int block = 0; block < memory.blocks(); block++) {
            int expected = (int) Math.min(into.length, memory.blockLength(block));
            if (memory.read(memory.blockAddress(block), into, 0, into.length) < expected) {
                throw new AssertionError("block " + block + " is not readable");
            }
        }
        memory.isReadable(0, Long.MAX_VALUE);
    }

    private static void exercise(PhysicalMemory physical, List<PageDirectory> named, ImageContent content) {
        long pages = 0;
        for (long pfn = physical.nextPresent(0); pfn >= 0; pfn = physical.nextPresent(pfn)) {
            long run = physical.contiguous(pfn, 1 << 20);
            for (long i = 0; i < run; i++) {
                long offset = physical.fileOffset(pfn + i);
                if (offset < 0 || offset + PhysicalMemory.PAGE_SIZE > physical.bytes().byteSize()) {
                    throw new AssertionError("page " + (pfn + i) + " at " + offset);
                }
            }
            pages += run;
            pfn += run;
        }
        if (pages != physical.presentPages() && content.damage().isEmpty()) {
            throw new AssertionError(pages + " pages, said " + physical.presentPages());
        }
        for (PageDirectory directory : PageDirectoryFinder.find(physical)) {
            exercise(PagedMemory.of(physical, directory, PteRules.UNKNOWN));
        }
        for (PageDirectory directory : named) {
            exercise(PagedMemory.of(physical, directory, PteRules.UNKNOWN));
        }
    }

    static void exercise(PagedMemory memory) {
        byte[] into = new byte[64];
        int[] looks = {0};
        memory.forEachRegion(0, -1, (va, offset, length) -> {
            if (looks[0]++ < 1000 && (memory.locate(va) != offset || memory.read(va, into, 0, 64) != 64)) {
                throw new AssertionError("the walk and translation differ at " + Long.toHexString(va));
            }
        });
        memory.locate(0xffff_f800_0000_0000L);
        memory.locate(0x8040_0000L);
    }
}
