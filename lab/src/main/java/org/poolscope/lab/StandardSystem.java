package org.poolscope.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.poolscope.lab.machine.IoManager;
import org.poolscope.lab.machine.KernelDevice;
import org.poolscope.lab.machine.KernelDriver;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.KernelProcess;
import org.poolscope.lab.machine.KernelThread;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.ProcessManager;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;

/**
 * What runs on every machine of the lab: driver and device objects for the loaded modules, the usual services with threads,
 * handles, open files and waiting requests. All of it is real structures that lead to each other, so that what the kernel can
 * reach is reached in the image as it would be in a machine.
 */
final class StandardSystem {

    private static final Set<String> FILE_SYSTEMS = Set.of("ntfs", "mup", "mrxsmb", "mrxsmb10", "mrxsmb20", "mrxdav", "rdbss",
            "srv",
            "srv2", "srvnet", "npfs", "msfs", "fs_rec", "fltmgr", "dfs", "dfsc", "cdfs", "luafv", "bowser");

    /** Driver, device, type, bytes of its extension. */
    private static final Object[][] DEVICES = {{"tcpip", "Ip", 0x12, 0x120}, {"tcpip", "Tcp", 0x12, 0x40}, {"tcpip", "Udp", 0x12,
            0x40},
        {"tcpip", "RawIp", 0x12, 0x40}, {"afd", "Afd", 0x11, 0x60}, {"netbt", "NetBT_Tcpip_0", 0x12, 0x4a8}, {"mup", "Mup", 0x10,
        0x28},
        {"mrxsmb", "LanmanRedirector", 0x14, 0x2c0}, {"mrxsmb", "LanmanDatagramReceiver", 0x14, 0x80}, {"srv", "LanmanServer",
        0x10, 0},
        {"npfs", "NamedPipe", 0x11, 0x140}, {"msfs", "Mailslot", 0xc, 0x98}, {"ntfs", "Ntfs", 8, 0}, {"ntfs", "", 8, 0x9c0},
        {"ntfs", "", 8, 0x9c0}, {"fltmgr", "FileSystem Filters", 8, 0x20}, {"disk", "", 7, 0x3a8}, {"ftdisk", "HarddiskVolume1",
        7, 0x2c8},
        {"ftdisk", "HarddiskVolume2", 7, 0x2c8}, {"volmgr", "HarddiskVolume1", 7, 0x2c8}, {"volmgr", "HarddiskVolume2", 7, 0x2c8},
        {"ndis", "Ndis", 0x17, 0x10}, {"ksecdd", "KsecDD", 0x39, 0}, {"null", "Null", 0x15, 0}, {"beep", "Beep", 1, 0x20},
        {"http", "Http", 0x22, 0x40}, {"ipsec", "IPSEC", 0x12, 0x60}, {"rdpdr", "RdpDr", 0x14, 0x300}, {"acpi", "", 0x32, 0x40},
        {"pci", "", 4, 0x100}, {"pci", "", 4, 0x140}, {"kbdclass", "KeyboardClass0", 0xb, 0x130}, {"mouclass", "PointerClass0",
        0xf, 0x130},
        {"i8042prt", "", 0x27, 0x2d0}, {"termdd", "Termdd", 0x38, 0x20}, {"mountmgr", "MountPointManager", 0x6d, 0x90},
        {"netbios", "Netbios", 0x12, 0x30}, {"usbhub", "", 0x22, 0x340}, {"usbuhci", "USBFDO-0", 0x22, 0xb00}};

    /** Service, threads, handles. */
    private static final Object[][] SERVICES = {{"smss.exe", 3, 24}, {"csrss.exe", 12, 480}, {"winlogon.exe", 22, 510},
        {"services.exe", 18, 420}, {"lsass.exe", 38, 720}, {"svchost.exe", 10, 210}, {"svchost.exe", 14, 280}, {"svchost.exe",
        52, 1240},
        {"spoolsv.exe", 12, 140}, {"msdtc.exe", 16, 160}, {"dfssvc.exe", 11, 130}, {"inetinfo.exe", 24, 560}, {"w3wp.exe", 28,
        640},
        {"snmp.exe", 8, 160}, {"wmiprvse.exe", 7, 180}, {"explorer.exe", 12, 330}};

    /** Tags, and how many blocks of each came and went for each that is there. */
    private static final Object[][] PAST = {{"Even", 900}, {"Sema", 300}, {"Muta", 160}, {"Thre", 22}, {"Proc", 30}, {"Toke",
            450},
        {"IoNm", 2_100}, {"Key ", 1_900}, {"Sect", 1_100}, {"Obtb", 3}, {"ObNm", 700}, {"ObDi", 6}, {"Io  ", 40_000}, {"Mdl ",
        900},
        {"Irp ", 9_000}, {"File", 1_900}, {"Symb", 3}};

    /** Gives names to open files. */
    interface FileNames {

        /** A buffer holding the path, or 0 when the file shall have none. */
        long buffer(String path);

        /** Bytes of that buffer. */
        int room(String path);
    }

    private final Machine machine;
    private final IoManager io;
    private final ProcessManager processes;
    private final Dice dice;
    private final double scale;
    private final boolean wide;
    private final Map<String, KernelDriver> drivers = new LinkedHashMap<>();
    private final List<Long> files = new ArrayList<>();

    StandardSystem(Machine machine, double scale) {
        this.machine = machine;
        this.io = machine.io();
        this.processes = machine.processes();
        this.dice = machine.dice().named("system");
        this.scale = Math.min(1, scale);
        this.wide = machine.spec().version().architecture() == Architecture.X64;
    }

    /** Builds it all. */
    void build(FileNames names) {
        makeDrivers();
        makeProcesses(names);
        waitingReads();
        parkSomeBlocks();
    }

    private int scaled(int count, int least) {
        return (int) Math.max(least, Math.round(count * scale));
    }

    private void makeDrivers() {
        for (KernelModule module : machine.modules()) {
            String file = module.spec().name();
            String key = file.toLowerCase(Locale.ROOT).replace(".sys", "");
            if (file.toLowerCase(Locale.ROOT).endsWith(".sys") && !key.startsWith("dump_") && !key.equals("win32k")
                    && !key.equals("dxg")) {
                String name = file.substring(0, file.length() - 4);
                drivers.put(key, io.createDriver(FILE_SYSTEMS.contains(key) ? "\\FileSystem" : "\\Driver", name, module));
            }
        }
        for (Object[] device : DEVICES) {
            KernelDriver driver = drivers.get((String) device[0]);
            if (driver != null) {
                io.createDevice(driver, (String) device[1], (Integer) device[2], (Integer) device[3] * (wide ? 2 : 1));
            }
        }
        attach("fltmgr", "ntfs");
        attach("pci", "acpi");
    }

    /** Puts a device of one driver on top of the first without a name of another. */
    private void attach(String upper, String lower) {
        if (drivers.containsKey(upper) && drivers.containsKey(lower)) {
            KernelDevice below = drivers.get(lower).devices().getFirst();
            io.attach(io.createDevice(drivers.get(upper), "", below.type(), 0x40), below);
        }
    }

    /** A driver object by the name of its image, without {@code .sys}, in lower case. */
    KernelDriver driver(String name) {
        KernelDriver driver = drivers.get(name);
        if (driver == null) {
            throw new IllegalArgumentException("no driver " + name);
        }
        return driver;
    }

    /** A device by its name in {@code \Device}. */
    KernelDevice device(String name) {
        return drivers.values().stream().flatMap(d -> d.devices().stream()).filter(d -> d.name().equals("\\Device\\" + name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no device " + name));
    }

    private void makeProcesses(FileNames names) {
        KernelProcess system = processes.system();
        for (int i = 0; i < scaled(60, 4); i++) {
            processes.createThread(system, machine.kernel());
        }
        KernelProcess parent = system;
        for (Object[] service : SERVICES) {
            KernelProcess process = processes.create((String) service[0], parent);
            if (service[0].equals("smss.exe") || service[0].equals("services.exe")) {
                parent = process;
            }
            for (int i = 0; i < scaled((Integer) service[1], 1); i++) {
                KernelThread thread = processes.createThread(process, machine.kernel());
                processes.open(process, "Thread", thread.address(), 0x1f03ff);
            }
            openHandles(process, scaled((Integer) service[2], 6), names);
        }
        KernelProcess csrss = processes.all().get(2);
        for (KernelProcess process : processes.all()) {
            processes.open(csrss, "Process", process.address(), 0x1f0fff);
        }
    }

    private void openHandles(KernelProcess process, int count, FileNames names) {
        KernelDevice volume = device("HarddiskVolume1");
        KernelDevice afd = device("Afd");
        for (int i = 0; i < count; i++) {
            switch (dice.below(10)) {
                case 0, 1, 2 -> openEvent(process, dice.oneIn(3));
                case 3 -> open(process, "Semaphore", machine.objects().create("Semaphore", wide ? 0x20 : 0x14), 0x1f0003);
                case 4 -> open(process, "Mutant", machine.objects().create("Mutant", wide ? 0x38 : 0x20), 0x1f0001);
                case 5, 6 -> {
                    String path = "\\WINDOWS\\Temp\\" + process.id() + "x" + i + ".tmp";
                    long buffer = names.buffer(path);
                    openFile(process, io.createFile(volume, path, buffer, buffer == 0 ? 0 : names.room(path)));
                }
                case 7 -> openFile(process, io.createFile(afd, "", 0, 0));
                case 8 -> open(process, "Key", machine.objects().create("Key", wide ? 0x48 : 0x2c), 0xf003f);
                default -> open(process, "Section", machine.objects().create("Section", wide ? 0x30 : 0x28), 0xf0007);
            }
        }
    }

    private void openFile(KernelProcess process, long file) {
        files.add(file);
        open(process, "File", file, 0x12019f);
    }

    private void open(KernelProcess process, String type, long object, int access) {
        processes.open(process, type, object, access);
        process.charge(0x80, 0x40);
    }

    /** Makes an event and opens it in a process. */
    void openEvent(KernelProcess process, boolean signaled) {
        long event = machine.objects().create("Event", io.eventSize());
        io.putEvent(event, true, signaled);
        open(process, "Event", event, 0x1f0003);
    }

    /** Services wait for their clients on named pipes and sockets: requests that are pending and all right. */
    private void waitingReads() {
        KernelDevice pipe = device("NamedPipe");
        KernelDevice afd = device("Afd");
        int index = 0;
        for (KernelProcess process : processes.all()) {
            if (process == processes.system() || process.threads().isEmpty()) {
                continue;
            }
            KernelThread thread = process.threads().getLast();
            long file = io.createFile(pipe, "", 0, 0);
            openFile(process, file);
            io.send(thread, pipe, IoManager.Request.read(file, 0));
            if (index++ % 3 == 0) {
                long socket = io.createFile(afd, "", 0, 0);
                openFile(process, socket);
                io.send(thread, afd, IoManager.Request.control(0x12017, socket, 0));
            }
        }
    }

    /** Small blocks of the I/O manager that were freed a moment ago: they wait on the processors' lists. */
    private void parkSomeBlocks() {
        var tag = machine.pools().tag("Io  ");
        for (int i = 0; i < scaled(64, 8); i++) {
            long block = machine.pools().allocateZeroed(PoolKind.NONPAGED, tag, 24 + 8 * (i % 12));
            machine.lookasides().park(PoolKind.NONPAGED, tag, block, i % machine.spec().processors());
        }
        for (int i = 0; i < scaled(24, 4); i++) {
            var paged = machine.pools().tag("ObNm");
            long block = machine.pools().allocateZeroed(PoolKind.PAGED, paged, 40 + 8 * (i % 4));
            machine.lookasides().park(PoolKind.PAGED, paged, block, i % machine.spec().processors());
        }
    }

    /**
     * Enters what came and went since the machine was started: of most of what a system uses it has used far more before.
     *
     * @param except tags whose past the case itself knows
     */
    void addPast(Set<String> except) {
        for (Object[] row : PAST) {
            String tag = (String) row[0];
            if (!except.contains(tag)) {
                var account = machine.pools().tag(tag);
                for (PoolKind kind : PoolKind.values()) {
                    machine.pools().past(kind, account, account.outstanding(kind) * (Integer) row[1]);
                }
            }
        }
    }

    /** Names in blocks of their own. */
    static FileNames ownNames(Machine machine) {
        return new FileNames() {
            @Override
            public long buffer(String path) {
                long buffer = machine.pools().allocate(PoolKind.PAGED, machine.pools().tag("IoNm"), room(path));
                machine.space().putWide(buffer, path);
                return buffer;
            }

            @Override
            public int room(String path) {
                return (2 * path.length() + 8) & -8;
            }
        };
    }
}
