package org.poolscope.dfs.capture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The block format (draft-ietf-opsawg-pcapng). Sections, interfaces and packets are read; other blocks are passed over by their
 * length.
 */
final class Pcapng extends CaptureFormat {

    static final long SECTION_HEADER = 0x0a0d0d0aL;
    private static final long BYTE_ORDER_MAGIC = 0x1a2b3c4dL;
    private static final int INTERFACE = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int LEAST_BLOCK = 12;
    private static final int MOST_INTERFACES = 65_536;

    /** The link types of this section's interfaces, and how many bytes of a simple packet were kept. */
    private final List<Interface> interfaces = new ArrayList<>();

    private record Interface(int linkType, long snapLength) {
    }

    @Override
    void read(CaptureInput in, FrameSink sink) throws IOException {
        boolean more = true;
        while (more && in.has(1)) {
            if (!in.has(LEAST_BLOCK)) {
                stop(in, "the file ends inside the header of a block");
                return;
            }
            if (in.u32(0) == SECTION_HEADER && !beginSection(in)) {
                return;
            }
            more = block(in, sink, in.u32(0), in.u32(4));
        }
    }

    private boolean beginSection(CaptureInput in) {
        in.littleEndian(true);
        if (in.u32(8) != BYTE_ORDER_MAGIC) {
            in.littleEndian(false);
            if (in.u32(8) != BYTE_ORDER_MAGIC) {
                stop(in, "a section begins without the byte-order mark");
                return false;
            }
        }
        interfaces.clear();
        return true;
    }

    /** Reads one block and moves behind it; says whether the next can be read. */
    private boolean block(CaptureInput in, FrameSink sink, long type, long length) throws IOException {
        long padded = (length + 3) & ~3L;
        if (length < LEAST_BLOCK) {
            stop(in, "a block is said to have " + length + " bytes; each has at least " + LEAST_BLOCK);
            return false;
        }
        long end = in.offset() + padded;
        int fixed = fixedPart(type);
        if (fixed > 0) {
            if (length < fixed + 4L || !in.has(fixed)) {
                stop(in, "a block of type " + type + " is too short, or the file ends inside it");
                return false;
            }
            if (type == INTERFACE) {
                if (interfaces.size() < MOST_INTERFACES) {
                    interfaces.add(new Interface(in.u16(8), in.u32(12)));
                }
            } else if (!packet(in, sink, (int) type, length, fixed)) {
                return false;
            }
        }
        if (!in.skip(end - in.offset())) {
            stop(in, "the file ends inside a block");
            return false;
        }
        return true;
    }

    /** Bytes of a block before the packet's own; 0 for blocks that are passed over. */
    private static int fixedPart(long type) {
        return type == INTERFACE ? 16 : type == ENHANCED_PACKET || type == OBSOLETE_PACKET ? 28 : type == SIMPLE_PACKET ? 12 : 0;
    }

    private boolean packet(CaptureInput in, FrameSink sink, int type, long length, int fixed) throws IOException {
        long number = type == ENHANCED_PACKET ? in.u32(8) : type == OBSOLETE_PACKET ? in.u16(8) : 0;
        if (number >= interfaces.size()) {
            stop(in, "frame " + (frames() + 1) + " was captured on interface " + number + ", which is not described");
            return false;
        }
        Interface source = interfaces.get((int) number);
        long room = length - fixed - 4;
        long original = type == SIMPLE_PACKET ? in.u32(8) : in.u32(24);
        long captured = type == SIMPLE_PACKET ? Math.min(original, Math.min(room, source.snapLength() == 0 ? room
                : source.snapLength()))
                : in.u32(20);
        if (captured > room) {
            stop(in, "frame " + (frames() + 1) + " is said to have " + captured + " bytes, but its block has room for " + room);
            return false;
        }
        in.advance(fixed);
        return frame(in, sink, source.linkType(), captured, original);
    }
}
