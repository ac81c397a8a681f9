package org.poolscope.driver;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.driver.pe.Section;
import org.poolscope.model.Architecture;

/**
 * Where a driver of the Windows Driver Framework finds the framework's functions. The driver holds a structure, {@code WDF_BIND_INFO}: size,
 * component ({@code KmdfLibrary}), version, number of functions, place of the table. Up to framework 1.13 the table is copied to that
 * place; from 1.15 on a pointer to it is written there (fxldr.h and the binding code in Microsoft's published framework source).
 *
 * @param place RVA of the table, or of the pointer to it
 * @param isPointer whether it is a pointer
 * @param functions how many functions the driver knows
 */
record FrameworkTable(int place, boolean isPointer, int functions) {

    private static final byte[] COMPONENT = "KmdfLibrary\0".getBytes(StandardCharsets.UTF_16LE);
    private static final int FIRST_WITH_POINTER = 15;
    private static final int MOST_FUNCTIONS = 1024;

    /** Finds the table of a driver; empty when it is no framework driver, or its structure is not found. */
    static Optional<FrameworkTable> find(PeImage image) {
        boolean binds = image.imports().stream().anyMatch(each -> "WdfVersionBind".equals(each.name()));
        if (!binds) {
            return Optional.empty();
        }
        for (Section section : image.sections()) {
            for (int at = section.rva(); at < section.rva() + section.dataSize() - COMPONENT.length; at += 2) {
                if (isComponent(image, at)) {
                    Optional<FrameworkTable> table = named(image, image.address(at));
                    if (table.isPresent()) {
                        return table;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isComponent(PeImage image, int rva) {
        int offset = image.offset(rva);
        if (offset < 0 || image.available(rva) < COMPONENT.length || image.content()[offset] != COMPONENT[0]) {
            return false;
        }
        for (int i = 1; i < COMPONENT.length; i++) {
            if (image.content()[offset + i] != COMPONENT[i]) {
                return false;
            }
        }
        return true;
    }

    /** The table of the structure that names its component by this address. */
    private static Optional<FrameworkTable> named(PeImage image, long component) {
        boolean wide = image.architecture() != Architecture.X86;
        int pointer = wide ? 8 : 4;
        byte[] content = image.content();
        for (Section section : image.sections()) {
            int first = section.rva() + pointer & -pointer;
            for (int at = first; at <= section.rva() + section.dataSize() - 2 * pointer - 16; at += pointer) {
                int offset = image.offset(at);
                if (offset < 0 || address(content, offset, wide) != component) {
                    continue;
                }
                int version = offset + pointer;
                long minor = LittleEndian.u32(content, version + 4);
                long count = LittleEndian.u32(content, version + 12);
                int place = image.rva(address(content, version + 16, wide));
                if (LittleEndian.i32(content, version) == 1 && count > 0 && count <= MOST_FUNCTIONS && place > 0) {
                    return Optional.of(new FrameworkTable(place, minor >= FIRST_WITH_POINTER, (int) count));
                }
            }
        }
        return Optional.empty();
    }

    private static long address(byte[] content, int offset, boolean wide) {
        return wide ? LittleEndian.i64(content, offset) : LittleEndian.u32(content, offset);
    }
}
