package org.poolscope.kernel.objects;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.poolscope.kernel.Answer;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.KernelVariables;
import org.poolscope.kernel.TickClock;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * A kernel's memory, structures and variables, as the readers of this package use them. Reads throw
 * {@link org.poolscope.memory.UnreadableAddressException}, which readers catch one object at a time.
 */
final class KernelSpace {

    /** Object names and paths are counted in 16 bits; real ones are far shorter. */
    private static final int LONGEST_TEXT = 2048;

    private final VirtualMemory memory;
    private final TypeLayouts layouts;
    private final KernelVariables variables;
    private final int build;
    private final Optional<TickClock> clock;
    private final Consumer<String> warnings;

    KernelSpace(VirtualMemory memory, TypeLayouts layouts, KernelVariables variables, int build, Optional<TickClock> clock,
            Consumer<String> warnings) {
        this.clock = clock;
        this.memory = memory;
        this.layouts = layouts;
        this.variables = variables;
        this.build = build;
        this.warnings = warnings;
    }

    /** The kernel of an image; empty when the image holds no memory of it. */
    static Answer<KernelSpace> of(KernelImage image, Consumer<String> warnings) {
        return image.memory().then(memory -> image.variables().then(variables ->
                Answer.of(new KernelSpace(memory, image.layouts(), variables, image.version().build(), image.tickClock(),
                        warnings))));
    }

    VirtualMemory memory() {
        return memory;
    }

    KernelVariables variables() {
        return variables;
    }

    int build() {
        return build;
    }

    /** The clock that waits are measured by. */
    Optional<TickClock> clock() {
        return clock;
    }

    int pointerSize() {
        return memory.pointerSize();
    }

    void warn(String message) {
        warnings.accept(message);
    }

    /** The layout of a structure, which this package cannot do without. */
    StructLayout layout(String type) {
        return layouts.get(type);
    }

    /** The layout of a structure, if this build has it. */
    Optional<StructLayout> findLayout(String type) {
        return layouts.find(type);
    }

    /** The pointer at an address, in the form the memory wants addresses. */
    long pointer(long va) {
        return memory.canonical(memory.pointer(va));
    }

    /** The number in a field of the structure at an address, zero-extended. */
    long number(long structure, FieldLayout field) {
        long at = structure + field.offset();
        long unit = switch (field.bytes()) {
            case 1 -> memory.u8(at);
            case 2 -> memory.u16(at);
            case 4 -> Integer.toUnsignedLong(memory.u32(at));
            default -> memory.u64(at);
        };
        return field.extract(unit);
    }

    boolean isReadable(long va, long length) {
        return memory.isReadable(va, length);
    }

    /** Whether an address lies in the half of the address space that belongs to the kernel, and could be of something aligned. */
    boolean isKernelPointer(long va) {
        boolean upperHalf = pointerSize() == Integer.BYTES ? va >= 0x8000_0000L && va <= 0xffff_ffffL
                : va < 0 && memory.canonical(va) == va;
        return upperHalf && (va & pointerSize() - 1) == 0;
    }

    /** The text of a {@code UNICODE_STRING}; empty when it has none, or its text cannot be read whole. */
    Optional<String> text(long unicodeString) {
        int pointerSize = pointerSize();
        if (!memory.isReadable(unicodeString, 2L * pointerSize)) {
            return Optional.empty();
        }
        int length = memory.u16(unicodeString);
        int room = memory.u16(unicodeString + Short.BYTES);
        long buffer = pointer(unicodeString + pointerSize);
        if (length == 0 || (length & 1) != 0 || length > room || length > LONGEST_TEXT || buffer == 0) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        if (memory.read(buffer, bytes, 0, length) < length) {
            return Optional.empty();
        }
        return Optional.of(new String(bytes, StandardCharsets.UTF_16LE));
    }

    /** The characters of a fixed array of bytes up to the first zero; empty when there are none or they are not printable. */
    Optional<String> fixedText(long va, int length) {
        byte[] bytes = new byte[length];
        if (memory.read(va, bytes, 0, length) < length) {
            return Optional.empty();
        }
        int end = 0;
        while (end < length && bytes[end] != 0) {
            if ((bytes[end] & 0xff) < ' ' || bytes[end] == 0x7f) {
                return Optional.empty();
            }
            end++;
        }
        return end == 0 ? Optional.empty() : Optional.of(new String(bytes, 0, end, StandardCharsets.ISO_8859_1));
    }
}
