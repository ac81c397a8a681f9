package org.poolscope.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.IoManager;
import org.poolscope.lab.machine.KernelDevice;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.KernelProcess;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.PoolArena;
import org.poolscope.lab.machine.Pools;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;

/**
 * What serving files does to the pools. Open files hang together as they do in a file server: a handle in the system process
 * leads to a file object, that to the file system's context ({@code NtfF}) and to the memory manager's control area ({@code
 * MmCa}), that to the prototype page tables of the cached file ({@code MmSt}). Closed files leave cached control areas behind,
 * which the memory manager keeps on a list of its own.
 */
final class FileServerLoad {

    private final Machine machine;
    private final KernelSpace space;
    private final Pools pools;
    private final Dice dice;
    private final double scale;
    private final int pointer;
    private final PoolArena tables;
    private final TagAccount context;
    private final TagAccount stream;
    private final TagAccount control;
    private final TagAccount prototypes;
    private final TagAccount sections;
    private final long unusedSegments;

    private FileServerLoad(Machine machine, double scale) {
        this.machine = machine;
        this.space = machine.space();
        this.pools = machine.pools();
        this.dice = machine.dice().named("files");
        this.scale = scale;
        this.pointer = space.pointerSize();
        this.tables = pools.paged().getFirst();
        this.context = pools.tag("NtfF");
        this.stream = pools.tag("Ntff");
        this.control = pools.tag("MmCa");
        this.prototypes = pools.tag("MmSt");
        this.sections = pools.tag("SeSd");
        this.unusedSegments = machine.kernel().variable(2 * pointer);
        space.initList(unusedSegments);
    }

    static void build(Machine machine, MachineCase.Making making) {
        new FileServerLoad(machine, making.scale()).build(making.options().progress());
    }

    private void build(Progress progress) {
        StandardSystem system = new StandardSystem(machine, scale);
        system.build(StandardSystem.ownNames(machine));
        Filler paged = pagedFiller();
        Filler nonPaged = nonPagedFiller();
        int openFiles = count(9_000, 12);
        int cachedFiles = count(160_000, 100);
        int total = openFiles + cachedFiles;
        KernelDevice volume = system.device("HarddiskVolume1");
        KernelProcess server = machine.processes().system();
        long volumeFiles = machine.module("Ntfs.sys").variable(2 * pointer);
        space.initList(volumeFiles);
        for (int i = 0; i < total; i++) {
            if (i % 18 == 0 && i / 18 < openFiles) {
                openFile(server, volume, volumeFiles, i);
            } else {
                cachedFile(i);
            }
            if (i % 8 == 0) {
                paged.passThrough(1 + total / 32);
                nonPaged.passThrough(1 + total / 48);
            }
            if ((i & 0x3ff) == 0) {
                progress.at(LabOptions.MAKING, i, total);
            }
        }
        registry();
        paged.add(Math.round(21_000_000 * scale));
        nonPaged.add(Math.round(26_000_000 * scale));
        paged.drain();
        nonPaged.drain();
        past(paged, nonPaged);
        system.addPast(Set.of("Irp ", "File"));
        progress.at(LabOptions.MAKING, total, total);
    }

    private int count(int atFullScale, int least) {
        return (int) Math.max(least, Math.round(atFullScale * scale));
    }

    private void openFile(KernelProcess server, KernelDevice volume, long volumeFiles, int number) {
        IoManager io = machine.io();
        long file = io.createFile(volume, "\\Users\\u" + number % 400 + "\\Documents\\report-" + number + ".doc");
        machine.processes().open(server, "File", file, 0x120089);
        long fcb = pools.allocateZeroed(PoolKind.PAGED, context, 0x190);
        long scb = pools.allocateZeroed(PoolKind.PAGED, stream, 0x310);
        space.put16(fcb, 0x702);
        space.put16(fcb + 2, 0x190);
        space.insertTail(volumeFiles, fcb + 8);
        space.putPointer(fcb + 0x20, scb);
        space.put64(fcb + 0x30, 128_800_000_000_000_000L + number * 7_919_000_000L);
        space.put16(scb, 0x705);
        space.put16(scb + 2, 0x310);
        space.putPointer(scb + 8, fcb);
        space.put64(scb + 0x18, dice.below(1 << 24));
        long area = controlArea(file, 1 + dice.below(48));
        space.putPointer(scb + 0x28, area);
        io.setContext(file, scb, fcb);
    }

    /** A file that was closed and is still cached: only the memory manager knows it. */
    private void cachedFile(int number) {
        long area = controlArea(0, 1 + dice.below(20));
        space.insertTail(unusedSegments, area + 4L * pointer);
        space.put32(area + 6 * pointer, number);
    }

    /** A control area: segment pointer, file object, counts; and the table with an entry for each page of the file. */
    private long controlArea(long file, int pages) {
        long area = pools.allocateZeroed(PoolKind.NONPAGED, control, 20 * pointer);
        int entry = machine.spec().pae() || pointer == 8 ? 8 : 4;
        int bytes = pages * entry + 6 * pointer;
        long table = pools.allocate(tables, prototypes, bytes);
        space.clear(table, bytes);
        space.putPointer(table, area);
        space.put32(table + pointer, pages);
        space.putPointer(area, table);
        space.putPointer(area + pointer, file);
        space.put32(area + 2 * pointer, pages);
        space.initList(area + 4L * pointer);
        for (int i = 0; i < pages; i++) {
            int frame = dice.below(0x7f000) + 0x100;
            // An entry whose page was taken back: it leads to the file again.
            space.putPointer(table + 6L * pointer + (long) i * entry, (long) frame << 12 | 0x8a0);
        }
        return area;
    }

    /** The hives of the registry, in pieces of whole pages, over a directory that the configuration manager's data lead to. */
    private void registry() {
        TagAccount hive = pools.tag("CM31");
        TagAccount map = pools.tag("CM  ");
        KernelModule kernel = machine.kernel();
        long hives = kernel.variable(2 * pointer);
        space.initList(hives);
        for (int h = 0; h < 6; h++) {
            int bins = count(h == 5 ? 1_900 : 120, 2);
            int room = (bins + 4) * pointer;
            long directory = pools.allocateZeroed(PoolKind.PAGED, map, room);
            space.insertTail(hives, directory);
            space.put32(directory + 2L * pointer, bins);
            for (int b = 0; b < bins; b++) {
                int pages = 1 + dice.below(4);
                long bin = pools.allocate(tables, hive, pages * 4096);
                space.putAscii(bin, "hbin");
                space.put32(bin + 4, b * 0x4000);
                space.put32(bin + 8, pages * 4096);
                space.putPointer(directory + (long) (4 + b) * pointer, bin);
            }
        }
    }

    private Filler pagedFiller() {
        return new Filler(machine, PoolKind.PAGED, "paged").with(machine, "SeSd", "ntoskrnl.exe", 120, 900, 4, 700)
                .with(machine, "ObSq", "ntoskrnl.exe", 60, 64, 1, 90).with(machine, "Gla1", "win32k.sys", 400, 1200, 2, 3)
                .with(machine, "Gh05", "win32k.sys", 80, 2400, 2, 8).with(machine, "FMfn", "fltMgr.sys", 160, 320, 4, 2900)
                .with(machine, "RxM4", "rdbss.sys", 400, 1000, 2, 50).with(machine, "CMkb", "ntoskrnl.exe", 96, 140, 3, 1500)
                .with(machine, "LSsf", "srv.sys", 900, 900, 2, 12);
    }

    private Filler nonPagedFiller() {
        return new Filler(machine, PoolKind.NONPAGED, "nonpaged").with(machine, "NtFs", "Ntfs.sys", 40, 150, 2, 40)
                .with(machine, "AfdC", "afd.sys", 160, 360, 3, 40).with(machine, "TCPc", "tcpip.sys", 40, 400, 4, 300)
                .with(machine, "LSwi", "srv.sys", 2048, 2560, 4, 0).with(machine, "LSwn", "srv.sys", 2048, 4000, 3, 0)
                .with(machine, "Vad ", "ntoskrnl.exe", 48, 64, 3, 100).with(machine, "NDpb", "NDIS.sys", 64, 256, 2, 1);
    }

    private void past(Filler paged, Filler nonPaged) {
        paged.addPast(machine);
        nonPaged.addPast(machine);
        pools.past(PoolKind.PAGED, prototypes, Math.round(4_100_000 * scale));
        pools.past(PoolKind.NONPAGED, control, Math.round(3_950_000 * scale));
        pools.past(PoolKind.PAGED, context, Math.round(18_400_000 * scale));
        pools.past(PoolKind.PAGED, stream, Math.round(19_900_000 * scale));
        pools.past(PoolKind.NONPAGED, pools.tag("Irp "), Math.round(91_000_000 * scale));
        pools.past(PoolKind.PAGED, pools.tag("CM31"), Math.round(1_100 * scale));
        pools.past(PoolKind.PAGED, sections, Math.round(7_000_000 * scale));
        pools.past(PoolKind.NONPAGED, machine.objects().type("File").account(), Math.round(40_100_000 * scale));
    }

    /** Three snapshots three hours apart: use goes up and down a little, allocations and frees go on. */
    static void poolmon(MachineCase.Making making, Machine machine) throws IOException {
        Dice dice = making.dice().named("poolmon");
        List<PoolmonLog.Row> now = PoolmonLog.rowsOf(machine);
        String[] times = {"2012-05-08 05:30:02", "2012-05-08 08:30:02", "2012-05-08 11:29:58"};
        long memory = machine.space().memory().totalPages() * 4;
        for (int i = 0; i < times.length; i++) {
            List<PoolmonLog.Row> rows = new ArrayList<>();
            for (PoolmonLog.Row row : now) {
                // The last snapshot is the state of the dump; the others lie a few percent beside it, to either side.
                long outstanding = row.allocs() - row.frees();
                long then = i == 2 ? outstanding : Math.max(1, outstanding + outstanding * dice.between(-30, 30) / 1000);
                long lately = row.frees() / 300 * (2 - i);
                rows.add(new PoolmonLog.Row(row.tag(), row.pool(), row.frees() - lately + then, row.frees() - lately,
                        row.bytes() / outstanding * then + row.bytes() % outstanding));
            }
            PoolmonLog.Head head = new PoolmonLog.Head(memory, memory * 2 / 5 + dice.below(90_000), memory * 3 / 10, memory * 2,
                    PoolmonLog.kilobytes(machine, PoolKind.NONPAGED, rows, now), PoolmonLog.kilobytes(machine, PoolKind.PAGED, rows, now));
            PoolmonLog.write(making.out(), "poolmon-" + (i + 1) + ".txt", making.dated(times[i]), head, rows);
        }
    }
}
