package org.poolscope.kernel.objects;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.poolscope.kernel.TinyVariables;
import org.poolscope.memory.MemoryImage;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PagingMode;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.KernelVersion;

/** A 64-bit address space painted piece by piece; pages are mapped when they are written. */
final class WidePicture {

    private static final int PAGE = 4096;

    private final Map<Long, byte[]> pages = new TreeMap<>(Long::compareUnsigned);
    private final Map<String, Long> variables = new HashMap<>();

    WidePicture variable(String name, long address) {
        variables.put(name, address);
        return this;
    }

    WidePicture u8(long va, int value) {
        return put(va, value, 1);
    }

    WidePicture u16(long va, int value) {
        return put(va, value, 2);
    }

    WidePicture u32(long va, long value) {
        return put(va, value, 4);
    }

    WidePicture u64(long va, long value) {
        return put(va, value, 8);
    }

    private WidePicture put(long va, long value, int length) {
        for (int i = 0; i < length; i++) {
            long at = va + i;
            pages.computeIfAbsent(at & -PAGE, page -> new byte[PAGE])[(int) (at & PAGE - 1)] = (byte) (value >> 8 * i);
        }
        return this;
    }

    WidePicture ascii(long va, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            u8(va + i, bytes[i]);
        }
        return this;
    }

    /** A counted UTF-16 string whose text stands elsewhere. */
    WidePicture string(long va, long buffer, String text) {
        u16(va, 2 * text.length()).u16(va + 2, 2 * text.length() + 2).u64(va + 8, buffer);
        for (int i = 0; i < text.length(); i++) {
            u16(buffer + 2L * i, text.charAt(i));
        }
        return this;
    }

    /** Makes a circular list of a head and entries. */
    WidePicture link(long head, long... entries) {
        long previous = head;
        for (long entry : entries) {
            u64(previous, entry).u64(entry + 8, previous);
            previous = entry;
        }
        return u64(previous, head).u64(head + 8, previous);
    }

    /** Physical memory: the top table at frame 1, other tables and pages behind it. */
    private byte[] raw() {
        ByteBuffer memory = ByteBuffer.allocate((4 + 4 * pages.size()) * PAGE).order(ByteOrder.LITTLE_ENDIAN);
        int next = 2 * PAGE;
        for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
            int table = PAGE;
            for (int shift = 39; shift >= 12; shift -= 9) {
                int slot = table + 8 * (int) (page.getKey() >>> shift & 0x1ff);
                if (memory.getLong(slot) == 0) {
                    memory.putLong(slot, next | 3);
                    next += PAGE;
                }
                table = (int) memory.getLong(slot) & -PAGE;
            }
            memory.put(table, page.getValue());
        }
        return memory.array();
    }

    interface Check {
        void of(KernelSpace space);
    }

    /** Hands the kernel of a build to a test. */
    void as(KernelVersion version, Consumer<String> warnings, Check check) {
        try {
            Path file = Files.createTempFile("poolscope", ".img");
            try {
                Files.write(file, raw());
                try (MemoryImage image = MemoryImage.open(file)) {
                    PagedMemory memory = PagedMemory.of(image.physical().orElseThrow(), PagingMode.X64_4, PAGE);
                    check.of(new KernelSpace(memory, BuiltInLayouts.forBuild(Architecture.X64, version),
                            TinyVariables.of(memory, variables), version.build(), Optional.empty(), warnings));
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (EvidenceException e) {
            throw new AssertionError(e);
        }
    }
}
