package org.poolscope.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.EvidenceException;

/** Asks everything of an image that may be damaged in any way; the only failure allowed is a clear one. */
final class HostileImages {

    private static final int HEADERS = 0x200;
    private static final int PAGE = 0x1000;

    private HostileImages() {
    }

    /** Reads an image and finds its call sites; empty when it says that it cannot be read. */
    static Optional<DriverFile> exercise(byte[] content) {
        try {
            PeImage image = PeImage.of(Path.of("hostile.sys"), content);
            image.version();
            image.debugId();
            image.symbols();
            image.rightChecksum();
            image.guardDispatchSlot();
            DriverFile driver = DriverFile.of(image, Map.of());
            driver.sites().forEach(CallSite::toString);
            driver.literals().forEach(TagLiteral::toString);
            Retag retag = Retag.plan(driver, Retag.Options.DEFAULT);
            if (retag.copy().length > content.length) {
                throw new AssertionError("a copy that is longer");
            }
            retag.changes().forEach(Retag.Change::toString);
            return Optional.of(driver);
        } catch (EvidenceException e) {
            if (e.problem().isBlank()) {
                throw new AssertionError("no reason given", e);
            }
            return Optional.empty();
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sound image around any code: one section of code, and one with imports of pool functions, written by hand. */
    static byte[] around(byte[] code, boolean wide) {
        int codeSize = Math.max(1, (code.length + PAGE - 1) / PAGE) * PAGE;
        byte[] file = new byte[HEADERS + codeSize + PAGE];
        int optional = 0x40 + 24;
        int optionalSize = (wide ? 112 : 96) + 16 * 8;
        int sections = optional + optionalSize;
        int imports = PAGE + codeSize;
        text(file, 0, "MZ");
        LittleEndian.put32(file, 0x3c, 0x40);
        text(file, 0x40, "PE");
        LittleEndian.put32(file, 0x44, (wide ? 0x8664 : 0x14c) | 2 << 16);
        LittleEndian.put32(file, 0x40 + 20, optionalSize | 0x2022 << 16);
        LittleEndian.put32(file, optional, wide ? 0x20b : 0x10b);
        LittleEndian.put32(file, optional + 16, PAGE);
        if (wide) {
            LittleEndian.put64(file, optional + 24, 0x1_4000_0000L);
        } else {
            LittleEndian.put32(file, optional + 28, 0x10000);
        }
        LittleEndian.put32(file, optional + 32, PAGE);
        LittleEndian.put32(file, optional + 36, 0x200);
        LittleEndian.put32(file, optional + 56, imports + PAGE);
        LittleEndian.put32(file, optional + 60, HEADERS);
        LittleEndian.put32(file, optional + 68, 1);
        LittleEndian.put32(file, optional + (wide ? 108 : 92), 16);
        LittleEndian.put32(file, optional + (wide ? 112 : 96) + 8, imports);
        LittleEndian.put32(file, optional + (wide ? 112 : 96) + 12, 40);
        section(file, sections, ".text", PAGE, codeSize, HEADERS, 0x6000_0020);
        section(file, sections + 40, ".idata", imports, PAGE, HEADERS + codeSize, 0xc000_0040);
        System.arraycopy(code, 0, file, HEADERS, code.length);
        imports(file, HEADERS + codeSize, imports, wide ? 8 : 4);
        return file;
    }

    private static void section(byte[] file, int at, String name, int rva, int size, int offset, int flags) {
        text(file, at, name);
        LittleEndian.put32(file, at + 8, size);
        LittleEndian.put32(file, at + 12, rva);
        LittleEndian.put32(file, at + 16, size);
        LittleEndian.put32(file, at + 20, offset);
        LittleEndian.put32(file, at + 36, flags);
    }

    /** The slots: at the section's start + 0x100, in this order. */
    private static void imports(byte[] file, int offset, int rva, int pointer) {
        String[] names = {"ExAllocatePoolWithTag", "ExFreePoolWithTag", "ExInitializeNPagedLookasideList", "KeBugCheckEx"};
        LittleEndian.put32(file, offset, rva + 0x80);
        LittleEndian.put32(file, offset + 12, rva + 0x40);
        LittleEndian.put32(file, offset + 16, rva + 0x100);
        text(file, offset + 0x40, "ntoskrnl.exe");
        for (int i = 0; i < names.length; i++) {
            int name = 0x200 + i * 0x40;
            text(file, offset + name + 2, names[i]);
            LittleEndian.put32(file, offset + 0x80 + i * pointer, rva + name);
            LittleEndian.put32(file, offset + 0x100 + i * pointer, rva + name);
        }
    }

    private static void text(byte[] file, int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            file[at + i] = (byte) text.charAt(i);
        }
    }
}
