package org.poolscope.kernel;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * The kernel's debugger data block ({@code KDDEBUGGER_DATA64}, "KDBG"): where the kernel tells its debugger the addresses of
 * variables nobody exports. It grew from version to version; a field is there when it ends inside the size the block gives. The
 * memory manager of Windows 10 leaves most of its own fields zero.
 */
public final class DebuggerData {

    /** {@code 'KDBG'} as a little-endian number. */
    static final int TAG = 0x4742_444b;

    /** From the start of the block to the tag. */
    static final int TAG_OFFSET = Layout.DATA.offset("Header.OwnerTag");

    /** Windows 2000's block has 0x208 bytes, that of Windows 10 0x380; twice that leaves room for versions to come. */
    static final int SMALLEST = 0x208;
    static final int LARGEST = 0x800;

    private final long address;
    private final VirtualMemory memory;
    private final int size;

    /** The block's bytes when the memory holds them encoded, else {@code null}. */
    private final ByteBuffer decoded;

    DebuggerData(long address, VirtualMemory memory, int size) {
        this(address, memory, size, null);
    }

    DebuggerData(long address, VirtualMemory memory, int size, ByteBuffer decoded) {
        this.address = address;
        this.memory = memory;
        this.size = size;
        this.decoded = decoded;
    }

    private static final class Layout {
        static final StructLayout DATA = BuiltInLayouts.common("_KDDEBUGGER_DATA64");
    }

    /** Where the block stands. */
    public long address() {
        return address;
    }

    /** Its size in bytes, as it says itself. */
    public int size() {
        return size;
    }

    /** Where the kernel is loaded. */
    public OptionalLong kernelBase() {
        return address("KernBase");
    }

    /**
     * The address in a field; empty when this version of the block has no such field, left it zero, or the image does not hold
     * it.
     *
     * @throws org.poolscope.symbols.UnknownLayoutException when no version has a field of that name
     */
    public OptionalLong address(String field) {
        long value = read(field);
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(memory.canonical(value));
    }

    /**
     * The number in a small field, such as {@code OffsetPrcbCurrentThread}; empty as for {@link #address}.
     *
     * @throws org.poolscope.symbols.UnknownLayoutException when no version has a field of that name
     */
    public OptionalInt number(String field) {
        long value = read(field);
        return value == 0 ? OptionalInt.empty() : OptionalInt.of((int) value);
    }

    private long read(String name) {
        FieldLayout field = Layout.DATA.field(name);
        if (decoded != null) {
            return field.offset() + field.bytes() > size ? 0 : switch (field.bytes()) {
                case 2 -> Short.toUnsignedLong(decoded.getShort(field.offset()));
                case 4 -> Integer.toUnsignedLong(decoded.getInt(field.offset()));
                default -> decoded.getLong(field.offset());
            };
        }
        if (field.offset() + field.bytes() > size || !memory.isReadable(address + field.offset(), field.bytes())) {
            return 0;
        }
        return Values.read(memory, address, field);
    }
}
