package org.poolscope.lab.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what VMware writes when it suspends a machine: the memory without its holes, and the state file that tells where they are;
 * or a state file that holds the memory too. Form of the state file: VMware's reader in the crash utility ({@code vmware_vmss.h}).
 */
public final class VmwareFiles {

    private static final int MAGIC = 0xbed2bed2;
    private static final int VERSION = 8;
    private static final int GROUP = 80;
    private static final int BLOCK = 63;
    private static final int PADDING = 54;
    private static final int REGISTERS = 5;

    private final List<MemoryRun> runs;
    private final long[] controlRegisters;
    private final Map<String, byte[]> groups = new LinkedHashMap<>();
    private final ByteArrayOutputStream items = new ByteArrayOutputStream();

    /**
     * Files of one machine.
     *
     * @param runs its physical memory, in the order in which the memory file shall hold it
     * @param controlRegisters CR0 to CR4 of its processor
     */
    public VmwareFiles(List<MemoryRun> runs, long... controlRegisters) {
        this.runs = List.copyOf(runs);
        this.controlRegisters = controlRegisters.clone();
    }

    /**
     * Writes the memory and the state apart.
     *
     * @param raw physical memory from address 0
     * @param memory the {@code .vmem} file to write
     * @param state the {@code .vmss} or {@code .vmsn} file to write
     */
    public void writeApart(Path raw, Path memory, Path state) throws IOException {
        try (FileChannel out = create(memory)) {
            copy(raw, out);
        }
        try (FileChannel out = create(state)) {
            writeAll(out, state(-1));
        }
    }

    /** Writes one state file that holds the memory as well, which begins at no page of the file. */
    public void writeTogether(Path raw, Path state) throws IOException {
        long pages = runs.stream().mapToLong(MemoryRun::frames).sum();
        try (FileChannel out = create(state)) {
            writeAll(out, state(pages * MachineMemory.PAGE));
            copy(raw, out);
            writeAll(out, new byte[2]);
        }
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void writeAll(FileChannel out, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    private void copy(Path raw, FileChannel out) throws IOException {
        try (FileChannel in = FileChannel.open(raw, StandardOpenOption.READ)) {
            for (MemoryRun run : runs) {
                long at = run.firstFrame() * MachineMemory.PAGE;
                long left = run.frames() * MachineMemory.PAGE;
                while (left > 0) {
                    long copied = in.transferTo(at, left, out);
                    if (copied <= 0) {
                        throw new IOException(raw + " ends before its memory does");
                    }
                    at += copied;
                    left -= copied;
                }
            }
        }
    }

    /** The state file; with memory of so many bytes in it, all that stands before that memory. */
    private byte[] state(long memoryBytes) {
        groups.clear();
        text("hostname", "lab");
        end("Snapshot");
        number("cpu:numVCPUs", 4, 1);
        block("gpregs", new byte[128], 0);
        for (int register = 0; register < REGISTERS; register++) {
            number("CR64", 8, controlRegisters[register], 0, register);
        }
        end("cpu");
        number("hotSet:size", 4, 0);
        number("align_mask", 4, 0xffff);
        number("regionsCount", 4, runs.size());
        long filePage = 0;
        for (int region = 0; region < runs.size(); region++) {
            number("regionPageNum", 4, filePage, region);
            number("regionPPN", 4, runs.get(region).firstFrame(), region);
            number("regionSize", 4, runs.get(region).frames(), region);
            filePage += runs.get(region).frames();
        }
        if (memoryBytes >= 0) {
            item("Memory", BLOCK, 0, 0);
            put(8, memoryBytes);
            put(8, memoryBytes);
            put(2, PADDING);
            items.writeBytes(new byte[PADDING]);
            groups.put("memory", items.toByteArray());
            items.reset();
        } else {
            end("memory");
        }
        return joined();
    }

    private byte[] joined() {
        int length = 12 + groups.size() * GROUP;
        for (byte[] group : groups.values()) {
            length += group.length;
        }
        ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(MAGIC).putInt(VERSION).putInt(groups.size());
        int header = 12;
        int place = 12 + groups.size() * GROUP;
        for (Map.Entry<String, byte[]> group : groups.entrySet()) {
            file.put(header, group.getKey().getBytes(StandardCharsets.US_ASCII));
            file.putLong(header + 64, place).putLong(header + 72, group.getValue().length);
            file.put(place, group.getValue());
            header += GROUP;
            place += group.getValue().length;
        }
        return file.array();
    }

    private void end(String group) {
        put(2, 0);
        groups.put(group, items.toByteArray());
        items.reset();
    }

    private void text(String name, String value) {
        item(name, value.length());
        items.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    private void number(String name, int size, long value, int... index) {
        item(name, size, index);
        put(size, value);
    }

    private void block(String name, byte[] bytes, int... index) {
        item(name, BLOCK, index);
        put(8, bytes.length);
        put(8, bytes.length);
        put(2, 0);
        items.writeBytes(bytes);
    }

    private void item(String name, int valueSize, int... index) {
        put(2, valueSize | index.length << 6 | name.length() << 8);
        items.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        for (int one : index) {
            put(4, one);
        }
    }

    private void put(int size, long value) {
        for (int i = 0; i < size; i++) {
            items.write((int) (value >>> 8 * i));
        }
    }
}
