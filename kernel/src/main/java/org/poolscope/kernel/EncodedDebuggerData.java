package org.poolscope.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.KernelGlobals;

/**
 * Decodes the debugger data block of a 64-bit kernel from Windows 8 on, which is kept encoded while the system runs; what
 * writes a crash dump decodes it first. Each 64-bit word was changed by the two secrets {@code KiWaitNever} and
 * {@code KiWaitAlways} and by the address of the flag that says so (as described by Volatility, Rekall and MemProcFS).
 */
final class EncodedDebuggerData {

    private static final int HEADER = 0x18;
    private static final long KERNEL_BITS = 0xffff_0000_0000_0000L;

    private EncodedDebuggerData() {
    }

    /**
     * The block.
     *
     * @param globals where the block, the flag and the secrets stand
     * @return empty when their places are not known, or what comes out is no block of this kernel
     */
    static Optional<DebuggerData> decode(VirtualMemory memory, KernelGlobals globals, long base) {
        OptionalLong block = globals.offset("KdDebuggerDataBlock");
        OptionalLong flag = globals.offset("KdpDataBlockEncoded");
        OptionalLong never = globals.offset("KiWaitNever");
        OptionalLong always = globals.offset("KiWaitAlways");
        if (memory.pointerSize() != Long.BYTES || block.isEmpty() || flag.isEmpty() || never.isEmpty() || always.isEmpty()) {
            return Optional.empty();
        }
        long address = base + block.getAsLong();
        if (!memory.isReadable(address, HEADER) || !memory.isReadable(base + never.getAsLong(), Long.BYTES)
                || !memory.isReadable(base + always.getAsLong(), Long.BYTES)) {
            return Optional.empty();
        }
        long first = memory.u64(base + never.getAsLong());
        long second = memory.u64(base + always.getAsLong());
        long place = base + flag.getAsLong() | KERNEL_BITS;
        long tagAndSize = decode(memory.u64(address + DebuggerData.TAG_OFFSET), first, second, place);
        int size = (int) (tagAndSize >>> Integer.SIZE);
        if ((int) tagAndSize != DebuggerData.TAG || size < DebuggerData.SMALLEST || size > DebuggerData.LARGEST
                || !memory.isReadable(address, size)) {
            return Optional.empty();
        }
        ByteBuffer plain = ByteBuffer.allocate(size + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + Long.BYTES <= size; at += Long.BYTES) {
            plain.putLong(at, decode(memory.u64(address + at), first, second, place));
        }
        DebuggerData data = new DebuggerData(address, memory, size, plain);
        return data.kernelBase().orElse(0) == base && DebuggerDataFinder.holds(memory, data) ? Optional.of(data)
                : Optional.empty();
    }

    static long decode(long word, long never, long always, long flag) {
        long value = Long.rotateLeft(word ^ never, (int) (never & 0xff));
        return Long.reverseBytes(value ^ flag) ^ always;
    }
}
