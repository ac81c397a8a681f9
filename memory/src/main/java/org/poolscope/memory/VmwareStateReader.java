package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/**
 * Reads the state file of a VMware machine that was suspended ({@code .vmss}) or of which a snapshot was taken ({@code .vmsn}), for
 * what it tells of memory.
 *
 * <p>A magic number, a number and a count of groups, 4 bytes each; each group 64 bytes of name, 8 of file offset, 8 of size. A group
 * is a row of items and ends with an item of two zero bytes. An item: a byte with the length of its value in its low six bits and a
 * count of indices in the high two; a byte with the length of its name; the name; the indices, 4 bytes each; the value. Lengths 62
 * and 63 stand for blocks (62: compressed): the length in the file and that in memory, 8 bytes each (4 in the oldest form), a
 * number of 2 bytes, as many bytes of padding, and the block. In group {@code memory} {@code regionsCount}, and by index
 * {@code regionPPN} (the page in the machine), {@code regionPageNum} (the page in the memory file) and {@code regionSize}, in
 * pages; {@code Memory} is the memory itself. In group {@code cpu} {@code CR64}, by processor and register. Told by the source of
 * crash ({@code vmware_vmss.c}, by VMware) and of Volatility 2 and 3, which read it.
 */
final class VmwareStateReader {

    private static final int OLDEST = 0xbed0bed0;
    private static final int OLDEST_TOO = 0xbed2bed0;
    private static final List<Integer> MAGIC = List.of(OLDEST, OLDEST_TOO, 0xbed2bed2, 0xbed3bed3, 0xbad1bad1, 0xbad2bad2);
    private static final int GROUP_SIZE = 80;
    private static final int MOST_GROUPS = 4096;
    private static final int MOST_REGIONS = 1024;
    private static final int MOST_PROCESSORS = 4096;
    private static final int COMPRESSED_BLOCK = 62;
    private static final int BLOCK = 63;
    private static final long PAGING = 1L << 31;
    private static final long EXTENDED_ADDRESSES = 1L << 5;
    private static final long FIVE_LEVELS = 1L << 12;
    private static final long FOUR_GIGABYTES = 1L << 32;

    private final Path path;
    private final MemorySegment file;
    private final boolean wide;
    private final SortedMap<Integer, long[]> regions = new TreeMap<>();
    private final Map<Integer, long[]> controlRegisters = new HashMap<>();
    private VmwareState.Block memory;
    private boolean packed;
    private String damage = "";

    private VmwareStateReader(Path path, MemorySegment file) {
        this.path = path;
        this.file = file;
        int magic = file.get(LittleEndian.U32, 0);
        this.wide = magic != OLDEST && magic != OLDEST_TOO;
    }

    /** Whether a file begins as a state file does. */
    static boolean recognises(EvidenceFile file) {
        return MAGIC.stream().anyMatch(magic -> file.hasAt(0, (byte) (int) magic, (byte) (magic >> 8), (byte) (magic >> 16),
                (byte) (magic >> 24)));
    }

    /**
     * Reads one that is {@linkplain #recognises recognised}.
     *
     * @throws EvidenceException when it has no group of that name, or what it says of memory cannot be used
     */
    static VmwareState read(Path path, MemorySegment file) throws EvidenceException {
        return new VmwareStateReader(path, file).read();
    }

    private VmwareState read() throws EvidenceException {
        if (file.byteSize() < 12) {
            throw damaged("it ends inside its header");
        }
        long promised = u32(8);
        long groups = Math.min(Math.min(promised, MOST_GROUPS), (file.byteSize() - 12) / GROUP_SIZE);
        boolean found = false;
        for (long group = 0; group < groups; group++) {
            long at = 12 + group * GROUP_SIZE;
            String name = name(at, 64);
            if (name.equals("memory") || name.equals("cpu")) {
                found |= name.equals("memory");
                group(name, file.get(LittleEndian.U64, at + 64));
            }
        }
        if (!found) {
            throw damaged("it says nothing of memory");
        }
        if (packed) {
            throw new EvidenceException(path, "", "the memory in it is compressed",
                    "Write a dump with VMware's vmss2core, or take a snapshot with the memory in a file of its own");
        }
        return new VmwareState(wholeRegions(), memory, directories(), damage);
    }

    private EvidenceException damaged(String what) {
        return new EvidenceException(path, "", "this VMware state file is damaged: " + what,
                "Copy it again, or name the .vmem file beside it");
    }

    private List<VmwareState.Region> wholeRegions() {
        List<VmwareState.Region> whole = new ArrayList<>();
        for (long[] region : regions.values()) {
            if (region[0] >= 0 && region[1] >= 0 && region[2] > 0) {
                whole.add(new VmwareState.Region(region[0], region[1], region[2]));
            } else {
                damage = "one of its regions is told in part only";
            }
        }
        return List.copyOf(whole);
    }

    /** Goes through the items of a group. Each takes at least two bytes, so this ends. */
    private void group(String group, long start) {
        long at = start;
        while (has(at, 2)) {
            int valueSize = u8(at) & 0x3f;
            int indexCount = u8(at) >> 6;
            int nameLength = u8(at + 1);
            if (u8(at) == 0 && nameLength == 0) {
                return;
            }
            long indices = at + 2 + nameLength;
            long value = indices + 4L * indexCount;
            if (!has(at, value - at)) {
                break;
            }
            int[] index = {-1, -1, -1};
            for (int i = 0; i < indexCount; i++) {
                index[i] = (int) u32(indices + 4L * i);
            }
            String name = name(at + 2, nameLength);
            if (valueSize < COMPRESSED_BLOCK) {
                if (!has(value, valueSize)) {
                    break;
                }
                number(group, name, index, valueSize, value);
                at = value + valueSize;
            } else {
                at = block(group, name, index, valueSize == COMPRESSED_BLOCK, value);
            }
            if (at < 0) {
                break;
            }
        }
        damage = "its group '" + group + "' does not end inside it";
    }

    /** Takes a block; returns where it ends, or -1 when that is no place in the file. */
    private long block(String group, String name, int[] index, boolean compressed, long at) {
        int width = wide ? 8 : 4;
        if (!has(at, 2L * width + 2)) {
            return -1;
        }
        long size = wide ? file.get(LittleEndian.U64, at) : u32(at);
        long padding = file.get(LittleEndian.U16, at + 2L * width) & 0xffff;
        long start = at + 2L * width + 2 + padding;
        boolean isMemory = group.equals("memory") && name.equals("Memory");
        if (isMemory && size > 0 && memory == null) {
            packed = compressed;
            memory = new VmwareState.Block(start, size);
        } else if (group.equals("cpu") && name.equals("CR64") && size >= 5 * Long.BYTES && has(start, size)) {
            for (int register = 0; register < 5; register++) {
                controlRegister(index[0], register, file.get(LittleEndian.U64, start + 8L * register));
            }
        }
        return size >= 0 && has(start, size) ? start + size : -1;
    }

    private void number(String group, String name, int[] index, int size, long at) {
        if (size > Long.BYTES) {
            return;
        }
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | u8(at + i);
        }
        if (group.equals("memory")) {
            int column = List.of("regionPPN", "regionPageNum", "regionSize").indexOf(name);
            boolean known = regions.containsKey(index[0]);
            if (column >= 0 && index[0] >= 0 && (known || regions.size() < MOST_REGIONS)) {
                regions.computeIfAbsent(index[0], any -> new long[] {-1, -1, -1})[column] = value;
            }
        } else if (name.equals("CR64") || name.equals("CR")) {
            controlRegister(index[0], index[1], value);
        }
    }

    private void controlRegister(int processor, int register, long value) {
        boolean known = controlRegisters.containsKey(processor);
        if (register >= 0 && register < 5 && (known || controlRegisters.size() < MOST_PROCESSORS)) {
            long[] registers = controlRegisters.computeIfAbsent(processor, any -> new long[5]);
            registers[register] = value;
        }
    }

    /** The state does not say whether a processor is in 64-bit mode, so both meanings of its page directory may be tried. */
    private List<PageDirectory> directories() {
        List<PageDirectory> directories = new ArrayList<>();
        controlRegisters.keySet().stream().sorted().map(controlRegisters::get).forEach(registers -> {
            if ((registers[0] & PAGING) == 0) {
                return;
            }
            if ((registers[4] & EXTENDED_ADDRESSES) == 0) {
                directories.add(new PageDirectory(PagingMode.X86, registers[3]));
                return;
            }
            boolean five = (registers[4] & FIVE_LEVELS) != 0;
            directories.add(new PageDirectory(five ? PagingMode.X64_5 : PagingMode.X64_4, registers[3]));
            if (!five && Long.compareUnsigned(registers[3], FOUR_GIGABYTES) < 0) {
                directories.add(new PageDirectory(PagingMode.PAE, registers[3]));
            }
        });
        return directories.stream().distinct().toList();
    }

    private boolean has(long at, long length) {
        return at >= 0 && length >= 0 && at <= file.byteSize() - length;
    }

    private String name(long at, int length) {
        byte[] text = file.asSlice(at, length).toArray(LittleEndian.U8);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(Arrays.copyOf(text, end), StandardCharsets.ISO_8859_1);
    }

    private int u8(long at) {
        return file.get(LittleEndian.U8, at) & 0xff;
    }

    private long u32(long at) {
        return Integer.toUnsignedLong(file.get(LittleEndian.U32, at));
    }
}
