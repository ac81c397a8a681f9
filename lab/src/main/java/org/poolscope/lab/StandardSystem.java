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
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;

/**
 * What runs on every machine of the lab: driver and device objects for the loaded modules, the usual services with threads,
 * handles, open files and waiting requests. All of it is real structures that lead to each other, so that what the kernel can
 * reach is reached in the image as it would be in a machine.
 */
final class StandardSystem {

    private static final Set<String> FILE_SYSTEMS = Set.of("ntfs", "mup", "mrxsmb", "mrxsmb10", "mrxsmb20", "mrxdav", "rdbss",
            "srv", "srv2", "srvnet", "npfs", "msfs", "fs_rec", "fltmgr", "dfs", "dfsc", "cdfs", "luafv", "bowser");

    /** A device: its driver, its name in {@code \\Device} or none, its type, and the bytes of its extension on 32-bit systems. */
    private record Device(String driver, String name, int type, int extension) {
    }

    private static final List<Device> DEVICES = List.of(
            new Device("tcpip", "Ip", 0x12, 0x120), new Device("tcpip", "Tcp", 0x12, 0x40),
            new Device("tcpip", "Udp", 0x12, 0x40), new Device("tcpip", "RawIp", 0x12, 0x40),
            new Device("afd", "Afd", 0x11, 0x60), new Device("netbt", "NetBT_Tcpip_0", 0x12, 0x4a8),
            new Device("mup", "Mup", 0x10, 0x28), new Device("mrxsmb", "LanmanRedirector", 0x14, 0x2c0),
            new Device("mrxsmb", "LanmanDatagramReceiver", 0x14, 0x80), new Device("srv", "LanmanServer", 0x10, 0),
            new Device("npfs", "NamedPipe", 0x11, 0x140), new Device("msfs", "Mailslot", 0xc, 0x98),
            new Device("ntfs", "Ntfs", 8, 0), new Device("ntfs", "", 8, 0x9c0), new Device("ntfs", "", 8, 0x9c0),
            new Device("fltmgr", "FileSystem Filters", 8, 0x20), new Device("disk", "", 7, 0x3a8),
            new Device("ftdisk", "HarddiskVolume1", 7, 0x2c8), new Device("ftdisk", "HarddiskVolume2", 7, 0x2c8),
            new Device("volmgr", "HarddiskVolume1", 7, 0x2c8), new Device("volmgr", "HarddiskVolume2", 7, 0x2c8),
            new Device("ndis", "Ndis", 0x17, 0x10), new Device("ksecdd", "KsecDD", 0x39, 0),
            new Device("null", "Null", 0x15, 0), new Device("beep", "Beep", 1, 0x20), new Device("http", "Http", 0x22, 0x40),
            new Device("ipsec", "IPSEC", 0x12, 0x60), new Device("rdpdr", "RdpDr", 0x14, 0x300),
            new Device("acpi", "", 0x32, 0x40), new Device("pci", "", 4, 0x100), new Device("pci", "", 4, 0x140),
            new Device("kbdclass", "KeyboardClass0", 0xb, 0x130), new Device("mouclass", "PointerClass0", 0xf, 0x130),
            new Device("i8042prt", "", 0x27, 0x2d0), new Device("termdd", "Termdd", 0x38, 0x20),
            new Device("mountmgr", "MountPointManager", 0x6d, 0x90), new Device("netbios", "Netbios", 0x12, 0x30),
            new Device("usbhub", "", 0x22, 0x340), new Device("usbuhci", "USBFDO-0", 0x22, 0xb00));

    /** A service: its image, and how many threads and handles it has. */
    private record Service(String image, int threads, int handles) {
    }

    private static final List<Service> SERVICES = List.of(
            new Service("smss.exe", 3, 24), new Service("csrss.exe", 12, 480), new Service("winlogon.exe", 22, 510),
            new Service("services.exe", 18, 420), new Service("lsass.exe", 38, 720), new Service("svchost.exe", 10, 210),
            new Service("svchost.exe", 14, 280), new Service("svchost.exe", 52, 1240), new Service("spoolsv.exe", 12, 140),
            new Service("msdtc.exe", 16, 160), new Service("dfssvc.exe", 11, 130), new Service("inetinfo.exe", 24, 560),
            new Service("w3wp.exe", 28, 640), new Service("snmp.exe", 8, 160), new Service("wmiprvse.exe", 7, 180),
            new Service("explorer.exe", 12, 330));

    /** A tag, and how many of its blocks came and went for each that is there. */
    private record Past(String tag, int times) {
    }

    private static final List<Past> PAST = List.of(
            new Past("Even", 900), new Past("Sema", 300), new Past("Muta", 160), new Past("Thre", 22), new Past("Proc", 30),
            new Past("Toke", 450), new Past("IoNm", 2_100), new Past("Key ", 1_900), new Past("Sect", 1_100),
            new Past("Obtb", 3), new Past("ObNm", 700), new Past("ObDi", 6), new Past("Io  ", 40_000), new Past("Mdl ", 900),
            new Past("Irp ", 9_000), new Past("File", 1_900), new Past("Symb", 3));

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
            if (file.toLowerCase(Locale.ROOT).endsWith(".sys") && !key.startsWith("dump_") && !key.startsWith("win32k")
                    && !key.equals("dxg")) {
                String name = file.substring(0, file.length() - 4);
                drivers.put(key, io.createDriver(FILE_SYSTEMS.contains(key) ? "\\FileSystem" : "\\Driver", name, module));
            }
        }
        for (Device device : DEVICES) {
            KernelDriver driver = drivers.get(device.driver());
            if (driver != null) {
                io.createDevice(driver, device.name(), device.type(), device.extension() * (wide ? 2 : 1));
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
        for (Service service : SERVICES) {
            KernelProcess process = processes.create(service.image(), parent);
            if (service.image().equals("smss.exe") || service.image().equals("services.exe")) {
                parent = process;
            }
            for (int i = 0; i < scaled(service.threads(), 1); i++) {
                KernelThread thread = processes.createThread(process, machine.kernel());
                processes.open(process, "Thread", thread.address(), 0x1f03ff);
            }
            openHandles(process, scaled(service.handles(), 6), names);
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
        // About what the object and its place in the handle table take.
        process.charge(wide ? 0x50 : 0x30, wide ? 0x10 : 8);
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
        TagAccount tag = machine.pools().tag("Io  ");
        for (int i = 0; i < scaled(64, 8); i++) {
            long block = machine.pools().allocateZeroed(PoolKind.NONPAGED, tag, 24 + 8 * (i % 12));
            machine.lookasides().park(PoolKind.NONPAGED, tag, block, i % machine.spec().processors());
        }
        for (int i = 0; i < scaled(24, 4); i++) {
            TagAccount paged = machine.pools().tag("ObNm");
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
        for (Past past : PAST) {
            if (!except.contains(past.tag())) {
                TagAccount account = machine.pools().tag(past.tag());
                for (PoolKind kind : PoolKind.values()) {
                    machine.pools().past(kind, account, account.outstanding(kind) * past.times());
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
