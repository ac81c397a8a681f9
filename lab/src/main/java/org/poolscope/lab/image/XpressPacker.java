package org.poolscope.lab.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Packs pages as Windows does, in both forms of Xpress: [MS-XCA] 2.1 (LZ77 with Huffman codes) and 2.3 (Plain LZ77). Small and greedy, not
 * tight. Not for several threads at once.
 */
final class XpressPacker {

    /** The most bytes it packs at once. */
    static final int MOST = 1 << 16;

    private static final int SHORTEST = 3;
    /** Longer matches are allowed, but libfwnt, which judges this, takes them for damage. */
    private static final int LONGEST = 1 << 15;
    private static final int HASHES = 1 << 14;
    private static final int TRIES = 8;
    private static final int CODES = 512;
    private static final int LONGEST_CODE = 15;
    private static final int END = 256;

    private final int[] newest = new int[HASHES];
    private final int[] older = new int[MOST];

    /** What stands one after another: for a literal its byte and no distance, for a match its length and distance. */
    private final int[] value = new int[MOST];
    private final int[] distance = new int[MOST];
    private int parts;

    private ByteBuffer out;
    private int slotA;
    private int slotB;
    private int word;
    private int free;

    /** Plain LZ77. */
    byte[] plain(byte[] bytes, int length) {
        split(bytes, length, 1 << 13);
        out = ByteBuffer.allocate(2 * length + 64).order(ByteOrder.LITTLE_ENDIAN);
        int flagsAt = 0;
        int halfByteAt = -1;
        long flags = 0;
        int count = 0;
        out.putInt(0);
        for (int part = 0; part < parts; part++) {
            flags = flags << 1 | (distance[part] == 0 ? 0 : 1);
            count++;
            if (distance[part] == 0) {
                out.put((byte) value[part]);
            } else {
                int rest = value[part] - SHORTEST;
                out.putShort((short) (distance[part] - 1 << 3 | Math.min(rest, 7)));
                if (rest >= 7) {
                    int half = Math.min(rest - 7, 15);
                    if (halfByteAt < 0) {
                        halfByteAt = out.position();
                        out.put((byte) half);
                    } else {
                        out.put(halfByteAt, (byte) (out.get(halfByteAt) | half << 4));
                        halfByteAt = -1;
                    }
                    if (half == 15) {
                        more(rest - 7 - 15, rest);
                    }
                }
            }
            if (count == Integer.SIZE) {
                out.putInt(flagsAt, (int) flags);
                flagsAt = out.position();
                out.putInt(0);
                count = 0;
            }
        }
        // Flags that nothing follows are set.
        out.putInt(flagsAt, count == 0 ? -1 : (int) (flags << Integer.SIZE - count | (1L << Integer.SIZE - count) - 1));
        return Arrays.copyOf(out.array(), out.position());
    }

    /** A length in a byte, or 255 and the whole of it in two bytes. */
    private void more(int left, int whole) {
        if (left < 255) {
            out.put((byte) left);
        } else {
            out.put((byte) 255);
            out.putShort((short) whole);
        }
    }

    /** LZ77 with Huffman codes. */
    byte[] huffman(byte[] bytes, int length) {
        split(bytes, length, MOST);
        int[] uses = new int[CODES];
        for (int part = 0; part < parts; part++) {
            uses[code(part)]++;
        }
        uses[END]++;
        int[] lengths = lengths(uses);
        int[] codes = codes(lengths);
        out = ByteBuffer.allocate(2 * length + 1024).order(ByteOrder.LITTLE_ENDIAN);
        for (int code = 0; code < CODES; code += 2) {
            out.put((byte) (lengths[code] | lengths[code + 1] << 4));
        }
        slotA = out.position();
        slotB = slotA + 2;
        out.putInt(0);
        word = 0;
        free = Short.SIZE;
        for (int part = 0; part < parts; part++) {
            int code = code(part);
            bits(codes[code], lengths[code]);
            if (distance[part] != 0) {
                int rest = value[part] - SHORTEST;
                if (rest >= 15) {
                    more(rest - 15, rest);
                }
                int offsetBits = log2(distance[part]);
                bits(distance[part] - (1 << offsetBits), offsetBits);
            }
        }
        bits(codes[END], lengths[END]);
        out.putShort(slotA, (short) (word << free));
        out.putShort(slotB, (short) 0);
        return Arrays.copyOf(out.array(), out.position());
    }

    private int code(int part) {
        return distance[part] == 0 ? value[part]
                : END + Math.min(value[part] - SHORTEST, 15) + 16 * log2(distance[part]);
    }

    private static int log2(int number) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(number);
    }

    /** Words are reserved two ahead, because their reader holds two. */
    private void bits(int bits, int count) {
        if (count <= free) {
            word = word << count | bits;
            free -= count;
            return;
        }
        int left = count - free;
        out.putShort(slotA, (short) (word << free | bits >>> left));
        slotA = slotB;
        slotB = out.position();
        out.putShort((short) 0);
        word = bits & (1 << left) - 1;
        free = Short.SIZE - left;
    }

    /** Lengths of codes by their use, none longer than allowed. */
    private static int[] lengths(int[] uses) {
        int[] scaled = uses.clone();
        while (true) {
            int[] lengths = treeDepths(scaled);
            if (Arrays.stream(lengths).max().getAsInt() <= LONGEST_CODE) {
                return lengths;
            }
            for (int i = 0; i < CODES; i++) {
                scaled[i] = scaled[i] == 0 ? 0 : (scaled[i] >> 2) + 1;
            }
        }
    }

    private record Node(long uses, int code, Node left, Node right) {
    }

    private static int[] treeDepths(int[] uses) {
        PriorityQueue<Node> nodes = new PriorityQueue<>(Comparator.comparingLong(Node::uses).thenComparingInt(Node::code));
        for (int code = 0; code < CODES; code++) {
            if (uses[code] > 0) {
                nodes.add(new Node(uses[code], code, null, null));
            }
        }
        if (nodes.size() == 1) {
            // A lone code would leave a gap.
            nodes.add(new Node(1, nodes.peek().code == 0 ? 1 : 0, null, null));
        }
        int next = CODES;
        while (nodes.size() > 1) {
            Node left = nodes.poll();
            Node right = nodes.poll();
            nodes.add(new Node(left.uses + right.uses, next++, left, right));
        }
        int[] depths = new int[CODES];
        depth(nodes.poll(), 0, depths);
        return depths;
    }

    private static void depth(Node node, int depth, int[] depths) {
        if (node.left == null) {
            depths[node.code] = depth;
        } else {
            depth(node.left, depth + 1, depths);
            depth(node.right, depth + 1, depths);
        }
    }

    /** The codes that go with lengths: shorter ones first, and of equal length in order. */
    private static int[] codes(int[] lengths) {
        int[] codes = new int[CODES];
        int next = 0;
        for (int length = 1; length <= LONGEST_CODE; length++) {
            for (int code = 0; code < CODES; code++) {
                if (lengths[code] == length) {
                    codes[code] = next++;
                }
            }
            next <<= 1;
        }
        return codes;
    }

    /** Splits bytes into literals and matches no farther back than a window. */
    private void split(byte[] bytes, int length, int window) {
        Arrays.fill(newest, -1);
        parts = 0;
        int at = 0;
        while (at < length) {
            int best = 0;
            int back = 0;
            if (at <= length - SHORTEST) {
                int candidate = newest[hash(bytes, at)];
                for (int tries = 0; candidate >= 0 && at - candidate < window && tries < TRIES; tries++) {
                    int same = same(bytes, candidate, at, length);
                    if (same > best) {
                        best = same;
                        back = at - candidate;
                    }
                    candidate = older[candidate];
                }
            }
            int step = best >= SHORTEST ? best : 1;
            value[parts] = best >= SHORTEST ? best : bytes[at] & 0xff;
            distance[parts++] = best >= SHORTEST ? back : 0;
            // Of long matches only the beginning can be found again: runs of one byte would make chains of it.
            for (int i = at; i < at + Math.min(step, 16) && i <= length - SHORTEST; i++) {
                older[i] = newest[hash(bytes, i)];
                newest[hash(bytes, i)] = i;
            }
            at += step;
        }
    }

    private static int same(byte[] bytes, int a, int b, int end) {
        int most = Math.min(end - b, LONGEST);
        int mismatch = Arrays.mismatch(bytes, a, a + most, bytes, b, b + most);
        return mismatch < 0 ? most : mismatch;
    }

    private static int hash(byte[] bytes, int at) {
        int three = bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
        return three * 0x9e3779b1 >>> Integer.SIZE - 14;
    }
}
